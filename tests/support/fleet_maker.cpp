// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fleet_maker.h"

#include <algorithm>
#include <utility>

namespace drover::testing {

InstanceId instanceId(int number)
{
    return {QUuid(static_cast<uint>(number), 0x1000, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1)};
}

HostConfig hostConfig(const QString& name, const QString& zone)
{
    HostConfig config;
    config.id = {name};
    config.uri = QStringLiteral("qemu+tls://%1.example/system").arg(name);
    config.zone = zone;
    config.cpuRatio = 4.0;
    return config;
}

std::shared_ptr<HostFacts> hostFacts(const QString& name)
{
    auto facts = std::make_shared<HostFacts>();
    facts->hostname = name;
    facts->hostUuid = QUuid::createUuidV5(QUuid(), name);
    facts->hypervisor = QStringLiteral("QEMU");
    facts->hypervisorVersion = 7002022;
    facts->libvirtVersion = 9000000;
    facts->arch = QStringLiteral("x86_64");
    facts->cpus = 16;
    facts->memory = Bytes::fromGib(64);
    return facts;
}

std::shared_ptr<DomainDefinition> definition(int number)
{
    auto made = std::make_shared<DomainDefinition>();
    made->id = instanceId(number);
    made->name = QStringLiteral("vm-%1").arg(number);
    made->domainType = QStringLiteral("kvm");
    made->arch = QStringLiteral("x86_64");
    made->machine = QStringLiteral("pc-q35-7.2");
    made->maxVcpus = 2;
    made->maxMemory = Bytes::fromGib(2);
    return made;
}

Disk disk(const QString& target, StorageClass storageClass, double gib)
{
    Disk made;
    made.target = target;
    made.device = QStringLiteral("disk");
    made.type = QStringLiteral("file");
    made.source = QStringLiteral("/images/%1.qcow2").arg(target);
    made.format = QStringLiteral("qcow2");
    made.storageClass = storageClass;
    made.capacity = Bytes::fromGib(gib);
    return made;
}

Domain domain(std::shared_ptr<const DomainDefinition> definition, PowerState state, StateReason reason)
{
    Domain made;
    made.status.state = state;
    made.status.reason = reason;
    made.status.vcpus = definition->maxVcpus;
    made.status.memory = definition->maxMemory;
    made.definition = std::move(definition);
    return made;
}

Domain runningDomain(int number)
{
    return domain(definition(number), PowerState::Running);
}

Domain shutOffDomain(int number)
{
    return domain(definition(number), PowerState::ShutOff, StateReason::Shutdown);
}

Domain incomingDomain(int number)
{
    Domain made = domain(definition(number), PowerState::Paused, StateReason::Migration);
    made.status.incoming = true;
    made.status.persistent = false;
    return made;
}

std::shared_ptr<HostReading> reading(const QString& host, std::vector<Domain> domains)
{
    auto made = std::make_shared<HostReading>();
    made->facts = hostFacts(host);
    made->domains = std::move(domains);
    std::sort(made->domains.begin(), made->domains.end(),
              [](const Domain& a, const Domain& b) { return a.definition->id < b.definition->id; });
    made->memoryFreeNow = Bytes::fromGib(60);
    return made;
}

HostUpdate up(const QString& host, std::shared_ptr<const HostReading> reading, Milliseconds at)
{
    HostUpdate update;
    update.host = {host};
    update.connection = ConnectionState::Up;
    update.reading = std::move(reading);
    update.at = Instant(at);
    return update;
}

HostUpdate down(const QString& host, const QString& message, Milliseconds at)
{
    HostUpdate update;
    update.host = {host};
    update.connection = ConnectionState::Down;
    update.error = {ErrorCode::Unreachable, message, {}, host, {}};
    update.at = Instant(at);
    return update;
}

} // namespace drover::testing
