// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/host.h"

#include <QByteArray>

namespace drover::libvirt {

/// Takes from a host's capabilities what HostFacts holds of them: UUID, CPU model, architecture, machine
/// types. Pure. On an error, which names the host, @p facts stay as they were.
[[nodiscard]] Result<void> readCapabilities(const QByteArray& xml, const QString& host, HostFacts& facts);

} // namespace drover::libvirt
