// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/hypervisor/job_stats.h"

#include <functional>

namespace drover {

/// Something a host told by itself.
struct HostEvent
{
    enum class Kind {
        InventoryChanged,  ///< a domain, pool or the service state changed: read again
        DefinitionChanged, ///< a domain's XML may have changed: read it again
        IncomingStarted,   ///< a guest begins to arrive
        JobIteration,      ///< the migration out of this host began a new pass
        JobCompleted,      ///< the migration out of this host ended well; stats hold the record
        ConnectionLost,    ///< the connection is gone
    };
    Kind kind = Kind::InventoryChanged;
    InstanceId instance; ///< null where the event concerns the host
    int iteration = 0;   ///< JobIteration
    JobStats stats;      ///< JobCompleted
};

/// Called on any thread, also from inside the hypervisor library's event loop: must only push the value on.
using HostEventSink = std::function<void(const HostEvent&)>;

} // namespace drover
