// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job_monitor.h"
#include "core/job/storage_gather.h"
#include "core/session/host_lane.h"
#include "core/session/job_lane.h"
#include "core/session/move_watch.h"
#include "core/session/session.h"

#include <QTimer>

#include <deque>
#include <set>

namespace drover {

/// A move while it is alive: the job that is shown, and what works for it.
struct RunningJob
{
    Job job;
    MoveRequest request;
    /// As they were when the move began: it ends where it began, also when the fleet file has changed since.
    HostConfig sourceConfig;
    HostConfig destinationConfig;
    JobMonitor monitor;
    std::unique_ptr<JobLane> lane; ///< from the moment the hosts work on it until its end
    std::optional<JobStats> lastStats;
    std::optional<JobStats> completed; ///< the record of a good end
    std::optional<Error> callError;
    bool launched = false;              ///< the move's thread works on it
    std::shared_ptr<MoveHandle> handle; ///< from then on
    std::vector<Leftover> left;
    CopyTimes times;
    bool seenByPoll = false; ///< a poll has found the migration at least once
    int missedPolls = 0;     ///< polls in a row that found none (foreign moves)
    bool cancelRequested = false;
    int cancelsOpen = 0; ///< aborts that the host has not answered yet
    bool cancelAccepted = false;
    /// The call was lost while the hosts go on by themselves: its end is found by polls, as that of a foreign
    /// move.
    bool callLost = false;
    [[nodiscard]] bool foundByPolls() const { return callLost || job.startedBy != StartedBy::This; }
    Instant returnedAt{};
    int verifyRound = 0;
    std::optional<Result<std::vector<DomainPresence>>> atSource;
    std::optional<Result<std::vector<DomainPresence>>> atDestination;
};

/// One check that waits for its hosts' answers.
struct PendingCheck
{
    MoveRequest request;
    Session::CheckCallback done;
    PairEvidence evidence;
    bool sourceAnswered = false;
    bool destinationAnswered = false;
    bool storageAnswered = true; ///< or not asked
    bool channelAnswered = true; ///< likewise
};

/// Who waits for the answer to a control.
struct PendingControl
{
    Session::ControlCallback done;
    JobId job;          ///< zero: of no job
    bool abort = false; ///< a cancel
};

/// A question asked for the judgement of a drag.
struct PendingJudgement
{
    InstanceId instance;
    HostId destination;
};

struct CachedEvidence
{
    PairEvidence evidence;
    Instant at{};
};

/// What a host said about an instance that is on it.
struct CachedHoldings
{
    std::shared_ptr<const HostDetails> details;
    HostId host;
    Instant at{};
};

struct CachedChannel
{
    ChannelEvidence evidence;
    Instant at{};
};

struct CachedStorage
{
    StorageEvidence evidence;
    Instant at{};
};

struct Session::Private
{
    explicit Private(Session& session);

    Session& q;
    Mailbox<SessionMessage> mailbox;
    SessionSink sink;
    std::shared_ptr<ProofCache> proofs; ///< of shared folders
    std::map<HostId, std::unique_ptr<HostLane>> lanes;
    std::set<HostId> heardOf; ///< hosts that have answered or failed at least once
    bool wasSettled = false;
    bool pumping = false;
    bool pumpAgain = false;
    QTimer watch; ///< looks for lanes that hang
    quint64 lastLane = 0;
    /// Lanes in a row that hung at this host. Each is left behind with its thread, so the next is given
    /// longer.
    std::map<HostId, int> hung;

    quint64 lastTicket = 0;
    std::map<quint64, PendingControl> controls;
    std::map<quint64, Session::ServiceCallback> services;
    std::map<quint64, PendingCheck> checks;
    std::map<quint64, PendingJudgement> judgements;
    std::map<std::pair<InstanceId, HostId>, CachedEvidence> evidence;
    std::map<std::pair<InstanceId, HostId>, Instant> questions; ///< asked for a judgement and not answered
    std::map<InstanceId, CachedHoldings> holdings;
    using HostPair = std::pair<HostId, HostId>;  ///< from, to
    std::map<HostPair, CachedChannel> channels;  ///< forgotten when one of the two connects anew
    std::map<HostPair, Instant> channelsInTrial; ///< and when that began
    bool judgementPosted = false;                ///< judgementChanged is on its way

