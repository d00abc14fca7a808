// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulator_text.h"
#include "core/simulator/world_model.h"

#include <algorithm>
#include <utility>

namespace drover {

std::optional<Milliseconds> WorldModel::nextEvent() const
{
    std::optional<Milliseconds> next;
    const auto consider = [&](Milliseconds at) { next = next ? std::min(*next, at) : at; };
    for (const Due& due : m_due)
        consider(due.at);
    for (const PlannedMove& planned : m_planned)
        consider(planned.at);
    for (const SimHost& host : m_hosts) {
        if (host.reach == Reach::Silent && !host.lostTold)
            consider(host.reachSince + m_keepalive);
    }
    return next;
}

void WorldModel::advanceTo(Milliseconds time)
{
    while (m_now + step <= time) {
        Milliseconds next = m_now + step;
        if (!moving()) {
            const auto due = nextEvent();
            next = due ? std::min(time, *due) : time;
            next = std::max(m_now + step, next + (step - Milliseconds(1)));
            next = std::min(next, time);
            next -= Milliseconds(((next.count() % step.count()) + step.count()) % step.count());
        }
        m_now = next;
        if (moving())
            moveRuns();
        runDue();
        watchRuns();
    }
}

void WorldModel::planFaults()
{
    for (std::size_t i = 0; i < m_faults.size(); ++i) {
        if (m_faults[i].watched.isEmpty())
            m_due.push_back({m_faults[i].at, i, false});
    }
}

void WorldModel::runDue()
{
    const auto takeDue = [this](auto& list) {
        auto due =
            std::stable_partition(list.begin(), list.end(), [this](const auto& d) { return d.at > m_now; });
        std::remove_reference_t<decltype(list)> now(std::make_move_iterator(due),
                                                    std::make_move_iterator(list.end()));
        list.erase(due, list.end());
        return now;
    };
    if (!m_due.empty()) {
        for (const Due& due : takeDue(m_due)) {
            if (due.ends)
                endFault(due.fault);
            else
                beginFault(due.fault);
        }
    }
    if (!m_planned.empty()) {
        for (const PlannedMove& planned : takeDue(m_planned))
            startPlannedMove(planned.move);
    }
    for (std::size_t i = 0; i < m_hosts.size(); ++i) {
        SimHost& host = m_hosts[i];
        if (host.reach == Reach::Silent && !host.lostTold && m_now - host.reachSince >= m_keepalive)
            loseConnections(i);
    }
}

void WorldModel::watchRuns()
{
    for (std::size_t i = 0; i < m_faults.size(); ++i) {
        const ScenarioFault& fault = m_faults[i];
        if (fault.watched.isEmpty() || m_faultBegun[i])
            continue;
        const bool reached = std::any_of(m_runs.begin(), m_runs.end(), [&](const auto& entry) {
            const Run& run = entry.second;
            if (run.spec.name != fault.watched || !run.copy)
                return false;
            return fault.iteration > 0 ? run.copy->iteration() >= fault.iteration
                                       : run.percent() >= fault.percent;
        });
        if (reached)
            beginFault(i);
    }
}

void WorldModel::loseConnections(std::size_t host)
{
    m_hosts[host].lostTold = true;
    tell(host, HostEvent::Kind::ConnectionLost);
    ++m_hosts[host].connection;
}

void WorldModel::beginFault(std::size_t index)
{
    using Kind = ScenarioFault::Kind;
    const ScenarioFault& fault = m_faults[index];
    m_faultBegun[index] = true;
    std::optional<std::size_t> at = hostIndex(fault.host);
    if (!fault.instance.isEmpty()) {
        const auto id = instanceNamed(fault.instance);
        for (std::size_t i = 0; id && i < m_hosts.size(); ++i) {
            const SimDomain* domain = domainAt(i, *id);
            if (domain == nullptr || !domain->domain.isActive() || domain->domain.status.incoming)
                continue;
            if (fault.kind == Kind::PowerOff) {
                // An instance that is not on any more has done what the script wants.
                [[maybe_unused]] const Result<void> off = power(i, *id, HostControl::PowerAction::PowerOff);
            } else if (const auto run = m_runs.find(domain->run); run != m_runs.end()) {
                failRun(run->second, ErrorCode::OperationFailed,
                        fault.text.isEmpty() ? SimulatorText::tr("the script wants it so") : fault.text);
                m_runs.erase(run);
            }
            return;
        }
        return;
    }
    if (!at)
        return;
    SimHost& host = m_hosts[*at];
    const auto enter = [&](Reach reach, const QString& usualText) {
        host.reach = reach;
        host.reachSince = m_now;
        host.reachText = fault.text.isEmpty() ? usualText : fault.text;
        host.lostTold = reach != Reach::Silent;
        if (reach == Reach::Silent)
            return;
        tell(*at, HostEvent::Kind::ConnectionLost);
        ++host.connection;
    };
    switch (fault.kind) {
    case Kind::Silent:
        enter(Reach::Silent, SimulatorText::tr("No route to host"));
        break;
    case Kind::DaemonKilled:
        for (auto it = m_runs.begin(); it != m_runs.end();) {
            const bool arrives = it->second.destination == *at;
            if ((arrives || it->second.source == *at) && !it->second.switched) {
                failRun(it->second, ErrorCode::OperationFailed,
                        arrives ? SimulatorText::tr("client socket is closed")
                                : SimulatorText::tr("End of file while reading data"));
                it = m_runs.erase(it);
            } else {
                ++it;
            }
        }
        enter(Reach::Refused, SimulatorText::tr("Connection refused"));
        break;
    case Kind::Refused:
        enter(Reach::Refused, SimulatorText::tr("Connection refused"));
        break;
    case Kind::OpenHangs:
        enter(Reach::OpenHangs, SimulatorText::tr("the daemon does not answer"));
        break;
    case Kind::LinkRate:
        host.link = fault.rate;
        return;
    case Kind::NoStart:
        host.noStart = fault.text.isEmpty() ? SimulatorText::tr("the script wants it so") : fault.text;
        break;
    case Kind::PowerOff:
    case Kind::Fail:
        return;
    }
    if (fault.lasts)
        m_due.push_back({m_now + *fault.lasts, index, true});
}

void WorldModel::endFault(std::size_t index)
{
    const auto at = hostIndex(m_faults[index].host);
    if (!at)
        return;
    SimHost& host = m_hosts[*at];
    if (m_faults[index].kind == ScenarioFault::Kind::NoStart) {
        host.noStart.clear();
        return;
    }
    host.reach = Reach::Up;
    host.reachText.clear();
    host.lostTold = false;
    tell(*at, HostEvent::Kind::InventoryChanged);
}

void WorldModel::startPlannedMove(const ScenarioMigration& move)
{
    const auto id = instanceNamed(move.instance);
    for (std::size_t i = 0; id && i < m_hosts.size(); ++i) {
        const SimDomain* domain = domainAt(i, *id);
        const auto to = hostIndex(move.to);
        if (domain == nullptr || !domain->domain.isActive() || domain->domain.status.incoming || !to)
            continue;
        MigrationSpec spec;
        spec.instance = *id;
        spec.name = move.instance;
        spec.source = m_hosts[i].config;
        spec.destination = m_hosts[*to].config;
        spec.options = move.options;
        spec.persistent = domain->domain.status.persistent;
        // A move that cannot start is one that somebody else could not start either: nothing happens.
        if (const Result<RunId> run = startMigration(spec); run)
            forget(*run);
        return;
    }
}

} // namespace drover
