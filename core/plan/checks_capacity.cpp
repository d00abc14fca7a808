// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>

namespace drover::checks {

namespace {

/// Asked just now where that was possible, else as the last reading has it.
std::optional<Bytes> memoryNow(const CheckContext& context)
{
    const std::shared_ptr<const HostDetails>& details = context.evidence.destination;
    if (details != nullptr && details->memoryFree)
        return details->memoryFree;
    return context.destination.reading->memoryFreeNow;
}

void lookAtMemoryNow(const CheckContext& context, const Capacity& room, Findings& findings)
{
    const QString there = context.destination.id().value;
    if (!context.instance.domain.definition->placement.hugePages.empty())
        return; // its memory comes from the huge pages
    const std::optional<Bytes> freeNow = memoryNow(context);
    // What is still on its way does not show there yet, and will take its memory all the same.
    const Bytes promised = context.destinationMoves.arriving.memory;
    const Bytes uses = context.instance.domain.status.memory;
    if (!freeNow) {
        findings.add(Severity::Warning,
                     Text::tr("%1 has room by size (%2 left), but does not say what is free at this moment")
                         .arg(there, formatMib(room.free.memory)));
        return;
    }
    if (*freeNow >= uses + promised)
        return;
    if (promised > Bytes{})
        findings.add(
            Severity::Error,
            Text::tr("Uses %1, %2 has only %3 free at this moment, and moves under way need %4 of it")
                .arg(formatMib(uses), there, formatMib(*freeNow), formatMib(promised)),
            Text::tr("Choose a host with more room, or wait for those moves"));
    else
        findings.add(Severity::Error,
                     Text::tr("Uses %1, %2 has only %3 free at this moment")
                         .arg(formatMib(uses), there, formatMib(*freeNow)),
                     Text::tr("Something other than instances uses the memory of %1").arg(there));
}

QString sizesOf(const std::vector<HugePages>& wanted)
{
    QStringList sizes;
    for (const HugePages& pages : wanted) {
        const QString size = pages.size.value == 0 ? Text::tr("the default size") : formatBytes(pages.size);
        if (!sizes.contains(size))
            sizes.append(size);
    }
    return sizes.join(QStringLiteral(", "));
}

/// Huge pages and NUMA nodes: memory that has to be of one kind, or in one place.
void lookAtBoundMemory(const CheckContext& context, Findings& findings)
{
    const Placement& placement = context.instance.domain.definition->placement;
    const bool bound = placement.strictNodes && !placement.hostNodes.empty();
    if (placement.hugePages.empty() && !bound)
        return;
    const QString there = context.destination.id().value;
    const std::shared_ptr<const HostDetails>& details = context.evidence.destination;
    if (details == nullptr && !context.evidence.complete) {
        findings.pending(Text::tr("Checking huge pages and NUMA nodes of %1…").arg(there));
        return;
    }
    const Bytes need = context.instance.domain.definition->maxMemory;
    if (!placement.hugePages.empty()) {
        if (details == nullptr || !details->pages) {
            findings.add(Severity::Warning,
                         Text::tr("It needs huge pages (%1), and %2 did not say how many are free")
                             .arg(sizesOf(placement.hugePages), there));
        } else {
            Bytes free;
            for (const PagePool& pool : *details->pages) {
                if (std::any_of(placement.hugePages.begin(), placement.hugePages.end(),
                                [&](const HugePages& p) { return p.size.value == 0 || p.size == pool.size; }))
                    free += pool.free;
            }
            if (free < need)
                findings.add(Severity::Error,
                             Text::tr("Needs %1 in huge pages of %2, %3 has %4 free of them")
                                 .arg(formatMib(need), sizesOf(placement.hugePages), there, formatMib(free)),
                             Text::tr("Set more huge pages aside on %1, or choose another host").arg(there));
        }
        return;
    }
    if (details == nullptr || !details->cells)
        return; // the check of the nodes themselves says so
    Bytes free;
    for (const NumaCell& cell : *details->cells) {
        if (std::find(placement.hostNodes.begin(), placement.hostNodes.end(), cell.id) !=
            placement.hostNodes.end())
            free += cell.free.value_or(need);
    }
    if (free < context.instance.domain.status.memory)
        findings.add(Severity::Error,
                     Text::tr("Uses %1 from the NUMA nodes it is bound to, which have %2 free on %3")
                         .arg(formatMib(context.instance.domain.status.memory), formatMib(free), there),
                     Text::tr("Choose a host with more room in those nodes, or change its NUMA settings"));
}

} // namespace

CheckResult capacity(const CheckContext& context)
{
    const Host& destination = context.destination;
    const QString there = destination.id().value;
    if (!destination.reading)
        return result("capacity", Severity::Error, Text::tr("The capacity of %1 is not known").arg(there));
    if (context.kind == MigrationKind::Offline)
        return result("capacity", Severity::Pass,
                      Text::tr("Shut off: it takes no memory and no vCPU on %1").arg(there));
    const Resources need = fullSize(context.instance.domain);
    // A guest whose arrival is already visible there is counted by the host itself.
    Capacity room = context.destinationSums != nullptr ? *context.destinationSums : capacitySums(destination);
    room.free -= context.destinationMoves.arriving;
    if (need.memory > room.free.memory)
        return result(
            "capacity", Severity::Error,
            Text::tr("Needs %1, %2 has %3 left after its reserve")
                .arg(formatMib(need.memory), there, formatMib(std::max(room.free.memory, Bytes{}))),
            Text::tr("Choose a host with more room, or move something away from %1 first").arg(there));
    if (need.vcpus > room.free.vcpus)
        return result(
            "capacity", Severity::Error,
            Text::tr("Needs %1 vCPUs, %2 has %3 left of %4")
                .arg(need.vcpus)
                .arg(there)
                .arg(std::max(0.0, room.free.vcpus))
                .arg(room.effective.vcpus),
            Text::tr("Choose a host with more room, or move something away from %1 first").arg(there));
    Findings findings;
    lookAtMemoryNow(context, room, findings);
    lookAtBoundMemory(context, findings);
    const std::optional<Bytes> freeNow = memoryNow(context);
    return findings.answer(
        "capacity", freeNow
                        ? Text::tr("Room on %1: %2 left by size, %3 free at this moment")
                              .arg(there, formatMib(room.free.memory), formatMib(*freeNow))
                        : Text::tr("Room on %1: %2 left by size").arg(there, formatMib(room.free.memory)));
}

} // namespace drover::checks
