// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/inventory.h"

#include <algorithm>

namespace drover {

const Host* Inventory::host(const HostId& id) const
{
    const auto it = m_hostIndex->constFind(id);
    return it == m_hostIndex->constEnd() ? nullptr : m_hosts[*it].get();
}

const Instance* Inventory::instance(const InstanceId& id) const
{
    const Shard& shard = *m_shards[shardOf(id)];
    const auto it = shard.constFind(id);
    return it == shard.constEnd() ? nullptr : it->get();
}

std::shared_ptr<const Instance> Inventory::sharedInstance(const InstanceId& id) const
{
    return m_shards[shardOf(id)]->value(id);
}

std::vector<std::shared_ptr<const Instance>> Inventory::instances() const
{
    std::vector<std::shared_ptr<const Instance>> all;
    all.reserve(m_instanceCount);
    for (const auto& shard : m_shards)
        all.insert(all.end(), shard->cbegin(), shard->cend());
    return all;
}

void Inventory::forEachInstance(const std::function<void(const Instance&)>& visit) const
{
    for (const auto& shard : m_shards) {
        for (const auto& instance : *shard)
            visit(*instance);
    }
}

std::vector<const Instance*> Inventory::instancesAt(const HostId& id) const
{
    std::vector<const Instance*> found;
    const Host* at = host(id);
    if (at == nullptr || !at->reading)
        return found;
    found.reserve(at->reading->domains.size());
    for (const Domain& domain : at->reading->domains) {
        if (const Instance* known = instance(domain.definition->id))
            found.push_back(known);
    }
    return found;
}

std::vector<const Instance*> Inventory::find(const QString& nameOrUuid) const
{
    std::vector<const Instance*> found;
    const QUuid uuid(nameOrUuid);
    if (!uuid.isNull()) {
        if (const Instance* known = instance(InstanceId{uuid}))
            found.push_back(known);
        return found;
    }
    forEachInstance([&](const Instance& candidate) {
        if (candidate.name() == nameOrUuid)
            found.push_back(&candidate);
    });
    std::sort(found.begin(), found.end(), [](const Instance* a, const Instance* b) { return a->id < b->id; });
    return found;
}

} // namespace drover
