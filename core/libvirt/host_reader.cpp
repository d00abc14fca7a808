// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/host_reader.h"

#include "core/base/log.h"
#include "core/libvirt/capabilities_xml.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/service_secret.h"
#include "core/libvirt/volume_xml.h"
#include "core/libvirt/xml_text.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace drover::libvirt {
namespace {

/// The text under one usage name; nothing when there is none. @p supported becomes false without a secret
/// driver.
std::optional<QString> readSecret(const Connection& connection, const char* usage, bool& supported)
{
    const SecretHandle secret(virSecretLookupByUsage(connection.get(), VIR_SECRET_USAGE_TYPE_ISCSI, usage));
    if (!secret) {
        const int code = takeLastError().code;
        supported = supported && code == VIR_ERR_NO_SECRET;
        return std::nullopt;
    }
    return secretText(takeBytes(virSecretGetXMLDesc(secret.get(), 0)));
}

} // namespace

StoragePool describePool(virStoragePoolPtr raw)
{
    StoragePool pool;
    pool.name = QString::fromUtf8(virStoragePoolGetName(raw));
    virStoragePoolInfo info{};
    if (virStoragePoolGetInfo(raw, &info) == 0) {
        pool.active = info.state == VIR_STORAGE_POOL_RUNNING;
        pool.capacity = {static_cast<qint64>(info.capacity)};
        pool.available = {static_cast<qint64>(info.available)};
    }
    const QByteArray xml = takeBytes(virStoragePoolGetXMLDesc(raw, 0));
    pugi::xml_document document;
    if (document.load_buffer(xml.constData(), static_cast<std::size_t>(xml.size()), pugi::parse_default,
                             pugi::encoding_utf8)) {
        const pugi::xml_node root = document.child("pool");
        pool.type = attribute(root, "type");
        pool.targetPath = textOf(root.child("target").child("path"));
    }
    return pool;
}

Result<std::shared_ptr<const HostFacts>> readFacts(const Connection& connection, const HostConfig& host)
{
    Place place{host.id.value};
    place.doing = QCoreApplication::translate("Libvirt", "Reading what the host is");
    virNodeInfo node{};
    if (virNodeGetInfo(connection.get(), &node) < 0)
        return fail(lastError(place));
    auto facts = std::make_shared<HostFacts>();
    facts->cpus = static_cast<int>(node.cpus);
    facts->memory = Bytes::fromKib(static_cast<qint64>(node.memory));
    facts->readOnly = host.readOnly;
    facts->hostname = takeString(virConnectGetHostname(connection.get()));
    facts->hypervisor = QString::fromUtf8(virConnectGetType(connection.get()));
    unsigned long version = 0;
    if (virConnectGetVersion(connection.get(), &version) == 0)
        facts->hypervisorVersion = version;
    if (virConnectGetLibVersion(connection.get(), &version) == 0)
        facts->libvirtVersion = version;
    char* capabilities = virConnectGetCapabilities(connection.get());
    if (capabilities == nullptr)
        return fail(lastError(place));
    if (const Result<void> read = readCapabilities(takeBytes(capabilities), host.id.value, *facts); !read)
        qCWarning(logHost).noquote() << read.error().message
                                     << read.error().detail; // the host still can be shown
    if (facts->cpuModel.isEmpty())
        facts->cpuModel =
            QString::fromUtf8(node.model, static_cast<int>(strnlen(node.model, sizeof node.model)));
    return std::shared_ptr<const HostFacts>(std::move(facts));
}

std::vector<StoragePool> readPools(const Connection& connection)
{
    std::vector<StoragePool> pools;
    virStoragePoolPtr* raw = nullptr;
    const int count = virConnectListAllStoragePools(connection.get(), &raw, 0);
    for (int i = 0; i < count; ++i) {
        const PoolHandle pool(raw[i]);
        if (!isLookPool(QString::fromUtf8(virStoragePoolGetName(pool.get()))))
            pools.push_back(describePool(pool.get()));
    }
    std::free(static_cast<void*>(raw)); // NOLINT(cppcoreguidelines-no-malloc)
    std::sort(pools.begin(), pools.end(),
              [](const StoragePool& a, const StoragePool& b) { return a.name < b.name; });
    return pools;
}

std::optional<Bytes> readFreeMemory(const Connection& connection)
{
    std::array<virNodeMemoryStats, 16> stats{};
    int count = 0;
    if (virNodeGetMemoryStats(connection.get(), VIR_NODE_MEMORY_STATS_ALL_CELLS, nullptr, &count, 0) == 0 &&
        count > 0 && count <= static_cast<int>(stats.size()) &&
        virNodeGetMemoryStats(connection.get(), VIR_NODE_MEMORY_STATS_ALL_CELLS, stats.data(), &count, 0) ==
            0) {
        Bytes free;
        for (int i = 0; i < count; ++i) {
            const auto& one = stats.at(static_cast<std::size_t>(i));
            for (const char* counted :
                 {VIR_NODE_MEMORY_STATS_FREE, VIR_NODE_MEMORY_STATS_BUFFERS, VIR_NODE_MEMORY_STATS_CACHED}) {
                if (std::strcmp(one.field, counted) == 0)
                    free += Bytes::fromKib(static_cast<qint64>(one.value));
            }
        }
        return free;
    }
    const unsigned long long free = virNodeGetFreeMemory(connection.get());
    if (free == 0)
        return std::nullopt;
    return Bytes{static_cast<qint64>(free)};
}

SharedRecords readSharedRecords(const Connection& connection)
{
    SharedRecords records;
    bool supported = true;
    if (const auto text = readSecret(connection, serviceUsage, supported)) {
        if (const auto service = serviceFromText(*text))
            records.service = *service;
        else
            qCWarning(logHost).noquote() << "a service record that cannot be read was passed over:" << *text;
    }
    if (supported) {
        if (const auto text = readSecret(connection, claimUsage, supported))
            records.claimedBy = claimantFromText(*text);
    }
    records.service.keptOnHost = supported;
    return records;
}

std::optional<double> NodeCpuMeter::read(const Connection& connection)
{
    std::array<virNodeCPUStats, 16> stats{};
    int count = 0;
    if (virNodeGetCPUStats(connection.get(), VIR_NODE_CPU_STATS_ALL_CPUS, nullptr, &count, 0) < 0 ||
        count <= 0 || count > static_cast<int>(stats.size()) ||
        virNodeGetCPUStats(connection.get(), VIR_NODE_CPU_STATS_ALL_CPUS, stats.data(), &count, 0) < 0)
        return std::nullopt;
    double busy = 0;
    double all = 0;
    for (int i = 0; i < count; ++i) {
        const auto& one = stats.at(static_cast<std::size_t>(i));
        const auto value = static_cast<double>(one.value);
        all += value;
        if (std::strcmp(one.field, VIR_NODE_CPU_STATS_IDLE) != 0 &&
            std::strcmp(one.field, VIR_NODE_CPU_STATS_IOWAIT) != 0)
            busy += value;
    }
    const auto now = std::chrono::steady_clock::now();
    const auto busyRate = m_busy.update(busy, now);
    const auto allRate = m_all.update(all, now);
    if (!busyRate || !allRate || *allRate <= 0)
        return std::nullopt;
    return std::clamp(*busyRate / *allRate * 100.0, 0.0, 100.0);
}

} // namespace drover::libvirt
