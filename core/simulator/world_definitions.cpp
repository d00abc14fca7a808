// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulator_text.h"
#include "core/simulator/world_model.h"

#include <algorithm>
#include <utility>

namespace drover {

Result<QByteArray> WorldModel::definitionText(std::size_t host, const InstanceId& id)
{
    const Result<SimDomain*> found = known(host, id);
    if (!found)
        return fail(found.error());
    m_definitions.insert_or_assign(id, **found);
    return toString(id).toUtf8();
}

Result<void> WorldModel::define(std::size_t host, const QByteArray& definition)
{
    const InstanceId id{QUuid::fromString(QString::fromUtf8(definition))};
    const auto made = m_definitions.find(id);
    if (made == m_definitions.end())
        return failAt(ErrorCode::InvalidInput, host, {},
                      SimulatorText::tr("%1 cannot read this definition").arg(m_hosts[host].config.id.value));
    const QString name = made->second.domain.definition->name;
    for (const SimDomain& other : m_hosts[host].domains) {
        if (other.domain.definition->name == name && other.domain.definition->id != id)
            return failAt(ErrorCode::OperationFailed, host, name,
                          SimulatorText::tr("%1 has another instance named %2")
                              .arg(m_hosts[host].config.id.value, name));
    }
    if (SimDomain* there = domainAt(host, id)) {
        there->domain.definition = made->second.domain.definition;
        there->domain.status.persistent = true;
    } else {
        SimDomain fresh = made->second;
        fresh.run = 0;
        DomainStatus& status = fresh.domain.status;
        status = DomainStatus{};
        status.state = PowerState::ShutOff;
        status.reason = StateReason::Unknown;
        status.autostart = false;
        status.vcpus = fresh.domain.definition->maxVcpus;
        status.memory = fresh.domain.definition->maxMemory;
        insertDomain(host, std::move(fresh));
    }
    tell(host, HostEvent::Kind::InventoryChanged, id);
    return {};
}

Result<void> WorldModel::undefine(std::size_t host, const InstanceId& id)
{
    const SimDomain* found = domainAt(host, id);
    if (found == nullptr)
        return {};
    if (found->domain.isActive())
        return failAt(ErrorCode::Refused, host, found->domain.definition->name,
                      SimulatorText::tr("%1 is active on %2: its definition is not removed")
                          .arg(found->domain.definition->name, m_hosts[host].config.id.value));
    removeDomain(host, id);
    tell(host, HostEvent::Kind::InventoryChanged, id);
    return {};
}

Result<void> WorldModel::startPaused(std::size_t host, const InstanceId& id)
{
    if (const Result<void> started = power(host, id, HostControl::PowerAction::Start); !started)
        return started;
    return power(host, id, HostControl::PowerAction::Pause);
}

Result<void> WorldModel::setMedium(std::size_t host, const InstanceId& id, const QString& target,
                                   const QString& path)
{
    const Result<SimDomain*> found = known(host, id);
    if (!found)
        return fail(found.error());
    auto changed = std::make_shared<DomainDefinition>(*(*found)->domain.definition);
    const auto drive = std::find_if(changed->disks.begin(), changed->disks.end(),
                                    [&](const Disk& disk) { return disk.target == target; });
    if (drive == changed->disks.end())
        return failAt(ErrorCode::NotFound, host, changed->name,
                      SimulatorText::tr("%1 has no drive %2").arg(changed->name, target));
    drive->source = path;
    drive->storageClass = path.isEmpty() ? StorageClass::None : StorageClass::ReadOnly;
    (*found)->domain.definition = std::move(changed);
    tell(host, HostEvent::Kind::InventoryChanged, id);
    return {};
}

} // namespace drover
