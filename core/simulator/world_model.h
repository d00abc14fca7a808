// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/simulator/pre_copy.h"
#include "core/simulator/scenario.h"

#include <QHash>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace drover {

/// Something a host of the simulated fleet tells to those who listen to it.
struct WorldEvent
{
    std::size_t host = 0;
    quint64 connection = 0; ///< only those who connected in this life of the host's connections hear it
    HostEvent event;
};

/// The simulated fleet itself: hosts, domains, links, migrations, faults. Time is what it is told, in
/// milliseconds since the scenario's time 0, in whole steps: the same calls at the same times give the same
/// course. No threads and no clock: not thread-safe.
class WorldModel
{
public:
    /// The world moves in steps of this length.
    static constexpr Milliseconds step{10};
    using RunId = quint64;

    explicit WorldModel(Scenario scenario);

    // Time
    [[nodiscard]] Milliseconds now() const { return m_now; }
    void advanceTo(Milliseconds time);
    [[nodiscard]] bool moving() const; ///< a migration is under way
    /// When something happens by itself, apart from migrations; nothing: never.
    [[nodiscard]] std::optional<Milliseconds> nextEvent() const;
    [[nodiscard]] std::vector<WorldEvent> takeEvents();

    // Hosts
    [[nodiscard]] std::optional<std::size_t> hostIndex(const HostId& id) const;
    [[nodiscard]] std::vector<HostConfig> hostConfigs() const;
    [[nodiscard]] const FleetLimits& limits() const { return m_limits; }
    enum class Reach { Up, Silent, Refused, OpenHangs };
    [[nodiscard]] Reach reach(std::size_t host) const { return m_hosts[host].reach; }
    [[nodiscard]] QString reachText(std::size_t host) const;
    /// How long a silent host has been so.
    [[nodiscard]] Milliseconds silentFor(std::size_t host) const;
    [[nodiscard]] Milliseconds keepalive() const { return m_keepalive; }
    /// Number of the connections' present life: a connection of an earlier one is lost.
    [[nodiscard]] quint64 connection(std::size_t host) const { return m_hosts[host].connection; }
    [[nodiscard]] std::shared_ptr<const HostReading> reading(std::size_t host);
    [[nodiscard]] Result<ServiceRecord> setService(std::size_t host, ServiceRecord record,
                                                   const QDateTime& wallTime);

    // Domains
    [[nodiscard]] std::vector<DomainPresence> find(std::size_t host, const InstanceId& id,
                                                   const QString& name) const;
    [[nodiscard]] CpuComparison compareCpu(std::size_t host, const DomainDefinition& guest) const;
    /// What this host has of all that the guest uses. @param own the guest is there
    [[nodiscard]] HostDetails details(std::size_t host, const DomainDefinition& guest, bool own);
    /// What the host tells the doctor of itself.
    [[nodiscard]] HostSurvey survey(std::size_t host) const;
    [[nodiscard]] Rate linkOf(std::size_t host) const { return m_hosts[host].link; }
    [[nodiscard]] ChannelEvidence channel(const ChannelRequest& request) const;
    Result<void> power(std::size_t host, const InstanceId& id, HostControl::PowerAction action);
    Result<void> setAutostart(std::size_t host, const InstanceId& id, bool on);
    /// Names the definition for define(): what a real host gives as XML.
    [[nodiscard]] Result<QByteArray> definitionText(std::size_t host, const InstanceId& id);
    Result<void> define(std::size_t host, const QByteArray& definition);
    Result<void> undefine(std::size_t host, const InstanceId& id);
    Result<void> startPaused(std::size_t host, const InstanceId& id);
    Result<void> setMedium(std::size_t host, const InstanceId& id, const QString& target,
                           const QString& path);
    /// First instance of that name, and where it is now (running before defined).
    [[nodiscard]] std::optional<InstanceId> instanceNamed(const QString& name) const;

