// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/domain_reader.h"

#include "core/base/lane.h"
#include "core/base/log.h"
#include "core/libvirt/channel_probe.h"
#include "core/libvirt/connection.h"
#include "core/libvirt/domain_xml.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/migration_job.h"
#include "core/libvirt/state_map.h"

#include <QCoreApplication>
#include <QDateTime>

#include <libvirt/libvirt.h>

#include <algorithm>

namespace drover::libvirt {
namespace {

std::optional<QSet<InstanceId>> listIds(const Connection& connection, unsigned flags)
{
    virDomainPtr* raw = nullptr;
    const int count = virConnectListAllDomains(connection.get(), &raw, flags);
    if (count < 0)
        return std::nullopt;
    QSet<InstanceId> ids;
    ids.reserve(count);
    for (int i = 0; i < count; ++i) {
        const DomainHandle domain(raw[i]);
        ids.insert(idOf(domain.get()));
    }
    std::free(static_cast<void*>(raw)); // NOLINT(cppcoreguidelines-no-malloc)
    return ids;
}

/// Owns the answer of virConnectGetAllDomainStats.
class StatsRecords
{
public:
    StatsRecords(const Connection& connection, unsigned groups)
        // NOWAIT always: without it one arriving guest makes the whole call wait for half a minute.
        : m_count(virConnectGetAllDomainStats(connection.get(), groups, &m_records,
                                              VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT))
    {
    }
    StatsRecords(const StatsRecords&) = delete;
    StatsRecords& operator=(const StatsRecords&) = delete;
    ~StatsRecords()
    {
        if (m_records != nullptr)
            virDomainStatsRecordListFree(m_records);
    }
    [[nodiscard]] bool ok() const { return m_count >= 0; }
    [[nodiscard]] int count() const { return m_count; }
    [[nodiscard]] const virDomainStatsRecord& at(int i) const { return *m_records[i]; }

private:
    virDomainStatsRecordPtr* m_records = nullptr;
    int m_count;
};

/// Calls visit(target, capacity, physical) for each disk whose size is known.
template <class Visit>
void forEachDiskSize(const TypedParams& stats, Visit visit)
{
    const qint64 count = stats.integer("block.count").value_or(0);
    for (qint64 i = 0; i < count; ++i) {
        // "allocation" is the highest byte that this guest wrote; what the disk takes is "physical".
        if (const auto capacity = stats.indexed("block", i, "capacity"))
            visit(stats.indexedText("block", i, "name"), *capacity, stats.indexed("block", i, "physical"));
    }
}

/// The first entry of a disk is its top image; images below it may follow under the same name.
void addDiskSizes(DomainDefinition& definition, const TypedParams& stats)
{
    forEachDiskSize(stats, [&](const QString& target, qint64 capacity, std::optional<qint64> physical) {
        for (Disk& disk : definition.disks) {
            if (disk.target != target || disk.capacity)
                continue;
            disk.capacity = Bytes{capacity};
            if (physical)
                disk.allocation = Bytes{*physical};
        }
    });
}

bool capacitiesChanged(const DomainDefinition& definition, const TypedParams& stats)
{
    bool changed = false;
    QSet<QString> seen;
    forEachDiskSize(stats, [&](const QString& target, qint64 capacity, std::optional<qint64>) {
        if (seen.contains(target))
            return;
        seen.insert(target);
        for (const Disk& disk : definition.disks)
            changed = changed || (disk.target == target && disk.capacity != Bytes{capacity});
    });
    return changed;
}

/// What can be said about a domain without asking for its definition.
DomainDefinition stubDefinition(const DomainHandle& handle, const InstanceId& id, const TypedParams& stats)
{
    DomainDefinition stub;
    stub.id = id;
    stub.name = nameOf(handle);
    stub.maxVcpus = static_cast<int>(stats.integer("vcpu.maximum").value_or(1));
    stub.maxMemory = Bytes::fromKib(stats.integer("balloon.maximum").value_or(0));
    return stub;
}

void fillUse(const TypedParams& stats, DomainStatus& status)
{
    if (const auto rss = stats.integer("balloon.rss"))
        status.memoryRss = Bytes::fromKib(*rss);
    const qint64 vcpus = stats.integer("vcpu.maximum").value_or(0);
    for (qint64 i = 0; i < vcpus; ++i) {
        if (const auto time = stats.indexed("vcpu", i, "time"))
            status.cpuTimeNs = status.cpuTimeNs.value_or(0) + *time;
    }
    const qint64 disks = stats.integer("block.count").value_or(0);
    for (qint64 i = 0; i < disks; ++i) {
        if (const auto physical = stats.indexed("block", i, "physical"))
            status.diskPhysical = status.diskPhysical.value_or(Bytes{}) + Bytes{*physical};
    }
}

qint64 networkBytes(const TypedParams& stats)
{
    qint64 sum = 0;
    const qint64 count = stats.integer("net.count").value_or(0);
    for (qint64 i = 0; i < count; ++i)
        sum +=
            stats.indexed("net", i, "rx.bytes").value_or(0) + stats.indexed("net", i, "tx.bytes").value_or(0);
    return sum;
}

} // namespace

DomainReader::DomainReader(HostConfig host) : m_host(std::move(host)) {}

Result<DomainReader::Lists> DomainReader::readLists(const Connection& connection) const
{
    auto persistent = listIds(connection, VIR_CONNECT_LIST_DOMAINS_PERSISTENT);
    if (!persistent) {
        return fail(lastError(
            {m_host.id.value, {}, QCoreApplication::translate("Libvirt", "Reading the instances")}));
    }
    return Lists{std::move(*persistent), listIds(connection, VIR_CONNECT_LIST_DOMAINS_AUTOSTART)};
}

Result<DomainReader::Reading> DomainReader::read(const Connection& connection, const Wish& wish,
                                                 const std::stop_token& stop)
{
    constexpr unsigned groups = VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU |
                                VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_INTERFACE;
    m_outgoing += wish.migrating;
    std::optional<StatsRecords> records(std::in_place, connection, groups);
    if (!records->ok()) {
        const Error error =
            lastError({m_host.id.value, {}, QCoreApplication::translate("Libvirt", "Reading the instances")});
        if (error.code == ErrorCode::Unreachable)
            return fail(error);
        qCWarning(logHost).noquote() << error.message << error.detail;
        records.emplace(connection, VIR_DOMAIN_STATS_STATE); // one broken guest must not hide the others
        if (!records->ok())
            return fail(error);
    }
    // The lists come after the statistics: a domain that was defined in between is in both, or left for next
    // time.
    const Result<Lists> lists = readLists(connection);
    if (!lists)
        return fail(lists.error());

    Reading reading;
    QHash<InstanceId, Known> before;
    before.swap(m_known);
    qint64 network = 0;
    for (int i = 0; i < records->count(); ++i) {
        if (stop.stop_requested())
            return fail(
                ErrorCode::Cancelled,
                QCoreApplication::translate("Libvirt", "Reading %1 was stopped").arg(m_host.id.value));
        const virDomainStatsRecord& record = records->at(i);
        virDomainRef(record.dom);
        const DomainHandle handle(record.dom);
        const InstanceId id = idOf(handle.get());
        if (isProbeName(nameOf(handle))) { // some console tries a way: no instance
            clearProbes(id, nameOf(handle));
            continue;
        }
        if (const auto known = before.constFind(id); known != before.constEnd())
            m_known.insert(id, *known);
        const TypedParams stats(record.params, record.nparams);
        if (std::optional<Domain> domain = readDomain(handle, stats, wish, *lists)) {
            network += networkBytes(stats);
            reading.domains.push_back(std::move(*domain));
        } else {
            m_known.remove(id);
        }
    }
    std::sort(reading.domains.begin(), reading.domains.end(),
              [](const Domain& a, const Domain& b) { return a.definition->id < b.definition->id; });
    if (const auto rate = m_network.update(static_cast<double>(network), std::chrono::steady_clock::now()))
        reading.network = Rate{*rate};
    return reading;
}

void DomainReader::clearProbes(const InstanceId& id, const QString& name)
{
    if (m_cleared.contains(id) || !isLeftOverProbe(name, QDateTime::currentSecsSinceEpoch()))
        return;
    m_cleared.insert(id); // once is enough: the next console tries again
    runDetached(QStringLiteral("left-over"), [host = m_host] { removeLeftOverProbes(host); });
}

std::optional<Domain> DomainReader::readDomain(const DomainHandle& handle, const TypedParams& stats,
                                               const Wish& wish, const Lists& lists)
{
    const InstanceId id = idOf(handle.get());
    Domain domain;
    DomainStatus& status = domain.status;
    const int state = static_cast<int>(stats.integer("state.state").value_or(VIR_DOMAIN_NOSTATE));
    status.state = powerStateOf(state);
    status.reason = stateReasonOf(state, static_cast<int>(stats.integer("state.reason").value_or(0)));
    status.persistent = lists.persistent.contains(id);
    if (lists.autostart)
        status.autostart = lists.autostart->contains(id);
    judgeMigration(handle, id, wish.everyJob, status);

    if (!refreshDefinition(handle, id, stats, wish.fresh || wish.definitions.contains(id), status.incoming))
        return std::nullopt;
    Known& known = m_known[id];
    domain.definition = known.definition;
    status.vcpus = known.definition->maxVcpus;
    status.memory = known.definition->maxMemory;
    if (stats.has("vcpu.current")) {
        status.vcpus = static_cast<int>(stats.integer("vcpu.current").value_or(status.vcpus));
        if (const auto balloon = stats.integer("balloon.current"))
            status.memory = Bytes::fromKib(*balloon);
        fillUse(stats, status);
    } else if (virDomainInfo info{}; !status.incoming && virDomainGetInfo(handle.get(), &info) == 0) {
        // A hypervisor without these statistics; it answers this without asking the guest's process.
        status.vcpus = info.nrVirtCpu;
        status.memory = Bytes::fromKib(static_cast<qint64>(info.memory));
        if (domain.isActive())
            status.cpuTimeNs = static_cast<qint64>(info.cpuTime);
    }
    if (status.cpuTimeNs) {
        const auto perSecond =
            known.cpu.update(static_cast<double>(*status.cpuTimeNs), std::chrono::steady_clock::now());
        if (perSecond)
            status.cpuPercent = *perSecond / 1e9 * 100.0;
    }
    return domain;
}

void DomainReader::judgeMigration(const DomainHandle& handle, const InstanceId& id, bool everyJob,
                                  DomainStatus& status)
{
    const bool paused = status.state == PowerState::Paused;
    if (!paused && status.state != PowerState::Running) {
        m_outgoing.remove(id);
        return;
    }
    if (paused && (status.reason == StateReason::PostCopy || status.reason == StateReason::PostCopyFailed)) {
        status.outgoing = true;
        m_outgoing.insert(id);
        return;
    }
    const bool heardOf = m_outgoing.contains(id);
    const bool held = paused && status.reason == StateReason::Migration;
    if (held && !heardOf && !status.persistent) {
        status.incoming = true; // half-arrived: a question about its job could wait for the migration
        return;
    }
    // A failed migration raises no event on its source: who was heard of is asked until it is over. Everybody
    // is asked only now and then, for migrations that began before we were connected.
    if (!heardOf && !held && !everyJob)
        return;
    switch (askJob(handle).holder) {
    case JobHolder::Outgoing:
        status.outgoing = true;
        m_outgoing.insert(id);
        return;
    case JobHolder::Incoming:
        status.incoming = held;
        break;
    case JobHolder::Unknown:
        status.outgoing = heardOf;
        return;
    case JobHolder::Nobody:
    case JobHolder::Other:
    case JobHolder::Gone:
        break;
    }
    m_outgoing.remove(id);
}

bool DomainReader::refreshDefinition(const DomainHandle& handle, const InstanceId& id,
                                     const TypedParams& stats, bool wanted, bool incoming)
{
    const auto now = std::chrono::steady_clock::now();
    // 4294967295 is libvirt's "does not run"
    const int runId = static_cast<int>(virDomainGetID(handle.get()));
    Known& known = m_known[id];
    if (incoming) {
        if (!known.definition) {
            known.definition = std::make_shared<const DomainDefinition>(stubDefinition(handle, id, stats));
            known.stub = true;
        }
        return true;
    }
    const bool stale = !known.definition || known.stub || known.runId != runId ||
                       now - known.readAt > definitionAge || capacitiesChanged(*known.definition, stats);
    if (!stale && !wanted)
        return true;
    std::shared_ptr<const DomainDefinition> read = readDefinition(handle, id, stats);
    if (!read)
        return false;
    known.readAt = now;
    known.runId = runId;
    known.stub = false;
    if (!known.definition || *known.definition != *read)
        known.definition = std::move(read);
    return true;
}

std::shared_ptr<const DomainDefinition>
DomainReader::readDefinition(const DomainHandle& handle, const InstanceId& id, const TypedParams& stats) const
{
    const QString name = nameOf(handle);
    const QString host = m_host.id.value;
    char* raw = virDomainGetXMLDesc(handle.get(), 0);
    Result<DomainDefinition> definition =
        raw != nullptr
            ? parseDomainXml(takeBytes(raw), host, name)
            : Result<DomainDefinition>(fail(lastError(
                  {host, name,
                   QCoreApplication::translate("Libvirt", "Reading the definition of %1").arg(name)})));
    if (!definition) {
        if (definition.error().code == ErrorCode::NotFound ||
            definition.error().code == ErrorCode::Unreachable)
            return nullptr;
        qCWarning(logHost).noquote() << definition.error().message << definition.error().detail;
        definition = stubDefinition(handle, id, stats);
        definition->devices.push_back(
            {Device::Kind::Other,
             QCoreApplication::translate("Libvirt", "its definition cannot be read"),
             {},
             {}});
    }
    addDiskSizes(*definition, stats);
    return std::make_shared<const DomainDefinition>(std::move(*definition));
}

} // namespace drover::libvirt
