// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_words.h"

#include <QCoreApplication>

namespace drover {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Jobs)
};

QString hostsText(const std::vector<HostId>& hosts)
{
    QStringList names;
    for (const HostId& host : hosts)
        names.append(host.value);
    return names.join(QStringLiteral(", "));
}

QString completedSentence(const Job& job, const JobOutcome& outcome)
{
    QString text = Text::tr("%1 runs on %2 after %3")
                       .arg(job.instanceName, job.destination.value, formatDuration(outcome.total));
    if (job.kind == MigrationKind::Offline)
        text = Text::tr("%1 is on %2 after %3")
                   .arg(job.instanceName, job.destination.value, formatDuration(outcome.total));
    if (outcome.downtime)
        text += Text::tr(", paused for %1").arg(formatDuration(*outcome.downtime));
    if (outcome.data)
        text += Text::tr(", %1 sent").arg(formatBytes(*outcome.data));
    if (outcome.iterations > 0)
        text += outcome.iterations == 1 ? Text::tr(" in one pass")
                                        : Text::tr(" in %1 passes").arg(outcome.iterations);
    return text + QLatin1Char('.');
}

QString whereItRuns(const Job& job, const JobOutcome& outcome)
{
    if (!outcome.runsOn)
        return Text::tr("Where %1 runs is not known: a host could not be asked.").arg(job.instanceName);
    if (outcome.runsOn->empty())
        return Text::tr("%1 runs on neither host.").arg(job.instanceName);
    return Text::tr("%1 runs on %2.").arg(job.instanceName, hostsText(*outcome.runsOn));
}

} // namespace

JobVerdict jobVerdict(const Job& job)
{
    switch (job.state) {
    case JobState::Queued:
        return {Sign::Pending, Tone::Plain, job.cancelling ? Text::tr("cancelling") : Text::tr("waiting")};
    case JobState::Completed:
        return {Sign::Pass, Tone::Good, Text::tr("arrived")};
    case JobState::Failed:
        return {Sign::Error, Tone::Error, Text::tr("failed")};
    case JobState::Cancelled:
        return {Sign::ShutOff, Tone::Plain, Text::tr("cancelled")};
    case JobState::Unknown:
        return {Sign::Unknown, Tone::Warning, Text::tr("not known")};
    default:
        break;
    }
    if (job.cancelling)
        return {Sign::Pending, Tone::Warning, Text::tr("cancelling")};
    switch (job.last.verdict) {
    case ConvergenceVerdict::Converging:
        return {Sign::HostUp, Tone::Good, Text::tr("converging")};
    case ConvergenceVerdict::Finishing:
        return {Sign::HostUp, Tone::Good, Text::tr("finishing")};
    case ConvergenceVerdict::Stalled:
        return {Sign::Warning, Tone::Warning, Text::tr("stalled")};
    case ConvergenceVerdict::WillNotConverge:
        return {Sign::Warning, Tone::Warning, Text::tr("will not converge")};
    case ConvergenceVerdict::NotKnown:
        break;
    }
    switch (job.state) {
    case JobState::Disks:
        return {Sign::Moving, Tone::Plain,
                job.last.transfer ? Text::tr("copying at %1").arg(formatRate(*job.last.transfer))
                                  : Text::tr("copying")};
    case JobState::Memory:
        return {Sign::Moving, Tone::Plain,
                job.last.iteration <= 1 ? Text::tr("first pass") : Text::tr("not known yet")};
    case JobState::Verifying:
        return {Sign::Pending, Tone::Plain, Text::tr("asking hosts")};
    default:
        return {Sign::Pending, Tone::Plain, Text::tr("preparing")};
    }
}

QString jobSentence(const Job& job)
{
    if (job.outcome) {
        if (job.state == JobState::Completed)
            return completedSentence(job, *job.outcome);
        QString text = job.outcome->hasError && job.state != JobState::Cancelled ? job.outcome->error.message
                                                                                 : QString();
        if (job.state == JobState::Cancelled)
            text = Text::tr("Cancelled after %1.").arg(formatDuration(job.outcome->total));
        if (!text.isEmpty() && !text.endsWith(QLatin1Char('.')))
            text += QLatin1Char('.');
        return QStringLiteral("%1 %2").arg(text, whereItRuns(job, *job.outcome)).trimmed();
    }
    if (job.cancelling)
        return Text::tr("Cancelling: it has not taken effect yet. %1 stays on %2.")
            .arg(job.instanceName, job.source.value);
    if (job.state == JobState::Queued)
        return job.waitsFor.isEmpty() ? Text::tr("Waiting to start.")
                                      : Text::tr("Waits for %1.").arg(job.waitsFor);
    if (job.state == JobState::Verifying)
        return Text::tr("Asking both hosts where %1 runs now.").arg(job.instanceName);
    if (job.state == JobState::SwitchOver)
        return Text::tr("Switching over to %1.").arg(job.destination.value);
    QString text =
        job.verdictText.isEmpty() ? Text::tr("Preparing on %1").arg(job.destination.value) : job.verdictText;
    return text.endsWith(QLatin1Char('.')) ? text : text + QLatin1Char('.');
}

QString jobPhase(const Job& job)
{
    switch (job.state) {
    case JobState::Queued:
        return job.waitsFor.isEmpty() ? Text::tr("queued") : Text::tr("waits for %1").arg(job.waitsFor);
    case JobState::Preparing:
        return Text::tr("preparing");
    case JobState::Disks:
        return Text::tr("disks, %1 left").arg(formatBytes(job.last.diskRemaining));
    case JobState::Memory:
        return job.last.iteration > 0 ? Text::tr("memory, pass %1").arg(job.last.iteration)
                                      : Text::tr("memory");
    case JobState::PostCopy:
        return Text::tr("post-copy, %1 left").arg(formatBytes(job.last.memoryRemaining));
    case JobState::SwitchOver:
        return Text::tr("switch-over");
    case JobState::Verifying:
        return Text::tr("asking both hosts");
    case JobState::Completed:
        return job.outcome ? Text::tr("took %1").arg(formatDuration(job.outcome->total)) : Text::tr("done");
    case JobState::Failed:
    case JobState::Cancelled:
    case JobState::Unknown:
        if (!job.outcome || !job.outcome->runsOn)
            return Text::tr("host not known");
        return job.outcome->runsOn->empty() ? Text::tr("runs nowhere")
                                            : Text::tr("runs on %1").arg(hostsText(*job.outcome->runsOn));
    }
    return {};
}

QString jobLeft(const Job& job)
{
    if (isEnded(job.state))
        return {};
    if (!job.last.eta || job.cancelling)
        return unknownMark();
    return formatDuration(std::chrono::round<std::chrono::seconds>(*job.last.eta) < std::chrono::seconds(1)
                              ? Milliseconds(1000)
                              : Milliseconds(std::chrono::round<std::chrono::seconds>(*job.last.eta)));
}

QString jobRoute(const Job& job)
{
    const QString to = job.destination.value.isEmpty() ? unknownMark() : job.destination.value;
    return QStringLiteral("%1 → %2").arg(job.source.value, to);
}

std::optional<double> jobProgress(const Job& job)
{
    if (job.state == JobState::Completed)
        return 100.0;
    if (job.state == JobState::Queued || job.series.empty())
        return std::nullopt;
    return job.last.progress;
}

bool mayBeSteered(const Job& job)
{
    return !isEnded(job.state) && job.state != JobState::Queued && job.state != JobState::Verifying &&
           !job.cancelling;
}

} // namespace drover
