// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/migration_options.h"

namespace drover {

QString migrationKindName(MigrationKind kind)
{
    switch (kind) {
    case MigrationKind::Auto:
        return QStringLiteral("auto");
    case MigrationKind::Live:
        return QStringLiteral("live");
    case MigrationKind::LiveBlock:
        return QStringLiteral("live-block");
    case MigrationKind::Cold:
        return QStringLiteral("cold");
    case MigrationKind::Offline:
        break;
    }
    return QStringLiteral("offline");
}

std::optional<MigrationKind> migrationKindFromName(const QString& name)
{
    for (const MigrationKind kind : {MigrationKind::Auto, MigrationKind::Live, MigrationKind::LiveBlock,
                                     MigrationKind::Cold, MigrationKind::Offline}) {
        if (migrationKindName(kind) == name)
            return kind;
    }
    return std::nullopt;
}

QString carrierName(Carrier carrier)
{
    return carrier == Carrier::Hosts ? QStringLiteral("hosts") : QStringLiteral("console");
}

} // namespace drover