    // Storage (world_storage.cpp). One folder is each host's own, one is the same on all.
    [[nodiscard]] Result<std::optional<ImageFacts>> image(std::size_t host, const QString& path);
    [[nodiscard]] Result<std::optional<StoragePool>> poolAt(std::size_t host, const QString& folder);
    Result<ImageFacts> createFile(std::size_t host, const NewImage& image);
    Result<void> removeFile(std::size_t host, const QString& path);
    [[nodiscard]] Result<QByteArray> digestOf(std::size_t host, const QString& path);
    Result<RunId> startCopy(std::size_t source, std::size_t destination, const QString& from,
                            const QString& to);
    [[nodiscard]] std::optional<CopyProgress> copyProgress(RunId copy) const;
    /// Nothing while it is under way. Can be asked once after the end.
    [[nodiscard]] std::optional<Result<CopyResult>> takeCopy(RunId copy);
    void cancelCopy(RunId copy); ///< its target is removed

    // Migrations
    Result<RunId> startMigration(const MigrationSpec& spec);
    /// Nothing while it is under way. Can be asked once after the end.
    [[nodiscard]] std::optional<Result<MigrationReturn>> takeResult(RunId run);
    void forget(RunId run);                              ///< nobody will ask for its result
    [[nodiscard]] std::size_t sourceOf(RunId run) const; ///< of one that is under way
    [[nodiscard]] std::optional<JobStats> stats(std::size_t host, const InstanceId& id) const;
    [[nodiscard]] std::optional<JobStats> completed(std::size_t host, const InstanceId& id) const;
    Result<void> abort(std::size_t host, const InstanceId& id);
    Result<void> setBandwidth(std::size_t host, const InstanceId& id, Rate rate);
    Result<void> setMaxDowntime(std::size_t host, const InstanceId& id, Milliseconds limit);
    Result<Milliseconds> maxDowntime(std::size_t host, const InstanceId& id) const;
    Result<void> startPostCopy(std::size_t host, const InstanceId& id);
    Result<void> pauseToFinish(std::size_t host, const InstanceId& id);

private:
    struct SimDomain
    {
        Domain domain;
        std::size_t workload = 0;
        GuestHoldings holds;
        RunId run = 0; ///< the migration that holds it; 0: none
    };
    struct SimFile
    {
        ImageFacts facts;
        QByteArray content; ///< a digest that stands for it
    };
    struct Copy
    {
        std::size_t source = 0;
        std::size_t destination = 0;
        QString from;
        QString to;
        double total = 0;
        double done = 0;
        bool ended = false;
        std::optional<Error> failure;
    };
    struct SimHost
    {
        HostConfig config;
        std::shared_ptr<const HostFacts> facts;
        Bytes disk;
        Rate link;
        ScenarioHost::Fittings fittings;
        ServiceRecord service;
        std::vector<SimDomain> domains; ///< sorted by id
        std::map<InstanceId, JobStats> completed;
        std::map<QString, SimFile> files; ///< of its own folder
        QString noStart;                  ///< why instances cannot be started or resumed; empty: they can
        Reach reach = Reach::Up;
        Milliseconds reachSince{0};
        QString reachText;
        bool lostTold = false; ///< of a silent host: its connections are known to be lost
        quint64 connection = 1;
        double traffic = 0;   ///< bytes/s, in and out
        qint64 churnedAt = 0; ///< s
        double churnOwed = 0;
        std::shared_ptr<const HostReading> reading; ///< null: something changed
    };
    struct Run
    {
        RunId id = 0;
        MigrationSpec spec;
        std::size_t source = 0;
        std::size_t destination = 0;
        std::shared_ptr<const DomainDefinition> definition;
        Milliseconds started{0};
        enum class Phase { Preparing, Copying, Cancelling } phase = Phase::Preparing;
        Milliseconds phaseEnds{0}; ///< of Preparing and Cancelling
        std::unique_ptr<PreCopy> copy;
        double diskTotal = 0; ///< bytes
        double diskDone = 0;
        [[nodiscard]] bool inDisks() const { return diskDone < diskTotal; }
        [[nodiscard]] double percent() const;
        PreCopy::Settings settings; ///< until copy exists
        bool watched = true;        ///< someone waits for its result
        bool wasPaused = false;     ///< by its owner, before the migration
        bool arriving = false;      ///< the destination has a half-arrived domain for it
        bool hadDefinition = false; ///< the destination knew it before
        bool switched = false;      ///< post-copy: it runs there
        std::optional<Milliseconds> cutSince;
    };
    struct Due
    {
        Milliseconds at{0};
        std::size_t fault = 0;
        bool ends = false;
    };
    struct PlannedMove
    {
        Milliseconds at{0};
        ScenarioMigration move;
    };

