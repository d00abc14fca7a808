// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"

namespace drover::libvirt {

/// The URI by which this process opens a host: the fleet file's, changed so that ssh never asks on a
/// terminal. A scheme or transport that libvirt would silently take for a remote TLS host is an error.
[[nodiscard]] Result<QString> ownUri(const HostConfig& host);

/// A migration target for QEMU from a host name or address of the fleet file ("tcp://10.0.0.2",
/// "tcp://[fd00::2]").
[[nodiscard]] QString migrateUri(const QString& dataAddress);

} // namespace drover::libvirt
