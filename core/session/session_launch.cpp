// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/session/session_private.h"

#include <exception>
#include <utility>

/// From the last check to the move's own thread.
namespace drover {

void Session::Private::launch(RunningJob& running)
{
    Job& job = running.job;
    const HostConfig* source = config(job.source); // both are there: the checks have just looked at them
    const HostConfig* destination = config(job.destination);
    running.sourceConfig = asOpened(*source);
    running.destinationConfig = asOpened(*destination);
    const Instance* instance = q.inventory()->instance(job.instance);
    if (instance == nullptr) {
        refuse(running,
               fail(ErrorCode::NotFound, Session::tr("The instance is no longer known on any host")));
        return;
    }
    // By what both hosts have just said: it may be another kind than when the move was asked for.
    PairEvidence asked = cachedEvidence(job.instance, job.destination);
    asked.complete = true;
    KindChoice choice = chooseKind(*instance, job.options, q.inventory()->host(job.source),
                                   q.inventory()->host(job.destination), asked);
    for (const CopyConcern& concern : choice.copies.concerns) {
        if (concern.weight ==
            CopyConcern::Weight::Error) { // the storage check has said so; never start over it
            refuse(running, fail(Error{ErrorCode::Refused, concern.message, {}, {}, job.instanceName}));
            return;
        }
    }
    job.kind = choice.kind;
    job.carrier = choice.carrier;
    job.kindReason = choice.reason;
    MoveOrder order;
    order.instance = job.instance;
    order.name = job.instanceName;
    order.source = running.sourceConfig;
    order.destination = running.destinationConfig;
    order.peerUri = peerUriOf(*destination).value_or(QString());
    order.kind = choice.kind;
    order.carrier = choice.carrier;
    order.options = job.options;
    order.persistent = instance->domain.status.persistent;
    order.autostart = instance->domain.status.autostart.value_or(false);
    order.copies = std::move(choice.copies);
    order.usedAtSource = pathsUsedAt(q.inventory()->host(job.source), job.instance);
    running.launched = true;
    job.launched = true;
    armTimeout(running);
    running.handle = std::make_shared<MoveHandle>();
    const bool copies = !order.copies.targets(DiskTransfer::Role::Copied).isEmpty();
    if (order.kind == MigrationKind::LiveBlock)
        running.monitor.setExpectedMemory(instance->domain.definition->maxMemory);
    job.verdictText = Session::tr("Preparing the destination");
    running.lane =
        std::make_unique<JobLane>(job.id, job.instance, running.sourceConfig, q.m_backend, sinkCopy());
    if (job.kind != MigrationKind::Offline || copies)
        running.lane->poll(q.m_options.fastJobPoll);
    qCInfo(logMove).noquote() << Session::tr("%1: %2 → %3 starts (%4). %5")
                                     .arg(job.instanceName, job.source.value, job.destination.value,
                                          migrationKindName(job.kind), job.kindReason);
    runDetached(QStringLiteral("move ") + job.instanceName, [backend = q.m_backend, order = std::move(order),
                                                             id = job.id, handle = running.handle,
                                                             sink = sinkCopy()] {
        MoveWatch watcher(id, handle, sink);
        MoveReport report;
        try {
            report = runMove(*backend, order, watcher, handle->stop.get_token());
        } catch (const std::exception& e) {
            // Told all the same: a move that never comes back would never be asked after.
            report.result =
                fail(ErrorCode::Internal,
                     Session::tr("The migration of %1 ended with a fault in Drover").arg(order.name),
                     QString::fromUtf8(e.what()));
        }
        sink.push(JobReturned{id, std::move(report)});
    });
    Q_EMIT q.jobChanged(job.id);
}

void Session::Private::handleCopying(const JobCopying& message)
{
    RunningJob* running = find(message.job);
    if (running == nullptr || isEnded(running->job.state) || running->job.state == JobState::Verifying)
        return;
    addSample(*running, message.stats, false);
    Q_EMIT q.jobChanged(message.job);
}

} // namespace drover
