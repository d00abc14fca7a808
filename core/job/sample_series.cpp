// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/sample_series.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace drover {

SampleSeries::SampleSeries(std::size_t capacity) : m_capacity(std::max<std::size_t>(capacity, 16)) {}

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
    const auto half = static_cast<std::ptrdiff_t>(m_samples.size() / 2);
    const std::vector<JobSample> old(m_samples.begin(), m_samples.begin() + half);
    const std::size_t least = old.size() / 8; // thinning must be worth its copying
    std::vector<JobSample> kept;
    kept.reserve(m_samples.size());
    for (std::size_t i = 0; i < old.size(); ++i) {
        const bool pair = !old[i].iterationMark && i + 1 < old.size() && !old[i + 1].iterationMark;
        if (!pair) {
            kept.push_back(old[i]);
            continue;
        }
        kept.push_back(old[i].memoryRemaining <= old[i + 1].memoryRemaining ? old[i] : old[i + 1]);
        ++i;
    }
    if (old.size() - kept.size() < least) {
        kept.clear(); // marks stand so close that hardly two samples are left between them: only marks stay
        std::copy_if(old.begin(), old.end(), std::back_inserter(kept),
                     [](const JobSample& sample) { return sample.iterationMark; });
    }
    if (old.size() - kept.size() < least) {
        kept.clear(); // nothing but marks: memory stays bounded all the same
        for (std::size_t k = 0; k < old.size(); k += 2)
            kept.push_back(old[k]);
    }
    kept.insert(kept.end(), m_samples.begin() + half, m_samples.end());
    m_samples = std::move(kept);
}

} // namespace drover
