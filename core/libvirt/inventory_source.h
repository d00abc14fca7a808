// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/libvirt/domain_reader.h"
#include "core/libvirt/host_events.h"
#include "core/libvirt/host_reader.h"

namespace drover::libvirt {

/// Reads one host through a connection of its own, on that host's lane. Polling costs three calls and what
/// events or age ask for beyond them.
class LibvirtInventorySource final : public InventorySource
{
public:
    LibvirtInventorySource(HostConfig host, HostEventSink sink);
    ~LibvirtInventorySource() override;
    LibvirtInventorySource(const LibvirtInventorySource&) = delete;
    LibvirtInventorySource& operator=(const LibvirtInventorySource&) = delete;

    Result<void> open(std::stop_token stop) override;
    Result<std::shared_ptr<const HostReading>> read(bool fresh, std::stop_token stop) override;
    void close() override;

    static constexpr std::chrono::minutes poolAge{5};
    static constexpr std::chrono::minutes jobAge{10};

private:
    using Time = std::chrono::steady_clock::time_point;
    /// What is kept of one connection's readings.
    struct Session
    {
        explicit Session(const HostConfig& host) : domains(host) {}
        DomainReader domains;
        NodeCpuMeter cpu;
        std::shared_ptr<const HostFacts> facts;
        std::vector<StoragePool> pools;
        SharedRecords shared;
        Time poolsAt{};
        Time sharedAt{};
        Time jobsAt{};
    };
    Result<void> readSlowParts(bool fresh, const HostEvents::Seen& seen, Time now);

    HostConfig m_host;
    Connection m_connection;
    HostEvents m_events; ///< after the connection: it lets go of it first
    std::unique_ptr<Session> m_session;
};

} // namespace drover::libvirt
