// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/libvirt/handles.h"

namespace drover::libvirt {

/// Runs one peer-to-peer migration on the calling thread and a connection that nobody else uses: a call
/// beside a blocked one on the same connection can stall for seconds.
class LibvirtMigrator final : public Migrator
{
public:
    explicit LibvirtMigrator(HostConfig source) : m_source(std::move(source)) {}
    Result<MigrationReturn> migrate(const MigrationSpec& spec, std::stop_token stop) override;

private:
    Result<void> prepare(const DomainHandle& domain, const MigrationSpec& spec) const;

    HostConfig m_source;
};

} // namespace drover::libvirt
