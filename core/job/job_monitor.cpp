// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/job_monitor.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <vector>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(JobMonitor)
};

/// Weight of the newest rate: the same as the controllers in the field use for bandwidth.
constexpr double smoothing = 0.4;
/// A pass that begins with at most this share of what the one before began with is getting somewhere.
constexpr double fallingRatio = 0.96;
/// The rate of a mirror is taken over at least so long.
constexpr Milliseconds diskPeriod{400};
/// Passes kept for the judgement; more would only slow a change of verdict.
constexpr std::size_t passesKept = 6;

JobState phaseOf(const JobStats& stats)
{
    switch (stats.phase) {
    case JobStats::Phase::Preparing:
        return JobState::Preparing;
    case JobStats::Phase::Disks:
        return JobState::Disks;
    case JobStats::Phase::PostCopy:
        return JobState::PostCopy;
    case JobStats::Phase::Completed:
        return JobState::Verifying;
    case JobStats::Phase::Memory:
    case JobStats::Phase::Cancelling:
        break;
    }
    return JobState::Memory;
}

} // namespace

JobMonitor::JobMonitor(std::optional<Rate> bandwidthLimit, Milliseconds downtimeLimit)
    : m_bandwidthLimit(bandwidthLimit), m_downtimeLimit(downtimeLimit)
{
}

std::optional<Bytes> JobMonitor::switchOverLimit() const
{
    if (!m_smoothed)
        return std::nullopt;
    const double seconds = std::chrono::duration<double>(m_downtimeLimit).count();
    return Bytes{static_cast<qint64>(m_smoothed->bytesPerSecond * seconds)};
}

JobSample JobMonitor::add(const JobStats& stats, Milliseconds at, bool iterationMark)
{
    JobSample sample;
    sample.at = std::max(at, m_last.at);
    // A poll that was asked before an event may answer after it: a phase that has begun stays begun.
    sample.phase = std::max(phaseOf(stats), m_last.phase);
    sample.iteration = std::max(stats.iteration, m_last.iteration);
    sample.iterationMark = iterationMark;
    sample.memoryTotal = stats.memoryTotal;
    sample.memoryRemaining = stats.memoryRemaining;
    sample.memoryProcessed = std::max(stats.memoryProcessed, m_last.memoryProcessed);
    sample.diskTotal = stats.diskTotal;
    sample.diskRemaining = stats.diskRemaining;
    sample.transfer = stats.transfer;
    sample.dirty = stats.dirty;
    sample.throttlePercent = stats.throttlePercent;
    sample.expectedDowntime = stats.expectedDowntime;
    sample.downtimeLimit = m_downtimeLimit;

    if (sample.phase == JobState::Disks)
        measureDisks(sample);
    // The figures of a mark are those of the last poll: they must not weigh twice.
    if (sample.transfer && sample.transfer->bytesPerSecond > 0 && (!iterationMark || !m_smoothed)) {
        const double now = sample.transfer->bytesPerSecond;
        m_smoothed =
            m_smoothed ? Rate{m_smoothed->bytesPerSecond * (1 - smoothing) + now * smoothing} : Rate{now};
    }
    if (sample.phase == JobState::Memory && stats.iteration > 0) {
        if (m_passes.empty() || m_passes.back().iteration < stats.iteration) {
            const bool joined = m_passes.empty() && stats.iteration > 1 && !iterationMark;
            m_passes.push_back({stats.iteration, sample.at, stats.memoryRemaining, stats.memoryRemaining,
                                iterationMark, joined});
            if (m_passes.size() > passesKept)
                m_passes.pop_front();
        }
        Pass& pass = m_passes.back();
        if (pass.guessed && !iterationMark) {
            pass.first = pass.lowest = stats.memoryRemaining;
            pass.guessed = false;
        }
        // The first poll of a pass may still carry the figure of the one before.
        if (stats.memoryRemaining > pass.first && sample.at - pass.begin < Milliseconds(500))
            pass.first = stats.memoryRemaining;
        pass.lowest = std::min(pass.lowest, stats.memoryRemaining);
    }

    const bool memoryToCome = sample.phase == JobState::Disks && stats.memoryTotal.value == 0;
    const qint64 ahead = memoryToCome ? m_expectedMemory.value : 0;
    const qint64 total = stats.memoryTotal.value + stats.diskTotal.value + ahead;
    if (total > 0) {
        const double left =
            static_cast<double>(stats.memoryRemaining.value + stats.diskRemaining.value + ahead);
        m_progress =
            std::max(m_progress, std::clamp(100.0 * (1.0 - left / static_cast<double>(total)), 0.0, 99.0));
    }
    sample.progress = m_progress;
    judge(sample);
    m_last = sample;
    return sample;
}

