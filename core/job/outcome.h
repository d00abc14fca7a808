// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/evidence.h"
#include "core/job/job.h"

namespace drover {

/// Everything that is known once a migrate call has come back, or a foreign move is no longer seen.
struct EndEvidence
{
    InstanceId instance;
    QString name;
    HostId source;
    HostId destination; ///< empty: outside the fleet
    MigrationKind kind = MigrationKind::Live;
    bool cancelRequested = false;
    std::optional<Error>
        callError; ///< what the call returned; nothing: it reported success, or there was no call
    Result<std::vector<DomainPresence>> atSource = std::vector<DomainPresence>{};
    Result<std::vector<DomainPresence>> atDestination = std::vector<DomainPresence>{};
};

/// What both hosts' answers mean. Whatever the call returned, the hosts decide; a missing answer leaves it
/// unknown.
/// @return nothing while the two sides still change (a half-arrived guest is being cleaned up): ask again
[[nodiscard]] std::optional<JobOutcome> decideOutcome(const EndEvidence& evidence);

} // namespace drover
