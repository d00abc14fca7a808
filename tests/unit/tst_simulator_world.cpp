// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/fleet/inventory.h"
#include "core/simulator/simulated_fleet.h"
#include "core/simulator/simulated_world.h"

#include <QElapsedTimer>
#include <QTemporaryFile>
#include <QTest>
#include <QXmlStreamReader>

#include <algorithm>
#include <future>
#include <set>

using namespace drover;

namespace {

using Kind = HostEvent::Kind;

const QByteArray head = R"({ "version": 1, "seed": 4,
  "workloads": [ { "name": "quiet", "hot_mib": 4, "hot_mib_per_s": 1 },
                 { "name": "wild", "hot_share": 0.5, "hot_mib_per_s": 500, "used_share": 1 } ],
  "hosts": [ { "name": "h{n}", "count": 3, "memory_gib": 32, "link_mib_per_s": 100 },
             { "name": "old", "memory_gib": 32, "link_mib_per_s": 100, "cpu": "Nehalem" } ],
  "instances": [
    { "name": "a-{n}", "count": 3, "host": "h1", "memory_mib": 1024, "workload": "quiet" },
    { "name": "wild", "host": "h1", "memory_mib": 1024, "workload": "wild" },
    { "name": "fleeting", "host": "h1", "memory_mib": 512, "workload": "quiet", "persistent": false },
    { "name": "off", "host": "h1", "memory_mib": 512, "state": "shutoff" },
    { "name": "paused", "host": "h1", "memory_mib": 512, "state": "paused" },
    { "name": "stays", "host": "h1", "memory_mib": 512, "storage": "local" } ])";

QByteArray scenario(const QByteArray& more = {})
{
    return head + (more.isEmpty() ? QByteArray() : QByteArray(", ") + more) + " }";
}

/// A fleet on a clock that the test moves, with all that its hosts told.
struct Bench
{
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    SimulatedFleet fleet;
    std::vector<std::pair<QString, HostEvent>> told;
    std::vector<std::unique_ptr<InventorySource>> sources;

    explicit Bench(const QByteArray& text = scenario())
    {
        Result<SimulatedFleet> started = startScenario(text, QStringLiteral("bench.json"), 1.0, clock);
        if (!started)
            qFatal("%s", qPrintable(started.error().message));
        fleet = std::move(*started);
    }

    const HostConfig& host(const char* name) const
    {
        const auto& hosts = fleet.fleet.hosts;
        return *std::find_if(hosts.begin(), hosts.end(),
                             [&](const HostConfig& h) { return h.id.value == QLatin1String(name); });
    }

    InventorySource& listen(const char* name)
    {
        sources.push_back(fleet.backend->inventorySource(
            host(name), [this, from = host(name).id.value](auto& event) { told.emplace_back(from, event); }));
        return *sources.back();
    }

    void go(qint64 ms)
    {
        clock->advance(Milliseconds(ms));
        fleet.world->catchUp();
    }

    InstanceId id(const char* name) const
    {
        return *fleet.world->with(
            [&](WorldModel& model) { return model.instanceNamed(QLatin1String(name)); });
    }

    MigrationSpec spec(const char* instance, const char* from, const char* to,
                       MigrationOptions options = {}) const
    {
        MigrationSpec made;
        made.instance = id(instance);
        made.name = QLatin1String(instance);
        made.source = host(from);
        made.destination = host(to);
        made.options = std::move(options);
        return made;
    }

    Result<WorldModel::RunId> start(const MigrationSpec& wanted) const
    {
        return fleet.world->with([&](WorldModel& model) { return model.startMigration(wanted); });
    }

    std::optional<Result<MigrationReturn>> result(WorldModel::RunId run) const
    {
        return fleet.world->with([&](WorldModel& model) { return model.takeResult(run); });
    }

    /// Moves on until the migration has ended.
    std::optional<Result<MigrationReturn>> finish(WorldModel::RunId run, qint64 mostMs)
    {
        for (qint64 ms = 0; ms < mostMs; ms += 50) {
            if (auto ended = result(run))
                return ended;
            go(50);
        }
        return result(run);
    }

