// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job.h"

#include <QList>
#include <QPointF>
#include <QString>

#include <optional>
#include <vector>

namespace drover {

/// The course of one job as the chart draws it: time in seconds since its start, rates in MiB/s, memory in
/// MiB. A value that is not known makes no point.
struct JobCourse
{
    struct Pass
    {
        double at = 0;
        int number = 0;
        bool operator==(const Pass&) const = default;
    };
    struct Mark
    {
        double at = 0;
        QString text;
        bool operator==(const Mark&) const = default;
    };
    QList<QPointF> transfer;
    QList<QPointF> dirty;
    QList<QPointF> memoryLeft;
    std::vector<Pass> passes;         ///< where each pass of the memory began
    std::vector<Mark> decisions;      ///< acts of an operator or a policy, in words
    double now = 0;                   ///< time of the last sample
    std::optional<double> arrives;    ///< expected end, while it moves and an estimate stands
    std::optional<double> switchOver; ///< MiB left below which the switch-over happens
};

inline constexpr qsizetype chartPoints = 1200; ///< most points of one line

/// Reads the job's series. At most @p maxPoints points a line: of what lies closer, the extremes stay.
[[nodiscard]] JobCourse courseOf(const Job& job, qsizetype maxPoints = chartPoints);

/// Keeps the lowest and the highest point of each part of the line, in their order, and its two ends.
[[nodiscard]] QList<QPointF> thinLine(const QList<QPointF>& line, qsizetype maxPoints);

/// The passes that the course shows, for who cannot see it: "1 to 5, 7".
[[nodiscard]] QString passesText(const std::vector<JobCourse::Pass>& passes);

/// The sample nearest to that time; null when there is none.
[[nodiscard]] const JobSample* sampleAt(const Job& job, double seconds);

} // namespace drover
