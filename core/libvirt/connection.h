// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"
#include "core/libvirt/handles.h"

namespace drover::libvirt {

/// Opens a connection of its own with keepalive on. Blocks without limit where the network or the daemon does
/// not answer: for a thread that can be left behind. Never asks anything on a terminal.
[[nodiscard]] Result<Connection> openConnection(const HostConfig& host);

/// False once the connection is known to be lost. Asks nothing of the host. Wipes out the thread's last
/// error.
[[nodiscard]] bool isAlive(const Connection& connection);

/// A connection that is opened when it is first needed, and anew after it was lost. One thread at a time.
class LazyConnection
{
public:
    explicit LazyConnection(HostConfig host) : m_host(std::move(host)) {}
    /// A reference for one call or a few in a row.
    [[nodiscard]] Result<Connection> get();
    [[nodiscard]] const HostConfig& host() const { return m_host; }
    [[nodiscard]] QString hostName() const { return m_host.id.value; }

private:
    HostConfig m_host;
    Connection m_connection;
};

/// The instance on that connection, or an error that names both.
[[nodiscard]] Result<DomainHandle> lookUp(const Connection& connection, const InstanceId& id,
                                          const QString& host, const QString& name = {});

/// The instance's name as the handle knows it; asks nothing of the host.
[[nodiscard]] QString nameOf(const DomainHandle& domain);
[[nodiscard]] InstanceId idOf(virDomainPtr domain);

} // namespace drover::libvirt
