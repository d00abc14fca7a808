// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/mailbox.h"
#include "core/fleet/evidence.h"
#include "core/fleet/inventory.h"
#include "core/hypervisor/backend.h"
#include "core/job/move_procedure.h"

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
    std::optional<CpuComparison> cpu;           ///< nothing: was not asked
    std::shared_ptr<const HostDetails> details; ///< null: was not asked, or not answered
};

/// A source's daemon has tried the way to a destination.
struct ChannelTried
{
    HostId source;
    HostId destination;
    ChannelEvidence evidence;
};

/// A poll of a running job. No stats: no migration holds the instance any more.
struct JobPolled
{
    JobId job;
    Result<std::optional<JobStats>> stats = std::optional<JobStats>{};
};

/// The move's thread has done what it had to do.
struct JobReturned
{
    JobId job;
    MoveReport report;
};

/// Images pass through this computer.
struct JobCopying
{
    JobId job;
    JobStats stats;
};

/// The move's thread has done something that belongs into the job's log.
struct JobDecided
{
    JobId job;
    QString action;
    QString reason;
};

/// Both hosts were asked about the disks of an instance.
struct StorageAsked
{
    quint64 ticket = 0; ///< of a check; 0: for a judgement
    InstanceId instance;
    HostId destination;
    Result<StorageEvidence> found = StorageEvidence{};
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
    std::variant<LaneUpdate, LaneEvent, Asked, ChannelTried, StorageAsked, JobPolled, JobCopying, JobDecided,
                 JobReturned, JobVerified, ControlDone, ServiceDone>;
using SessionSink = MailboxHandle<SessionMessage>;

} // namespace drover
