// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/libvirt/handles.h"

namespace drover::libvirt {

/// Name of an instance whose definition on that host, running or kept, names the file; empty: none does.
/// libvirt itself deletes the disk of a running guest without a question.
[[nodiscard]] Result<QString> instanceWithDisk(const Connection& connection, const QString& host,
                                               const QString& path);

} // namespace drover::libvirt