    std::optional<DomainPresence> at(const char* name, const char* instance) const
    {
        const auto found = fleet.backend->hostQuery(host(name))
                               ->find(InstanceId{}, QLatin1String(instance), std::stop_token());
        return found && !found->empty() ? std::optional(found->front()) : std::nullopt;
    }

    std::optional<JobStats> stats(const char* name, const char* instance) const
    {
        return *fleet.backend->jobControl(host(name))->stats(id(instance), {});
    }

    std::vector<Kind> kinds(const char* from) const
    {
        std::vector<Kind> found;
        for (const auto& [who, event] : told) {
            if (who == QLatin1String(from))
                found.push_back(event.kind);
        }
        return found;
    }

    std::ptrdiff_t count(const char* from, Kind kind) const
    {
        const auto all = kinds(from);
        return std::count(all.begin(), all.end(), kind);
    }
};

} // namespace

class TestSimulatorWorld : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void manualClockMovesTheWorldAlone();
    void theCourseDoesNotDependOnTheSteps();
    void placesWhileAndAfter();
    void eventsInOrder();
    void noRecordWithoutSuccess();
    void linkIsShared();
    void limitInFlight();
    void downtimeInFlightRescues();
    void postCopySwitches();
    void pauseToFinishArrivesRunning();
    void pausedArrivesPaused();
    void abortWhilePreparing();
    void keepSourceAndTransient();
    void offline();
    void refusals_data();
    void refusals();
    void cpuOfAnOldHost();
    void powerActions();
    void silentHostIsLostAfterKeepalive();
    void shortSilenceIsSurvived();
    void streamStallsAndFails();
    void refusedAndBack();
    void daemonKilledByIteration();
    void linkRateChanges();
    void powersOffByPercent();
    void failsWithText();
    void openHangsUntilStopped();
    void blockingMigrateOnAManualClock();
    void readingsAreSharedAndChurn();
    void underWayAtTimeZero();
};

void TestSimulatorWorld::manualClockMovesTheWorldAlone()
{
    Bench bench;
    QVERIFY(bench.start(bench.spec("a-1", "h1", "h2")).has_value());
    QCOMPARE(bench.stats("h1", "a-1")->phase, JobStats::Phase::Preparing);
    for (int i = 0; i < 50; ++i)
        bench.fleet.world->catchUp();
    QCOMPARE(bench.stats("h1", "a-1")->elapsed, Milliseconds(0));
    bench.clock->advance(Milliseconds(1000));
    const auto stats = bench.stats("h1", "a-1"); // each call catches up by itself
    QCOMPARE(stats->elapsed, Milliseconds(1000));
    QCOMPARE(stats->phase, JobStats::Phase::Memory);
    QCOMPARE(stats->iteration, 1);
    QVERIFY(!stats->dirty);
    QVERIFY(stats->memoryProcessed > Bytes::fromMib(55) && stats->memoryProcessed < Bytes::fromMib(62));
    QVERIFY(std::abs(stats->transfer->mib() - 100) < 1);
}

void TestSimulatorWorld::theCourseDoesNotDependOnTheSteps()
{
    const auto course = [](const std::vector<int>& steps) {
        Bench bench;
        [[maybe_unused]] const auto started = bench.start(bench.spec("wild", "h1", "h2"));
        std::vector<qint64> seen;
        int passed = 0;
        for (std::size_t i = 0; passed < 20000; ++i) {
            const int wanted = std::min(steps[i % steps.size()], 20000 - passed);
            bench.go(wanted);
            passed += wanted;
        }
        const auto stats = bench.stats("h1", "wild");
        return std::vector<qint64>{stats->memoryRemaining.value, stats->memoryProcessed.value,
                                   stats->iteration};
    };
    const auto fine = course({10});
    QCOMPARE(course({7, 333, 1, 58}), fine);
    QCOMPARE(course({20000}), fine);
}

