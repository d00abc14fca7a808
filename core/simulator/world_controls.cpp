// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulator_text.h"
#include "core/simulator/world_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace drover {
namespace {

constexpr Milliseconds cancelling{200}; // until an abort has taken effect

} // namespace

Rate WorldModel::wholeMib(Rate rate)
{
    return Rate::fromMib(std::max(1.0, std::ceil(rate.mib() - 1e-9)));
}

const WorldModel::Run* WorldModel::runOf(std::size_t host, const InstanceId& id) const
{
    for (const auto& [number, run] : m_runs) {
        if (run.source == host && run.spec.instance == id)
            return &run;
    }
    return nullptr;
}

Result<WorldModel::Run*> WorldModel::runOf(std::size_t host, const InstanceId& id)
{
    const Result<SimDomain*> domain = known(host, id);
    if (!domain)
        return fail(domain.error());
    if (const Run* run = std::as_const(*this).runOf(host, id))
        return const_cast<Run*>(run);
    const QString name = (*domain)->domain.definition->name;
    return failAt(ErrorCode::OperationFailed, host, name,
                  SimulatorText::tr("No migration of %1 out of %2 is under way")
                      .arg(name, m_hosts[host].config.id.value));
}

JobStats WorldModel::statsOf(const Run& run) const
{
    JobStats stats = run.copy ? run.copy->stats() : JobStats{};
    if (run.copy && run.inDisks()) {
        stats = {};
        stats.phase = JobStats::Phase::Disks;
    }
    stats.diskTotal = Bytes{static_cast<qint64>(run.diskTotal)};
    stats.diskRemaining = Bytes{static_cast<qint64>(run.diskTotal - run.diskDone)};
    if (run.phase == Run::Phase::Cancelling) {
        stats = {};
        stats.phase = JobStats::Phase::Cancelling;
    }
    stats.elapsed = m_now - run.started;
    return stats;
}

std::optional<JobStats> WorldModel::stats(std::size_t host, const InstanceId& id) const
{
    const Run* run = runOf(host, id);
    return run == nullptr ? std::nullopt : std::optional(statsOf(*run));
}

std::optional<JobStats> WorldModel::completed(std::size_t host, const InstanceId& id) const
{
    const auto found = m_hosts[host].completed.find(id);
    return found == m_hosts[host].completed.end() ? std::nullopt : std::optional(found->second);
}

Result<void> WorldModel::abort(std::size_t host, const InstanceId& id)
{
    const Result<Run*> found = runOf(host, id);
    if (!found)
        return fail(found.error());
    Run& run = **found;
    if (run.switched)
        return failAt(ErrorCode::OperationFailed, host, run.spec.name,
                      SimulatorText::tr("%1 runs on %2 already: a post-copy migration cannot be cancelled")
                          .arg(run.spec.name, m_hosts[run.destination].config.id.value));
    if (run.phase != Run::Phase::Cancelling) {
        // While the destination is being prepared the request waits for it.
        run.phaseEnds = run.phase == Run::Phase::Preparing ? run.phaseEnds : m_now + cancelling;
        run.phase = Run::Phase::Cancelling;
    }
    return {};
}

Result<void> WorldModel::setBandwidth(std::size_t host, const InstanceId& id, Rate rate)
{
    const Result<Run*> found = runOf(host, id);
    if (!found)
        return fail(found.error());
    Run& run = **found;
    run.settings.bandwidth = wholeMib(rate);
    if (run.copy)
        run.copy->setBandwidth(run.settings.bandwidth);
    return {};
}

Result<void> WorldModel::setMaxDowntime(std::size_t host, const InstanceId& id, Milliseconds limit)
{
    const Result<Run*> found = runOf(host, id);
    if (!found)
        return fail(found.error());
    Run& run = **found;
    if (limit < Milliseconds(0) || limit > mostDowntime)
        return failAt(ErrorCode::InvalidInput, host, run.spec.name,
                      SimulatorText::tr("A downtime must be from 0 to 2 000 000 ms"));
    run.settings.maxDowntime = limit;
    if (run.copy)
        run.copy->setMaxDowntime(limit);
    return {};
}

Result<Milliseconds> WorldModel::maxDowntime(std::size_t host, const InstanceId& id) const
{
    if (domainAt(host, id) == nullptr)
        return notThere(host, id);
    const Run* run = runOf(host, id);
    return run == nullptr ? PreCopy::Settings{}.maxDowntime : run->settings.maxDowntime;
}

Result<void> WorldModel::startPostCopy(std::size_t host, const InstanceId& id)
{
    const Result<Run*> found = runOf(host, id);
    if (!found)
        return fail(found.error());
    Run& run = **found;
    const auto refuse = [&](const QString& why) {
        return failAt(ErrorCode::OperationFailed, host, run.spec.name, why);
    };
    if (!run.settings.postCopyAllowed)
        return refuse(
            SimulatorText::tr("The migration of %1 was started without post-copy").arg(run.spec.name));
    if (run.phase != Run::Phase::Copying || run.inDisks() || run.copy->guestPaused() || run.wasPaused)
        return refuse(SimulatorText::tr("%1 cannot switch to post-copy now").arg(run.spec.name));
    if (run.copy->phase() == PreCopy::Phase::Memory)
        switchToPostCopy(run);
    return {};
}

void WorldModel::switchToPostCopy(Run& run)
{
    const InstanceId id = run.spec.instance;
    run.copy->startPostCopy();
    run.switched = true;
    DomainStatus& source = domainAt(run.source, id)->domain.status;
    DomainStatus& there = domainAt(run.destination, id)->domain.status;
    there.state = PowerState::Running;
    there.reason = StateReason::PostCopy;
    there.incoming = false;
    there.cpuPercent = source.cpuPercent;
    source.state = PowerState::Paused;
    source.reason = StateReason::PostCopy;
    tell(run.source, HostEvent::Kind::JobIteration, id, run.copy->iteration());
    tell(run.source, HostEvent::Kind::InventoryChanged, id);
    tell(run.destination, HostEvent::Kind::InventoryChanged, id);
}

Result<void> WorldModel::pauseToFinish(std::size_t host, const InstanceId& id)
{
    const Result<Run*> found = runOf(host, id);
    if (!found)
        return fail(found.error());
    Run& run = **found;
    if (run.phase != Run::Phase::Copying || run.inDisks())
        return failAt(
            ErrorCode::OperationFailed, host, run.spec.name,
            SimulatorText::tr("%1 cannot be paused before its memory is being sent").arg(run.spec.name));
    if (run.switched || run.copy->phase() != PreCopy::Phase::Memory || run.copy->guestPaused())
        return {};
    run.copy->pauseGuest();
    DomainStatus& status = domainAt(host, id)->domain.status;
    status.state = PowerState::Paused;
    status.reason = StateReason::Migration;
    tell(host, HostEvent::Kind::InventoryChanged, id);
    return {};
}

} // namespace drover
