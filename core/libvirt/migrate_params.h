// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"

#include <libvirt/libvirt.h>

namespace drover::libvirt {

/// libvirt's parameter list, made up piece by piece. Owns it.
class MigrateParams
{
public:
    MigrateParams() = default;
    ~MigrateParams() { virTypedParamsFree(m_params, m_count); }
    MigrateParams(const MigrateParams&) = delete;
    MigrateParams& operator=(const MigrateParams&) = delete;
    MigrateParams(MigrateParams&& other) noexcept;
    MigrateParams& operator=(MigrateParams&&) = delete;

    void add(const char* name, int value);
    void add(const char* name, unsigned long long value);
    void add(const char* name, const QString& value);
    [[nodiscard]] virTypedParameterPtr data() const { return m_params; }
    [[nodiscard]] unsigned size() const { return static_cast<unsigned>(m_count); }

private:
    virTypedParameterPtr m_params = nullptr;
    int m_count = 0;
    int m_capacity = 0;
};

/// Flags and parameters of one migration: peer-to-peer, or carried by this console.
struct MigrateCall
{
    unsigned flags = 0;
    MigrateParams params;
};

/// What the spec asks for, in libvirt's words, or why it cannot be done. Pure.
[[nodiscard]] Result<MigrateCall> migrateCallOf(const MigrationSpec& spec);

} // namespace drover::libvirt