void TestSimulatorWorld::placesWhileAndAfter()
{
    Bench bench;
    const auto run = bench.start(bench.spec("a-1", "h1", "h2"));
    QVERIFY(run.has_value());
    QVERIFY(!bench.at("h2", "a-1"));
    QVERIFY(bench.at("h1", "a-1")->jobActive);
    bench.go(1000);
    const auto incoming = bench.at("h2", "a-1");
    QVERIFY(incoming);
    QCOMPARE(incoming->state, PowerState::Paused);
    QCOMPARE(incoming->reason, StateReason::Migration);
    QVERIFY(!incoming->persistent);
    InventorySource& h2 = bench.listen("h2");
    QVERIFY(h2.open({}).has_value());
    const auto reading = *h2.read(false, {});
    QVERIFY(reading->domains.front().status.incoming);
    QVERIFY(*reading->network > Rate::fromMib(99));
    const auto ended = bench.finish(*run, 60000);
    QVERIFY(ended && ended->has_value());
    QVERIFY(!bench.at("h1", "a-1"));
    const auto arrived = bench.at("h2", "a-1");
    QCOMPARE(arrived->state, PowerState::Running);
    QCOMPARE(arrived->reason, StateReason::Migrated);
    QVERIFY(arrived->persistent);
    QVERIFY(!arrived->jobActive);
    QVERIFY((*ended)->completed->downtime > Milliseconds(0));
    QVERIFY(*bench.fleet.backend->jobControl(bench.host("h2"))->completed(bench.id("a-1"), {}));
}

void TestSimulatorWorld::eventsInOrder()
{
    Bench bench;
    QVERIFY(bench.listen("h1").open({}).has_value());
    QVERIFY(bench.listen("h2").open({}).has_value());
    QVERIFY(bench.listen("h3").open({}).has_value());
    const auto run = bench.start(bench.spec("a-2", "h1", "h2"));
    const auto ended = bench.finish(*run, 60000);
    QVERIFY(ended && ended->has_value());
    QCOMPARE(bench.count("h3", Kind::InventoryChanged), 0);
    QCOMPARE(bench.count("h2", Kind::IncomingStarted), 1);
    QCOMPARE(bench.count("h1", Kind::JobCompleted), 1);
    std::vector<int> iterations;
    bool incoming = false;
    bool completed = false;
    for (const auto& [from, event] : bench.told) {
        if (event.kind == Kind::IncomingStarted) {
            QVERIFY(iterations.empty());
            incoming = true;
        } else if (event.kind == Kind::JobIteration) {
            QVERIFY(incoming);
            QVERIFY(!completed);
            QCOMPARE(from, QStringLiteral("h1"));
            iterations.push_back(event.iteration);
        } else if (event.kind == Kind::JobCompleted) {
            completed = true;
            QCOMPARE(event.stats.iteration, iterations.back());
            QCOMPARE(event.stats.phase, JobStats::Phase::Completed);
        }
    }
    QVERIFY(iterations.size() >= 3);
    for (std::size_t i = 0; i < iterations.size(); ++i)
        QCOMPARE(iterations[i], static_cast<int>(i) + 1);
}

void TestSimulatorWorld::noRecordWithoutSuccess()
{
    Bench bench;
    QVERIFY(bench.listen("h1").open({}).has_value());
    const auto run = bench.start(bench.spec("wild", "h1", "h2"));
    bench.go(5000);
    QVERIFY(bench.fleet.backend->jobControl(bench.host("h1"))->abort(bench.id("wild")).has_value());
    QCOMPARE(bench.stats("h1", "wild")->phase, JobStats::Phase::Cancelling);
    QVERIFY(!bench.result(*run)); // takes its time
    bench.go(250);
    const auto ended = bench.result(*run);
    QVERIFY(ended && !ended->has_value());
    QCOMPARE(ended->error().code, ErrorCode::Cancelled);
    QCOMPARE(ended->error().host, QStringLiteral("h1"));
    QCOMPARE(ended->error().instance, QStringLiteral("wild"));
    QCOMPARE(bench.at("h1", "wild")->state, PowerState::Running);
    QVERIFY(!bench.at("h1", "wild")->jobActive);
    QVERIFY(!bench.at("h2", "wild"));
    QCOMPARE(bench.count("h1", Kind::JobCompleted), 0);
    QVERIFY(!*bench.fleet.backend->jobControl(bench.host("h1"))->completed(bench.id("wild"), {}));
}

