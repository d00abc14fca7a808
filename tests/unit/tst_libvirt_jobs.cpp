// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/job_control.h"
#include "core/libvirt/job_stats_map.h"
#include "core/libvirt/migrate_params.h"
#include "core/libvirt/rate_meter.h"
#include "core/libvirt/state_map.h"

#include <QtTest>

using namespace drover;
using namespace drover::libvirt;
using namespace std::chrono_literals;

namespace {

/// Statistics as libvirt would hand them over.
JobStats statsOf(int type, const std::vector<std::pair<const char*, unsigned long long>>& values,
                 bool postCopy = false)
{
    MigrateParams params;
    for (const auto& [name, value] : values)
        params.add(name, value);
    return jobStatsOf(type, TypedParams(params.data(), static_cast<int>(params.size())), postCopy);
}

MigrationSpec spec()
{
    MigrationSpec s;
    s.instance = {QUuid::createUuid()};
    s.name = QStringLiteral("vm1");
    s.source.id = {QStringLiteral("h1")};
    s.destination.id = {QStringLiteral("h2")};
    return s;
}

} // namespace

/// How libvirt's job statistics are read, and how a move is put into its flags and parameters.
class TestLibvirtJobs : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void phases();
    void dirtyRateIsInPages();
    void downtimeIsRealOnlyInTheRecord();
    void defaultMove();
    void definitionsAreNeverLost_data();
    void definitionsAreNeverLost();
    void options();
    void offline();
    void refusals();
    void everyWay();
    void bandwidthIsRoundedUp();
    void states();
    void rates();
};

void TestLibvirtJobs::phases()
{
    using Phase = JobStats::Phase;
    QCOMPARE(statsOf(VIR_DOMAIN_JOB_UNBOUNDED, {{"time_elapsed", 90}}).phase, Phase::Preparing);
    QCOMPARE(statsOf(VIR_DOMAIN_JOB_UNBOUNDED, {{"disk_total", 5}}).phase, Phase::Disks);
    QCOMPARE(statsOf(VIR_DOMAIN_JOB_UNBOUNDED, {{"disk_total", 5}, {"memory_iteration", 1}}).phase,
             Phase::Memory);
    QCOMPARE(statsOf(VIR_DOMAIN_JOB_UNBOUNDED, {{"memory_iteration", 2}}, true).phase, Phase::PostCopy);
    QCOMPARE(statsOf(VIR_DOMAIN_JOB_CANCELLED, {{"operation", 5}}).phase, Phase::Cancelling);
    QCOMPARE(statsOf(VIR_DOMAIN_JOB_COMPLETED, {{"memory_iteration", 3}}).phase, Phase::Completed);
}

void TestLibvirtJobs::dirtyRateIsInPages()
{
    const auto first = statsOf(
        VIR_DOMAIN_JOB_UNBOUNDED,
        {{"memory_iteration", 1}, {"memory_dirty_rate", 0}, {"memory_page_size", 4096}, {"downtime", 300}});
    QVERIFY(!first.dirty.has_value());
    QVERIFY(!first.expectedDowntime.has_value());
    QVERIFY(!first.transfer.has_value());
    const auto second = statsOf(VIR_DOMAIN_JOB_UNBOUNDED, {{"memory_iteration", 2},
                                                           {"memory_dirty_rate", 1000},
                                                           {"memory_page_size", 4096},
                                                           {"memory_bps", 8388608},
                                                           {"memory_total", 67444736},
                                                           {"memory_remaining", 1048576},
                                                           {"memory_processed", 70000000},
                                                           {"auto_converge_throttle", 30},
                                                           {"downtime", 3988}});
    QCOMPARE(second.dirty->bytesPerSecond, 4096000.0);
    QCOMPARE(second.transfer->bytesPerSecond, 8388608.0);
    QCOMPARE(second.memoryTotal.value, 67444736);
    QCOMPARE(second.memoryRemaining.value, 1048576);
    QCOMPARE(second.memoryProcessed.value, 70000000);
    QCOMPARE(*second.throttlePercent, 30);
    QCOMPARE(*second.expectedDowntime, Milliseconds(3988));
    QVERIFY(!second.downtime.has_value());
    const auto later = statsOf(VIR_DOMAIN_JOB_UNBOUNDED,
                               {{"memory_iteration", 4},
                                {"memory_dirty_rate", 1000},
                                {"memory_page_size", 4096},
                                {"downtime", 28000}},
                               true);
    QVERIFY(!later.dirty.has_value());
    QVERIFY(!later.expectedDowntime.has_value());
}

void TestLibvirtJobs::downtimeIsRealOnlyInTheRecord()
{
    const auto record =
        statsOf(VIR_DOMAIN_JOB_COMPLETED, {{"memory_iteration", 3}, {"downtime", 42}, {"time_elapsed", 750}});
    QCOMPARE(*record.downtime, Milliseconds(42));
    QVERIFY(!record.expectedDowntime.has_value());
    QCOMPARE(record.elapsed, Milliseconds(750));
}

