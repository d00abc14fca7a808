// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job_sample.h"

#include <vector>

namespace drover {

/// The whole course of a job in bounded memory: every sample of the last while, and older ones thinned to
/// ever coarser steps. Iteration marks stay, unless there is nothing but marks left to thin.
class SampleSeries
{
public:
    explicit SampleSeries(std::size_t capacity = 4096);
    void add(const JobSample& sample);
    /// Oldest first. Between two thinned samples the one with the lowest remaining memory was kept.
    [[nodiscard]] const std::vector<JobSample>& samples() const { return m_samples; }
    [[nodiscard]] bool empty() const { return m_samples.empty(); }
    [[nodiscard]] quint64 added() const { return m_added; } ///< grows with each add: cheap "has it changed"

private:
    void thin();
    std::size_t m_capacity;
    std::vector<JobSample> m_samples;
    quint64 m_added = 0;
};

} // namespace drover
