// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/link_share.h"
#include "core/simulator/simulator_text.h"
#include "core/simulator/world_model.h"

#include <algorithm>
#include <utility>

namespace drover {
namespace {

constexpr Milliseconds preparing{400};
constexpr Milliseconds noRoute{3000};       // until a connection to a cut host is given up
constexpr Milliseconds peerPatience{28000}; // between the two daemons, once they were connected
constexpr int mostThrottle = 99;

} // namespace

bool WorldModel::moving() const
{
    return !m_runs.empty() || std::any_of(m_copies.begin(), m_copies.end(),
                                          [](const auto& entry) { return !entry.second.ended; });
}

double WorldModel::Run::percent() const
{
    if (!copy)
        return 0;
    const double memory = static_cast<double>(definition->maxMemory.value);
    return (diskDone * 100.0 + memory * copy->percent()) / (diskTotal + memory);
}

Result<void> WorldModel::mayMigrate(const MigrationSpec& spec, std::size_t source, std::size_t destination)
{
    const Result<SimDomain*> found = known(source, spec.instance);
    if (!found)
        return fail(found.error());
    const SimDomain& domain = **found;
    const DomainDefinition& definition = *domain.domain.definition;
    const QString to = m_hosts[destination].config.id.value;
    const auto refuse = [&](ErrorCode code, const QString& why) -> Result<void> {
        return failAt(code, source, definition.name,
                      SimulatorText::tr("%1 cannot be moved from %2 to %3: %4")
                          .arg(definition.name, m_hosts[source].config.id.value, to, why),
                      why);
    };
    if (domain.run != 0)
        return refuse(ErrorCode::Busy, SimulatorText::tr("another migration job is already running for it"));
    if (source == destination)
        return refuse(ErrorCode::OperationFailed, SimulatorText::tr("source and destination are one host"));
    for (const SimDomain& there : m_hosts[destination].domains) {
        const DomainDefinition& other = *there.domain.definition;
        if (other.id == definition.id ? there.domain.isActive() : other.name == definition.name)
            return refuse(ErrorCode::OperationFailed,
                          other.id == definition.id
                              ? SimulatorText::tr("it is active on %1 already").arg(to)
                              : SimulatorText::tr("%1 has another instance of this name, UUID %2")
                                    .arg(to, toString(other.id)));
    }
    if (spec.kind == MigrationKind::Offline) {
        if (domain.domain.isActive())
            return refuse(ErrorCode::OperationFailed, SimulatorText::tr("it is not shut off"));
        if (spec.options.noPersist)
            return refuse(
                ErrorCode::OperationFailed,
                SimulatorText::tr("offline migration must be specified with the persistent flag set"));
        return {};
    }
    if (!domain.domain.isActive())
        return refuse(ErrorCode::OperationFailed, SimulatorText::tr("it is not running"));
    for (const Disk& disk : definition.disks) {
        if (disk.storageClass == StorageClass::Local && !spec.disks.contains(disk.target))
            return refuse(
                ErrorCode::OperationFailed,
                SimulatorText::tr("migration without shared storage is unsafe (%1)").arg(disk.source));
    }
    const auto bad = [](const std::optional<int>& percent) {
        return percent && (*percent < 1 || *percent > 99);
    };
    if (bad(spec.options.autoConvergeInitial) || bad(spec.options.autoConvergeIncrement))
        return refuse(ErrorCode::InvalidInput, SimulatorText::tr("a throttle must be from 1 to 99 percent"));
    if (spec.options.maxDowntime && *spec.options.maxDowntime > mostDowntime)
        return refuse(ErrorCode::InvalidInput, SimulatorText::tr("a downtime must be at most 2 000 000 ms"));
    return {};
}

Result<WorldModel::RunId> WorldModel::startMigration(const MigrationSpec& spec)
{
    const auto source = hostIndex(spec.source.id);
    const auto destination = hostIndex(spec.destination.id);
    if (!source || !destination) {
        const QString missing = (source ? spec.destination : spec.source).id.value;
        return fail(Error{ErrorCode::NotFound,
                          SimulatorText::tr("There is no host %1 in this fleet").arg(missing),
                          {},
                          missing,
                          spec.name});
    }
    if (const Result<void> allowed = mayMigrate(spec, *source, *destination); !allowed)
        return fail(allowed.error());
    if (spec.kind == MigrationKind::Offline) {
        if (const Result<void> moved = moveOffline(spec, *source, *destination); !moved)
            return fail(moved.error());
        m_results.emplace(++m_lastRun, MigrationReturn{});
        return m_lastRun;
    }
    SimDomain& domain = *domainAt(*source, spec.instance);
    Run run;
    run.id = ++m_lastRun;
    run.spec = spec;
    run.spec.name = domain.domain.definition->name;
    run.source = *source;
    run.destination = *destination;
    run.definition = domain.domain.definition;
    run.started = m_now;
    run.phaseEnds = m_now + preparing;
    run.wasPaused = domain.domain.status.state == PowerState::Paused;
    const MigrationOptions& options = spec.options;
    if (options.bandwidth)
        run.settings.bandwidth = wholeMib(*options.bandwidth);
    run.settings.maxDowntime = options.maxDowntime.value_or(run.settings.maxDowntime);
    run.settings.autoConverge = options.autoConverge;
    run.settings.throttleInitial = options.autoConvergeInitial.value_or(run.settings.throttleInitial);
    run.settings.throttleIncrement =
        std::min(options.autoConvergeIncrement.value_or(run.settings.throttleIncrement), mostThrottle);
    run.settings.postCopyAllowed = options.postCopy;
    run.diskTotal = diskBytes(spec, *source);
    domain.run = run.id;
    domain.domain.status.outgoing = true;
    tell(*source, HostEvent::Kind::InventoryChanged, spec.instance);
    m_runs.emplace(run.id, std::move(run));
    return m_lastRun;
}

Result<void> WorldModel::moveOffline(const MigrationSpec& spec, std::size_t source, std::size_t destination)
{
    if (m_hosts[destination].reach != Reach::Up)
        return failAt(ErrorCode::Unreachable, destination, spec.name,
                      SimulatorText::tr("%1 cannot reach %2: %3")
                          .arg(m_hosts[source].config.id.value, m_hosts[destination].config.id.value,
                               reachText(destination)));
    SimDomain copy = *domainAt(source, spec.instance);
    copy.domain.status.autostart = false;
    copy.domain.status.persistent = true;
    removeDomain(destination, spec.instance);
    insertDomain(destination, std::move(copy));
    if (!spec.options.keepSource)
        removeDomain(source, spec.instance);
    tell(destination, HostEvent::Kind::InventoryChanged, spec.instance);
    tell(source, HostEvent::Kind::InventoryChanged, spec.instance);
    return {};
}

std::optional<Result<MigrationReturn>> WorldModel::takeResult(RunId run)
{
    const auto found = m_results.find(run);
    if (found == m_results.end())
        return std::nullopt;
    Result<MigrationReturn> result = std::move(found->second);
    m_results.erase(found);
    return result;
}

void WorldModel::forget(RunId run)
{
    m_results.erase(run);
    if (const auto found = m_runs.find(run); found != m_runs.end())
        found->second.watched = false;
}

std::size_t WorldModel::sourceOf(RunId run) const
{
    return m_runs.at(run).source;
}

void WorldModel::moveRuns()
{
    std::vector<Flow> flows;
    std::vector<RunId> flowing;
    for (const auto& [id, run] : m_runs) {
        if (run.phase != Run::Phase::Copying || cutHost(run))
            continue;
        const std::optional<Rate> demand = run.inDisks() ? run.settings.bandwidth : run.copy->demand();
        const auto hosts = static_cast<int>(m_hosts.size());
        flows.push_back({static_cast<int>(run.source), hosts + static_cast<int>(run.destination),
                         demand ? std::optional(demand->bytesPerSecond) : std::nullopt});
        flowing.push_back(id);
    }
    for (const auto& [id, copy] : m_copies) {
        if (copy.ended || m_hosts[copy.source].reach == Reach::Silent ||
            m_hosts[copy.destination].reach == Reach::Silent)
            continue;
        flows.push_back({static_cast<int>(copy.source),
                         static_cast<int>(m_hosts.size()) + static_cast<int>(copy.destination),
                         std::nullopt});
        flowing.push_back(id);
    }
    std::vector<double> links;
    links.reserve(m_hosts.size() * 2);
    for (int side = 0; side < 2; ++side) {
        for (const SimHost& host : m_hosts)
            links.push_back(host.link.bytesPerSecond);
    }
    const std::vector<double> shares = fairShares(flows, links);
    for (const auto& [id, run] : m_runs) {
        m_hosts[run.source].traffic = 0;
        m_hosts[run.destination].traffic = 0;
        touch(run.source);
        touch(run.destination);
    }
    std::map<RunId, double> rates;
    for (std::size_t i = 0; i < flowing.size(); ++i) {
        rates[flowing[i]] = shares[i];
        const auto running = m_runs.find(flowing[i]);
        if (running == m_runs.end())
            continue;
        const Run& run = running->second;
        m_hosts[run.source].traffic += shares[i];
        m_hosts[run.destination].traffic += shares[i];
    }
    for (auto& [id, copy] : m_copies)
        moveCopy(copy, rates.contains(id) ? rates[id] : 0);
    for (auto it = m_runs.begin(); it != m_runs.end();) {
        Run& run = it->second;
        bool ended = false;
        if (run.phase == Run::Phase::Preparing && m_now >= run.phaseEnds) {
            ended = prepared(run);
        } else if (run.phase == Run::Phase::Cancelling && m_now >= run.phaseEnds) {
            failRun(run, ErrorCode::Cancelled, SimulatorText::tr("migration out: canceled by client"));
            ended = true;
        } else if (run.phase == Run::Phase::Copying) {
            ended = cutStep(run) || copyStep(run, rates[run.id]);
        }
        if (ended) {
            m_hosts[run.source].traffic = 0;
            m_hosts[run.destination].traffic = 0;
            it = m_runs.erase(it);
        } else {
            ++it;
        }
    }
}

bool WorldModel::prepared(Run& run)
{
    const SimHost& destination = m_hosts[run.destination];
    if (destination.reach != Reach::Up) {
        if (destination.reach == Reach::Silent && m_now < run.phaseEnds + noRoute)
            return false;
        failRun(run, ErrorCode::OperationFailed,
                SimulatorText::tr("unable to connect to server at '%1': %2")
                    .arg(destination.facts->hostname, destination.reachText));
        return true;
    }
    const CpuComparison cpu = compareCpu(run.destination, *run.definition);
    if (cpu.answer == CpuComparison::Answer::Incompatible) {
        failRun(run, ErrorCode::OperationFailed,
                SimulatorText::tr("guest CPU does not match: host lacks %1")
                    .arg(cpu.missing.join(QStringLiteral(", "))));
        return true;
    }
    if (const Result<void> ready = prepareDisks(run.spec, run.source, run.destination); !ready) {
        failRun(run, ready.error().code, ready.error().message);
        return true;
    }
    const SimDomain& source = *domainAt(run.source, run.spec.instance);
    if (SimDomain* there = domainAt(run.destination, run.spec.instance)) {
        run.hadDefinition = there->domain.status.persistent;
        removeDomain(run.destination, run.spec.instance);
    }
    SimDomain incoming = source;
    incoming.run = run.id;
    DomainStatus& status = incoming.domain.status;
    status = DomainStatus{};
    status.state = PowerState::Paused;
    status.reason = StateReason::Migration;
    status.persistent = run.hadDefinition;
    status.vcpus = source.domain.status.vcpus;
    status.memory = source.domain.status.memory;
    status.incoming = true;
    insertDomain(run.destination, std::move(incoming));
    run.arriving = true;
    tell(run.destination, HostEvent::Kind::IncomingStarted, run.spec.instance);
    run.phase = Run::Phase::Copying;
    const quint64 seed = m_seed * 1000003 + qHash(run.spec.instance.value, 0x5eed) + run.id * 7919;
    Workload load = m_workloads[source.workload];
    if (run.spec.kind == MigrationKind::Cold)
        load.usedShare = 0; // it has not run an instruction
    run.copy = std::make_unique<PreCopy>(std::make_unique<GuestMemory>(run.definition->maxMemory, load, seed),
                                         run.settings, !run.wasPaused);
    if (!run.inDisks())
        tell(run.source, HostEvent::Kind::JobIteration, run.spec.instance, 1);
    return false;
}

std::optional<std::size_t> WorldModel::cutHost(const Run& run) const
{
    for (const std::size_t host : {run.source, run.destination}) {
        if (m_hosts[host].reach == Reach::Silent)
            return host;
    }
    return std::nullopt;
}

bool WorldModel::cutStep(Run& run)
{
    if (!cutHost(run)) {
        run.cutSince.reset();
        return false;
    }
    if (!run.cutSince)
        run.cutSince = m_now;
    if (m_now - *run.cutSince < peerPatience)
        return false;
    failRun(run, ErrorCode::OperationFailed, SimulatorText::tr("client socket is closed"));
    return true;
}

bool WorldModel::copyStep(Run& run, double rate)
{
    PreCopy& copy = *run.copy;
    if (run.inDisks()) {
        run.diskDone =
            std::min(run.diskTotal, run.diskDone + rate * static_cast<double>(step.count()) / 1000.0);
        if (!run.inDisks())
            tell(run.source, HostEvent::Kind::JobIteration, run.spec.instance, 1);
        return false;
    }
    const PreCopy::Phase before = copy.phase();
    const int began = copy.advance(step, rate);
    for (int i = began - 1; i >= 0; --i)
        tell(run.source, HostEvent::Kind::JobIteration, run.spec.instance, copy.iteration() - i);
    if (before == PreCopy::Phase::Memory && copy.phase() == PreCopy::Phase::Stopped) {
        DomainStatus& status = domainAt(run.source, run.spec.instance)->domain.status;
        status.state = PowerState::Paused;
        status.reason = StateReason::Migration;
        tell(run.source, HostEvent::Kind::InventoryChanged, run.spec.instance);
    }
    if (copy.phase() != PreCopy::Phase::Done)
        return false;
    arrive(run);
    return true;
}

void WorldModel::arrive(Run& run)
{
    const InstanceId id = run.spec.instance;
    const bool persistDestination = run.spec.persistent && !run.spec.options.noPersist;
    const bool undefineSource = run.spec.persistent && !run.spec.options.keepSource;
    SimDomain& source = *domainAt(run.source, id);
    SimDomain& there = *domainAt(run.destination, id);
    const bool sourcePersistent = source.domain.status.persistent;
    DomainStatus status = source.domain.status;
    status.state = run.wasPaused ? PowerState::Paused : PowerState::Running;
    status.reason = run.wasPaused ? StateReason::User : StateReason::Migrated;
    status.persistent = run.hadDefinition || persistDestination;
    status.autostart = false; // does not travel with a migration
    status.incoming = false;
    status.outgoing = false;
    there.domain.status = status;
    there.run = 0;
    fillDisks(run.spec, run.source, run.destination);
    JobStats record = statsOf(run);
    record.phase = JobStats::Phase::Completed;
    if (sourcePersistent && !undefineSource) {
        source.run = 0;
        source.domain.status.outgoing = false;
        source.domain.status.state = PowerState::ShutOff;
        source.domain.status.reason = StateReason::Migrated;
        source.domain.status.cpuPercent = 0;
        m_hosts[run.source].completed[id] = record;
    } else {
        removeDomain(run.source, id);
    }
    if (!run.switched)
        m_hosts[run.destination].completed[id] = record;
    tell(run.destination, HostEvent::Kind::InventoryChanged, id);
    tell(run.source, HostEvent::Kind::InventoryChanged, id);
    tell(run.source, HostEvent::Kind::JobCompleted, id, 0, record);
    endRun(run, MigrationReturn{record});
}

void WorldModel::endRun(Run& run, Result<MigrationReturn> result)
{
    if (run.watched)
        m_results.emplace(run.id, std::move(result));
}

void WorldModel::failRun(Run& run, ErrorCode code, const QString& text)
{
    clearDestination(run);
    settleSource(run);
    const QString from = m_hosts[run.source].config.id.value;
    const QString to = m_hosts[run.destination].config.id.value;
    const QString message =
        code == ErrorCode::Cancelled
            ? SimulatorText::tr("Moving %1 from %2 to %3 was cancelled").arg(run.spec.name, from, to)
            : SimulatorText::tr("Moving %1 from %2 to %3 failed: %4").arg(run.spec.name, from, to, text);
    endRun(run, failAt(code, run.source, run.spec.name, message, text));
}

void WorldModel::clearDestination(Run& run)
{
    SimDomain* there = run.arriving ? domainAt(run.destination, run.spec.instance) : nullptr;
    if (there == nullptr)
        return;
    if (run.switched && there->domain.isActive()) {
        there->run = 0; // it runs there, and waits for pages that do not come
    } else if (run.hadDefinition) {
        there->run = 0;
        there->domain.status.state = PowerState::ShutOff;
        there->domain.status.reason = StateReason::Failed;
        there->domain.status.incoming = false;
    } else {
        removeDomain(run.destination, run.spec.instance);
    }
    tell(run.destination, HostEvent::Kind::InventoryChanged, run.spec.instance);
}

void WorldModel::settleSource(Run& run)
{
    SimDomain* source = domainAt(run.source, run.spec.instance);
    if (source == nullptr)
        return;
    source->run = 0;
    DomainStatus& status = source->domain.status;
    status.outgoing = false;
    if (run.switched) {
        status.state = PowerState::Paused;
        status.reason = StateReason::PostCopyFailed;
    } else if (status.state == PowerState::ShutOff) {
        if (!status.persistent)
            removeDomain(run.source, run.spec.instance);
    } else if (status.state == PowerState::Paused && status.reason == StateReason::Migration) {
        status.state = run.wasPaused ? PowerState::Paused : PowerState::Running;
        status.reason = run.wasPaused ? StateReason::User : StateReason::MigrationCanceled;
    }
    tell(run.source, HostEvent::Kind::InventoryChanged, run.spec.instance);
}

} // namespace drover
