// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/mailbox.h"
#include "core/fleet/evidence.h"
#include "core/fleet/inventory.h"
#include "core/hypervisor/backend.h"

#include <variant>

/// Everything that other threads tell the session, as values.
namespace drover {

/// A lane has read its host, or failed to.
struct LaneUpdate
{
    quint64 lane = 0; ///< serial of the lane: what one that was replaced still says is void
    HostUpdate update;
};

/// A host said something by itself.
struct LaneEvent
{
    HostId host;
    HostEvent event;
};

/// Questions put to a host on its lane were answered.
struct Asked
{
    quint64 ticket = 0;
    HostId host;
    Result<std::vector<DomainPresence>> found = std::vector<DomainPresence>{};
    std::optional<CpuComparison> cpu; ///< nothing: was not asked
};

/// A poll of a running job. No stats: no migration holds the instance any more.
struct JobPolled
{
    JobId job;
    Result<std::optional<JobStats>> stats = std::optional<JobStats>{};
};

/// The migrate call has come back.
struct JobReturned
{
    JobId job;
    Result<MigrationReturn> result = MigrationReturn{};
};

/// One of the two hosts was asked where the instance is, after the end.
struct JobVerified
{
    JobId job;
    int round = 0; ///< answers of an older round are void
    bool source = false;
    Result<std::vector<DomainPresence>> found = std::vector<DomainPresence>{};
    std::optional<JobStats> completed;
};

/// A control or a change of a host was carried out, or refused.
struct ControlDone
{
    quint64 ticket = 0;
    Result<void> result;
};

struct ServiceDone
{
    quint64 ticket = 0;
    HostId host;
    Result<ServiceRecord> result = ServiceRecord{};
};

using SessionMessage =
    std::variant<LaneUpdate, LaneEvent, Asked, JobPolled, JobReturned, JobVerified, ControlDone, ServiceDone>;
using SessionSink = MailboxHandle<SessionMessage>;

} // namespace drover
