// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_backend.h"

#include "core/hypervisor/no_examiner.h"
#include "core/hypervisor/no_storage.h"
#include "tests/support/idle_instance_control.h"
#include "tests/support/sound_answers.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

namespace drover::test {

struct FakeBackend::State
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::map<QString, std::shared_ptr<const HostReading>> readings;
    std::map<QString, QString> silent;
    std::map<QString, CpuComparison> cpu;
    std::map<QString, HostDetails> details;
    std::map<InstanceId, JobStats> stats;
    std::map<QString, std::vector<std::shared_ptr<HostEventSink>>> sinks;
    std::map<QString, std::shared_ptr<const DomainDefinition>> definitions;
    bool held = false;
    SystemClock clock;

    void tell(const QString& host, HostEvent::Kind kind)
    {
        std::vector<std::shared_ptr<HostEventSink>> listeners;
        {
            const std::scoped_lock lock(mutex);
            listeners = sinks[host];
        }
        HostEvent event;
        event.kind = kind;
        for (const auto& sink : listeners)
            (*sink)(event);
    }

    [[nodiscard]] Error silence(const QString& host) const
    {
        const auto at = silent.find(host);
        return {ErrorCode::Unreachable,
                at != silent.end() ? at->second : QStringLiteral("%1 is not there").arg(host),
                {},
                host,
                {}};
    }
};

namespace {

using State = FakeBackend::State;

class FakeSource final : public InventorySource
{
public:
    FakeSource(std::shared_ptr<State> state, QString host, HostEventSink sink)
        : m_state(std::move(state))
        , m_host(std::move(host))
        , m_sink(std::make_shared<HostEventSink>(std::move(sink)))
    {
    }
    ~FakeSource() override { close(); }

    Result<void> open(std::stop_token /*stop*/) override
    {
        const std::scoped_lock lock(m_state->mutex);
        if (m_state->silent.contains(m_host))
            return fail(m_state->silence(m_host));
        auto& sinks = m_state->sinks[m_host];
        if (std::find(sinks.begin(), sinks.end(), m_sink) == sinks.end())
            sinks.push_back(m_sink);
        return {};
    }
    Result<std::shared_ptr<const HostReading>> read(bool /*fresh*/, std::stop_token /*stop*/) override
    {
        const std::scoped_lock lock(m_state->mutex);
        const auto at = m_state->readings.find(m_host);
        if (m_state->silent.contains(m_host) || at == m_state->readings.end())
            return fail(m_state->silence(m_host));
        return at->second;
    }
    void close() override
    {
        const std::scoped_lock lock(m_state->mutex);
        std::erase(m_state->sinks[m_host], m_sink);
    }

private:
    std::shared_ptr<State> m_state;
    QString m_host;
    std::shared_ptr<HostEventSink> m_sink;
};

class FakeJobControl final : public JobControl
{
public:
    explicit FakeJobControl(std::shared_ptr<State> state) : m_state(std::move(state)) {}
    Result<std::optional<JobStats>> stats(const InstanceId& id, std::stop_token /*stop*/) override
    {
        const std::scoped_lock lock(m_state->mutex);
        const auto at = m_state->stats.find(id);
        return at == m_state->stats.end() ? std::nullopt : std::optional(at->second);
    }
    Result<std::optional<JobStats>> completed(const InstanceId& /*id*/, std::stop_token /*stop*/) override
    {
        return std::optional<JobStats>();
    }
    Result<void> abort(const InstanceId& /*id*/) override { return {}; }
    Result<void> setBandwidth(const InstanceId& /*id*/, Rate /*rate*/) override { return {}; }
    Result<void> setMaxDowntime(const InstanceId& /*id*/, Milliseconds /*limit*/) override { return {}; }
    Result<Milliseconds> maxDowntime(const InstanceId& /*id*/) override { return Milliseconds(300); }
    Result<void> startPostCopy(const InstanceId& /*id*/) override { return {}; }
    Result<void> pauseToFinish(const InstanceId& /*id*/) override { return {}; }

private:
    std::shared_ptr<State> m_state;
};

class FakeQuery final : public HostQuery
{
public:
    FakeQuery(std::shared_ptr<State> state, QString host) : m_state(std::move(state)), m_host(std::move(host))
    {
    }
    Result<std::vector<DomainPresence>> find(const InstanceId& id, const QString& name,
                                             std::stop_token stop) override
    {
        std::unique_lock lock(m_state->mutex);
        wait(lock, stop);
        const auto at = m_state->readings.find(m_host);
        if (m_state->silent.contains(m_host) || at == m_state->readings.end())
            return fail(m_state->silence(m_host));
        std::vector<DomainPresence> found;
        for (const Domain& domain : at->second->domains) {
            if (domain.definition->id == id || domain.definition->name == name)
                found.push_back({domain.definition->id, domain.definition->name, domain.status.state,
                                 domain.status.reason, domain.status.persistent, domain.status.outgoing});
        }
        return found;
    }
    Result<CpuComparison> compareCpu(const DomainDefinition& /*guest*/, std::stop_token stop) override
    {
        std::unique_lock lock(m_state->mutex);
        wait(lock, stop);
        if (m_state->silent.contains(m_host))
            return fail(m_state->silence(m_host));
        const auto at = m_state->cpu.find(m_host);
        return at == m_state->cpu.end() ? CpuComparison{CpuComparison::Answer::Compatible, {}, {}}
                                        : at->second;
    }

