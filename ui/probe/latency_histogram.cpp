// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probe/latency_histogram.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace drover {

namespace {

constexpr double smallest = 0.01; // ms
constexpr double growth = 1.1;

} // namespace

double LatencyHistogram::upperEdge(int step)
{
    return smallest * std::pow(growth, step);
}

void LatencyHistogram::add(double milliseconds)
{
    const int step = milliseconds <= smallest
                         ? 0
                         : static_cast<int>(std::ceil(std::log(milliseconds / smallest) / std::log(growth)));
    ++m_steps[static_cast<std::size_t>(std::clamp(step, 0, steps - 1))];
    ++m_count;
    m_most = std::max(m_most, milliseconds);
}

double LatencyHistogram::percentile(double part) const
{
    if (m_count == 0)
        return 0;
    const auto wanted = static_cast<qint64>(std::ceil(part * static_cast<double>(m_count)));
    qint64 seen = 0;
    for (int step = 0; step < steps; ++step) {
        seen += m_steps[static_cast<std::size_t>(step)];
        if (seen >= wanted)
            return std::min(upperEdge(step), m_most);
    }
    return m_most;
}

qint64 LatencyHistogram::countUpTo(double milliseconds) const
{
    qint64 seen = 0;
    for (int step = 0; step < steps && upperEdge(step) <= milliseconds; ++step)
        seen += m_steps[static_cast<std::size_t>(step)];
    return seen;
}

QJsonObject LatencyHistogram::toJson() const
{
    QJsonArray counts;
    qint64 before = 0;
    for (const double edge : {0.1, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0}) {
        const qint64 now = countUpTo(edge);
        counts.append(
            QJsonObject{{QStringLiteral("up_to_ms"), edge}, {QStringLiteral("count"), now - before}});
        before = now;
    }
    counts.append(
        QJsonObject{{QStringLiteral("up_to_ms"), QJsonValue()}, {QStringLiteral("count"), m_count - before}});
    return QJsonObject{{QStringLiteral("count"), m_count},
                       {QStringLiteral("median_ms"), percentile(0.5)},
                       {QStringLiteral("p99_ms"), percentile(0.99)},
                       {QStringLiteral("max_ms"), m_most},
                       {QStringLiteral("over_50_ms"), m_count - countUpTo(50.0)},
                       {QStringLiteral("histogram"), counts}};
}

} // namespace drover
