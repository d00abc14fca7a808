// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/world_model.h"

#include "core/simulator/cpu_model.h"
#include "core/simulator/definition_maker.h"
#include "core/simulator/simulator_text.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace drover {
namespace {

/// After a long silence only the last changes can still be seen.
constexpr qint64 mostChurnSeconds = 30;
constexpr double hostOwnMemoryMib = 1536;
constexpr double hostOwnCpuPercent = 1.5;

bool before(const InstanceId& a, const InstanceId& b)
{
    return a < b;
}

} // namespace

WorldModel::WorldModel(Scenario scenario)
    : m_seed(scenario.seed)
    , m_churn(scenario.churn)
    , m_keepalive(scenario.keepalive)
    , m_limits(scenario.limits)
    , m_workloads(std::move(scenario.workloads))
    , m_faults(std::move(scenario.faults))
    , m_faultBegun(m_faults.size(), false)
{
    m_hosts.reserve(scenario.hosts.size());
    for (const ScenarioHost& from : scenario.hosts) {
        SimHost host;
        host.config = from.config;
        host.facts = makeFacts(from, m_seed);
        host.disk = from.disk;
        host.link = from.link;
        host.fittings = from.fittings;
        host.service = from.service;
        if (host.service.state != ServiceState::Enabled)
            host.service.since = QDateTime(QDate(2026, 1, 1), QTime(6, 0), Qt::UTC);
        m_hostIndex.insert(host.config.id, m_hosts.size());
        m_hosts.push_back(std::move(host));
    }
    for (const ScenarioInstance& from : scenario.instances) {
        SimDomain made;
        made.domain.definition = makeDefinition(from, m_seed, scenario.xml);
        made.workload = from.workload;
        made.holds = from.holds;
        DomainStatus& status = made.domain.status;
        const bool active = from.state != PowerState::ShutOff;
        status.state = from.state;
        status.reason = from.state == PowerState::Running  ? StateReason::Booted
                        : from.state == PowerState::Paused ? StateReason::User
                                                           : StateReason::Shutdown;
        status.persistent = from.persistent;
        status.autostart = from.autostart;
        status.vcpus = from.vcpus;
        status.memory = from.memory;
        status.diskPhysical = Bytes{from.disk.value / 5 * 2};
        if (active) {
            const Workload& load = m_workloads[from.workload];
            status.memoryRss =
                Bytes{static_cast<qint64>(static_cast<double>(from.memory.value) * load.usedShare)};
            status.cpuPercent = from.state == PowerState::Running ? load.cpuPercent : 0;
        }
        makeFilesOf(from.host, *made.domain.definition);
        m_hosts[from.host].domains.push_back(std::move(made));
    }
    for (SimHost& host : m_hosts)
        std::sort(host.domains.begin(), host.domains.end(), [](const SimDomain& a, const SimDomain& b) {
            return before(a.domain.definition->id, b.domain.definition->id);
        });
    Milliseconds begin{0};
    for (ScenarioMigration& move : scenario.migrations) {
        begin = std::min(begin, move.at);
        m_planned.push_back({move.at, std::move(move)});
    }
    m_now = begin - begin % step;
    advanceTo(Milliseconds(0));
    planFaults();
    runDue();
    m_events.clear();
}

std::optional<std::size_t> WorldModel::hostIndex(const HostId& id) const
{
    const auto found = m_hostIndex.constFind(id);
    return found == m_hostIndex.constEnd() ? std::nullopt : std::optional(*found);
}

std::vector<HostConfig> WorldModel::hostConfigs() const
{
    std::vector<HostConfig> configs;
    configs.reserve(m_hosts.size());
    for (const SimHost& host : m_hosts)
        configs.push_back(host.config);
    return configs;
}

QString WorldModel::reachText(std::size_t host) const
{
    return m_hosts[host].reachText;
}

Milliseconds WorldModel::silentFor(std::size_t host) const
{
    const SimHost& at = m_hosts[host];
    return at.reach == Reach::Silent ? m_now - at.reachSince : Milliseconds(0);
}

std::vector<WorldEvent> WorldModel::takeEvents()
{
    return std::exchange(m_events, {});
}

void WorldModel::tell(std::size_t host, HostEvent::Kind kind, const InstanceId& id, int iteration,
                      const JobStats& stats)
{
    touch(host);
    if (m_hosts[host].reach == Reach::Up || kind == HostEvent::Kind::ConnectionLost)
        m_events.push_back({host, m_hosts[host].connection, {kind, id, iteration, stats}});
}

tl::unexpected<Error> WorldModel::failAt(ErrorCode code, std::size_t host, const QString& instance,
                                         const QString& message, const QString& detail) const
{
    return fail(Error{code, message, detail, m_hosts[host].config.id.value, instance});
}

const WorldModel::SimDomain* WorldModel::domainAt(std::size_t host, const InstanceId& id) const
{
    const auto& domains = m_hosts[host].domains;
    const auto at =
        std::lower_bound(domains.begin(), domains.end(), id, [](const SimDomain& d, const InstanceId& i) {
            return before(d.domain.definition->id, i);
        });
    return at != domains.end() && at->domain.definition->id == id ? &*at : nullptr;
}

