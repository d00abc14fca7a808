// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"
#include "core/plan/kind_choice.h"

#include <algorithm>

namespace drover::checks {
namespace {

using Role = DiskTransfer::Role;

Severity severityOf(CopyConcern::Weight weight)
{
    switch (weight) {
    case CopyConcern::Weight::Info:
        return Severity::Info;
    case CopyConcern::Weight::Warning:
    case CopyConcern::Weight::Accept:
        return Severity::Warning;
    case CopyConcern::Weight::Error:
        break;
    }
    return Severity::Error;
}

/// What happens to the disks where nothing stands in the way.
QString whatHappens(const CheckContext& context, const CopyPlan& plan)
{
    const QString comma = QStringLiteral(", ");
    QStringList parts;
    if (const QStringList copied = plan.targets(Role::Copied); !copied.isEmpty()) {
        const QString targets = copied.join(comma);
        const QString size = formatBytes(plan.toCopy());
        parts.append(plan.incremental
                         ? Text::tr("%1: only what lies above the base is copied, %2").arg(targets, size)
                         : Text::tr("%1: all data are copied, %2").arg(targets, size));
    }
    QStringList network;
    for (const Disk& disk : context.instance.domain.definition->disks) {
        if (disk.storageClass == StorageClass::Network && plan.targets(Role::Stays).contains(disk.target))
            network.append(disk.target);
    }
    if (!network.isEmpty())
        parts.append(Text::tr("%1 on network storage: nothing is copied").arg(network.join(comma)));
    if (parts.isEmpty())
        parts.append(Text::tr("No disk has to be copied"));
    return parts.join(QStringLiteral("; "));
}

/// More than one host's disk has room for would be found out only after much of it was sent.
std::optional<CheckResult> room(const CheckContext& context, const CopyPlan& plan)
{
    if (!context.evidence.storage)
        return std::nullopt;
    std::map<QString, Bytes> needed;
    std::map<QString, Bytes> available;
    for (const DiskTransfer& disk : plan.disks) {
        const auto& found = context.evidence.storage->disks;
        const auto at = std::find_if(found.begin(), found.end(),
                                     [&](const DiskEvidence& e) { return e.target == disk.target; });
        if (at == found.end() || !at->available)
            continue;
        for (const ImageTransfer& image : disk.images) {
            if (image.way == ImageTransfer::Way::CopyFile || image.way == ImageTransfer::Way::Fill)
                needed[at->folder] += image.image.allocation;
        }
        available[at->folder] = *at->available;
    }
    for (const auto& [folder, need] : needed) {
        if (need > available[folder])
            return result("storage", Severity::Error,
                          Text::tr("%1 has %2 free in %3, and %4 have to be copied there")
                              .arg(context.destination.id().value, formatBytes(available[folder]), folder,
                                   formatBytes(need)),
                          Text::tr("Make room there, or choose another host"));
    }
    return std::nullopt;
}

} // namespace

CheckResult storage(const CheckContext& context)
{
    const CopyPlan plan = copiesFor(context.instance, context.options, context.kind, &context.source,
                                    &context.destination, context.evidence);
    const CopyConcern* worst = nullptr;
    for (const CopyConcern& concern : plan.concerns) {
        if (worst == nullptr || concern.weight > worst->weight)
            worst = &concern;
    }
    CheckResult r;
    if (worst != nullptr && worst->weight >= CopyConcern::Weight::Warning) {
        // All of them, the worst first: an acceptance must not cover what was not said.
        QStringList messages{worst->message};
        for (const CopyConcern& concern : plan.concerns) {
            if (&concern != worst && concern.weight >= CopyConcern::Weight::Warning)
                messages.append(concern.message);
        }
        r = result("storage", severityOf(worst->weight), messages.join(QStringLiteral("; ")), worst->fix);
        r.needsAcknowledgement =
            worst->weight != CopyConcern::Weight::Error &&
            std::any_of(plan.concerns.begin(), plan.concerns.end(), [](const CopyConcern& concern) {
                return concern.weight == CopyConcern::Weight::Accept;
            });
    } else if (plan.pending) {
        r = result("storage", Severity::Pass,
                   Text::tr("Checking whether %1 sees the disks…").arg(context.destination.id().value));
    } else if (auto full = room(context, plan)) {
        r = std::move(*full);
    } else {
        QStringList messages{whatHappens(context, plan)};
        for (const CopyConcern& concern : plan.concerns)
            messages.append(concern.message);
        const bool copies = !plan.targets(Role::Copied).isEmpty() || worst != nullptr;
        r = result("storage", copies ? Severity::Info : Severity::Pass, messages.join(QStringLiteral("; ")));
    }
    r.pending = plan.pending && r.severity != Severity::Error;
    return r;
}

} // namespace drover::checks
