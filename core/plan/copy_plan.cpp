// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/copy_plan.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(CopyPlan)
};

using Way = ImageTransfer::Way;
using Role = DiskTransfer::Role;
using Weight = CopyConcern::Weight;

/// Leaves the disk's own image alone, which then holds what lay below it too.
void flatten(DiskTransfer& transfer)
{
    transfer.flattened = true;
    if (transfer.images.empty())
        return;
    Bytes whole;
    for (const ImageTransfer& image : transfer.images)
        whole += image.image.allocation;
    transfer.images.erase(transfer.images.begin(), transfer.images.end() - 1);
    ImageFacts& image = transfer.images.back().image;
    image.allocation = whole;
    image.backingPath.clear();
    image.backingFormat.clear();
}

/// Plans the disks one by one into one plan.
class Planner
{
public:
    explicit Planner(const CopyQuestion& question) : q(question) {}

    CopyPlan run()
    {
        for (const QString& target : q.options.disks) {
            const auto& disks = q.definition.disks;
            if (std::none_of(disks.begin(), disks.end(), [&](const Disk& d) { return d.target == target; }))
                concern(Weight::Error, Text::tr("%1 has no disk %2").arg(q.definition.name, target),
                        Text::tr("Name the disks as the instance does"));
        }
        bool unproven = false;
        for (const Disk& disk : q.definition.disks) {
            const StorageClass is = classOf(disk, q.evidence);
            const DiskEvidence* evidence = evidenceOf(disk, q.evidence);
            if (is != StorageClass::None && evidence == nullptr && needsEvidence(disk) && !q.complete) {
                plan.pending = true;
                plan.disks.push_back(
                    {disk.target, is == StorageClass::Local ? Role::Copied : Role::Stays, {}, false});
                continue;
            }
            switch (is) {
            case StorageClass::None:
                break;
            case StorageClass::Network:
                reachable(disk, Text::tr("on network storage"));
                break;
            case StorageClass::Shared:
                reachable(disk, Text::tr("the same file on both hosts"));
                unproven |= evidence == nullptr || !evidence->proven;
                plan.storageProven = true;
                break;
            case StorageClass::ReadOnly:
                medium(disk, evidence);
                break;
            case StorageClass::Local:
                local(disk, evidence);
                break;
            case StorageClass::Unknown:
                unknown(disk, evidence);
                break;
            }
        }
        plan.storageProven = plan.storageProven && !unproven;
        settleIncrement();
        return std::move(plan);
    }

private:
    [[nodiscard]] static bool needsEvidence(const Disk& disk)
    {
        return disk.storageClass == StorageClass::Unknown || disk.storageClass == StorageClass::Local ||
               disk.storageClass == StorageClass::ReadOnly;
    }

    void concern(Weight weight, const QString& message, const QString& fix = {})
    {
        plan.concerns.push_back({weight, message, fix});
    }

    void reachable(const Disk& disk, const QString& why)
    {
        plan.disks.push_back({disk.target, Role::Stays, {}, false});
        if (q.options.disks.contains(disk.target))
            concern(Weight::Error,
                    Text::tr("%1 is %2: copied it would be written onto itself").arg(disk.target, why),
                    Text::tr("Leave %1 out of the disks to copy").arg(disk.target));
    }

    void unknown(const Disk& disk, const DiskEvidence* evidence)
    {
        plan.disks.push_back({disk.target, Role::Stays, {}, false});
        QString message =
            Text::tr(
                "It is not known whether %1 sees the same %2 (%3) as %4, and a wrong guess would cost data")
                .arg(q.destination, disk.target, disk.source, q.source);
        if (evidence != nullptr && !evidence->reason.isEmpty())
            message += QStringLiteral(": ") + evidence->reason;
        concern(Weight::Error, message,
                Text::tr("Make a storage pool for its folder on both hosts, so that they can be asked"));
    }

