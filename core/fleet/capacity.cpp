// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/capacity.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace drover {
namespace {

bool holdsLocalData(const Disk& disk)
{
    return disk.storageClass == StorageClass::Local || disk.storageClass == StorageClass::Shared ||
           disk.storageClass == StorageClass::Unknown;
}

Bytes localDiskCapacity(const DomainDefinition& definition)
{
    Bytes sum;
    for (const Disk& disk : definition.disks) {
        if (holdsLocalData(disk))
            sum += disk.capacity.value_or(Bytes{});
    }
    return sum;
}

Bytes diskTotal(const HostConfig& config, const std::vector<StoragePool>& pools)
{
    Bytes sum;
    // libvirt does not say on which file system a pool lies. Two pools of one host with the same size and the
    // same free space to the byte are taken for one.
    std::set<std::pair<qint64, qint64>> seen;
    for (const StoragePool& pool : pools) {
        if (!pool.active)
            continue;
        const bool counted = config.diskPools
                                 ? config.diskPools->contains(pool.name)
                                 : pool.type == QLatin1String("dir") || pool.type == QLatin1String("fs") ||
                                       pool.type == QLatin1String("netfs") ||
                                       pool.type == QLatin1String("logical");
        if (counted && seen.emplace(pool.capacity.value, pool.available.value).second)
            sum += pool.capacity;
    }
    return sum;
}

Resources effectiveOf(const HostConfig& config, const Resources& total)
{
    const auto scaled = [](Bytes amount, Bytes reserve, double ratio) {
        const auto rest = static_cast<double>(amount.value - reserve.value);
        return Bytes{static_cast<qint64>(std::max(0.0, rest) * ratio)};
    };
    return {total.vcpus * config.cpuRatio, scaled(total.memory, config.reservedMemory, config.memoryRatio),
            scaled(total.disk, config.reservedDisk, config.diskRatio)};
}

} // namespace

Resources fullSize(const Domain& domain)
{
    return {static_cast<double>(domain.definition->maxVcpus), domain.definition->maxMemory,
            localDiskCapacity(*domain.definition)};
}

Capacity capacitySums(const Host& host, const MovesUnderWay& moves)
{
    Capacity result;
    if (!host.reading)
        return result;
    const HostReading& reading = *host.reading;
    result.total = {static_cast<double>(reading.facts->cpus), reading.facts->memory,
                    diskTotal(host.config, reading.pools)};
    result.effective = effectiveOf(host.config, result.total);
    for (const Domain& domain : reading.domains) {
        const Resources full = fullSize(domain);
        ++result.instances;
        result.usedMax += full;
        if (!domain.isActive())
            continue;
        ++result.running;
        result.usedNow += Resources{static_cast<double>(domain.status.vcpus), domain.status.memory,
                                    domain.status.diskPhysical.value_or(Bytes{})};
        result.committed += full;
    }
    result.free = result.effective - result.committed - moves.arriving;
    return result;
}

Capacity capacityOf(const Host& host, const MovesUnderWay& moves)
{
    Capacity result = capacitySums(host, moves);
    if (!host.reading)
        return result;
    std::map<QString, ProjectUse> projects;
    for (const Domain& domain : host.reading->domains) {
        ProjectUse& use = projects[domain.definition->project];
        use.project = domain.definition->project;
        ++use.instances;
        use.used += fullSize(domain);
    }
    result.projects.reserve(projects.size());
    for (auto& [name, use] : projects)
        result.projects.push_back(std::move(use));
    return result;
}

} // namespace drover
