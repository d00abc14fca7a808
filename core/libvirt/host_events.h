// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/host_event.h"
#include "core/libvirt/handles.h"

#include <QSet>

#include <memory>
#include <vector>

namespace drover::libvirt {

/// libvirt's events of one connection: turned into HostEvents for the sink, and remembered until the next
/// reading takes them. Used by the thread that reads the host; the callbacks run on libvirt's event thread
/// and only push.
class HostEvents
{
public:
    explicit HostEvents(HostEventSink sink);
    ~HostEvents();
    HostEvents(const HostEvents&) = delete;
    HostEvents& operator=(const HostEvents&) = delete;

    /// Registers everything this host offers. What it does not offer is left out.
    void start(const Connection& connection);
    /// Deregisters, so that the connection can really close: each callback holds a reference to it. After it
    /// returns nothing reaches the sink any more.
    void stop();
    [[nodiscard]] bool lost() const;

    /// What has happened since the last asking.
    struct Seen
    {
        QSet<InstanceId> definitions; ///< to be read again
        QSet<InstanceId> migrating;   ///< a migration out of this host has been heard of
        bool pools = false;
        bool secrets = false;
    };
    [[nodiscard]] Seen take();
    /// False: nobody tells when a secret changes, it has to be looked at.
    [[nodiscard]] bool tellsSecrets() const { return m_secretCallback >= 0; }

    struct Shared;

private:
    void addDomainEvent(int eventId, virConnectDomainEventGenericCallback callback);

    HostEventSink m_sink;
    std::shared_ptr<Shared> m_shared;
    Connection m_connection;
    std::unique_ptr<std::shared_ptr<Shared>> m_closeOpaque;
    std::vector<int> m_domainCallbacks;
    std::vector<int> m_poolCallbacks;
    int m_secretCallback = -1;
};

} // namespace drover::libvirt
