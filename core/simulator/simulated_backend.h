// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/simulator/world_ticker.h"

#include <memory>

namespace drover {

/// Hosts of a simulated fleet behind the interfaces of a backend.
class SimulatedBackend final : public Backend
{
public:
    /// @param realTime the world is moved by a thread; else only by calls (see SimulatedWorld)
    SimulatedBackend(std::shared_ptr<SimulatedWorld> world, bool realTime);
    std::unique_ptr<InventorySource> inventorySource(const HostConfig& host, HostEventSink sink) override;
    std::unique_ptr<JobControl> jobControl(const HostConfig& host) override;
    std::unique_ptr<HostQuery> hostQuery(const HostConfig& host) override;
    std::unique_ptr<HostControl> hostControl(const HostConfig& host) override;
    std::unique_ptr<InstanceControl> instanceControl(const HostConfig& host) override;
    std::unique_ptr<Migrator> migrator(const HostConfig& source) override;
    std::unique_ptr<ChannelProbe> channelProbe(const HostConfig& source) override;
    std::unique_ptr<HostExaminer> hostExaminer(const HostConfig& host) override;
    std::unique_ptr<StorageAccess> storageAccess(const HostConfig& host) override;
    std::unique_ptr<VolumeTransfer> volumeTransfer(const HostConfig& source,
                                                   const HostConfig& destination) override;
    const Clock& clock() const override;

private:
    std::shared_ptr<SimulatedWorld> m_world;
    std::unique_ptr<WorldTicker> m_ticker;
};

} // namespace drover