    Result<HostDetails> details(const DomainDefinition& guest, bool own, std::stop_token stop) override
    {
        std::unique_lock lock(m_state->mutex);
        wait(lock, stop);
        if (m_state->silent.contains(m_host))
            return fail(m_state->silence(m_host));
        const auto at = m_state->details.find(m_host);
        return at == m_state->details.end() ? drover::testing::soundDetails(guest, own) : at->second;
    }

private:
    void wait(std::unique_lock<std::mutex>& lock, const std::stop_token& stop)
    {
        m_state->changed.wait(lock, stop, [this] { return !m_state->held; });
    }
    std::shared_ptr<State> m_state;
    QString m_host;
};

class FakeControl final : public HostControl
{
public:
    Result<ServiceRecord> setService(const ServiceRecord& record) override { return record; }
    Result<void> power(const InstanceId& /*id*/, PowerAction /*action*/) override { return {}; }
    Result<void> setAutostart(const InstanceId& /*id*/, bool /*on*/) override { return {}; }
};

class FakeProbe final : public ChannelProbe
{
public:
    Result<ChannelEvidence> probe(const ChannelRequest& request, std::stop_token /*stop*/) override
    {
        return drover::testing::soundChannel(request.destination.id.value);
    }
};

class FakeMigrator final : public Migrator
{
public:
    explicit FakeMigrator(std::shared_ptr<State> state) : m_state(std::move(state)) {}
    Result<MigrationReturn> migrate(const MigrationSpec& spec, std::stop_token stop) override
    {
        std::unique_lock lock(m_state->mutex);
        m_state->changed.wait(lock, stop, [] { return false; });
        return fail(ErrorCode::Cancelled, QStringLiteral("%1 was let go").arg(spec.name));
    }

private:
    std::shared_ptr<State> m_state;
};

} // namespace

InstanceId fakeId(const QString& name)
{
    return {QUuid::createUuidV5(QUuid(0x5d2a1f00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), name)};
}