WorldModel::SimDomain* WorldModel::domainAt(std::size_t host, const InstanceId& id)
{
    return const_cast<SimDomain*>(std::as_const(*this).domainAt(host, id));
}

Result<WorldModel::SimDomain*> WorldModel::known(std::size_t host, const InstanceId& id)
{
    if (SimDomain* found = domainAt(host, id))
        return found;
    return notThere(host, id);
}

tl::unexpected<Error> WorldModel::notThere(std::size_t host, const InstanceId& id) const
{
    const QString uuid = toString(id);
    return failAt(
        ErrorCode::NotFound, host, uuid,
        SimulatorText::tr("%1 has no instance with the UUID %2").arg(m_hosts[host].config.id.value, uuid));
}

void WorldModel::insertDomain(std::size_t host, SimDomain domain)
{
    auto& domains = m_hosts[host].domains;
    const auto at = std::lower_bound(
        domains.begin(), domains.end(), domain.domain.definition->id,
        [](const SimDomain& d, const InstanceId& i) { return before(d.domain.definition->id, i); });
    domains.insert(at, std::move(domain));
    touch(host);
}

void WorldModel::removeDomain(std::size_t host, const InstanceId& id)
{
    auto& domains = m_hosts[host].domains;
    std::erase_if(domains, [&](const SimDomain& d) { return d.domain.definition->id == id; });
    touch(host);
}

void WorldModel::churn(SimHost& host, std::size_t index)
{
    const qint64 second = m_now.count() / 1000;
    if (m_churn <= 0 || host.domains.empty()) {
        host.churnedAt = second;
        return;
    }
    host.churnedAt = std::max(host.churnedAt, second - mostChurnSeconds);
    while (host.churnedAt < second) {
        ++host.churnedAt;
        std::mt19937_64 random(m_seed ^ (static_cast<quint64>(index) << 32U) ^
                               static_cast<quint64>(host.churnedAt));
        host.churnOwed += m_churn * static_cast<double>(host.domains.size());
        const auto changes = static_cast<qint64>(host.churnOwed);
        host.churnOwed -= static_cast<double>(changes);
        for (qint64 i = 0; i < changes; ++i) {
            SimDomain& chosen = host.domains[random() % host.domains.size()];
            DomainStatus& status = chosen.domain.status;
            if (status.state != PowerState::Running || status.incoming)
                continue;
            const double usual = m_workloads[chosen.workload].cpuPercent;
            const auto draw = static_cast<double>(random() % 1000) / 1000.0;
            status.cpuPercent = std::round(usual * (0.4 + 1.2 * draw) * 10) / 10;
            // Every eighth change is the balloon's: down by up to a quarter, or back to full size.
            if (random() % 8 == 0) {
                const qint64 quarters = static_cast<qint64>(random() % 3);
                status.memory = Bytes{chosen.domain.definition->maxMemory.value / 8 * (8 - quarters)};
            }
            host.reading.reset();
        }
    }
}

std::shared_ptr<const HostReading> WorldModel::reading(std::size_t index)
{
    SimHost& host = m_hosts[index];
    churn(host, index);
    if (host.reading)
        return host.reading;
    auto made = std::make_shared<HostReading>();
    made->facts = host.facts;
    made->domains.reserve(host.domains.size());
    Bytes used = Bytes::fromMib(hostOwnMemoryMib);
    Bytes onDisk;
    double cpu = 0;
    for (const SimDomain& d : host.domains) {
        made->domains.push_back(d.domain);
        cpu += d.domain.status.cpuPercent.value_or(0);
        if (d.domain.isActive())
            used += d.domain.status.memory;
        for (const Disk& disk : d.domain.definition->disks) {
            if (disk.storageClass == StorageClass::Local)
                onDisk += disk.allocation.value_or(Bytes{});
        }
    }
    StoragePool pool;
    pool.name = QStringLiteral("default");
    pool.type = QStringLiteral("dir");
    pool.targetPath = QStringLiteral("/var/lib/libvirt/images");
    pool.active = true;
    pool.capacity = host.disk;
    pool.available = std::max(host.disk - onDisk, Bytes{});
    made->pools.push_back(std::move(pool));
    made->service = host.service;
    made->claimedBy = host.fittings.claimedBy;
    made->memoryFreeNow = std::max(host.facts->memory - used, Bytes{});
    made->cpuPercent = std::min(100.0, hostOwnCpuPercent + cpu / std::max(1, host.facts->cpus));
    made->network = Rate{host.traffic};
    host.reading = std::move(made);
    return host.reading;
}

Result<ServiceRecord> WorldModel::setService(std::size_t host, ServiceRecord record,
                                             const QDateTime& wallTime)
{
    if (!record.since.isValid())
        record.since = wallTime;
    record.keptOnHost = true;
    m_hosts[host].service = record;
    tell(host, HostEvent::Kind::InventoryChanged);
    return record;
}

