// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/job/outcome.h"
#include "core/session/session_private.h"

#include <QTimer>

#include <utility>

namespace drover {
namespace {

/// How long one host may take to say where the instance is.
constexpr Milliseconds askPatience{12000};
/// Pause between two rounds of asking while a half-arrived guest is still being cleaned up.
constexpr Milliseconds askAgain{250};
/// For so long the two sides may still change: a destination daemon that hangs holds the guest for 28 s.
constexpr Milliseconds unsettledPatience{45000};
/// Ended moves that stay in the list.
constexpr std::size_t endedKept = 200;

} // namespace

void Session::Private::verify(RunningJob& running)
{
    Job& job = running.job;
    if (job.state != JobState::Verifying) {
        job.state = JobState::Verifying;
        running.returnedAt = q.clock().now();
        job.verdictText = Session::tr("Asking both hosts where it runs");
        if (running.lane)
            running.lane->poll(Milliseconds(0));
        Q_EMIT q.jobChanged(job.id);
    }
    running.atSource.reset();
    running.atDestination.reset();
    const int round = ++running.verifyRound;
    const JobId id = job.id;
    const auto ask = [&](const HostId& host, bool source) {
        const HostConfig* known = config(host);
        if (known == nullptr) {
            mailbox.push(JobVerified{id, round, source,
                                     fail(ErrorCode::NotFound, Session::tr("%1 is not in the fleet").arg(host.value)),
                                     std::nullopt});
            return;
        }
        const bool record = !source && !running.completed && !running.callError;
        // Fresh connections: an old one may be dead without knowing it yet.
        runDetached(QStringLiteral("verify"), [backend = q.m_backend, known = *known, instance = job.instance,
                                               name = job.instanceName, id, round, source, record, sink = sinkCopy()] {
            JobVerified answer{id, round, source, backend->hostQuery(known)->find(instance, name, {}), std::nullopt};
            if (record && answer.found) {
                if (auto completed = backend->jobControl(known)->completed(instance, {}))
                    answer.completed = *completed;
            }
            sink.push(std::move(answer));
        });
    };
    ask(job.source, true);
    ask(job.destination, false);
    QTimer::singleShot(askPatience, &q, [this, id, round] {
        RunningJob* late = find(id);
        if (late == nullptr || late->verifyRound != round || isEnded(late->job.state))
            return;
        for (const bool source : {true, false}) {
            const auto& answer = source ? late->atSource : late->atDestination;
            if (!answer)
                mailbox.push(JobVerified{id, round, source,
                                         fail(ErrorCode::Timeout,
                                              Session::tr("no answer for %1").arg(formatDuration(askPatience))),
                                         std::nullopt});
        }
    });
}

void Session::Private::handleVerified(JobVerified message)
{
    RunningJob* running = find(message.job);
    if (running == nullptr || isEnded(running->job.state) || running->verifyRound != message.round)
        return;
    if (message.completed && !running->completed)
        running->completed = message.completed;
    (message.source ? running->atSource : running->atDestination) = std::move(message.found);
    if (running->atSource && running->atDestination)
        settle(*running);
}

void Session::Private::settle(RunningJob& running)
{
    EndEvidence end;
    const Job& job = running.job;
    end.instance = job.instance;
    end.name = job.instanceName;
    end.source = job.source;
    end.destination = job.destination;
    end.kind = job.kind;
    end.cancelRequested = running.cancelRequested;
    end.callError = running.callError;
    end.atSource = *running.atSource;
    end.atDestination = *running.atDestination;
    std::optional<JobOutcome> outcome = decideOutcome(end);
    if (!outcome) {
        const JobId id = job.id;
        if (q.clock().now() - running.returnedAt < unsettledPatience) {
            QTimer::singleShot(askAgain, &q, [this, id] {
                RunningJob* again = find(id);
                if (again != nullptr && again->job.state == JobState::Verifying)
                    verify(*again);
            });
            return;
        }
        outcome = JobOutcome{};
        outcome->state = JobState::Unknown;
        outcome->hasError = true;
        outcome->error = {ErrorCode::OperationFailed,
                          Session::tr("%1 stands paused between %2 and %3 and does not move on")
                              .arg(job.instanceName, job.source.value, job.destination.value),
                          running.callError ? running.callError->message : QString(), {}, job.instanceName};
    }
    if (job.startedBy != StartedBy::This && outcome->state == JobState::Failed && !running.completed) {
        // Someone else's move that left the instance where it was: whether it failed or was cancelled only its
        // owner knows.
        outcome->error.message = Session::tr("%1 stayed on %2: the move that someone else had begun ended without it")
                                     .arg(job.instanceName, job.source.value);
    }
    finish(running, std::move(*outcome));
}

void Session::Private::finish(RunningJob& running, JobOutcome outcome)
{
    Job& job = running.job;
    const Instant ended = running.returnedAt == Instant{} ? q.clock().now() : running.returnedAt;
    outcome.total = ended - job.started;
    if (outcome.state == JobState::Completed && running.completed) {
        outcome.downtime = running.completed->downtime;
        outcome.data = running.completed->memoryProcessed +
                       (running.completed->diskTotal - running.completed->diskRemaining);
        outcome.iterations = std::max(running.completed->iteration, job.last.iteration);
    } else if (!job.series.empty()) {
        outcome.data = job.last.memoryProcessed + (job.last.diskTotal - job.last.diskRemaining);
        outcome.iterations = job.last.iteration;
    }
    if (outcome.hasError && outcome.error.instance.isEmpty())
        outcome.error.instance = job.instanceName;
    job.cancelling = false;
    job.state = outcome.state;
    if (outcome.state == JobState::Completed) {
        job.last.progress = 100;
        job.last.eta = Milliseconds(0);
        job.last.memoryRemaining = {};
        job.last.at = outcome.total;
        job.last.iterationMark = false;
        if (!job.series.empty())
            job.series.add(job.last);
        job.verdictText = outcome.downtime
                              ? Session::tr("Runs on %1 since %2, paused for %3")
                                    .arg(job.destination.value, formatDuration(outcome.total),
                                         formatDuration(*outcome.downtime))
                              : Session::tr("Is on %1 after %2").arg(job.destination.value, formatDuration(outcome.total));
    } else if (outcome.state == JobState::Cancelled) {
        job.verdictText = Session::tr("Cancelled: runs on %1 as before").arg(job.source.value);
    } else {
        job.verdictText = outcome.error.message;
    }
    job.outcome = std::move(outcome);
    running.lane.reset();
    endedAt[job.instance] = q.clock().now();
    const auto log = job.state == JobState::Completed || job.state == JobState::Cancelled ? QtInfoMsg : QtWarningMsg;
    const QString line = QStringLiteral("%1: %2 → %3 %4. %5")
                             .arg(job.instanceName, job.source.value, job.destination.value, jobStateName(job.state),
                                  job.verdictText);
    if (log == QtInfoMsg)
        qCInfo(logMove).noquote() << line;
    else
        qCWarning(logMove).noquote() << line;
    q.refresh(job.source);
    q.refresh(job.destination);

    const JobId id = job.id;
    Q_EMIT q.jobChanged(id);
    Q_EMIT q.jobEnded(id);
    std::size_t endedCount = 0;
    for (const auto& [other, entry] : jobs)
        endedCount += isEnded(entry->job.state) ? 1 : 0;
    if (endedCount > endedKept) {
        for (const auto& [other, entry] : jobs) {
            if (isEnded(entry->job.state) && other != id) {
                q.forgetEnded(other);
                break;
            }
        }
    }
    pumpQueue();
}

} // namespace drover