void TestSimulatorWorld::linkIsShared()
{
    Bench bench;
    QVERIFY(bench.start(bench.spec("a-1", "h1", "h2")).has_value());
    bench.go(1500);
    QVERIFY(std::abs(bench.stats("h1", "a-1")->transfer->mib() - 100) < 1);
    QVERIFY(bench.start(bench.spec("a-2", "h1", "h3")).has_value());
    bench.go(1000);
    QVERIFY(std::abs(bench.stats("h1", "a-1")->transfer->mib() - 50) < 1);
    QVERIFY(std::abs(bench.stats("h1", "a-2")->transfer->mib() - 50) < 1);
    MigrationOptions little;
    little.bandwidth = Rate::fromMib(10);
    QVERIFY(bench.start(bench.spec("a-3", "h1", "h3", little)).has_value());
    bench.go(1000);
    QVERIFY(std::abs(bench.stats("h1", "a-1")->transfer->mib() - 45) < 1);
    QVERIFY(std::abs(bench.stats("h1", "a-3")->transfer->mib() - 10) < 0.5);
}

void TestSimulatorWorld::limitInFlight()
{
    Bench bench;
    QVERIFY(bench.start(bench.spec("wild", "h1", "h2")).has_value());
    const auto control = bench.fleet.backend->jobControl(bench.host("h1"));
    bench.go(1500);
    QVERIFY(control->setBandwidth(bench.id("wild"), Rate::fromMib(19.2)).has_value());
    bench.go(300);
    QVERIFY(std::abs(bench.stats("h1", "wild")->transfer->mib() - 20) < 0.5); // whole MiB/s, rounded up
    QVERIFY(control->setBandwidth(bench.id("wild"), Rate::fromMib(0)).has_value());
    bench.go(300);
    QVERIFY(std::abs(bench.stats("h1", "wild")->transfer->mib() - 1) < 0.1);
}

void TestSimulatorWorld::downtimeInFlightRescues()
{
    Bench bench;
    const auto run = bench.start(bench.spec("wild", "h1", "h2"));
    QVERIFY(!bench.finish(*run, 120000));
    const auto control = bench.fleet.backend->jobControl(bench.host("h1"));
    QCOMPARE(*control->maxDowntime(bench.id("wild")), Milliseconds(300));
    QVERIFY(!control->setMaxDowntime(bench.id("wild"), Milliseconds(2000001)).has_value());
    QVERIFY(control->setMaxDowntime(bench.id("wild"), Milliseconds(6000)).has_value());
    QCOMPARE(*control->maxDowntime(bench.id("wild")), Milliseconds(6000));
    const auto ended = bench.finish(*run, 20000);
    QVERIFY(ended && ended->has_value());
}

void TestSimulatorWorld::postCopySwitches()
{
    Bench bench;
    MigrationOptions options;
    options.postCopy = true;
    const auto control = bench.fleet.backend->jobControl(bench.host("h1"));
    const auto run = bench.start(bench.spec("wild", "h1", "h2", options));
    QVERIFY(!control->startPostCopy(bench.id("wild")).has_value()); // still preparing
    bench.go(15000);
    QVERIFY(control->startPostCopy(bench.id("wild")).has_value());
    QCOMPARE(bench.at("h1", "wild")->state, PowerState::Paused);
    QCOMPARE(bench.at("h1", "wild")->reason, StateReason::PostCopy);
    QCOMPARE(bench.at("h2", "wild")->state, PowerState::Running);
    QCOMPARE(bench.at("h2", "wild")->reason, StateReason::PostCopy);
    QCOMPARE(bench.stats("h1", "wild")->phase, JobStats::Phase::PostCopy);
    QVERIFY(!control->abort(bench.id("wild")).has_value());
    const auto ended = bench.finish(*run, 20000);
    QVERIFY(ended && ended->has_value());
    QCOMPARE(bench.at("h2", "wild")->reason, StateReason::Migrated);
    QVERIFY(!bench.at("h1", "wild"));
    const auto plain = bench.start(bench.spec("a-1", "h1", "h2"));
    QVERIFY(plain.has_value());
    bench.go(1000);
    QVERIFY(!control->startPostCopy(bench.id("a-1")).has_value()); // not allowed at the start
}

void TestSimulatorWorld::pauseToFinishArrivesRunning()
{
    Bench bench;
    const auto run = bench.start(bench.spec("wild", "h1", "h2"));
    bench.go(20000);
    QVERIFY(bench.fleet.backend->jobControl(bench.host("h1"))->pauseToFinish(bench.id("wild")).has_value());
    QCOMPARE(bench.at("h1", "wild")->state, PowerState::Paused);
    const auto ended = bench.finish(*run, 30000);
    QVERIFY(ended && ended->has_value());
    QCOMPARE(bench.at("h2", "wild")->state, PowerState::Running);
    QVERIFY((*ended)->completed->downtime > Milliseconds(1000));
}

