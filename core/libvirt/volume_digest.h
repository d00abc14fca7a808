// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/storage_access.h"
#include "core/libvirt/handles.h"

namespace drover::libvirt {

/// StorageAccess::digest for a volume that was found.
[[nodiscard]] Result<QByteArray> digestOf(const Connection& connection, const VolumeHandle& volume,
                                          const QString& host, const QString& path, DigestOf what,
                                          const std::stop_token& stop);
/// What a question to a host's storage returns when it was asked to stop.
[[nodiscard]] Error storageStopped(const QString& host);

} // namespace drover::libvirt