std::vector<DomainPresence> WorldModel::find(std::size_t host, const InstanceId& id,
                                             const QString& name) const
{
    std::vector<DomainPresence> found;
    for (const SimDomain& d : m_hosts[host].domains) {
        const DomainDefinition& definition = *d.domain.definition;
        if (definition.id != id && (name.isEmpty() || definition.name != name))
            continue;
        const DomainStatus& status = d.domain.status;
        found.push_back(
            {definition.id, definition.name, status.state, status.reason, status.persistent, d.run != 0});
    }
    return found;
}

CpuComparison WorldModel::compareCpu(std::size_t host, const DomainDefinition& guest) const
{
    CpuComparison result;
    const QString model = cpuModelOf(guest);
    if (!model.isEmpty() && !isSimulatedCpuModel(model)) {
        result.reason = SimulatorText::tr("the simulator does not know the CPU model %1").arg(model);
        return result;
    }
    result.missing = missingCpuFeatures(model, m_hosts[host].facts->cpuModel);
    result.answer =
        result.missing.isEmpty() ? CpuComparison::Answer::Compatible : CpuComparison::Answer::Incompatible;
    return result;
}

std::optional<InstanceId> WorldModel::instanceNamed(const QString& name) const
{
    std::optional<InstanceId> found;
    for (const SimHost& host : m_hosts) {
        for (const SimDomain& d : host.domains) {
            if (d.domain.definition->name != name)
                continue;
            if (d.domain.isActive())
                return d.domain.definition->id;
            found = d.domain.definition->id;
        }
    }
    return found;
}

Result<void> WorldModel::setAutostart(std::size_t host, const InstanceId& id, bool on)
{
    const Result<SimDomain*> found = known(host, id);
    if (!found)
        return fail(found.error());
    SimDomain& domain = **found;
    const QString name = domain.domain.definition->name;
    if (domain.run != 0)
        return failAt(ErrorCode::Busy, host, name,
                      SimulatorText::tr("%1 is being moved: autostart can be changed afterwards").arg(name));
    if (!domain.domain.status.persistent)
        return failAt(ErrorCode::OperationFailed, host, name,
                      SimulatorText::tr("%1 is transient: it cannot start by itself").arg(name));
    domain.domain.status.autostart = on;
    tell(host, HostEvent::Kind::InventoryChanged, id);
    return {};
}

Result<void> WorldModel::power(std::size_t host, const InstanceId& id, HostControl::PowerAction action)
{
    using Action = HostControl::PowerAction;
    const Result<SimDomain*> found = known(host, id);
    if (!found)
        return fail(found.error());
    SimDomain& domain = **found;
    DomainStatus& status = domain.domain.status;
    const QString name = domain.domain.definition->name;
    const auto refuse = [&](const QString& why) {
        return failAt(ErrorCode::OperationFailed, host, name, why.arg(name, m_hosts[host].config.id.value));
    };
    if (domain.run != 0 && action != Action::PowerOff)
        return failAt(ErrorCode::Busy, host, name, SimulatorText::tr("%1 is being moved").arg(name));
    const auto enter = [&](PowerState state, StateReason reason) {
        status.state = state;
        status.reason = reason;
        status.cpuPercent = state == PowerState::Running ? m_workloads[domain.workload].cpuPercent : 0;
    };
    const bool active = domain.domain.isActive();
    if ((action == Action::Start || action == Action::Resume) && !m_hosts[host].noStart.isEmpty())
        return failAt(ErrorCode::OperationFailed, host, name,
                      SimulatorText::tr("%1 cannot be started on %2: %3")
                          .arg(name, m_hosts[host].config.id.value, m_hosts[host].noStart));
    switch (action) {
    case Action::Start:
        if (active)
            return refuse(SimulatorText::tr("%1 runs on %2 already"));
        enter(PowerState::Running, StateReason::Booted);
        break;
    case Action::Pause:
        if (status.state != PowerState::Running)
            return refuse(SimulatorText::tr("%1 does not run on %2"));
        enter(PowerState::Paused, StateReason::User);
        break;
    case Action::Resume:
        if (status.state != PowerState::Paused)
            return refuse(SimulatorText::tr("%1 is not paused on %2"));
        enter(PowerState::Running, StateReason::Unpaused);
        break;
    case Action::Reboot:
        if (!active)
            return refuse(SimulatorText::tr("%1 does not run on %2"));
        break;
    case Action::Shutdown:
    case Action::PowerOff:
        if (!active)
            return refuse(SimulatorText::tr("%1 does not run on %2"));
        enter(PowerState::ShutOff,
              action == Action::Shutdown ? StateReason::Shutdown : StateReason::Destroyed);
        if (domain.run != 0) {
            const auto run = m_runs.find(domain.run);
            failRun(run->second, ErrorCode::OperationFailed, SimulatorText::tr("domain is not running"));
            m_runs.erase(run);
        } else if (!status.persistent) {
            removeDomain(host, id);
        }
        break;
    }
    tell(host, HostEvent::Kind::InventoryChanged, id);
    return {};
}

} // namespace drover
