// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/units.h"

#include <optional>

namespace drover {

/// One answer to "how is this instance's migration getting on", as the source host gives it. Raw: nothing
/// smoothed.
struct JobStats
{
    enum class Phase {
        Preparing,  ///< the destination's process is being started; all totals are 0
        Disks,      ///< disks are being mirrored
        Memory,     ///< pre-copy
        PostCopy,   ///< the destination runs, the rest follows
        Cancelling, ///< an abort was accepted and has not taken effect
        Completed,  ///< the record of a job that ended well
    };
    Phase phase = Phase::Preparing;
    Milliseconds elapsed{0};
    int iteration = 0; ///< 0 while preparing, then 1…
    Bytes memoryTotal;
    Bytes memoryRemaining;
    Bytes memoryProcessed;
    Bytes memoryNormal; ///< bytes of pages that were not zero
    Bytes diskTotal;
    Bytes diskRemaining;
    std::optional<Rate> transfer; ///< over the hypervisor's last 100 ms
    /// Distinct pages of the last iteration over its length; nothing in the first pass and in post-copy.
    std::optional<Rate> dirty;
    std::optional<int> throttlePercent;
    std::optional<Milliseconds> expectedDowntime; ///< the hypervisor's own guess; often far off
    std::optional<Milliseconds> downtime;         ///< real; only in a Completed record
};

} // namespace drover