    // world_model.cpp
    [[nodiscard]] SimDomain* domainAt(std::size_t host, const InstanceId& id);
    [[nodiscard]] const SimDomain* domainAt(std::size_t host, const InstanceId& id) const;
    [[nodiscard]] Result<SimDomain*> known(std::size_t host, const InstanceId& id);
    [[nodiscard]] tl::unexpected<Error> notThere(std::size_t host, const InstanceId& id) const;
    void insertDomain(std::size_t host, SimDomain domain);
    void removeDomain(std::size_t host, const InstanceId& id);
    void touch(std::size_t host) { m_hosts[host].reading.reset(); }
    void tell(std::size_t host, HostEvent::Kind kind, const InstanceId& id = {}, int iteration = 0,
              const JobStats& stats = {});
    void churn(SimHost& host, std::size_t index);
    [[nodiscard]] tl::unexpected<Error> failAt(ErrorCode code, std::size_t host, const QString& instance,
                                               const QString& message, const QString& detail = {}) const;
    static constexpr Milliseconds mostDowntime{2000000};
    [[nodiscard]] static Rate wholeMib(Rate rate); ///< rounded up, at least 1

    // world_migration.cpp
    [[nodiscard]] Result<void> mayMigrate(const MigrationSpec& spec, std::size_t source,
                                          std::size_t destination);
    Result<void> moveOffline(const MigrationSpec& spec, std::size_t source, std::size_t destination);
    void moveRuns();
    /// These say whether the run has ended.
    bool prepared(Run& run);
    bool copyStep(Run& run, double rate);
    bool cutStep(Run& run);
    void arrive(Run& run);
    void failRun(Run& run, ErrorCode code, const QString& text);
    void endRun(Run& run, Result<MigrationReturn> result);
    void clearDestination(Run& run);
    void settleSource(Run& run);
    [[nodiscard]] std::optional<std::size_t> cutHost(const Run& run) const;
    // world_storage.cpp
    [[nodiscard]] std::map<QString, SimFile>& filesAt(std::size_t host, const QString& path);
    [[nodiscard]] SimFile* fileAt(std::size_t host, const QString& path);
    void makeFilesOf(std::size_t host, const DomainDefinition& definition);
    void moveCopy(Copy& copy, double rate);
    void failCopy(Copy& copy, ErrorCode code, std::size_t host, const QString& text);
    [[nodiscard]] double diskBytes(const MigrationSpec& spec, std::size_t source);
    Result<void> prepareDisks(const MigrationSpec& spec, std::size_t source, std::size_t destination);
    void fillDisks(const MigrationSpec& spec, std::size_t source, std::size_t destination);
    // world_controls.cpp
    [[nodiscard]] Result<Run*> runOf(std::size_t host, const InstanceId& id);
    [[nodiscard]] const Run* runOf(std::size_t host, const InstanceId& id) const;
    [[nodiscard]] JobStats statsOf(const Run& run) const;
    void switchToPostCopy(Run& run);
    // world_faults.cpp
    void planFaults();
    void beginFault(std::size_t index);
    void endFault(std::size_t index);
    void loseConnections(std::size_t host);
    void runDue();
    void watchRuns();
    void startPlannedMove(const ScenarioMigration& move);

    quint64 m_seed;
    double m_churn;
    Milliseconds m_keepalive;
    FleetLimits m_limits;
    std::vector<Workload> m_workloads;
    std::vector<SimHost> m_hosts;
    QHash<HostId, std::size_t> m_hostIndex;
    std::vector<ScenarioFault> m_faults;
    std::vector<bool> m_faultBegun;
    std::vector<Due> m_due;             ///< in no order; few
    std::vector<PlannedMove> m_planned; ///< likewise
    std::map<RunId, Run> m_runs;
    std::map<QString, SimFile> m_sharedFiles;
    std::map<RunId, Copy> m_copies;
    std::map<InstanceId, SimDomain> m_definitions; ///< as definitionText() gave them last
    std::map<RunId, Result<MigrationReturn>> m_results;
    RunId m_lastRun = 0;
    Milliseconds m_now{0};
    std::vector<WorldEvent> m_events;
};

} // namespace drover