void TestLibvirtJobs::defaultMove()
{
    const auto call = migrateCallOf(spec());
    QVERIFY(call);
    QCOMPARE(call->flags, unsigned(VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_LIVE | VIR_MIGRATE_PERSIST_DEST |
                                   VIR_MIGRATE_UNDEFINE_SOURCE));
    const TypedParams params(call->params.data(), static_cast<int>(call->params.size()));
    // A limit that another migration left behind must not apply.
    QCOMPARE(params.integer("bandwidth").value_or(0), qint64(8796093022207));
    QVERIFY(!params.has("migrate_uri"));
}

void TestLibvirtJobs::definitionsAreNeverLost_data()
{
    QTest::addColumn<bool>("persistent");
    QTest::addColumn<bool>("noPersist");
    QTest::addColumn<bool>("keepSource");
    QTest::addColumn<bool>("persistThere");
    QTest::addColumn<bool>("undefineHere");
    QTest::newRow("persistent") << true << false << false << true << true;
    QTest::newRow("keep source") << true << false << true << true << false;
    QTest::newRow("no persist") << true << true << false << false << false; // else defined nowhere
    QTest::newRow("neither") << true << true << true << false << false;
    QTest::newRow("transient") << false << false << false << false << false;
}

void TestLibvirtJobs::definitionsAreNeverLost()
{
    MigrationSpec s = spec();
    QFETCH(bool, persistent);
    QFETCH(bool, noPersist);
    QFETCH(bool, keepSource);
    s.persistent = persistent;
    s.options.noPersist = noPersist;
    s.options.keepSource = keepSource;
    const auto call = migrateCallOf(s);
    QVERIFY(call);
    QTEST((call->flags & VIR_MIGRATE_PERSIST_DEST) != 0, "persistThere");
    QTEST((call->flags & VIR_MIGRATE_UNDEFINE_SOURCE) != 0, "undefineHere");
}

void TestLibvirtJobs::options()
{
    MigrationSpec s = spec();
    s.destination.dataAddress = QStringLiteral("10.9.0.2");
    s.options.bandwidth = Rate::fromMib(3.2);
    s.options.autoConverge = true;
    s.options.autoConvergeInitial = 25;
    s.options.autoConvergeIncrement = 15;
    s.options.postCopy = true;
    s.options.tls = true;
    const auto call = migrateCallOf(s);
    QVERIFY(call);
    for (const unsigned flag : {VIR_MIGRATE_AUTO_CONVERGE, VIR_MIGRATE_POSTCOPY, VIR_MIGRATE_TLS})
        QVERIFY((call->flags & flag) != 0);
    QVERIFY((call->flags & (VIR_MIGRATE_PARALLEL | VIR_MIGRATE_UNSAFE)) == 0);
    const TypedParams params(call->params.data(), static_cast<int>(call->params.size()));
    QCOMPARE(params.text("migrate_uri"), QStringLiteral("tcp://10.9.0.2"));
    QCOMPARE(params.integer("bandwidth").value_or(0), 4);
    QCOMPARE(params.integer("auto_converge.initial").value_or(0), 25);
    QCOMPARE(params.integer("auto_converge.increment").value_or(0), 15);
    // libvirt refuses the percentages without the flag.
    s.options.autoConverge = false;
    const auto without = migrateCallOf(s);
    QVERIFY(without);
    QVERIFY(!TypedParams(without->params.data(), static_cast<int>(without->params.size()))
                 .has("auto_converge.initial"));
}

void TestLibvirtJobs::offline()
{
    MigrationSpec s = spec();
    s.kind = MigrationKind::Offline;
    s.options.bandwidth = Rate::fromMib(3);
    const auto call = migrateCallOf(s);
    QVERIFY(call);
    QCOMPARE(call->flags, unsigned(VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_OFFLINE | VIR_MIGRATE_PERSIST_DEST |
                                   VIR_MIGRATE_UNDEFINE_SOURCE));
    QCOMPARE(call->params.size(), 0U);
    s.options.noPersist = true;
    QCOMPARE(migrateCallOf(s).error().code, ErrorCode::InvalidInput);
}

void TestLibvirtJobs::refusals()
{
    MigrationSpec s = spec();
    s.kind = MigrationKind::Auto;
    QCOMPARE(migrateCallOf(s).error().code, ErrorCode::Internal);
    s.kind = MigrationKind::LiveBlock; // no disk is named: libvirt would copy all of them
    QCOMPARE(migrateCallOf(s).error().code, ErrorCode::InvalidInput);
    s.kind = MigrationKind::Live;
    s.options.tunnelled = true;
    QVERIFY(migrateCallOf(s).has_value());
    s.options.tls = true;
    QCOMPARE(migrateCallOf(s).error().code, ErrorCode::Refused);
}