void TestSimulatorWorld::pausedArrivesPaused()
{
    Bench bench;
    const auto run = bench.start(bench.spec("paused", "h1", "h2"));
    const auto ended = bench.finish(*run, 30000);
    QVERIFY(ended && ended->has_value());
    QCOMPARE(bench.at("h2", "paused")->state, PowerState::Paused);
    QCOMPARE(bench.at("h2", "paused")->reason, StateReason::User);
}

void TestSimulatorWorld::abortWhilePreparing()
{
    Bench bench;
    QVERIFY(bench.listen("h2").open({}).has_value());
    const auto run = bench.start(bench.spec("a-1", "h1", "h2"));
    bench.go(100);
    QVERIFY(bench.fleet.backend->jobControl(bench.host("h1"))->abort(bench.id("a-1")).has_value());
    bench.go(400);
    const auto ended = bench.result(*run);
    QVERIFY(ended && !ended->has_value());
    QCOMPARE(ended->error().code, ErrorCode::Cancelled);
    QCOMPARE(bench.count("h2", Kind::IncomingStarted), 0);
    QVERIFY(!bench.at("h2", "a-1"));
}

void TestSimulatorWorld::keepSourceAndTransient()
{
    Bench bench;
    MigrationOptions keep;
    keep.keepSource = true;
    keep.noPersist = true;
    auto run = bench.start(bench.spec("a-1", "h1", "h2", keep));
    QVERIFY(bench.finish(*run, 30000)->has_value());
    QCOMPARE(bench.at("h1", "a-1")->state, PowerState::ShutOff);
    QCOMPARE(bench.at("h1", "a-1")->reason, StateReason::Migrated);
    QVERIFY(!bench.at("h2", "a-1")->persistent);
    MigrationSpec transient = bench.spec("fleeting", "h1", "h2");
    transient.persistent = false;
    run = bench.start(transient);
    QVERIFY(bench.finish(*run, 30000)->has_value());
    QVERIFY(!bench.at("h1", "fleeting"));
    QVERIFY(!bench.at("h2", "fleeting")->persistent);
    // Back onto the definition it left behind: that is replaced and it is persistent again.
    MigrationSpec back = bench.spec("a-1", "h2", "h1");
    back.persistent = false;
    run = bench.start(back);
    QVERIFY(bench.finish(*run, 30000)->has_value());
    QVERIFY(bench.at("h1", "a-1")->persistent);
    QCOMPARE(bench.at("h1", "a-1")->state, PowerState::Running);
    QVERIFY(!bench.at("h2", "a-1"));
}

void TestSimulatorWorld::offline()
{
    Bench bench;
    MigrationSpec spec = bench.spec("off", "h1", "h3");
    spec.kind = MigrationKind::Offline;
    const auto run = bench.start(spec);
    QVERIFY(run.has_value());
    QVERIFY(bench.result(*run)->has_value());
    QVERIFY(!bench.at("h1", "off"));
    QCOMPARE(bench.at("h3", "off")->state, PowerState::ShutOff);
    spec = bench.spec("a-1", "h1", "h3");
    spec.kind = MigrationKind::Offline;
    QVERIFY(!bench.start(spec).has_value()); // it runs
}

void TestSimulatorWorld::refusals_data()
{
    QTest::addColumn<QString>("instance");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("says");
    QTest::newRow("same host") << "a-1" << "h1" << "one host";
    QTest::newRow("shut off") << "off" << "h2" << "not running";
    QTest::newRow("local disk") << "stays" << "h2" << "unsafe";
    QTest::newRow("no such host") << "a-1" << "h9" << "no host h9";
}

