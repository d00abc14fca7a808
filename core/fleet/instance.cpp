// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/instance.h"

namespace drover {

QString placeRoleName(PlaceRole role)
{
    switch (role) {
    case PlaceRole::Running:
        return QStringLiteral("running");
    case PlaceRole::Outgoing:
        return QStringLiteral("outgoing");
    case PlaceRole::Incoming:
        return QStringLiteral("incoming");
    case PlaceRole::Defined:
        return QStringLiteral("defined");
    case PlaceRole::Conflict:
        break;
    }
    return QStringLiteral("conflict");
}

} // namespace drover
