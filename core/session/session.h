// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/mailbox.h"
#include "core/fleet/fleet_file.h"
#include "core/fleet/inventory.h"
#include "core/hypervisor/backend.h"
#include "core/job/job.h"
#include "core/plan/judge.h"
#include "core/plan/kind_choice.h"

#include <QObject>

#include <functional>
#include <map>
#include <memory>

namespace drover {

class Doctor;
class HostLane;
class JobRunner;

/// How a session behaves; the same for both front ends.
struct SessionOptions
{
    bool readOnly = false;
    Milliseconds pollInterval{1000}; ///< inventory, per host, when no event comes
    Milliseconds openTimeout{20000}; ///< a connection that takes longer is given up and tried again
    Milliseconds fastJobPoll{200};   ///< while memory moves
    Milliseconds slowJobPoll{1000};  ///< otherwise
};

/// The one object a front end talks to. Lives on the thread it was made on (the GUI thread, or main in
/// droverctl) and never blocks: whatever asks a host runs elsewhere and comes back through a signal or a
/// callback on this thread.
class Session final : public QObject
{
    Q_OBJECT
public:
    Session(std::shared_ptr<Backend> backend, SessionOptions options, QObject* parent = nullptr);
    ~Session() override;

    /// Takes the hosts over and begins to connect to all of them at once. May be called again with a newer
    /// file.
    void setFleet(const FleetFile& fleet);
    [[nodiscard]] const FleetFile& fleet() const { return m_fleet; }
    [[nodiscard]] Snapshot inventory() const { return m_builder.snapshot(); }
    [[nodiscard]] const Clock& clock() const { return m_backend->clock(); }
    [[nodiscard]] bool readOnly() const { return m_options.readOnly; }
    /// True once every host has answered or failed at least once.
    [[nodiscard]] bool settled() const;
    /// Reads this host again now, every definition too.
    void refresh(const HostId& host);

    // Judging
    /// Every host judged for these instances by the snapshot and by what was asked so far. Quick.
    [[nodiscard]] std::vector<HostVerdict> judge(const std::vector<InstanceId>& instances,
                                                 const MigrationOptions& options = {}) const;
    /// Begins to ask the hosts what judge() cannot know by itself; judgementChanged() follows as answers
    /// come.
    void gatherEvidence(const std::vector<InstanceId>& instances);
    /// All checks for one move, with both hosts asked now. The callback runs on this thread, exactly once,
    /// unless the session ends before.
    using CheckCallback = std::function<void(Result<std::vector<CheckResult>>)>;
    void check(const MoveRequest& request, CheckCallback done);
    /// The checks as far as they are known without asking; what is still to be asked is pending.
    [[nodiscard]] std::vector<CheckResult> checkNow(const MoveRequest& request) const;
    /// The kind such a move would be by what is known now, and who would carry it.
    [[nodiscard]] KindChoice kindFor(const MoveRequest& request) const;
    [[nodiscard]] MovesByHost movesUnderWay() const;

    /// Examines every direction between these hosts, or all hosts that are named in the fleet; to be started.
    /// @param probe also moves a throw-away instance over each pair
    [[nodiscard]] std::unique_ptr<Doctor> makeDoctor(const std::vector<HostId>& hosts, bool probe) const;

    // Moving
    /// Queues the move: judged again against both hosts, then started. The job exists at once.
    Result<JobId> startMove(const MoveRequest& request);
    [[nodiscard]] const Job* job(const JobId& id) const;
    [[nodiscard]] const Job* jobOf(const InstanceId& id) const; ///< the running or queued one; else null
    [[nodiscard]] std::vector<JobId> jobs() const;              ///< oldest first, ended ones too
    /// At this moment the move would not come to its end without this program: it copies, or has still to
    /// start the instance at its destination.
    [[nodiscard]] bool needsConsole(const JobId& id) const;
    /// The answer says whether the request was accepted by the host; the effect shows in the job.
    using ControlCallback = std::function<void(Result<void>)>;
    void cancel(const JobId& id, ControlCallback done = {});
    void setBandwidth(const JobId& id, Rate rate, ControlCallback done = {});
    void setMaxDowntime(const JobId& id, Milliseconds limit, ControlCallback done = {});
    void startPostCopy(const JobId& id, ControlCallback done = {});
    void pauseToFinish(const JobId& id, ControlCallback done = {});
    void forgetEnded(const JobId& id); ///< removes an ended job from the list

    // Hosts and instances
    using ServiceCallback = std::function<void(Result<ServiceRecord>)>;
    void setService(const HostId& host, ServiceState state, const QString& reason, ServiceCallback done = {});
    void power(const InstanceId& id, HostControl::PowerAction action, ControlCallback done = {});

Q_SIGNALS:
    void inventoryChanged(const drover::InventoryChange& change);
    void settledChanged(); ///< emitted once, when settled() becomes true
    void judgementChanged();
    void jobAdded(drover::JobId id);
    void jobChanged(drover::JobId id); ///< a new sample, state or decision
    void jobEnded(drover::JobId id);
    void jobRemoved(drover::JobId id);

private:
    struct HostMessage; ///< what lanes push
    struct Evidence;
    struct Private;
    friend struct Private;
    std::shared_ptr<Backend> m_backend;
    SessionOptions m_options;
    FleetFile m_fleet;
    InventoryBuilder m_builder;
    std::unique_ptr<Private> d;
};

} // namespace drover
