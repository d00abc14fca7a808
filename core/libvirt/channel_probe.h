// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/channel_probe.h"
#include "core/libvirt/error_map.h"

namespace drover::libvirt {

/// Lets the source's daemon open the destination's by asking it to move a throw-away definition that is shut
/// off, in a way that it has to refuse once the connection stands: nothing runs, and nothing reaches the
/// destination but a connection. A call into a network that swallows it stands for more than two minutes and
/// holds the definition's job; so it has a thread of its own, which undefines it whenever it returns.
class LibvirtChannelProbe final : public ChannelProbe
{
public:
    explicit LibvirtChannelProbe(HostConfig source) : m_source(std::move(source)) {}
    Result<ChannelEvidence> probe(const ChannelRequest& request, std::stop_token stop) override;

private:
    HostConfig m_source;
};

/// A definition of a probe, of this console or of another one: no instance.
[[nodiscard]] bool isProbeName(const QString& name);
/// One that its console has left behind: older than any call can last.
[[nodiscard]] bool isLeftOverProbe(const QString& name, qint64 nowSeconds);
/// Undefines what crashed or ended consoles have left at this host. May block: for a thread of its own.
void removeLeftOverProbes(const HostConfig& host);

/// What the refusal of the throw-away's move says of the way to the daemon, and of the way to the port. Pure.
void judgeDaemon(const RawError& raw, ChannelEvidence& evidence);
void judgePort(const RawError& raw, ChannelEvidence& evidence);
/// host:port of a migration port of this host; empty: there is no address for it.
[[nodiscard]] QString migrationPortOf(const HostConfig& destination, const QString& peerUri);

} // namespace drover::libvirt
