// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/instance_control.h"

namespace drover::testing {

/// Takes everything and does nothing.
class IdleInstanceControl final : public InstanceControl
{
public:
    Result<QByteArray> definition(const InstanceId& /*id*/) override { return QByteArray("<domain/>"); }
    Result<void> define(const QByteArray& /*definition*/) override { return {}; }
    Result<void> undefine(const InstanceId& /*id*/) override { return {}; }
    Result<void> startPaused(const InstanceId& /*id*/) override { return {}; }
    Result<void> setMedium(const InstanceId& /*id*/, const QString& /*target*/,
                           const QString& /*path*/) override
    {
        return {};
    }
};

} // namespace drover::testing