void TestSimulatorWorld::refusals()
{
    QFETCH(QString, instance);
    QFETCH(QString, to);
    QFETCH(QString, says);
    Bench bench;
    MigrationSpec spec = bench.spec(qPrintable(instance), "h1", "h2");
    spec.destination.id.value = to;
    const auto run = bench.start(spec);
    QVERIFY(!run);
    QVERIFY2(run.error().message.contains(says), qPrintable(run.error().message));
    QVERIFY(!run.error().host.isEmpty());
    QCOMPARE(run.error().instance, instance);
    QVERIFY(bench.start(bench.spec("a-2", "h1", "h2")).has_value());
    const auto again = bench.start(bench.spec("a-2", "h1", "h3"));
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::Busy);
}

void TestSimulatorWorld::cpuOfAnOldHost()
{
    Bench bench;
    InventorySource& h1 = bench.listen("h1");
    QVERIFY(h1.open({}).has_value());
    const auto reading = *h1.read(false, {});
    const auto query = bench.fleet.backend->hostQuery(bench.host("old"));
    const auto answer = query->compareCpu(*reading->domains.front().definition, {});
    QVERIFY(answer.has_value());
    QCOMPARE(answer->answer, CpuComparison::Answer::Incompatible);
    QVERIFY(answer->missing.contains(QStringLiteral("avx2")));
    QVERIFY(!answer->missing.contains(QStringLiteral("sse4.2")));
    QCOMPARE(bench.fleet.backend->hostQuery(bench.host("h2"))
                 ->compareCpu(*reading->domains.front().definition, {})
                 ->answer,
             CpuComparison::Answer::Compatible);
    const auto run = bench.start(bench.spec("a-1", "h1", "old"));
    const auto ended = bench.finish(*run, 5000);
    QVERIFY(ended && !ended->has_value());
    QVERIFY(ended->error().message.contains(QLatin1String("avx2")));
    QCOMPARE(bench.at("h1", "a-1")->state, PowerState::Running);
}

void TestSimulatorWorld::powerActions()
{
    using Action = HostControl::PowerAction;
    Bench bench;
    const auto control = bench.fleet.backend->hostControl(bench.host("h1"));
    const InstanceId id = bench.id("a-1");
    QVERIFY(!control->power(id, Action::Start).has_value());
    QVERIFY(control->power(id, Action::Pause).has_value());
    QCOMPARE(bench.at("h1", "a-1")->state, PowerState::Paused);
    QVERIFY(control->power(id, Action::Resume).has_value());
    QVERIFY(control->power(id, Action::Reboot).has_value());
    QVERIFY(control->power(id, Action::Shutdown).has_value());
    QCOMPARE(bench.at("h1", "a-1")->state, PowerState::ShutOff);
    QVERIFY(control->power(id, Action::Start).has_value());
    QVERIFY(control->power(bench.id("fleeting"), Action::PowerOff).has_value());
    QVERIFY(!bench.at("h1", "fleeting")); // transient: gone
    const auto run = bench.start(bench.spec("wild", "h1", "h2"));
    bench.go(2000);
    const auto busy = control->power(bench.id("wild"), Action::Pause);
    QCOMPARE(busy.error().code, ErrorCode::Busy);
    QVERIFY(control->power(bench.id("wild"), Action::PowerOff).has_value());
    const auto ended = bench.result(*run);
    QVERIFY(ended && !ended->has_value());
    QCOMPARE(bench.at("h1", "wild")->state, PowerState::ShutOff);
    QVERIFY(!bench.at("h2", "wild"));
}

void TestSimulatorWorld::silentHostIsLostAfterKeepalive()
{
    Bench bench(scenario(R"("faults": [ { "kind": "silent", "host": "h2", "at_s": 2, "for_s": 40 } ])"));
    InventorySource& h2 = bench.listen("h2");
    QVERIFY(h2.open({}).has_value());
    QVERIFY(h2.read(false, {}).has_value());
    bench.go(13000);
    QCOMPARE(bench.count("h2", Kind::ConnectionLost), 0);
    bench.go(1500);
    QCOMPARE(bench.count("h2", Kind::ConnectionLost), 1);
    const auto lost = h2.read(false, {});
    QVERIFY(!lost);
    QCOMPARE(lost.error().code, ErrorCode::Unreachable);
    QCOMPARE(lost.error().host, QStringLiteral("h2"));
    bench.go(40000);
    const auto stale = h2.read(false, {});
    QVERIFY(!stale); // that connection does not come back by itself
    QVERIFY(h2.open({}).has_value());
    QVERIFY(h2.read(false, {}).has_value());
    QCOMPARE(bench.count("h2", Kind::ConnectionLost), 1);
}

