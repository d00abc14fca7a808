// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job_sample.h"

#include <QString>

#include <deque>

namespace drover {

/// Turns the raw answers of one job into samples: smooths the rate, keeps the lowest remaining of each pass,
/// makes progress monotonic, estimates what is left and judges convergence per iteration, never on a single
/// sample. Pure state: no clock, no thread.
class JobMonitor
{
public:
    explicit JobMonitor(std::optional<Rate> bandwidthLimit = {},
                        Milliseconds downtimeLimit = Milliseconds(300));

    JobSample add(const JobStats& stats, Milliseconds at, bool iterationMark);
    void setBandwidthLimit(std::optional<Rate> limit) { m_bandwidthLimit = limit; }
    void setDowntimeLimit(Milliseconds limit) { m_downtimeLimit = limit; }
    [[nodiscard]] Milliseconds downtimeLimit() const { return m_downtimeLimit; }
    /// What follows once the disks are there; for the progress while the host does not tell it yet.
    void setExpectedMemory(Bytes memory) { m_expectedMemory = memory; }
    /// Memory below which the switch-over happens: rate × allowed downtime.
    [[nodiscard]] std::optional<Bytes> switchOverLimit() const;
    /// The verdict in words: "converging, about 12 s left".
    [[nodiscard]] QString verdictText() const;
    [[nodiscard]] const JobSample& last() const { return m_last; }

private:
    struct Pass
    {
        int iteration = 0;
        Milliseconds begin{0};
        Bytes lowest;
        Bytes first; ///< remaining just after the sync that began the pass
        /// first is not known: the event came before the figure, or the job was joined in the middle of this
        /// pass.
        bool guessed = false;
        bool joined = false;
    };
    void judge(JobSample& sample);
    void measureDisks(JobSample& sample);

    std::optional<Rate> m_bandwidthLimit;
    Milliseconds m_downtimeLimit;
    std::optional<Rate> m_smoothed;
    std::deque<Pass> m_passes;
    JobSample m_last;
    double m_progress = 0;
    Bytes m_expectedMemory;
    std::optional<Milliseconds> m_diskSince; ///< since then so much of the disks was there
    Bytes m_diskFrom;
};

} // namespace drover