    // ---- media
    void medium(const Disk& disk, const DiskEvidence* evidence)
    {
        const bool removable =
            disk.device == QLatin1String("cdrom") || disk.device == QLatin1String("floppy");
        DiskTransfer transfer{disk.target, Role::Medium, {}, false};
        const LayerEvidence* layer =
            evidence != nullptr && !evidence->layers.empty() ? &evidence->layers.front() : nullptr;
        const ImageThere there = layer != nullptr ? layer->there : ImageThere::Unknown;
        const auto keep = [&](Way way) {
            ImageTransfer image;
            image.way = way;
            if (layer != nullptr)
                image.image = layer->image;
            else
                image.image.path = disk.source;
            transfer.images.push_back(std::move(image));
        };
        if (q.options.disks.contains(disk.target))
            concern(Weight::Error,
                    Text::tr("%1 is only read: it is not copied while it is in use").arg(disk.target),
                    Text::tr("Leave %1 out of the disks to copy").arg(disk.target));
        const bool eject = removable && q.options.media == MediaWay::Eject;
        const bool same = there == ImageThere::SameFile ||
                          (there == ImageThere::EqualCopy && layer != nullptr && layer->everyByte) ||
                          (evidence == nullptr && disk.type == QLatin1String("network"));
        if (same) {
            keep(Way::Stays);
        } else if (eject) {
            transfer.role = Role::Eject;
            keep(Way::Stays);
            concern(Weight::Info,
                    Text::tr("%1 (%2) is ejected for the move; %3 puts it back only if it has the same file")
                        .arg(disk.target, disk.source, q.destination));
        } else if (there == ImageThere::Absent) {
            keep(Way::CopyFile);
            concern(Weight::Info, Text::tr("The medium %1 (%2) is copied to %3 first")
                                      .arg(disk.target, disk.source, q.destination));
        } else if (there == ImageThere::EqualCopy || there == ImageThere::EqualSize) {
            keep(Way::Compare);
        } else if (there == ImageThere::Different) {
            keep(Way::Stays);
            concern(Weight::Error,
                    Text::tr("%1 has another file under the path of the medium %2 (%3)")
                        .arg(q.destination, disk.target, disk.source),
                    removable ? Text::tr("Have it ejected for the move") : QString());
        } else {
            keep(Way::Stays);
            const QString why = layer != nullptr && !layer->reason.isEmpty() ? layer->reason
                                : evidence != nullptr                        ? evidence->reason
                                                                             : QString();
            QString message = Text::tr("%1 holds the medium %2, and nothing shows that %3 has it")
                                  .arg(disk.target, disk.source, q.destination);
            if (!why.isEmpty())
                message += QStringLiteral(": ") + why;
            concern(q.kind == MigrationKind::Offline ? Weight::Warning : Weight::Error, message,
                    removable ? Text::tr("Have it ejected for the move") : QString());
        }
        plan.disks.push_back(std::move(transfer));
    }

    // ---- disks of one host
    void local(const Disk& disk, const DiskEvidence* evidence)
    {
        DiskTransfer transfer{disk.target, Role::Copied, {}, false};
        const QString where = QStringLiteral("%1 (%2)").arg(disk.target, disk.source);
        if (!q.options.disks.isEmpty() && !q.options.disks.contains(disk.target)) {
            concern(Weight::Error,
                    Text::tr("%1 lies on %2 alone and is not among the disks to copy").arg(where, q.source),
                    Text::tr("Copy it too"));
        } else if (q.kind == MigrationKind::Live) {
            concern(Weight::Error,
                    Text::tr("%1 lies on %2 alone: a live move copies no disks").arg(where, q.source),
                    Text::tr("Use live-block, which copies it while the instance runs"));
        } else if (disk.shareable) {
            concern(Weight::Error,
                    Text::tr("%1 is shared with other instances of %2: copied, each would write its own")
                        .arg(where, q.source),
                    Text::tr("Put it on shared storage"));
        } else if (disk.type == QLatin1String("block")) {
            concern(Weight::Error,
                    Text::tr("%1 is a device of %2: Drover copies image files only").arg(where, q.source),
                    Text::tr("Put the data on shared storage, or into an image file"));
        } else if (evidence == nullptr || evidence->layers.empty()) {
            concern(Weight::Error,
                    Text::tr("%1 could not be read on %2, so it cannot be copied").arg(where, q.source),
                    Text::tr("Make a storage pool for its folder on both hosts"));
        } else {
            chain(disk, *evidence, transfer);
        }
        plan.disks.push_back(std::move(transfer));
    }

    void chain(const Disk& disk, const DiskEvidence& evidence, DiskTransfer& transfer)
    {
        QString differing;
        for (std::size_t i = evidence.layers.size() - 1; i > 0; --i) {
            const LayerEvidence& layer = evidence.layers[i];
            ImageTransfer image;
            image.image = layer.image;
            switch (layer.there) {
            case ImageThere::SameFile:
                image.way = Way::Stays;
                break;
            case ImageThere::EqualCopy:
                image.way = layer.everyByte ? Way::Stays : Way::Compare;
                break;
            case ImageThere::EqualSize:
                image.way = Way::Compare;
                break;
            case ImageThere::Absent:
                image.way = Way::CopyFile;
                break;
            case ImageThere::Different:
                differing = layer.image.path;
                image.way = Way::Compare;
                break;
            case ImageThere::NotAsked:
            case ImageThere::Unknown:
                concern(Weight::Error,
                        Text::tr("It is not known what %1 has under %2, the base of %3: %4")
                            .arg(q.destination, layer.image.path, disk.target,
                                 layer.reason.isEmpty() ? Text::tr("it was not asked") : layer.reason),
                        Text::tr("Make a storage pool for its folder on %1").arg(q.destination));
                return;
            }
            transfer.images.push_back(std::move(image));
        }
        if (!differing.isEmpty()) {
            if (q.byConsole) {
                concern(Weight::Error,
                        Text::tr("%1 has another file under %2, the base of %3: the chain cannot be copied")
                            .arg(q.destination, differing, disk.target),
                        Text::tr("Have the hosts carry it, or rename that file"));
                return;
            }
            transfer.flattened = true;
            concern(
                Weight::Warning,
                Text::tr("The base %1 differs on %2: all data of %3 are copied, and it arrives in one image")
                    .arg(differing, q.destination, disk.target));
        }
        top(disk, evidence.layers.front(), transfer);
    }

