// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>

namespace drover::checks {

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
    const std::optional<Bytes> freeNow = destination.reading->memoryFreeNow;
    // What is still on its way does not show there yet, and will take its memory all the same.
    const Bytes promised = context.destinationMoves.arriving.memory;
    const Bytes uses = context.instance.domain.status.memory;
    if (freeNow && *freeNow < uses + promised) {
        const QString message =
            promised > Bytes{}
                ? Text::tr("Uses %1, %2 has only %3 free at this moment, and moves under way need %4 of it")
                      .arg(formatMib(uses), there, formatMib(*freeNow), formatMib(promised))
                : Text::tr("Uses %1, %2 has only %3 free at this moment")
                      .arg(formatMib(uses), there, formatMib(*freeNow));
        return result("capacity", Severity::Error, message,
                      promised > Bytes{}
                          ? Text::tr("Choose a host with more room, or wait for those moves")
                          : Text::tr("Something other than instances uses the memory of %1").arg(there));
    }
    if (!freeNow)
        return result("capacity", Severity::Warning,
                      Text::tr("%1 has room by size (%2 left), but does not say what is free at this moment")
                          .arg(there, formatMib(room.free.memory)));
    return result("capacity", Severity::Pass,
                  Text::tr("Room on %1: %2 left by size, %3 free at this moment")
                      .arg(there, formatMib(room.free.memory), formatMib(*freeNow)));
}

} // namespace drover::checks
