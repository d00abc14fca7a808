// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/job_course.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>
#include <utility>

namespace drover {

namespace {

double seconds(Milliseconds time)
{
    return static_cast<double>(time.count()) / 1000.0;
}

} // namespace

QList<QPointF> thinLine(const QList<QPointF>& line, qsizetype maxPoints)
{
    if (line.size() <= maxPoints || maxPoints < 4)
        return line;
    QList<QPointF> thin;
    thin.reserve(maxPoints);
    thin.append(line.first());
    const qsizetype parts = (maxPoints - 2) / 2;
    const qsizetype inner = line.size() - 2;
    for (qsizetype part = 0; part < parts; ++part) {
        const auto from = line.cbegin() + 1 + part * inner / parts;
        const auto to = line.cbegin() + 1 + (part + 1) * inner / parts;
        if (from == to)
            continue;
        auto [low, high] =
            std::minmax_element(from, to, [](const QPointF& a, const QPointF& b) { return a.y() < b.y(); });
        if (high < low)
            std::swap(low, high);
        thin.append(*low);
        if (low != high)
            thin.append(*high);
    }
    thin.append(line.last());
    return thin;
}

JobCourse courseOf(const Job& job, qsizetype maxPoints)
{
    JobCourse course;
    int pass = 0;
    for (const JobSample& sample : job.series.samples()) {
        const double at = seconds(sample.at);
        course.now = std::max(course.now, at);
        if (sample.transfer)
            course.transfer.append({at, sample.transfer->mib()});
        if (sample.dirty)
            course.dirty.append({at, sample.dirty->mib()});
        // Before the totals are known the hypervisor reports 0 left.
        if (sample.memoryTotal > Bytes{})
            course.memoryLeft.append({at, sample.memoryRemaining.mib()});
        if (sample.iteration > pass) {
            pass = sample.iteration;
            course.passes.push_back({at, pass});
        }
    }
    course.transfer = thinLine(course.transfer, maxPoints);
    course.dirty = thinLine(course.dirty, maxPoints);
    course.memoryLeft = thinLine(course.memoryLeft, maxPoints);
    for (const JobDecision& decision : job.decisions)
        course.decisions.push_back({seconds(decision.at), decision.reason});
    if (!isEnded(job.state) && job.last.eta)
        course.arrives = course.now + seconds(*job.last.eta);
    if (job.switchOverLimit)
        course.switchOver = job.switchOverLimit->mib();
    return course;
}

QString passesText(const std::vector<JobCourse::Pass>& passes)
{
    QStringList parts;
    for (auto first = passes.begin(); first != passes.end();) {
        auto last = first;
        while (std::next(last) != passes.end() && std::next(last)->number == last->number + 1)
            ++last;
        parts.append(
            first == last
                ? QString::number(first->number)
                : QCoreApplication::translate("JobCourse", "%1 to %2").arg(first->number).arg(last->number));
        first = std::next(last);
    }
    return parts.join(QStringLiteral(", "));
}

const JobSample* sampleAt(const Job& job, double time)
{
    const std::vector<JobSample>& samples = job.series.samples();
    if (samples.empty())
        return nullptr;
    const auto next = std::lower_bound(samples.begin(), samples.end(), time,
                                       [](const JobSample& s, double t) { return seconds(s.at) < t; });
    if (next == samples.begin())
        return &*next;
    if (next == samples.end())
        return &samples.back();
    const auto previous = next - 1;
    return time - seconds(previous->at) < seconds(next->at) - time ? &*previous : &*next;
}

} // namespace drover
