// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"
#include "core/libvirt/handles.h"
#include "core/libvirt/rate_meter.h"

#include <memory>

namespace drover::libvirt {

/// What does not change while connected. The first time on a host that has just started it takes a second or
/// two: the daemon looks at its QEMU then.
[[nodiscard]] Result<std::shared_ptr<const HostFacts>> readFacts(const Connection& connection,
                                                                 const HostConfig& host);
/// What a pool says of itself.
[[nodiscard]] StoragePool describePool(virStoragePoolPtr raw);
/// Empty where the host has no storage driver. Without the pools that Drover makes for a look into a folder.
[[nodiscard]] std::vector<StoragePool> readPools(const Connection& connection);
[[nodiscard]] std::optional<Bytes> readFreeMemory(const Connection& connection);

/// What is shared about a host through its secrets.
struct SharedRecords
{
    ServiceRecord service; ///< keptOnHost is false where the host has no secrets
    QString claimedBy;
};
[[nodiscard]] SharedRecords readSharedRecords(const Connection& connection);

/// The whole host's processors between two readings, in percent of all of them.
class NodeCpuMeter
{
public:
    [[nodiscard]] std::optional<double> read(const Connection& connection);

private:
    RateMeter m_busy;
    RateMeter m_all;
};

} // namespace drover::libvirt