    void top(const Disk& disk, const LayerEvidence& layer, DiskTransfer& transfer)
    {
        ImageTransfer image;
        image.image = layer.image;
        image.way = q.byConsole ? Way::CopyFile : Way::Fill;
        const QString& path = layer.image.path;
        if (layer.there == ImageThere::Unknown || layer.there == ImageThere::NotAsked) {
            concern(Weight::Error,
                    Text::tr("It is not known what %1 has under %2: %3")
                        .arg(q.destination, path,
                             layer.reason.isEmpty() ? Text::tr("it was not asked") : layer.reason),
                    Text::tr("Make a storage pool for its folder on %1").arg(q.destination));
        } else if (layer.there != ImageThere::Absent) {
            image.replaces = true;
            if (q.usedThere.contains(path))
                concern(
                    Weight::Error,
                    Text::tr("%1 has a file %2 that another of its instances uses").arg(q.destination, path),
                    Text::tr("Give the disk %1 another path").arg(disk.target));
            else
                concern(Weight::Accept,
                        Text::tr("%1 has a file %2 already (%3); it is deleted for this copy")
                            .arg(q.destination, path,
                                 layer.found ? formatBytes(layer.found->allocation) : unknownMark()),
                        Text::tr("Accept it if it is a left-over, else rename it on %1").arg(q.destination));
        }
        transfer.images.push_back(std::move(image));
    }

    /// One flag of libvirt holds for all disks: with a flattened one among them every disk is copied whole.
    void settleIncrement()
    {
        bool chained = false;
        bool flattened = false;
        for (const DiskTransfer& disk : plan.disks) {
            if (disk.role != Role::Copied)
                continue;
            chained |= disk.images.size() > 1;
            flattened |= disk.flattened;
        }
        plan.incremental = chained && !flattened && !q.byConsole;
        if (flattened)
            flattenAll(plan);
    }

    const CopyQuestion& q;
    CopyPlan plan;
};

} // namespace

QStringList CopyPlan::targets(DiskTransfer::Role role) const
{
    QStringList found;
    for (const DiskTransfer& disk : disks) {
        if (disk.role == role)
            found.append(disk.target);
    }
    return found;
}

bool CopyPlan::hasError() const
{
    return std::any_of(concerns.begin(), concerns.end(),
                       [](const CopyConcern& c) { return c.weight == CopyConcern::Weight::Error; });
}

Bytes CopyPlan::toCopy() const
{
    Bytes sum;
    for (const DiskTransfer& disk : disks) {
        for (const ImageTransfer& image : disk.images) {
            if (image.way == ImageTransfer::Way::CopyFile || image.way == ImageTransfer::Way::Fill)
                sum += image.image.allocation;
        }
    }
    return sum;
}

bool CopyPlan::copiesFiles() const
{
    return std::any_of(disks.begin(), disks.end(), [](const DiskTransfer& disk) {
        return std::any_of(disk.images.begin(), disk.images.end(), [](const ImageTransfer& image) {
            return image.way == ImageTransfer::Way::CopyFile;
        });
    });
}

void flattenAll(CopyPlan& plan)
{
    plan.incremental = false;
    for (DiskTransfer& disk : plan.disks) {
        if (disk.role == Role::Copied && (disk.flattened || disk.images.size() > 1))
            flatten(disk);
    }
}

const DiskEvidence* evidenceOf(const Disk& disk, const StorageEvidence* evidence)
{
    if (evidence == nullptr)
        return nullptr;
    const auto at = std::find_if(evidence->disks.begin(), evidence->disks.end(),
                                 [&](const DiskEvidence& e) { return e.target == disk.target; });
    return at == evidence->disks.end() ? nullptr : &*at;
}

StorageClass classOf(const Disk& disk, const StorageEvidence* evidence)
{
    const DiskEvidence* found = evidenceOf(disk, evidence);
    return found == nullptr ? disk.storageClass : found->storageClass;
}

bool needsStorageEvidence(const DomainDefinition& definition)
{
    return std::any_of(definition.disks.begin(), definition.disks.end(), [](const Disk& disk) {
        return disk.storageClass == StorageClass::Unknown || disk.storageClass == StorageClass::Local ||
               disk.storageClass == StorageClass::ReadOnly;
    });
}

CopyPlan planCopies(const CopyQuestion& question)
{
    return Planner(question).run();
}

} // namespace drover
