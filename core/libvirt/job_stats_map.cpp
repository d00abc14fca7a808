// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/job_stats_map.h"

namespace drover::libvirt {
namespace {

JobStats::Phase phaseOf(int type, const JobStats& stats, bool postCopy)
{
    if (type == VIR_DOMAIN_JOB_COMPLETED)
        return JobStats::Phase::Completed;
    if (type == VIR_DOMAIN_JOB_CANCELLED)
        return JobStats::Phase::Cancelling;
    if (postCopy)
        return JobStats::Phase::PostCopy;
    if (stats.iteration >= 1)
        return JobStats::Phase::Memory;
    return stats.diskTotal.value > 0 ? JobStats::Phase::Disks : JobStats::Phase::Preparing;
}

} // namespace

JobStats jobStatsOf(int type, const TypedParams& params, bool postCopy)
{
    const auto number = [&](const char* name) { return params.integer(name).value_or(0); };
    JobStats stats;
    stats.elapsed = Milliseconds(number(VIR_DOMAIN_JOB_TIME_ELAPSED));
    stats.iteration = static_cast<int>(number(VIR_DOMAIN_JOB_MEMORY_ITERATION));
    stats.memoryTotal = {number(VIR_DOMAIN_JOB_MEMORY_TOTAL)};
    stats.memoryRemaining = {number(VIR_DOMAIN_JOB_MEMORY_REMAINING)};
    stats.memoryProcessed = {number(VIR_DOMAIN_JOB_MEMORY_PROCESSED)};
    stats.memoryNormal = {number(VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES)};
    stats.diskTotal = {number(VIR_DOMAIN_JOB_DISK_TOTAL)};
    stats.diskRemaining = {number(VIR_DOMAIN_JOB_DISK_REMAINING)};
    stats.phase = phaseOf(type, stats, postCopy);
    if (const auto speed = params.integer(VIR_DOMAIN_JOB_MEMORY_BPS))
        stats.transfer = Rate{static_cast<double>(*speed)};
    // Pages, not bytes; 0 until the first pass has ended, and stale after the switch to post-copy.
    const auto dirtyPages = params.integer(VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE);
    const auto pageSize = params.integer(VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE);
    if (dirtyPages && pageSize && stats.iteration > 1 && stats.phase != JobStats::Phase::PostCopy)
        stats.dirty = Rate{static_cast<double>(*dirtyPages) * static_cast<double>(*pageSize)};
    if (const auto throttle = params.integer(VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE))
        stats.throttlePercent = static_cast<int>(*throttle);
    if (const auto downtime = params.integer(VIR_DOMAIN_JOB_DOWNTIME)) {
        if (stats.phase == JobStats::Phase::Completed)
            stats.downtime = Milliseconds(*downtime);
        else if (stats.phase == JobStats::Phase::Memory &&
                 stats.iteration > 1) // the first pass shows the limit
            stats.expectedDowntime = Milliseconds(*downtime);
    }
    return stats;
}

} // namespace drover::libvirt
