// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/job/job.h"
#include "core/plan/copy_plan.h"

namespace drover {

/// Everything that is decided about one move when it starts.
struct MoveOrder
{
    InstanceId instance;
    QString name;
    HostConfig source;
    HostConfig destination;
    QString peerUri;                          ///< how the source's daemon opens the destination
    MigrationKind kind = MigrationKind::Live; ///< never Auto
    Carrier carrier = Carrier::Hosts;
    MigrationOptions options;
    bool persistent = true;
    bool autostart = false;
    CopyPlan copies;
    QSet<QString> usedAtSource; ///< paths that other instances of the source use: never removed
};

/// What a move has to say when it is over. Where the instance runs is asked of both hosts afterwards.
struct MoveReport
{
    Result<MigrationReturn> result = MigrationReturn{};
    std::vector<Leftover> left;
    CopyTimes times;
};

/// Hears of a move while it goes on, on the move's thread.
class MoveWatcher
{
public:
    virtual ~MoveWatcher() = default;
    /// Images pass through this computer: phase Disks, what is left, and the rate.
    virtual void copying(const JobStats& stats) = 0;
    /// What was done and why, for the job's log.
    virtual void decided(const QString& action, const QString& reason) = 0;
    /// True: from now on the hosts carry it, and only an abort there ends it. False: a stop request does.
    virtual void hostsCarry(bool carry) = 0;
    /// Waits so long before a host is asked again.
    virtual void rest(Milliseconds time) = 0;
};

/// Runs one move from its first change to its last, on the calling thread, and takes everything back where it
/// fails: what was made on the destination goes again once the destination is known not to run the instance,
/// and nothing of the source is touched before the destination has it and both hosts agree. What cannot be
/// taken back is named in the report. Blocks; opens connections of its own.
///
/// A stop request ends it at the next step and inside copies that pass through this computer. While the hosts
/// carry it (MoveWatcher::hostsCarry), they have to be asked to abort as well.
[[nodiscard]] MoveReport runMove(Backend& backend, MoveOrder order, MoveWatcher& watcher,
                                 std::stop_token stop);

/// What the hosts are asked to migrate.
[[nodiscard]] MigrationSpec specOf(const MoveOrder& order);

} // namespace drover
