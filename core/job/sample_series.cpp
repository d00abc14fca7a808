// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/sample_series.h"

#include <algorithm>

namespace drover {

SampleSeries::SampleSeries(std::size_t capacity)
    : m_capacity(std::max<std::size_t>(capacity, 16))
{
}

void SampleSeries::add(const JobSample& sample)
{
    m_samples.push_back(sample);
    ++m_added;
    if (m_samples.size() > m_capacity)
        thin();
}

void SampleSeries::thin()
{
    // The older half is halved: after n rounds the oldest samples stand 2^n times as far apart as the newest.
    const std::size_t half = m_samples.size() / 2;
    std::vector<JobSample> kept;
    kept.reserve(m_samples.size());
    std::size_t i = 0;
    while (i < half) {
        const JobSample& a = m_samples[i];
        if (a.iterationMark || i + 1 >= half || m_samples[i + 1].iterationMark) {
            kept.push_back(a);
            ++i;
            continue;
        }
        const JobSample& b = m_samples[i + 1];
        kept.push_back(a.memoryRemaining <= b.memoryRemaining ? a : b);
        i += 2;
    }
    kept.insert(kept.end(), m_samples.begin() + static_cast<std::ptrdiff_t>(half), m_samples.end());
    if (kept.size() >= m_samples.size()) {
        // Nothing but marks: memory stays bounded all the same, every second old mark goes.
        kept.clear();
        for (std::size_t k = 0; k < half; k += 2)
            kept.push_back(m_samples[k]);
        kept.insert(kept.end(), m_samples.begin() + static_cast<std::ptrdiff_t>(half), m_samples.end());
    }
    m_samples = std::move(kept);
}

} // namespace drover
