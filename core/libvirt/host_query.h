// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/libvirt/connection.h"
#include "core/libvirt/error_map.h"

namespace drover::libvirt {

/// Asks one host what checks and the end of a move want to know.
class LibvirtHostQuery final : public HostQuery
{
public:
    explicit LibvirtHostQuery(HostConfig host) : m_connection(std::move(host)) {}
    Result<std::vector<DomainPresence>> find(const InstanceId& id, const QString& name,
                                             std::stop_token stop) override;
    Result<CpuComparison> compareCpu(const DomainDefinition& guest, std::stop_token stop) override;
    Result<HostDetails> details(const DomainDefinition& guest, bool own, std::stop_token stop) override;

private:
    LazyConnection m_connection;
};

/// Why a guest's <cpu> element cannot be compared; empty when it can.
[[nodiscard]] QString whyNotComparable(const QString& cpuXml);
/// What a failed comparison means; nothing when it was a failure to ask.
[[nodiscard]] std::optional<CpuComparison> comparisonOf(const RawError& raw);

} // namespace drover::libvirt