    std::map<std::pair<InstanceId, HostId>, CachedStorage> storage;
    std::set<std::pair<InstanceId, HostId>> storageWanted; ///< asked for a judgement and not answered
    std::deque<std::pair<InstanceId, HostId>> storageQueue;
    int storageRunning = 0;

    quint64 lastJob = 0;
    std::map<JobId, std::unique_ptr<RunningJob>> jobs; ///< in order of arrival: ids only grow
    std::map<InstanceId, Instant> endedAt;             ///< when the last move of an instance ended

    void handle(std::vector<SessionMessage> batch);
    void foldUpdates(std::vector<HostUpdate> updates);
    /// Service states of hosts that keep none themselves: known to this session only.
    std::map<HostId, ServiceRecord> ownServices;
    void startLane(const HostConfig& config);
    void watchLanes();
    void tellSettled();
    [[nodiscard]] const HostConfig* config(const HostId& host) const;
    /// Read-only where this session only reads, whatever the fleet file says.
    [[nodiscard]] HostConfig asOpened(HostConfig host) const;
    [[nodiscard]] SessionSink sinkCopy() const { return sink; }

    // session_evidence.cpp
    /// @param without its own move must not take its room
    [[nodiscard]] MovesByHost movesWithout(const std::vector<InstanceId>& without) const;
    void handleAsked(const Asked& answer);
    void finishCheck(quint64 ticket);
    [[nodiscard]] PairEvidence cachedEvidence(const InstanceId& instance, const HostId& destination) const;
    [[nodiscard]] Result<std::vector<CheckResult>> runAll(const MoveRequest& request,
                                                          const PairEvidence& asked) const;

    void startCheck(const MoveRequest& request, bool afresh, Session::CheckCallback done);
    void finishWhenAnswered(quint64 ticket);
    void tellJudgement();

    // session_timeout.cpp
    /// Does what the options say when the move takes longer than they allow.
    void armTimeout(const RunningJob& running);

    // session_channel.cpp
    /// The answer that holds, or nothing. @param arriving guests are on their way to the destination
    [[nodiscard]] const ChannelEvidence* channelOf(const HostPair& pair, bool arriving) const;
    /// Lets the source's daemon try the way, unless that is not needed or not allowed.
    /// @return a trial is under way
    bool tryChannel(const MoveRequest& request);
    [[nodiscard]] bool guestsArriveAt(const HostId& host) const;
    void handleTried(const ChannelTried& message);
    void forgetChannels(const std::vector<HostUpdate>& updates);

    // session_storage.cpp
    [[nodiscard]] std::optional<StorageEvidence> cachedStorage(const InstanceId& instance,
                                                               const HostId& destination) const;
    /// @param afresh proofs of shared folders are made anew, too
    void askStorage(quint64 ticket, const Instance& instance, const HostConfig& from, const HostConfig& to,
                    bool afresh);
    void gatherStorageFor(const Instance& instance, const Host& destination);
    void pumpStorage();
    void handleStorage(StorageAsked message);

    // session_jobs.cpp
    [[nodiscard]] RunningJob* find(const JobId& id);
    [[nodiscard]] RunningJob* activeJobOf(const InstanceId& id);
    RunningJob& addJob(const Instance& instance, const MoveRequest& request, StartedBy startedBy);
    void pumpQueue();
    void begin(RunningJob& running);
    void refuse(RunningJob& running, const Result<std::vector<CheckResult>>& found);
    void launch(RunningJob& running);
    void handleCopying(const JobCopying& message);
    void handleEvent(const LaneEvent& message);
    void handlePoll(JobPolled message);
    void handleReturn(JobReturned message);
    void followInventory(const InventoryChange& change);
    void addSample(RunningJob& running, const JobStats& stats, bool mark);
    void decide(RunningJob& running, const QString& action, const QString& reason);
    void control(const JobId& id, const QString& action, const QString& reason, JobLane::Control what,
                 Session::ControlCallback done);

    // session_verify.cpp
    void verify(RunningJob& running);
    void handleVerified(JobVerified message);
    void settle(RunningJob& running);
    void askAgain(RunningJob& running);
    [[nodiscard]] static JobOutcome neverSettled(const RunningJob& running);
    void answerControls(const RunningJob& running);
    void finish(RunningJob& running, JobOutcome outcome);
    [[nodiscard]] Milliseconds since(const RunningJob& running) const;
};

} // namespace drover
