// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/session/session_private.h"

#include <utility>

namespace drover {

void Session::Private::decide(RunningJob& running, const QString& action, const QString& reason)
{
    running.job.decisions.push_back({since(running), action, reason});
    qCInfo(logMove).noquote() << QStringLiteral("%1: %2 (%3)").arg(running.job.instanceName, action, reason);
    Q_EMIT q.jobChanged(running.job.id);
}

void Session::Private::control(const JobId& id, const QString& action, const QString& reason,
                               JobLane::Control what, Session::ControlCallback done)
{
    const quint64 ticket = ++lastTicket;
    RunningJob* running = find(id);
    std::optional<Error> refusal;
    if (running == nullptr || isEnded(running->job.state))
        refusal = Error{ErrorCode::NotFound, Session::tr("This migration has ended"), {}, {}, {}};
    else if (q.m_options.readOnly)
        refusal = Error{ErrorCode::PermissionDenied, Session::tr("This session only reads"), {}, {}, {}};
    else if (!running->lane)
        refusal = Error{ErrorCode::Busy, Session::tr("The migration has not started yet"), {}, {}, {}};
    if (refusal) {
        controls[ticket].done = std::move(done);
        mailbox.push(ControlDone{ticket, fail(std::move(*refusal))});
        return;
    }
    controls[ticket] = {[this, id, action, reason, done = std::move(done)](Result<void> result) {
                            RunningJob* now = find(id);
                            if (now != nullptr && result)
                                decide(*now, action, reason);
                            if (done)
                                done(std::move(result));
                        },
                        id, false};
    running->lane->control(ticket, std::move(what));
}

void Session::cancel(const JobId& id, ControlCallback done)
{
    const quint64 ticket = ++d->lastTicket;
    RunningJob* running = d->find(id);
    if (running == nullptr || isEnded(running->job.state) || m_options.readOnly) {
        d->controls[ticket].done = std::move(done);
        d->mailbox.push(ControlDone{
            ticket, m_options.readOnly
                        ? Result<void>(fail(ErrorCode::PermissionDenied, tr("This session only reads")))
                        : Result<void>(fail(ErrorCode::NotFound, tr("This migration has ended")))});
        return;
    }
    running->cancelRequested = true;
    running->job.cancelling = true;
    const QString reason = tr("asked for by the operator");
    if (!running->launched && running->job.startedBy == StartedBy::This) {
        // Nothing has been started anywhere: it ends here and now, whatever its checks still wait for. Nobody
        // hears of it before it has ended: who does may act on it.
        running->job.decisions.push_back({d->since(*running), QStringLiteral("cancel"), reason});
        d->controls[ticket].done = std::move(done);
        d->mailbox.push(ControlDone{ticket, {}});
        JobOutcome outcome;
        outcome.state = JobState::Cancelled;
        outcome.runsOn = {running->job.source};
        d->finish(*running, std::move(outcome));
        return;
    }
    d->decide(*running, QStringLiteral("cancel"), reason);
    running = d->find(id); // who heard of it may have acted
    if (running == nullptr)
        return;
    ++running->cancelsOpen;
    d->controls[ticket] = {[this, id, done = std::move(done)](Result<void> result) {
                               RunningJob* now = d->find(id);
                               if (now != nullptr) {
                                   --now->cancelsOpen;
                                   now->cancelAccepted |= result.has_value();
                               }
                               // A second one is refused because the first has done its work: that takes
                               // nothing back.
                               if (now != nullptr && !result && !isEnded(now->job.state) &&
                                   now->cancelsOpen == 0 && !now->cancelAccepted) {
                                   now->job.cancelling = false;
                                   now->cancelRequested = false;
                                   d->decide(*now, QStringLiteral("cancel-refused"), result.error().message);
                               }
                               if (done)
                                   done(std::move(result));
                           },
                           id, true};
    if (running->handle)
        running->handle->stop.request_stop();
    if (running->handle && !running->handle->hostsCarry) {
        // The move's own thread ends it at its next step; the hosts have nothing to abort.
        d->mailbox.push(ControlDone{ticket, {}});
        return;
    }
    // An abort may hang for half a minute and more: a thread and a connection of its own.
    runDetached(QStringLiteral("abort"), [backend = m_backend, config = running->sourceConfig,
                                          instance = running->job.instance, ticket, sink = d->sinkCopy()] {
        sink.push(ControlDone{ticket, backend->jobControl(config)->abort(instance)});
    });
}

void Session::setBandwidth(const JobId& id, Rate rate, ControlCallback done)
{
    RunningJob* running = d->find(id);
    const InstanceId instance = running == nullptr ? InstanceId{} : running->job.instance;
    d->control(
        id, QStringLiteral("set-bandwidth"), tr("speed limit %1").arg(formatRate(rate)),
        [instance, rate](JobControl& control) { return control.setBandwidth(instance, rate); },
        [this, id, rate, done = std::move(done)](Result<void> result) {
            RunningJob* now = d->find(id);
            if (now != nullptr && result) {
                now->monitor.setBandwidthLimit(rate);
                now->job.options.bandwidth = rate;
            }
            if (done)
                done(std::move(result));
        });
}

void Session::setMaxDowntime(const JobId& id, Milliseconds limit, ControlCallback done)
{
    RunningJob* running = d->find(id);
    const InstanceId instance = running == nullptr ? InstanceId{} : running->job.instance;
    d->control(
        id, QStringLiteral("set-downtime"), tr("pause limit %1").arg(formatDuration(limit)),
        [instance, limit](JobControl& control) { return control.setMaxDowntime(instance, limit); },
        [this, id, limit, done = std::move(done)](Result<void> result) {
            RunningJob* now = d->find(id);
            if (now != nullptr && result) {
                now->monitor.setDowntimeLimit(limit);
                now->job.options.maxDowntime = limit;
            }
            if (done)
                done(std::move(result));
        });
}

void Session::startPostCopy(const JobId& id, ControlCallback done)
{
    RunningJob* running = d->find(id);
    const InstanceId instance = running == nullptr ? InstanceId{} : running->job.instance;
    d->control(
        id, QStringLiteral("postcopy"), tr("asked for by the operator"),
        [instance](JobControl& control) { return control.startPostCopy(instance); }, std::move(done));
}

void Session::pauseToFinish(const JobId& id, ControlCallback done)
{
    RunningJob* running = d->find(id);
    const InstanceId instance = running == nullptr ? InstanceId{} : running->job.instance;
    d->control(
        id, QStringLiteral("pause"), tr("paused until it has arrived, asked for by the operator"),
        [instance](JobControl& control) { return control.pauseToFinish(instance); }, std::move(done));
}

void Session::forgetEnded(const JobId& id)
{
    RunningJob* running = d->find(id);
    if (running == nullptr || !isEnded(running->job.state))
        return;
    d->jobs.erase(id);
    Q_EMIT jobRemoved(id);
}

} // namespace drover
