// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/job_stream.h"

#include "app/ctl/json.h"

#include <algorithm>
#include <cmath>

namespace drover::ctl {
namespace {

/// Without a terminal a long pass is told of again after so long.
constexpr Milliseconds plainPause{5000};

QString phaseWord(JobState phase)
{
    return phase == JobState::PostCopy ? QStringLiteral("post-copy") : jobStateName(phase);
}

QString stamp(Milliseconds at)
{
    return QStringLiteral("%1 s").arg(static_cast<double>(at.count()) / 1000.0, 7, 'f', 1);
}

} // namespace

QString sampleWords(const JobSample& sample)
{
    QStringList parts{phaseWord(sample.phase)};
    if (sample.phase == JobState::Preparing)
        return parts.front();
    if (sample.iteration > 0)
        parts.append(QStringLiteral("pass %1").arg(sample.iteration));
    if (sample.memoryTotal.value > 0 || sample.diskTotal.value > 0) {
        parts.append(QStringLiteral("%1 %").arg(std::floor(sample.progress)));
        parts.append(
            QStringLiteral("%1 left").arg(formatBytes(sample.memoryRemaining + sample.diskRemaining)));
    }
    if (sample.transfer)
        parts.append(formatRate(*sample.transfer));
    if (sample.dirty)
        parts.append(QStringLiteral("dirties %1").arg(formatRate(*sample.dirty)));
    if (sample.throttlePercent && *sample.throttlePercent > 0)
        parts.append(QStringLiteral("slowed down by %1 %").arg(*sample.throttlePercent));
    switch (sample.verdict) {
    case ConvergenceVerdict::WillNotConverge:
        parts.append(QStringLiteral("will not converge"));
        break;
    case ConvergenceVerdict::Stalled:
        parts.append(QStringLiteral("stalled"));
        break;
    case ConvergenceVerdict::Finishing:
        parts.append(QStringLiteral("finishing"));
        break;
    case ConvergenceVerdict::Converging:
    case ConvergenceVerdict::NotKnown:
        if (sample.eta)
            parts.append(QStringLiteral("about %1 left").arg(formatDuration(*sample.eta)));
        break;
    }
    return parts.join(QStringLiteral(", "));
}

QString resultWords(const Job& job)
{
    const JobOutcome outcome = job.outcome.value_or(JobOutcome{});
    QStringList facts;
    if (outcome.total.count() > 0)
        facts.append(formatDuration(outcome.total));
    if (outcome.downtime)
        facts.append(QStringLiteral("stood still for %1").arg(formatDuration(*outcome.downtime)));
    if (outcome.data)
        facts.append(QStringLiteral("%1 sent").arg(formatBytes(*outcome.data)));
    if (outcome.iterations > 0)
        facts.append(outcome.iterations == 1 ? QStringLiteral("1 pass")
                                             : QStringLiteral("%1 passes").arg(outcome.iterations));
    QStringList hosts;
    for (const HostId& host : outcome.runsOn.value_or(std::vector<HostId>{}))
        hosts.append(host.value);
    const QString where =
        hosts.isEmpty() ? QString() : QStringLiteral(" on %1").arg(hosts.join(QStringLiteral(" and ")));
    const QString verb =
        job.kind == MigrationKind::Offline ? QStringLiteral("is defined") : QStringLiteral("runs");
    switch (outcome.state) {
    case JobState::Completed:
        return QStringLiteral("%1 %2%3 (%4)")
            .arg(job.instanceName, verb, where, facts.join(QStringLiteral(", ")));
    case JobState::Cancelled:
        return QStringLiteral("The migration of %1 was cancelled; it %2%3")
            .arg(job.instanceName, verb, where);
    case JobState::Failed:
        return where.isEmpty()
                   ? QStringLiteral("The migration of %1 failed").arg(job.instanceName)
                   : QStringLiteral("The migration of %1 failed; it %2%3").arg(job.instanceName, verb, where);
    default:
        return QStringLiteral("It is not known how the migration of %1 ended").arg(job.instanceName);
    }
}

JobStream::JobStream(Output& output, const Session& session, JobId job, bool named)
    : m_output(output), m_session(session), m_id(job), m_named(named)
{
}

QString JobStream::name(const Job& job) const
{
    return m_named ? job.instanceName + QStringLiteral(": ") : QString();
}

void JobStream::event(QJsonObject object, const Job& job)
{
    if (m_named)
        object.insert(QLatin1String("instance"), job.instanceName);
    m_output.event(object);
}

void JobStream::update()
{
    const Job* job = m_session.job(m_id);
    if (job == nullptr || m_ended)
        return;
    if (!isEnded(job->state))
        writeState(*job);
    writeSamples(*job);
    writeDecisions(*job);
    if (job->outcome) {
        m_ended = true;
        writeState(*job);
        writeResult(*job);
    }
}

void JobStream::writeState(const Job& job)
{
    if (m_state == job.state)
        return;
    m_state = job.state;
    // Times count from the start, which is still to come while it is queued.
    Milliseconds at = job.state == JobState::Queued ? Milliseconds(0)
                      : job.outcome                 ? job.outcome->total
                                                    : m_session.clock().now() - job.started;
    // A sample that is still to be written was taken before this moment: lines do not go back in time.
    const std::vector<JobSample>& all = job.series.samples();
    if (const quint64 fresh = std::min<quint64>(job.series.added() - m_samples, all.size()); fresh > 0)
        at = std::min(at, all[all.size() - fresh].at);
    at = m_stateAt = std::max(at, m_stateAt);
    if (m_output.json()) {
        event(stateLine(job.state, at), job);
        return;
    }
    if (isEnded(job.state) || m_output.quiet())
        return;
    if (m_output.toTerminal())
        m_output.progress(name(job) + phaseWord(job.state));
    else if (job.state != JobState::Memory && job.state != JobState::Disks)
        m_output.line(QStringLiteral("%1  %2%3").arg(stamp(at), name(job), phaseWord(job.state)));
}

void JobStream::writeSamples(const Job& job)
{
    const std::vector<JobSample>& all = job.series.samples();
    const quint64 fresh = std::min<quint64>(job.series.added() - m_samples, all.size());
    m_samples = job.series.added();
    if (fresh == 0)
        return;
    if (m_output.json()) {
        for (std::size_t i = all.size() - fresh; i < all.size(); ++i)
            event(sampleLine(all[i]), job);
        return;
    }
    if (m_output.quiet() || job.outcome)
        return;
    const JobSample& last = all.back();
    if (m_output.toTerminal()) {
        m_output.progress(name(job) + sampleWords(last));
        return;
    }
    if (last.iteration == m_toldIteration && last.at - m_toldAt < plainPause)
        return;
    m_toldIteration = last.iteration;
    m_toldAt = last.at;
    m_output.line(QStringLiteral("%1  %2%3").arg(stamp(last.at), name(job), sampleWords(last)));
}

void JobStream::writeDecisions(const Job& job)
{
    for (; m_decisions < job.decisions.size(); ++m_decisions) {
        const JobDecision& decision = job.decisions[m_decisions];
        if (m_output.json())
            event(decisionLine(decision), job);
        else if (!m_output.quiet())
            m_output.line(QStringLiteral("%1  %2%3: %4")
                              .arg(stamp(decision.at), name(job), decision.action, decision.reason));
    }
}

void JobStream::writeResult(const Job& job)
{
    if (m_output.json())
        event(resultLine(job), job);
    else if (!m_output.quiet() || job.state == JobState::Completed)
        m_output.line(resultWords(job), job.state == JobState::Completed ? Tone::Good : Tone::Bad);
    if (m_output.json())
        return;
    for (const Leftover& left : job.outcome->left) {
        if (!left.intended || !m_output.quiet())
            m_output.line(QStringLiteral("%1Left on %2: %3 (%4)")
                              .arg(name(job), left.host.value,
                                   left.path.isEmpty() ? QStringLiteral("a definition") : left.path,
                                   left.reason),
                          left.intended ? Tone::Plain : Tone::Bad);
    }
}

} // namespace drover::ctl
