// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/job/outcome.h"
#include "core/session/session_private.h"

#include <QTimer>

#include <algorithm>
#include <exception>
#include <utility>

namespace drover {
namespace {

/// How long one host may take to say where the instance is.
constexpr Milliseconds askPatience{12000};
/// Pauses between two rounds of asking: the first, and the longest that they grow to.
constexpr Milliseconds askAgainFirst{250};
constexpr Milliseconds askAgainMost{2000};
/// For so long a host that refuses to answer is asked again: a daemon that is restarted is back in seconds.
constexpr Milliseconds silentPatience{10000};
/// For so long the two sides may still change: a destination daemon that hangs holds the guest for 28 s.
constexpr Milliseconds unsettledPatience{45000};
/// Rounds after which a migration that still holds the instance is followed again instead of asked after.
constexpr int roundsBeforeFollowing = 4;
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
        const HostConfig& known = source ? running.sourceConfig : running.destinationConfig;
        if (known.id != host || host.value.isEmpty()) {
            mailbox.push(
                JobVerified{id, round, source,
                            fail(ErrorCode::NotFound, Session::tr("%1 is not in the fleet").arg(host.value)),
                            std::nullopt});
            return;
        }
        const bool record = !source && !running.completed && !running.callError;
        // Fresh connections: an old one may be dead without knowing it yet.
        runDetached(QStringLiteral("verify"),
                    [backend = q.m_backend, known, instance = job.instance, name = job.instanceName, id,
                     round, source, record, sink = sinkCopy()] {
                        JobVerified answer{id, round, source, std::vector<DomainPresence>{}, std::nullopt};
                        try {
                            answer.found = backend->hostQuery(known)->find(instance, name, {});
                            if (record && answer.found) {
                                if (auto completed = backend->jobControl(known)->completed(instance, {}))
                                    answer.completed = *completed;
                            }
                        } catch (const std::exception& e) {
                            answer.found = fail(ErrorCode::Internal, QString::fromUtf8(e.what()));
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
                mailbox.push(
                    JobVerified{id, round, source,
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
    const Milliseconds asking = q.clock().now() - running.returnedAt;
    if (!outcome) {
        const auto& atSource = *running.atSource;
        const bool goesOn =
            atSource && std::any_of(atSource->begin(), atSource->end(), [&](const DomainPresence& p) {
                // A broken post-copy keeps its job for ever.
                return p.id == job.instance && p.jobActive && p.reason != StateReason::PostCopyFailed;
            });
        if (goesOn && running.verifyRound >= roundsBeforeFollowing && running.lane) {
            // Peer to peer it needs no console: the call was lost, not the move.
            running.callLost = true;
            running.missedPolls = 0;
            running.verifyRound = 0;
            running.job.state = running.monitor.last().phase;
            running.job.verdictText = Session::tr("The call was lost; the hosts go on, followed by polls");
            running.lane->poll(q.m_options.fastJobPoll);
            Q_EMIT q.jobChanged(job.id);
            return;
        }
        if (goesOn || asking < unsettledPatience) {
            askAgain(running);
            return;
        }
        outcome = neverSettled(running);
    } else if (outcome->state == JobState::Unknown && !outcome->runsOn && asking < silentPatience &&
               !(running.atSource->has_value() && running.destinationConfig.id != job.destination)) {
        askAgain(running); // a daemon that is being restarted will know
        return;
    }
    if (job.startedBy != StartedBy::This && outcome->state == JobState::Failed && !running.completed) {
        // Someone else's move that left the instance where it was: whether it failed or was cancelled only
        // its owner knows.
        outcome->error.message =
            Session::tr("%1 stayed on %2: the move that someone else had begun ended without it")
                .arg(job.instanceName, job.source.value);
    }
    finish(running, std::move(*outcome));
}

void Session::Private::askAgain(RunningJob& running)
{
    const JobId id = running.job.id;
    const auto pause =
        std::min(askAgainFirst * (1 << std::clamp(running.verifyRound - 1, 0, 5)), askAgainMost);
    QTimer::singleShot(pause, &q, [this, id, round = running.verifyRound] {
        RunningJob* again = find(id);
        if (again != nullptr && again->job.state == JobState::Verifying && again->verifyRound == round)
            verify(*again);
    });
}

JobOutcome Session::Private::neverSettled(const RunningJob& running)
{
    const Job& job = running.job;
    const auto at = [&](const std::optional<Result<std::vector<DomainPresence>>>& answer) {
        if (answer && *answer) {
            for (const DomainPresence& p : **answer) {
                if (p.id == job.instance)
                    return p;
            }
        }
        return DomainPresence{};
    };
    const StateReason atSource = at(running.atSource).reason;
    const DomainPresence there = at(running.atDestination);
    JobOutcome outcome;
    outcome.state = JobState::Unknown;
    outcome.hasError = true;
    outcome.error.code = ErrorCode::OperationFailed;
    outcome.error.instance = job.instanceName;
    outcome.error.detail = running.callError ? running.callError->message : QString();
    outcome.runsOn = std::vector<HostId>{}; // both have answered, or this would not be asked
    if (atSource == StateReason::PostCopy || atSource == StateReason::PostCopyFailed ||
        there.reason == StateReason::PostCopy || there.reason == StateReason::PostCopyFailed) {
        outcome.error.message =
            Session::tr("The post-copy move of %1 is broken and can be resumed: it belongs to %2 now, but %3 "
                        "still holds part of its memory. Stop it on neither of the two")
                .arg(job.instanceName, job.destination.value, job.source.value);
    } else if (there.state == PowerState::Running) {
        outcome.runsOn->push_back(job.destination);
        outcome.error.message =
            Session::tr(
                "%1 runs on %2. What stands paused on %3 is a remainder: power it off there and never "
                "resume it, or two writers destroy its disks")
                .arg(job.instanceName, job.destination.value, job.source.value);
    } else {
        outcome.error.message =
            Session::tr("%1 stands paused on %2 and on %3, as both say, and does not move on")
                .arg(job.instanceName, job.source.value, job.destination.value);
    }
    return outcome;
}

void Session::Private::answerControls(const RunningJob& running)
{
    // What still waited in the job's lane is dropped with it, and an abort may hang for ever.
    std::vector<PendingControl> open;
    for (auto it = controls.begin(); it != controls.end();) {
        if (it->second.job != running.job.id) {
            ++it;
            continue;
        }
        open.push_back(std::move(it->second));
        it = controls.erase(it);
    }
    const bool cancelled = running.job.state == JobState::Cancelled;
    for (PendingControl& control : open) {
        if (control.abort && cancelled)
            control.done({});
        else
            control.done(fail(ErrorCode::NotFound,
                              Session::tr("The migration ended before this could be carried out")));
    }
}

void Session::Private::finish(RunningJob& running, JobOutcome outcome)
{
    Job& job = running.job;
    const Instant ended = running.returnedAt == Instant{} ? q.clock().now() : running.returnedAt;
    outcome.total = ended - job.started;
    if (job.startedBy != StartedBy::This) {
        for (const std::optional<JobStats>& told : {running.completed, running.lastStats}) {
            if (told)
                outcome.total = std::max(outcome.total, told->elapsed);
        }
    }
    outcome.left = running.left;
    outcome.times = running.times;
    if (outcome.state == JobState::Completed && running.completed) {
        outcome.downtime = running.completed->downtime;
        outcome.data = running.completed->memoryProcessed + running.times.data +
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
        job.verdictText =
            outcome.downtime
                ? Session::tr("Runs on %1 after %2, paused for %3")
                      .arg(job.destination.value, formatDuration(outcome.total),
                           formatDuration(*outcome.downtime))
                : Session::tr("Is on %1 after %2").arg(job.destination.value, formatDuration(outcome.total));
    } else if (outcome.state == JobState::Cancelled) {
        job.verdictText = Session::tr("Cancelled: it is on %1 as before").arg(job.source.value);
    } else {
        job.verdictText = outcome.error.message;
    }
    for (const Leftover& left : outcome.left) {
        if (!left.intended)
            qCWarning(logMove).noquote()
                << QStringLiteral("%1: %2 %3: %4")
                       .arg(job.instanceName, left.host.value, left.path, left.reason);
    }
    job.outcome = std::move(outcome);
    running.lane.reset();
    answerControls(running);
    endedAt[job.instance] = q.clock().now();
    const auto log =
        job.state == JobState::Completed || job.state == JobState::Cancelled ? QtInfoMsg : QtWarningMsg;
    const QString line = QStringLiteral("%1: %2 → %3 %4. %5")
                             .arg(job.instanceName, job.source.value, job.destination.value,
                                  jobStateName(job.state), job.verdictText);
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
