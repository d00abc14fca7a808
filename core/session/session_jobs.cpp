// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/job/move_queue.h"
#include "core/session/session_private.h"

#include <algorithm>
#include <utility>

namespace drover {
namespace {

/// QEMU's own limit where none was set.
constexpr Milliseconds defaultDowntime{300};
/// Polls in a row without a migration after which a foreign move is taken for ended (and both hosts are
/// asked).
constexpr int missedPollsToEnd = 2;
/// A reading that was begun before a move ended may still show it: for so long it is not taken for a new one.
constexpr Milliseconds staleReadings{1500};

} // namespace

Milliseconds Session::Private::since(const RunningJob& running) const
{
    return q.clock().now() - running.job.started;
}

RunningJob* Session::Private::find(const JobId& id)
{
    const auto it = jobs.find(id);
    return it == jobs.end() ? nullptr : it->second.get();
}

RunningJob* Session::Private::activeJobOf(const InstanceId& id)
{
    for (auto& [job, running] : jobs) {
        if (running->job.instance == id && !isEnded(running->job.state))
            return running.get();
    }
    return nullptr;
}

const Job* Session::job(const JobId& id) const
{
    const RunningJob* running = d->find(id);
    return running == nullptr ? nullptr : &running->job;
}

const Job* Session::jobOf(const InstanceId& id) const
{
    const RunningJob* running = d->activeJobOf(id);
    return running == nullptr ? nullptr : &running->job;
}

bool Session::needsConsole(const JobId& id) const
{
    const RunningJob* running = d->find(id);
    if (running == nullptr || isEnded(running->job.state) || !running->handle ||
        running->job.state == JobState::Verifying)
        return false;
    // A stopped instance arrives paused: without a console nobody would let it run there.
    return running->job.kind == MigrationKind::Cold || running->job.carrier == Carrier::Console ||
           !running->handle->hostsCarry;
}

std::vector<JobId> Session::jobs() const
{
    std::vector<JobId> ids;
    ids.reserve(d->jobs.size());
    for (const auto& [id, running] : d->jobs)
        ids.push_back(id);
    return ids;
}

RunningJob& Session::Private::addJob(const Instance& instance, const MoveRequest& request,
                                     StartedBy startedBy)
{
    auto running = std::make_unique<RunningJob>();
    running->request = request;
    running->monitor =
        JobMonitor(request.options.bandwidth, request.options.maxDowntime.value_or(defaultDowntime));
    Job& job = running->job;
    job.id = {++lastJob};
    job.instance = instance.id;
    job.instanceName = instance.name();
    job.source = request.source;
    job.destination = request.destination;
    const KindChoice choice = q.kindFor(request);
    job.kind = choice.kind;
    job.carrier = choice.carrier;
    job.kindReason = choice.reason;
    job.options = request.options;
    job.startedBy = startedBy;
    job.startedAt = q.clock().wallTime();
    job.started = q.clock().now();
    if (const HostConfig* known = config(request.source))
        running->sourceConfig = asOpened(*known);
    if (const HostConfig* known = config(request.destination))
        running->destinationConfig = asOpened(*known);
    RunningJob& added = *running;
    jobs.emplace(job.id, std::move(running));
    return added;
}

Result<JobId> Session::startMove(const MoveRequest& request)
{
    const Instance* instance = inventory()->instance(request.instance);
    if (instance == nullptr)
        return fail(ErrorCode::NotFound, tr("The instance is no longer known on any host"));
    if (m_options.readOnly)
        return fail(ErrorCode::PermissionDenied, tr("This session only reads: nothing can be moved"));
    if (d->activeJobOf(request.instance) != nullptr)
        return fail(ErrorCode::Busy, tr("%1 is being moved already").arg(instance->name()));
    if (inventory()->host(request.destination) == nullptr)
        return fail(ErrorCode::NotFound,
                    tr("There is no host %1 in the fleet").arg(request.destination.value));
    MoveRequest exact = request;
    if (exact.source.value.isEmpty())
        exact.source = instance->host;
    RunningJob& running = d->addJob(*instance, exact, StartedBy::This);
    qCInfo(logMove).noquote()
        << tr("%1: %2 → %3 asked for").arg(instance->name(), exact.source.value, exact.destination.value);
    const JobId id = running.job.id;
    Q_EMIT jobAdded(id);
    d->pumpQueue();
    return id;
}

void Session::Private::pumpQueue()
{
    // Whoever hears of a change may cancel or start a move: then what was decided is out of date.
    pumpAgain = true;
    if (std::exchange(pumping, true))
        return;
    while (std::exchange(pumpAgain, false)) {
        std::vector<QueuedMove> moves;
        for (const auto& [id, running] : jobs) {
            const Job& job = running->job;
            if (!isEnded(job.state))
                moves.push_back(
                    {id, job.instanceName, job.source, job.destination, job.state != JobState::Queued});
        }
        const QueueDecision decision = decideQueue(moves, q.m_fleet.limits);
        for (const auto& waiting : decision.waiting) {
            RunningJob* running = pumpAgain ? nullptr : find(waiting.id);
            if (running != nullptr && running->job.waitsFor != waiting.waitsFor) {
                running->job.waitsFor = waiting.waitsFor;
                Q_EMIT q.jobChanged(waiting.id);
            }
        }
        for (const JobId& id : decision.start) {
            RunningJob* running = pumpAgain ? nullptr : find(id);
            if (running != nullptr && running->job.state == JobState::Queued)
                begin(*running);
        }
    }
    pumping = false;
}

void Session::Private::begin(RunningJob& running)
{
    Job& job = running.job;
    job.state = JobState::Preparing;
    job.waitsFor.clear();
    job.started = q.clock().now();
    job.startedAt = q.clock().wallTime();
    job.verdictText = Session::tr("Asking both hosts again");
    const JobId id = job.id;
    const MoveRequest request = running.request;
    Q_EMIT q.jobChanged(id);
    startCheck(request, true, [this, id](const Result<std::vector<CheckResult>>& found) {
        RunningJob* checked = find(id);
        if (checked == nullptr || isEnded(checked->job.state))
            return; // cancelled meanwhile
        if (found && mayStart(*found))
            launch(*checked);
        else
            refuse(*checked, found);
    });
}

void Session::Private::refuse(RunningJob& running, const Result<std::vector<CheckResult>>& found)
{
    JobOutcome outcome;
    outcome.state = JobState::Failed;
    outcome.hasError = true;
    // Nothing was started. Where it runs is told only as far as the source has said so itself.
    const Instance* instance = q.inventory()->instance(running.job.instance);
    const Host* source = q.inventory()->host(running.job.source);
    if (instance != nullptr && instance->host == running.job.source && source != nullptr && source->isUp())
        outcome.runsOn = {running.job.source};
    if (!found) {
        outcome.error = found.error();
        finish(running, std::move(outcome));
        return;
    }
    for (const CheckResult& check : *found) {
        if (check.severity != Severity::Error && !check.needsAcknowledgement)
            continue;
        if (!outcome.error.message.isEmpty())
            outcome.error.message += QStringLiteral("; ");
        outcome.error.message += check.message;
        if (check.needsAcknowledgement)
            outcome.error.message += Session::tr(" (to be accepted: %1)").arg(check.id);
        if (check.id == QLatin1String("state") && check.severity == Severity::Error)
            outcome.runsOn.reset(); // it is not as the snapshot has it
    }
    outcome.error.code = ErrorCode::Refused;
    outcome.error.instance = running.job.instanceName;
    finish(running, std::move(outcome));
}

void Session::Private::addSample(RunningJob& running, const JobStats& stats, bool mark)
{
    Job& job = running.job;
    // What others began has been under way for longer than it has been seen here; its course is drawn from
    // where it was seen first.
    if (job.startedBy != StartedBy::This && job.series.empty() && stats.elapsed > since(running))
        job.startedAt = q.clock().wallTime().addMSecs(-stats.elapsed.count());
    const JobSample sample = running.monitor.add(stats, since(running), mark);
    job.last = sample;
    job.series.add(sample);
    job.verdictText = running.monitor.verdictText();
    job.switchOverLimit = running.monitor.switchOverLimit();
    if (sample.phase != JobState::Verifying)
        job.state = std::max(job.state, sample.phase); // a late answer does not undo a switch-over
}

void Session::Private::handleEvent(const LaneEvent& message)
{
    const HostEvent& event = message.event;
    if (event.kind != HostEvent::Kind::JobIteration && event.kind != HostEvent::Kind::JobCompleted)
        return;
    RunningJob* running = activeJobOf(event.instance);
    if (running == nullptr || running->job.source != message.host)
        return;
    if (running->job.state == JobState::Verifying) {
        // For some kinds of end the event is the only record, and it may come after the call's return.
        if (event.kind == HostEvent::Kind::JobCompleted && !running->completed)
            running->completed = event.stats;
        return;
    }
    if (running->job.startedBy == StartedBy::This && !running->launched)
        return; // someone else moves it while ours still waits
    if (event.kind == HostEvent::Kind::JobIteration) {
        // The sample of the pass is made at the event itself: in a quick switch-over no poll comes in time.
        JobStats stats = running->lastStats.value_or(JobStats{});
        stats.phase = stats.phase == JobStats::Phase::PostCopy ? stats.phase : JobStats::Phase::Memory;
        stats.iteration = std::max(stats.iteration, event.iteration);
        if (running->lastStats)
            running->lastStats->iteration = stats.iteration;
        addSample(*running, stats, true);
        if (running->lane)
            running->lane->poll(q.m_options.fastJobPoll);
    } else {
        running->completed = event.stats;
        if (running->foundByPolls())
            verify(*running);
        else
            running->job.state = JobState::SwitchOver;
    }
    Q_EMIT q.jobChanged(running->job.id);
}

void Session::Private::handlePoll(JobPolled message)
{
    RunningJob* running = find(message.job);
    if (running == nullptr || isEnded(running->job.state) || running->job.state == JobState::Verifying)
        return;
    const bool found = message.stats && message.stats->has_value();
    if (!found) {
        // Unreachable says nothing about the move; no such job, once it had been seen, does.
        const bool saysNone = message.stats || message.stats.error().code != ErrorCode::Unreachable;
        running->missedPolls += saysNone ? 1 : 0;
        if (running->foundByPolls() && running->missedPolls >= missedPollsToEnd)
            verify(*running);
        return;
    }
    running->missedPolls = 0;
    running->seenByPoll = true;
    JobStats stats = **message.stats;
    if (stats.phase == JobStats::Phase::Cancelling) {
        running->job.cancelling = true;
        Q_EMIT q.jobChanged(running->job.id);
        return;
    }
    if (running->lastStats)
        stats.iteration = std::max(stats.iteration, running->lastStats->iteration);
    running->lastStats = stats;
    addSample(*running, stats, false);
    Q_EMIT q.jobChanged(running->job.id);
}

void Session::Private::handleReturn(JobReturned message)
{
    RunningJob* running = find(message.job);
    if (running == nullptr || isEnded(running->job.state))
        return;
    MoveReport& report = message.report;
    running->left = std::move(report.left);
    running->times = report.times;
    if (report.result) {
        if (report.result->completed)
            running->completed = report.result->completed;
    } else {
        running->callError = report.result.error();
        qCInfo(logMove).noquote() << QStringLiteral("%1: %2").arg(running->job.instanceName,
                                                                  running->callError->message);
    }
    verify(*running);
}

void Session::Private::followInventory(const InventoryChange& change)
{
    const auto look = [this](const InstanceId& id) {
        const Instance* instance = q.inventory()->instance(id);
        RunningJob* running = activeJobOf(id);
        if (running != nullptr) {
            Job& job = running->job;
            if (job.startedBy == StartedBy::This || job.state == JobState::Verifying)
                return; // its end comes by its call, or by polls
            if (instance == nullptr || !instance->isMoving())
                verify(*running);
            else if (job.destination.value.isEmpty() && !instance->movingTo.value.isEmpty()) {
                job.destination = instance->movingTo;
                if (const HostConfig* known = config(job.destination))
                    running->destinationConfig = asOpened(*known);
                Q_EMIT q.jobChanged(job.id);
            }
            return;
        }
        if (instance == nullptr || !instance->isMoving())
            return;
        const auto ended = endedAt.find(id);
        if (ended != endedAt.end() && q.clock().now() - ended->second < staleReadings)
            return;
        // The source is where its memory comes from: in post-copy it is not where it runs.
        HostId source = instance->host;
        for (const Place& place : instance->places) {
            if (place.role == PlaceRole::Outgoing)
                source = place.host;
        }
        const HostConfig* sourceConfig = config(source);
        if (sourceConfig == nullptr || source == instance->movingTo)
            return;
        MoveRequest request;
        request.instance = id;
        request.source = source;
        request.destination = instance->movingTo;
        RunningJob& foreign = addJob(*instance, request, StartedBy::Other);
        foreign.job.state = JobState::Memory;
        foreign.lane = std::make_unique<JobLane>(foreign.job.id, id, *sourceConfig, q.m_backend, sinkCopy());
        foreign.lane->poll(q.m_options.fastJobPoll);
        qCInfo(logMove).noquote() << Session::tr("%1: %2 → %3 was started by someone else")
                                         .arg(instance->name(), source.value,
                                              request.destination.value.isEmpty()
                                                  ? unknownMark()
                                                  : request.destination.value);
        Q_EMIT q.jobAdded(foreign.job.id);
    };
    for (const InstanceId& id : change.instancesAdded)
        look(id);
    for (const InstanceId& id : change.instancesChanged)
        look(id);
    for (const InstanceId& id : change.instancesRemoved)
        look(id);
}

} // namespace drover
