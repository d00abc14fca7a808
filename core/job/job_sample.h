// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"
#include "core/hypervisor/job_stats.h"

#include <QString>

#include <optional>

namespace drover {

enum class JobState {
    Queued,
    Preparing,
    Disks,
    Memory,
    PostCopy,
    SwitchOver,
    Verifying, ///< the call has returned; both hosts are being asked
    Completed,
    Failed,
    Cancelled,
    Unknown, ///< ended, and a host could not be asked
};

[[nodiscard]] QString jobStateName(JobState state); ///< JSON name
[[nodiscard]] bool isEnded(JobState state);

enum class ConvergenceVerdict { NotKnown, Converging, Stalled, WillNotConverge, Finishing };
[[nodiscard]] QString convergenceName(ConvergenceVerdict verdict); ///< JSON name; empty for NotKnown

/// One point of a migration's course, as charts, tables and the JSON stream show it.
struct JobSample
{
    Milliseconds at{0}; ///< since the start of the move
    JobState phase = JobState::Preparing;
    int iteration = 0;
    bool iterationMark = false; ///< made by an iteration event: a new pass begins here
    Bytes memoryTotal;
    Bytes memoryRemaining;
    Bytes memoryProcessed;
    Bytes diskTotal;
    Bytes diskRemaining;
    std::optional<Rate> transfer;
    std::optional<Rate> dirty;
    std::optional<int> throttlePercent;
    std::optional<Milliseconds> expectedDowntime;
    std::optional<Milliseconds> downtimeLimit;
    double progress = 0; ///< 0…100, never falls
    std::optional<Milliseconds> eta;
    ConvergenceVerdict verdict = ConvergenceVerdict::NotKnown;
};

} // namespace drover
