// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"

#include <memory>

namespace drover {

/// Real hosts through libvirt. The first call registers libvirt's event loop and starts its one thread; it
/// must come before any other use of libvirt in the process. Ignores SIGPIPE for the process.
[[nodiscard]] std::shared_ptr<Backend> makeLibvirtBackend();

} // namespace drover