void TestLibvirtJobs::everyWay()
{
    MigrationSpec s = spec();
    s.options.parallel = 4;
    s.options.compression = QStringLiteral("xbzrle");
    s.options.carrier = Carrier::Console;
    s.storageProven = true;
    const auto call = migrateCallOf(s);
    QVERIFY(call.has_value());
    QCOMPARE(call->flags & VIR_MIGRATE_PEER2PEER, 0U);
    const unsigned wanted =
        VIR_MIGRATE_LIVE | VIR_MIGRATE_PARALLEL | VIR_MIGRATE_COMPRESSED | VIR_MIGRATE_UNSAFE;
    QCOMPARE(call->flags & wanted, wanted);
    const TypedParams first(call->params.data(), static_cast<int>(call->params.size()));
    QCOMPARE(first.integer(VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS), std::optional<qint64>(4));
    s = spec();
    s.kind = MigrationKind::LiveBlock;
    s.disks = QStringList{QStringLiteral("vda"), QStringLiteral("vdb")};
    s.options.postCopy = true;
    s.options.postCopyBandwidth = Rate::fromMib(7);
    const auto copying = migrateCallOf(s);
    QVERIFY(copying.has_value());
    QVERIFY((copying->flags & VIR_MIGRATE_NON_SHARED_DISK) != 0);
    QCOMPARE(copying->flags & VIR_MIGRATE_UNSAFE, 0U);
    int named = 0;
    for (unsigned i = 0; i < copying->params.size(); ++i)
        named += qstrcmp(copying->params.data()[i].field, VIR_MIGRATE_PARAM_MIGRATE_DISKS) == 0 ? 1 : 0;
    QCOMPARE(named, 2);
    const TypedParams second(copying->params.data(), static_cast<int>(copying->params.size()));
    QCOMPARE(second.integer(VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY), std::optional<qint64>(7));
    s.incremental = true;
    QVERIFY((migrateCallOf(s)->flags & VIR_MIGRATE_NON_SHARED_INC) != 0);
    s = spec();
    s.kind = MigrationKind::Cold;
    QCOMPARE(migrateCallOf(s)->flags & VIR_MIGRATE_LIVE, 0U);
    QVERIFY((migrateCallOf(s)->flags & VIR_MIGRATE_PAUSED) != 0);
    s.options.tunnelled = true;
    s.destination.dataAddress = QStringLiteral("10.0.0.2");
    const auto tunnelled = migrateCallOf(s);
    QVERIFY((tunnelled->flags & VIR_MIGRATE_TUNNELLED) != 0);
    for (unsigned i = 0; i < tunnelled->params.size(); ++i) // it takes no address
        QVERIFY(qstrcmp(tunnelled->params.data()[i].field, VIR_MIGRATE_PARAM_URI) != 0);
}

void TestLibvirtJobs::bandwidthIsRoundedUp()
{
    QCOMPARE(wholeMibPerSecond(Rate::fromMib(0)), 1ULL); // 0 would lift every limit
    QCOMPARE(wholeMibPerSecond(Rate::fromMib(-3)), 1ULL);
    QCOMPARE(wholeMibPerSecond(Rate::fromMib(4)), 4ULL);
    QCOMPARE(wholeMibPerSecond(Rate::fromMib(4.01)), 5ULL);
    QCOMPARE(wholeMibPerSecond(Rate{1e30}), 8796093022207ULL);
}

void TestLibvirtJobs::states()
{
    QCOMPARE(powerStateOf(VIR_DOMAIN_BLOCKED), PowerState::Running);
    QCOMPARE(powerStateOf(99), PowerState::Unknown);
    QCOMPARE(stateReasonOf(VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATION_CANCELED),
             StateReason::MigrationCanceled);
    QCOMPARE(stateReasonOf(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION), StateReason::Migration);
    QCOMPARE(stateReasonOf(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY), StateReason::PostCopy);
    QCOMPARE(stateReasonOf(VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY_FAILED),
             StateReason::PostCopyFailed);
    QCOMPARE(stateReasonOf(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_MIGRATED), StateReason::Migrated);
    QCOMPARE(stateReasonOf(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_CRASHED), StateReason::Crashed);
    QCOMPARE(stateReasonOf(VIR_DOMAIN_RUNNING, 77), StateReason::Other);
}

void TestLibvirtJobs::rates()
{
    RateMeter meter;
    const RateMeter::Time start{};
    QVERIFY(!meter.update(1000, start).has_value());
    QVERIFY(!meter.update(1500, start + 100ms).has_value()); // too soon to tell
    QCOMPARE(*meter.update(3000, start + 1s), 2000.0);
    QCOMPARE(*meter.update(9000, start + 1100ms), 2000.0); // the last answer again
    QCOMPARE(*meter.update(5000, start + 2s), 2000.0);
    QVERIFY(!meter.update(10, start + 3s).has_value()); // began anew
    QCOMPARE(*meter.update(20, start + 4s), 10.0);
}

QTEST_GUILESS_MAIN(TestLibvirtJobs)
#include "tst_libvirt_jobs.moc"