Domain fakeDomain(const FakeInstance& instance)
{
    auto definition = std::make_shared<DomainDefinition>();
    definition->id = fakeId(instance.name);
    definition->name = instance.name;
    definition->domainType = QStringLiteral("kvm");
    definition->emulator = QStringLiteral("/usr/bin/qemu-system-x86_64");
    definition->arch = QStringLiteral("x86_64");
    definition->machine = QStringLiteral("pc-q35-7.2");
    definition->maxVcpus = instance.vcpus;
    definition->maxMemory = Bytes::fromGib(instance.memoryGib);
    definition->project = instance.project;
    definition->cpuXml = QStringLiteral("<cpu mode='custom'><model>Skylake-Server</model></cpu>");
    Disk disk;
    disk.target = QStringLiteral("vda");
    disk.device = QStringLiteral("disk");
    disk.type =
        instance.storage == StorageClass::Network ? QStringLiteral("network") : QStringLiteral("file");
    disk.source = QStringLiteral("/srv/shared/%1.qcow2").arg(instance.name);
    disk.format = QStringLiteral("qcow2");
    disk.storageClass = instance.storage;
    disk.capacity = Bytes::fromGib(20);
    disk.allocation = Bytes::fromGib(9);
    definition->disks.push_back(disk);
    Interface nic;
    nic.mac = QStringLiteral("52:54:00:00:00:%1").arg(instance.name.size() % 90 + 10);
    nic.type = QStringLiteral("bridge");
    nic.source = QStringLiteral("br-prod");
    definition->interfaces.push_back(nic);

    Domain domain;
    domain.status.state = instance.state;
    domain.status.reason = instance.state == PowerState::Running ? StateReason::Booted : StateReason::User;
    domain.status.vcpus = instance.vcpus;
    domain.status.memory = instance.state == PowerState::ShutOff ? Bytes{} : definition->maxMemory;
    domain.status.diskPhysical = Bytes::fromGib(9);
    domain.status.outgoing = instance.outgoing;
    domain.status.incoming = instance.incoming;
    if (instance.incoming) {
        domain.status.state = PowerState::Paused;
        domain.status.reason = StateReason::Migration;
        domain.status.persistent = false;
    }
    domain.definition = std::move(definition);
    return domain;
}

std::shared_ptr<const HostReading> fakeReading(const FakeHost& host)
{
    auto facts = std::make_shared<HostFacts>();
    facts->hostname = host.name;
    facts->hostUuid = QUuid::createUuidV5(QUuid(0x5d2a1f00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), host.name);
    facts->hypervisor = QStringLiteral("QEMU");
    facts->hypervisorVersion = 7002022;
    facts->libvirtVersion = 9000000;
    facts->cpuModel = QStringLiteral("Skylake-Server");
    facts->arch = QStringLiteral("x86_64");
    facts->cpus = host.cpus;
    facts->memory = Bytes::fromGib(host.memoryGib);
    facts->machines = {QStringLiteral("pc-q35-7.2")};
    auto reading = std::make_shared<HostReading>();
    reading->facts = std::move(facts);
    for (const FakeInstance& instance : host.instances)
        reading->domains.push_back(fakeDomain(instance));
    std::sort(reading->domains.begin(), reading->domains.end(),
              [](const Domain& a, const Domain& b) { return a.definition->id < b.definition->id; });
    StoragePool pool;
    pool.name = QStringLiteral("shared");
    pool.type = QStringLiteral("dir");
    pool.targetPath = QStringLiteral("/srv/shared");
    pool.active = true;
    pool.capacity = Bytes::fromGib(host.diskGib);
    pool.available = Bytes::fromGib(host.diskGib / 2);
    reading->pools.push_back(pool);
    reading->service.state = host.service;
    reading->service.reason = host.reason;
    double used = 0;
    for (const FakeInstance& instance : host.instances)
        used += instance.state == PowerState::Running ? instance.memoryGib : 0;
    reading->memoryFreeNow = Bytes::fromGib(std::max(0.0, host.memoryGib - used));
    reading->cpuPercent = 21;
    reading->network = Rate::fromMib(3.5);
    return reading;
}

HostConfig fakeConfig(const FakeHost& host)
{
    HostConfig config;
    config.id = {host.name};
    config.uri = QStringLiteral("qemu+tcp://%1/system").arg(host.name);
    config.zone = host.zone;
    config.reservedMemory = Bytes::fromGib(8);
    return config;
}

