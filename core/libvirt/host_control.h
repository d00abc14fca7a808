// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/libvirt/connection.h"

namespace drover::libvirt {

/// Changes one host: its service state, and the power of its instances.
class LibvirtHostControl final : public HostControl
{
public:
    explicit LibvirtHostControl(HostConfig host) : m_connection(std::move(host)) {}
    Result<ServiceRecord> setService(const ServiceRecord& record) override;
    Result<void> power(const InstanceId& id, PowerAction action) override;
    Result<void> setAutostart(const InstanceId& id, bool on) override;

private:
    LazyConnection m_connection;
};

} // namespace drover::libvirt
