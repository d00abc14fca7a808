// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/instance_control.h"
#include "core/libvirt/connection.h"

namespace drover::libvirt {

/// Definitions, media and stopped starts of one host's instances.
class LibvirtInstanceControl final : public InstanceControl
{
public:
    explicit LibvirtInstanceControl(HostConfig host) : m_connection(std::move(host)) {}
    Result<QByteArray> definition(const InstanceId& id) override;
    Result<void> define(const QByteArray& definition) override;
    Result<void> undefine(const InstanceId& id) override;
    Result<void> startPaused(const InstanceId& id) override;
    Result<void> setMedium(const InstanceId& id, const QString& target, const QString& path) override;

private:
    /// Runs @p call with the instance; its answer below 0 is an error while doing @p doing ("Defining %1").
    template <class Call>
    Result<void> with(const InstanceId& id, const QString& doing, Call call);
    LazyConnection m_connection;
};

} // namespace drover::libvirt