FleetFile fakeFleet(const std::vector<FakeHost>& hosts)
{
    FleetFile fleet;
    for (const FakeHost& host : hosts)
        fleet.hosts.push_back(fakeConfig(host));
    return fleet;
}

FakeBackend::FakeBackend() : m_state(std::make_shared<State>()) {}

FakeBackend::~FakeBackend() = default;

void FakeBackend::setHost(const FakeHost& host)
{
    auto reading = std::make_shared<HostReading>(*fakeReading(host));
    {
        const std::scoped_lock lock(m_state->mutex);
        m_state->silent.erase(host.name);
        const auto& before = m_state->readings[host.name];
        if (before && *before->facts == *reading->facts)
            reading->facts = before->facts;
        // As a real source does it: a definition that did not change is the same object as before.
        for (Domain& domain : reading->domains) {
            auto& kept = m_state->definitions[domain.definition->name];
            if (kept && *kept == *domain.definition)
                domain.definition = kept;
            else
                kept = domain.definition;
        }
        m_state->readings[host.name] = std::move(reading);
    }
    m_state->tell(host.name, HostEvent::Kind::InventoryChanged);
}

void FakeBackend::silence(const QString& host, const QString& message)
{
    {
        const std::scoped_lock lock(m_state->mutex);
        m_state->silent[host] = message;
    }
    m_state->tell(host, HostEvent::Kind::ConnectionLost);
}

void FakeBackend::setCpu(const QString& host, const CpuComparison& answer)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->cpu[host] = answer;
}

void FakeBackend::setDetails(const QString& host, const HostDetails& answer)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->details[host] = answer;
}

void FakeBackend::holdQuestions(bool hold)
{
    {
        const std::scoped_lock lock(m_state->mutex);
        m_state->held = hold;
    }
    m_state->changed.notify_all();
}

void FakeBackend::setStats(const QString& instance, const JobStats& stats)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->stats[fakeId(instance)] = stats;
}

void FakeBackend::clearStats(const QString& instance)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->stats.erase(fakeId(instance));
}

std::unique_ptr<InventorySource> FakeBackend::inventorySource(const HostConfig& host, HostEventSink sink)
{
    return std::make_unique<FakeSource>(m_state, host.id.value, std::move(sink));
}

std::unique_ptr<JobControl> FakeBackend::jobControl(const HostConfig& /*host*/)
{
    return std::make_unique<FakeJobControl>(m_state);
}

std::unique_ptr<HostQuery> FakeBackend::hostQuery(const HostConfig& host)
{
    return std::make_unique<FakeQuery>(m_state, host.id.value);
}

std::unique_ptr<HostControl> FakeBackend::hostControl(const HostConfig& /*host*/)
{
    return std::make_unique<FakeControl>();
}

std::unique_ptr<InstanceControl> FakeBackend::instanceControl(const HostConfig& /*host*/)
{
    return std::make_unique<drover::testing::IdleInstanceControl>();
}

std::unique_ptr<Migrator> FakeBackend::migrator(const HostConfig& /*source*/)
{
    return std::make_unique<FakeMigrator>(m_state);
}

std::unique_ptr<ChannelProbe> FakeBackend::channelProbe(const HostConfig& /*source*/)
{
    return std::make_unique<FakeProbe>();
}

std::unique_ptr<HostExaminer> FakeBackend::hostExaminer(const HostConfig& host)
{
    return std::make_unique<NoExaminer>(host.id);
}

std::unique_ptr<StorageAccess> FakeBackend::storageAccess(const HostConfig& host)
{
    return std::make_unique<NoStorage>(host.id);
}

std::unique_ptr<VolumeTransfer> FakeBackend::volumeTransfer(const HostConfig& source,
                                                            const HostConfig& /*destination*/)
{
    return std::make_unique<NoTransfer>(source.id);
}

const Clock& FakeBackend::clock() const
{
    return m_state->clock;
}

} // namespace drover::test