void TestSimulatorWorld::shortSilenceIsSurvived()
{
    Bench bench(scenario(R"("faults": [ { "kind": "silent", "host": "h2", "at_s": 1, "for_s": 5 } ])"));
    InventorySource& h2 = bench.listen("h2");
    QVERIFY(h2.open({}).has_value());
    bench.go(2000);
    // A call waits for the host, on another thread, until the clock has passed the end of the silence.
    auto call = std::async(std::launch::async, [&h2] { return h2.read(false, {}).has_value(); });
    QVERIFY(call.wait_for(std::chrono::milliseconds(60)) == std::future_status::timeout);
    bench.clock->advance(Milliseconds(5000));
    QVERIFY(
        QTest::qWaitFor([&] { return call.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
    QVERIFY(call.get());
    QCOMPARE(bench.count("h2", Kind::ConnectionLost), 0);
}

void TestSimulatorWorld::streamStallsAndFails()
{
    Bench bench(scenario(R"("faults": [ { "kind": "silent", "host": "h2", "at_s": 3 } ])"));
    const auto run = bench.start(bench.spec("a-1", "h1", "h2"));
    bench.go(3500);
    const auto before = bench.stats("h1", "a-1");
    bench.go(5000);
    const auto after = bench.stats("h1", "a-1");
    QCOMPARE(after->memoryProcessed, before->memoryProcessed);
    QCOMPARE(after->transfer->bytesPerSecond, 0.0);
    bench.go(25000);
    const auto ended = bench.result(*run);
    QVERIFY(ended && !ended->has_value());
    QCOMPARE(bench.at("h1", "a-1")->state, PowerState::Running);
}

void TestSimulatorWorld::refusedAndBack()
{
    Bench bench(scenario(R"("faults": [ { "kind": "refused", "host": "h2", "at_s": 1, "for_s": 4 } ])"));
    InventorySource& h2 = bench.listen("h2");
    QVERIFY(h2.open({}).has_value());
    bench.go(1500);
    QCOMPARE(bench.count("h2", Kind::ConnectionLost), 1);
    const auto refused = h2.open({});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
    QVERIFY(refused.error().message.contains(QLatin1String("Connection refused")));
    bench.go(4000);
    QVERIFY(h2.open({}).has_value());
}

void TestSimulatorWorld::daemonKilledByIteration()
{
    Bench bench(scenario(
        R"("faults": [ { "kind": "daemon-killed", "host": "h2", "when": { "instance": "wild", "iteration": 3 },
                         "for_s": 2 } ])"));
    const auto run = bench.start(bench.spec("wild", "h1", "h2"));
    const auto ended = bench.finish(*run, 60000);
    QVERIFY(ended && !ended->has_value());
    QCOMPARE(ended->error().code, ErrorCode::OperationFailed);
    QCOMPARE(bench.at("h1", "wild")->state, PowerState::Running);
    bench.go(3000);
    QVERIFY(!bench.at("h2", "wild"));
    QVERIFY(
        bench.start(bench.spec("wild", "h1", "h2")).has_value()); // a retry works, and the fault comes once
    bench.go(60000);
    QVERIFY(bench.stats("h1", "wild"));
}

void TestSimulatorWorld::linkRateChanges()
{
    Bench bench(scenario(R"("faults": [ { "kind": "link", "host": "h2", "at_s": 2, "mib_per_s": 30 } ])"));
    QVERIFY(bench.start(bench.spec("a-1", "h1", "h2")).has_value());
    bench.go(1900);
    QVERIFY(std::abs(bench.stats("h1", "a-1")->transfer->mib() - 100) < 1);
    bench.go(600);
    QVERIFY(std::abs(bench.stats("h1", "a-1")->transfer->mib() - 30) < 1);
}

void TestSimulatorWorld::powersOffByPercent()
{
    Bench bench(scenario(
        R"("faults": [ { "kind": "power-off", "instance": "a-1", "when": { "instance": "a-1", "percent": 50 } } ])"));
    const auto run = bench.start(bench.spec("a-1", "h1", "h2"));
    const auto ended = bench.finish(*run, 30000);
    QVERIFY(ended && !ended->has_value());
    QVERIFY(ended->error().message.contains(QLatin1String("not running")));
    QCOMPARE(bench.at("h1", "a-1")->state, PowerState::ShutOff);
    QVERIFY(!bench.at("h2", "a-1"));
}

void TestSimulatorWorld::failsWithText()
{
    Bench bench(scenario(
        R"("faults": [ { "kind": "fail", "instance": "a-1", "text": "no space left on device",
                         "when": { "instance": "a-1", "percent": 20 } } ])"));
    const auto run = bench.start(bench.spec("a-1", "h1", "h2"));
    const auto ended = bench.finish(*run, 30000);
    QVERIFY(ended && !ended->has_value());
    QCOMPARE(ended->error().detail, QStringLiteral("no space left on device"));
    QVERIFY(ended->error().message.contains(QLatin1String("from h1 to h2")));
}

void TestSimulatorWorld::openHangsUntilStopped()
{
    Bench bench(scenario(R"("faults": [ { "kind": "open-hangs", "host": "h3" } ])"));
    InventorySource& h3 = bench.listen("h3");
    std::stop_source stop;
    auto call = std::async(std::launch::async, [&] { return h3.open(stop.get_token()); });
    bench.clock->advance(Milliseconds(600000));
    QVERIFY(call.wait_for(std::chrono::milliseconds(80)) == std::future_status::timeout);
    stop.request_stop();
    const auto opened = call.get();
    QVERIFY(!opened);
    QCOMPARE(opened.error().host, QStringLiteral("h3"));
}

void TestSimulatorWorld::blockingMigrateOnAManualClock()
{
    Bench bench;
    const MigrationSpec spec = bench.spec("a-1", "h1", "h2");
    auto call = std::async(std::launch::async, [backend = bench.fleet.backend, spec] {
        return backend->migrator(spec.source)->migrate(spec, {});
    });
    QVERIFY(QTest::qWaitFor([&] { return bench.stats("h1", "a-1").has_value(); }));
    QVERIFY(call.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    bench.clock->advance(Milliseconds(60000)); // nobody calls catchUp(): the waiting call looks by itself
    QVERIFY(
        QTest::qWaitFor([&] { return call.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
    QVERIFY(call.get().has_value());
    QCOMPARE(bench.at("h2", "a-1")->state, PowerState::Running);
}

void TestSimulatorWorld::readingsAreSharedAndChurn()
{
    Bench bench(scenario(R"("churn": 0.5)"));
    InventorySource& h1 = bench.listen("h1");
    QVERIFY(h1.open({}).has_value());
    const auto first = *h1.read(false, {});
    QCOMPARE(*h1.read(false, {}), first); // nothing changed: the same reading
    bench.go(3000);
    const auto later = *h1.read(false, {});
    QVERIFY(later != first);
    int changed = 0;
    for (std::size_t i = 0; i < first->domains.size(); ++i) {
        QCOMPARE(later->domains[i].definition, first->domains[i].definition);
        changed += later->domains[i].status == first->domains[i].status ? 0 : 1;
    }
    QVERIFY(changed >= 1);
    for (const Domain& domain : later->domains) {
        QXmlStreamReader xml(domain.definition->xml);
        while (!xml.atEnd())
            xml.readNext();
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QVERIFY(domain.definition->xml.contains(toString(domain.definition->id)));
    }
}

void TestSimulatorWorld::underWayAtTimeZero()
{
    Bench bench(scenario(
        R"("migrations": [ { "instance": "a-1", "to": "h2", "under_way_for_s": 5 },
                           { "instance": "a-2", "to": "h3", "at_s": 2, "bandwidth_mib_per_s": 20 } ])"));
    const auto stats = bench.stats("h1", "a-1");
    QVERIFY(stats);
    QVERIFY(stats->elapsed > Milliseconds(4900) && stats->elapsed <= Milliseconds(5000));
    QVERIFY(stats->memoryProcessed > Bytes::fromMib(400));
    QVERIFY(!bench.stats("h1", "a-2"));
    bench.go(2500);
    QVERIFY(bench.stats("h1", "a-2"));
}

QTEST_GUILESS_MAIN(TestSimulatorWorld)
#include "tst_simulator_world.moc"