void JobMonitor::measureDisks(JobSample& sample)
{
    // libvirt gives no rate of a mirror, and moves it on in steps: nothing between two steps is no
    // standstill.
    const Bytes done = sample.diskTotal - sample.diskRemaining;
    if (sample.diskTotal.value == 0 || (sample.transfer && sample.transfer->bytesPerSecond > 0))
        return;
    sample.transfer.reset(); // a rate of nothing is that of the memory, which is not sent yet
    if (!m_diskSince || done < m_diskFrom) {
        m_diskSince = sample.at;
        m_diskFrom = done;
        return;
    }
    const Milliseconds time = sample.at - *m_diskSince;
    if (done == m_diskFrom || time < diskPeriod)
        return;
    sample.transfer =
        Rate{static_cast<double>((done - m_diskFrom).value) * 1000.0 / static_cast<double>(time.count())};
    m_diskSince = sample.at;
    m_diskFrom = done;
}

void JobMonitor::judge(JobSample& sample)
{
    if (!m_smoothed || m_smoothed->bytesPerSecond <= 0)
        return;
    const double rate = m_smoothed->bytesPerSecond;
    const auto seconds = [](double s) {
        return Milliseconds(static_cast<qint64>(std::min(s, 1e7) * 1000.0));
    };
    if (sample.phase == JobState::Disks) {
        // A mirror that keeps step with the guest has no end that could be missed: rate and time left only.
        sample.eta = seconds(static_cast<double>(sample.diskRemaining.value) / rate);
        return;
    }
    if (sample.phase == JobState::PostCopy) {
        sample.eta = seconds(static_cast<double>(sample.memoryRemaining.value) / rate);
        sample.verdict = ConvergenceVerdict::Finishing;
        return;
    }
    if (sample.phase != JobState::Memory || m_passes.empty())
        return;
    const double limit = rate * std::chrono::duration<double>(m_downtimeLimit).count();
    const auto remaining = static_cast<double>(sample.memoryRemaining.value);
    sample.eta = seconds(remaining / rate);
    if (m_passes.back().iteration <= 1)
        return; // the first pass says nothing about what comes back dirty
    // Pass starts are what came back dirty while the pass before was sent; the very first is the whole memory
    // and belongs to no comparison.
    std::vector<double> starts;
    for (const Pass& pass : m_passes) {
        if (pass.iteration > 1 && !pass.guessed && !pass.joined)
            starts.push_back(static_cast<double>(pass.first.value));
    }
    if (starts.empty())
        return;
    // The end comes at a sync: what is left at the bottom of a pass that will jump up again is no end in
    // sight.
    if (starts.back() <= limit) {
        sample.verdict = ConvergenceVerdict::Finishing;
        return;
    }
    if (starts.size() < 2)
        return;
    const double newest = starts.back();
    const double before = starts[starts.size() - 2];
    const double ratio = before > 0 ? newest / before : 0;
    if (ratio < fallingRatio && newest * ratio <= limit && remaining <= limit * 1.2) {
        sample.verdict = ConvergenceVerdict::Finishing;
        return;
    }
    if (ratio < fallingRatio) {
        sample.verdict = ConvergenceVerdict::Converging;
        // What is left of this pass, and the geometric rest of the passes after it down to the limit.
        const double next = newest * ratio;
        double rest = remaining;
        if (next > limit && ratio > 0) {
            const double more = std::ceil(std::log(limit / next) / std::log(ratio));
            rest += next * (1 - std::pow(ratio, std::max(1.0, more))) / (1 - ratio);
        }
        sample.eta = seconds(rest / rate);
        return;
    }
    sample.eta.reset(); // with each pass as long as the one before there is no end to count to
    const bool twoAgree = starts.size() >= 3 && before >= starts[starts.size() - 3] * fallingRatio;
    if (!twoAgree)
        return; // one pass that did not shrink proves nothing
    const bool dirtiesFaster = sample.dirty && sample.dirty->bytesPerSecond >= 0.95 * rate;
    sample.verdict = dirtiesFaster ? ConvergenceVerdict::WillNotConverge : ConvergenceVerdict::Stalled;
}

QString JobMonitor::verdictText() const
{
    const auto left = [this] {
        return m_last.eta ? Text::tr("about %1 left").arg(formatDuration(*m_last.eta))
                          : Text::tr("time left not known");
    };
    const Rate rate = m_smoothed.value_or(Rate{});
    switch (m_last.verdict) {
    case ConvergenceVerdict::Converging:
        return Text::tr("Converging: %1").arg(left());
    case ConvergenceVerdict::Finishing:
        return Text::tr("Finishing: %1").arg(left());
    case ConvergenceVerdict::WillNotConverge:
        return Text::tr("Will not converge: dirties %1, the link gives %2")
            .arg(m_last.dirty ? formatRate(*m_last.dirty) : unknownMark(), formatRate(rate));
    case ConvergenceVerdict::Stalled:
        return Text::tr("Stalled: each pass leaves as much as the one before");
    case ConvergenceVerdict::NotKnown:
        break;
    }
    switch (m_last.phase) {
    case JobState::Preparing:
        return Text::tr("Preparing the destination");
    case JobState::Disks:
        return Text::tr("Copying disks at %1: %2").arg(formatRate(rate), left());
    case JobState::Memory:
        return m_last.iteration <= 1 ? Text::tr("First pass: %1 at least").arg(left())
                                     : Text::tr("Not known yet: two passes have to agree");
    default:
        return {};
    }
}

} // namespace drover
