// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/kind_choice.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(KindChoice)
};

using Role = DiskTransfer::Role;

QString comma(const QStringList& words)
{
    return words.join(QStringLiteral(", "));
}

QString carrierWords(const KindChoice& choice)
{
    if (choice.carrier == Carrier::Console)
        return Text::tr("its data pass through this computer, and stop with it");
    return choice.copies.copiesFiles()
               ? Text::tr("some images first pass through this computer, then the hosts carry it")
               : Text::tr("the hosts carry it");
}

QString whatTravels(const CopyPlan& copies)
{
    const QString disks = comma(copies.targets(Role::Copied));
    if (disks.isEmpty())
        return Text::tr("no disk has to be copied");
    return copies.incremental
               ? Text::tr("of %1 only what lies above its base is copied").arg(disks)
               : Text::tr("%1 is copied (%2 at most)").arg(disks, formatBytes(copies.toCopy()));
}

} // namespace

QSet<QString> pathsUsedAt(const Host* host, const InstanceId& without)
{
    QSet<QString> paths;
    if (host == nullptr || !host->reading)
        return paths;
    for (const Domain& domain : host->reading->domains) {
        if (domain.definition->id == without)
            continue;
        for (const Disk& disk : domain.definition->disks) {
            paths.insert(disk.source);
            for (const BackingImage& image : disk.backing)
                paths.insert(image.source);
        }
    }
    return paths;
}

Carrier carrierOf(MigrationKind kind, const MigrationOptions& options, const Host* destination)
{
    if (options.carrier == Carrier::Console)
        return Carrier::Console;
    const bool stopped = kind == MigrationKind::Cold || kind == MigrationKind::Offline;
    if (stopped && destination != nullptr && !peerUriOf(destination->config))
        return Carrier::Console;
    return Carrier::Hosts;
}

CopyPlan copiesFor(const Instance& instance, const MigrationOptions& options, MigrationKind kind,
                   const Host* source, const Host* destination, const PairEvidence& evidence)
{
    const bool stopped = kind == MigrationKind::Cold || kind == MigrationKind::Offline;
    return planCopies({*instance.domain.definition, options, kind,
                       stopped && carrierOf(kind, options, destination) == Carrier::Console,
                       source == nullptr ? instance.host.value : source->id().value,
                       destination == nullptr ? Text::tr("the destination") : destination->id().value,
                       evidence.storage ? &*evidence.storage : nullptr, evidence.complete,
                       // Of no interest where no file can be in the way: hosts are judged by the hundred.
                       needsStorageEvidence(*instance.domain.definition)
                           ? pathsUsedAt(destination, instance.id)
                           : QSet<QString>()});
}

KindChoice chooseKind(const Instance& instance, const MigrationOptions& options, const Host* source,
                      const Host* destination, const PairEvidence& evidence)
{
    const auto choice = [&](MigrationKind kind) {
        KindChoice made;
        made.kind = kind;
        made.carrier = carrierOf(kind, options, destination);
        made.copies = copiesFor(instance, options, kind, source, destination, evidence);
        return made;
    };
    const auto say = [](KindChoice made, const QString& why) {
        made.reason = QStringLiteral("%1; %2").arg(why, carrierWords(made));
        return made;
    };
    if (options.kind != MigrationKind::Auto) {
        KindChoice made = choice(options.kind);
        const QString why =
            Text::tr("%1 was asked for: %2").arg(migrationKindName(options.kind), whatTravels(made.copies));
        return say(std::move(made), why);
    }
    if (!instance.domain.isActive()) {
        KindChoice made = choice(MigrationKind::Offline);
        const QString why = Text::tr("It is shut off: %1").arg(whatTravels(made.copies));
        return say(std::move(made), why);
    }
    const StorageEvidence* storage = evidence.storage ? &*evidence.storage : nullptr;
    const auto& disks = instance.domain.definition->disks;
    const bool local = std::any_of(disks.begin(), disks.end(), [&](const Disk& disk) {
        return classOf(disk, storage) == StorageClass::Local;
    });
    KindChoice made =
        choice(local || !options.disks.isEmpty() ? MigrationKind::LiveBlock : MigrationKind::Live);
    if (options.allowCold && made.copies.hasError()) {
        KindChoice cold = choice(MigrationKind::Cold);
        const auto hinders =
            std::find_if(made.copies.concerns.begin(), made.copies.concerns.end(),
                         [](const CopyConcern& c) { return c.weight == CopyConcern::Weight::Error; });
        if (!cold.copies.hasError())
            return say(std::move(cold),
                       Text::tr("It cannot move while it runs (%1), and may be shut down for it")
                           .arg(hinders->message));
    }
    if (made.kind == MigrationKind::Live)
        return say(std::move(made), Text::tr("It goes on running, and no disk has to be copied"));
    const QString why = Text::tr("It goes on running: %1").arg(whatTravels(made.copies));
    return say(std::move(made), why);
}

} // namespace drover
