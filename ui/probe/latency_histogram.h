// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include <array>

namespace drover {

/// Counts latencies in steps that grow by a tenth or so, from 10 µs to minutes. Percentiles are the upper
/// edge of their step, so never too good.
class LatencyHistogram
{
public:
    void add(double milliseconds);
    [[nodiscard]] qint64 count() const { return m_count; }
    [[nodiscard]] double most() const { return m_most; }
    /// @param part 0…1; 0.5 is the median. 0 when nothing was counted.
    [[nodiscard]] double percentile(double part) const;
    /// count, median_ms, p99_ms, max_ms, over_50_ms, and the counts by round steps
    [[nodiscard]] QJsonObject toJson() const;

private:
    static constexpr int steps = 160;
    [[nodiscard]] static double upperEdge(int step);
    [[nodiscard]] qint64 countUpTo(double milliseconds) const;

    std::array<qint64, steps> m_steps{};
    qint64 m_count = 0;
    double m_most = 0;
};

} // namespace drover
