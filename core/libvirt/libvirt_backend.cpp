// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/libvirt_backend.h"

#include "core/libvirt/channel_probe.h"
#include "core/libvirt/event_loop.h"
#include "core/libvirt/host_control.h"
#include "core/libvirt/host_examiner.h"
#include "core/libvirt/host_query.h"
#include "core/libvirt/instance_control.h"
#include "core/libvirt/inventory_source.h"
#include "core/libvirt/job_control.h"
#include "core/libvirt/migrator.h"
#include "core/libvirt/storage_access.h"
#include "core/libvirt/volume_transfer.h"

namespace drover {
namespace {

class LibvirtBackend final : public Backend
{
public:
    LibvirtBackend() { libvirt::startEventLoop(); }
    std::unique_ptr<InventorySource> inventorySource(const HostConfig& host, HostEventSink sink) override
    {
        return std::make_unique<libvirt::LibvirtInventorySource>(host, std::move(sink));
    }
    std::unique_ptr<JobControl> jobControl(const HostConfig& host) override
    {
        return std::make_unique<libvirt::LibvirtJobControl>(host);
    }
    std::unique_ptr<HostQuery> hostQuery(const HostConfig& host) override
    {
        return std::make_unique<libvirt::LibvirtHostQuery>(host);
    }
    std::unique_ptr<HostControl> hostControl(const HostConfig& host) override
    {
        return std::make_unique<libvirt::LibvirtHostControl>(host);
    }
    std::unique_ptr<InstanceControl> instanceControl(const HostConfig& host) override
    {
        return std::make_unique<libvirt::LibvirtInstanceControl>(host);
    }
    std::unique_ptr<HostExaminer> hostExaminer(const HostConfig& host) override
    {
        return std::make_unique<libvirt::LibvirtHostExaminer>(host);
    }
    std::unique_ptr<StorageAccess> storageAccess(const HostConfig& host) override
    {
        return std::make_unique<libvirt::LibvirtStorageAccess>(host);
    }
    std::unique_ptr<VolumeTransfer> volumeTransfer(const HostConfig& source,
                                                   const HostConfig& destination) override
    {
        return std::make_unique<libvirt::LibvirtVolumeTransfer>(source, destination);
    }
    std::unique_ptr<ChannelProbe> channelProbe(const HostConfig& source) override
    {
        return std::make_unique<libvirt::LibvirtChannelProbe>(source);
    }
    std::unique_ptr<Migrator> migrator(const HostConfig& source) override
    {
        return std::make_unique<libvirt::LibvirtMigrator>(source);
    }
    const Clock& clock() const override { return m_clock; }

private:
    SystemClock m_clock;
};

} // namespace

std::shared_ptr<Backend> makeLibvirtBackend()
{
    return std::make_shared<LibvirtBackend>();
}

} // namespace drover
