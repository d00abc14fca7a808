// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/judge.h"
#include "tests/support/fleet_maker.h"
#include "tests/support/sound_answers.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>

using namespace drover;
using namespace drover::testing;
using namespace std::chrono_literals;

namespace {

const QString h1 = QStringLiteral("h1");
const QString h2 = QStringLiteral("h2");
const QString h3 = QStringLiteral("h3");

PairEvidence compatible(const InstanceId&, const HostId&)
{
    PairEvidence evidence;
    static const auto here = std::make_shared<const HostDetails>(soundDetails(*definition(1), true));
    static const auto there = std::make_shared<const HostDetails>(soundDetails(*definition(1), false));
    evidence.cpu = CpuComparison{CpuComparison::Answer::Compatible, {}, {}};
    evidence.source = here;
    evidence.destination = there;
    return evidence;
}

} // namespace

class TestJudge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void fitsWithWhatIsLeft();
    void sourceVerdict();
    void someStaySomeCome();
    void severalFillAHostOneAfterAnother();
    void severalFillTheFreeMemoryToo();
    void movesUnderWayTakeTheirRoom();
    void pendingUntilTheHostHasSaid();
    void namesTheInstanceWhenThereAreSeveral();
    void unknownInstance();
    void conflictCannotMove();
    void bestFirst();
    void names();
    void thousandHosts();

private:
    [[nodiscard]] std::vector<HostVerdict> judge(const std::vector<int>& numbers,
                                                 const MovesByHost& moves = {},
                                                 const EvidenceLookup& evidence = compatible) const
    {
        std::vector<InstanceId> ids;
        for (const int number : numbers)
            ids.push_back(instanceId(number));
        return judgeHosts(*m_builder->snapshot(), ids, {}, moves, evidence);
    }
    void tell(const QString& host, std::vector<Domain> domains, double hostGib = 64)
    {
        auto made = reading(host, std::move(domains));
        auto facts = hostFacts(host);
        facts->memory = Bytes::fromGib(hostGib);
        made->facts = facts;
        m_at += 10ms;
        (void)m_builder->fold({up(host, made, m_at)});
    }
    std::unique_ptr<InventoryBuilder> m_builder;
    Milliseconds m_at{100};
};

void TestJudge::init()
{
    m_builder = std::make_unique<InventoryBuilder>();
    std::vector<HostConfig> hosts = {hostConfig(h1), hostConfig(h2), hostConfig(h3)};
    for (HostConfig& host : hosts)
        host.reservedMemory = {};
    (void)m_builder->setHosts(hosts);
    tell(h1, {runningDomain(1), runningDomain(2), runningDomain(3)});
    tell(h2, {}, 8);
    tell(h3, {runningDomain(4)});
}

void TestJudge::fitsWithWhatIsLeft()
{
    const auto verdicts = judge({1});
    QCOMPARE(verdicts.size(), std::size_t(3));
    QCOMPARE(verdicts[1].host, hostId(h2));
    QCOMPARE(verdicts[1].level, HostVerdict::Level::Fits);
    QCOMPARE(verdicts[1].reason, QStringLiteral("Fits: 6.0 GiB of memory left after it"));
    QCOMPARE(verdicts[1].usedAfter.memory, Bytes::fromGib(2));
    QCOMPARE(verdicts[1].committedAfter.memory, Bytes::fromGib(2));
    QCOMPARE(verdicts[1].before.committed.memory, Bytes{});
    QCOMPARE(verdicts[1].kind, MigrationKind::Live);
    QCOMPARE(verdicts[1].checks.size(), allChecks().size());
    QVERIFY(!verdicts[1].pending);
}

void TestJudge::sourceVerdict()
{
    const auto verdicts = judge({1, 2});
    QVERIFY(verdicts[0].isSource);
    QCOMPARE(verdicts[0].level, HostVerdict::Level::Cannot);
    QCOMPARE(verdicts[0].reason, QStringLiteral("they run here"));
    QCOMPARE(judge({1})[0].reason, QStringLiteral("it runs here"));
    QVERIFY(!verdicts[1].isSource);
}

void TestJudge::someStaySomeCome()
{
    const auto verdicts = judge({1, 4}); // one on h1, one on h3
    QVERIFY(!verdicts[0].isSource);
    QCOMPARE(verdicts[0].level, HostVerdict::Level::Fits);
    QCOMPARE(verdicts[0].committedAfter.memory, Bytes::fromGib(8)); // three of its own, and one that comes
}

void TestJudge::severalFillAHostOneAfterAnother()
{
    tell(h2, {}, 5); // room for two of 2 GiB
    QCOMPARE(judge({1, 2})[1].level, HostVerdict::Level::Fits);
    const HostVerdict three = judge({1, 2, 3})[1];
    QCOMPARE(three.level, HostVerdict::Level::Cannot);
    QVERIFY2(three.reason.startsWith(QStringLiteral("vm-3: Needs 2")), qPrintable(three.reason));
    QCOMPARE(three.committedAfter.memory, Bytes::fromGib(6)); // the bar shows it over the mark
}

void TestJudge::severalFillTheFreeMemoryToo()
{
    auto made = std::make_shared<HostReading>(*m_builder->snapshot()->host(hostId(h2))->reading);
    made->memoryFreeNow = Bytes::fromGib(5);
    (void)m_builder->fold({up(h2, made, 900ms)});
    QCOMPARE(judge({1, 2})[1].level, HostVerdict::Level::Fits);
    const HostVerdict three = judge({1, 2, 3})[1];
    QCOMPARE(three.level, HostVerdict::Level::Cannot);
    QVERIFY2(three.reason.contains(QStringLiteral("free at this moment")), qPrintable(three.reason));
}

void TestJudge::movesUnderWayTakeTheirRoom()
{
    MovesByHost moves;
    moves[hostId(h2)].arriving.memory = Bytes::fromGib(7);
    const HostVerdict verdict = judge({1}, moves)[1];
    QCOMPARE(verdict.level, HostVerdict::Level::Cannot);
    QCOMPARE(verdict.before.free.memory, Bytes::fromGib(1));
    QCOMPARE(verdict.committedAfter.memory, Bytes::fromGib(9));
}

void TestJudge::pendingUntilTheHostHasSaid()
{
    const auto nothing = [](const InstanceId&, const HostId&) { return PairEvidence{}; };
    const HostVerdict asked = judge({1}, {}, nothing)[1];
    QVERIFY(asked.pending);
    QCOMPARE(asked.level, HostVerdict::Level::Fits);
    QCOMPARE(asked.reason, QStringLiteral("Fits by what is known; checking…"));
    const HostVerdict without = judge({1}, {}, {})[1]; // no lookup at all
    QVERIFY(without.pending);
    const auto incompatible = [](const InstanceId&, const HostId& host) {
        PairEvidence evidence;
        if (host.value == h2)
            evidence.cpu = CpuComparison{CpuComparison::Answer::Incompatible, {QStringLiteral("avx2")}, {}};
        return evidence;
    };
    const auto verdicts = judge({1}, {}, incompatible);
    QCOMPARE(verdicts[1].level, HostVerdict::Level::Cannot);
    QCOMPARE(verdicts[1].reason, QStringLiteral("h2 lacks CPU features: avx2"));
    QVERIFY(!verdicts[1].pending);
    QVERIFY(verdicts[2].pending);
}

void TestJudge::namesTheInstanceWhenThereAreSeveral()
{
    auto named = definition(2);
    named->name = QStringLiteral("vm-1");
    tell(h2, {domain(std::make_shared<DomainDefinition>(*definition(9)), PowerState::Running)}, 8);
    auto twin = definition(9);
    twin->name = QStringLiteral("vm-2");
    tell(h2, {domain(twin, PowerState::Running)}, 64);
    const HostVerdict verdict = judge({1, 2})[1];
    QCOMPARE(verdict.level, HostVerdict::Level::Cannot);
    QVERIFY2(verdict.reason.startsWith(QStringLiteral("vm-2: h2 has another instance named vm-2")),
             qPrintable(verdict.reason));
}

void TestJudge::unknownInstance()
{
    for (const HostVerdict& verdict : judge({77})) {
        QCOMPARE(verdict.level, HostVerdict::Level::Cannot);
        QVERIFY(!verdict.isSource);
        QCOMPARE(verdict.reason, QStringLiteral("the instance is no longer known on any host"));
    }
}

void TestJudge::conflictCannotMove()
{
    tell(h2, {runningDomain(1)}, 64);
    tell(h1, {runningDomain(1)});
    tell(h2, {runningDomain(1)}, 64);
    QVERIFY(m_builder->snapshot()->instance(instanceId(1))->inConflict());
    for (const HostVerdict& verdict : judge({1}))
        QCOMPARE(verdict.level, HostVerdict::Level::Cannot);
}

void TestJudge::bestFirst()
{
    tell(h2, {}, 128);
    auto closed = std::make_shared<HostReading>(*m_builder->snapshot()->host(hostId(h3))->reading);
    closed->service.state = ServiceState::Maintenance;
    (void)m_builder->fold({up(h3, closed, 900ms)});
    auto verdicts = judge({1});
    sortBestFirst(verdicts);
    QCOMPARE(verdicts[0].host, hostId(h2));
    QCOMPARE(verdicts[1].host, hostId(h3)); // cannot
    QVERIFY(verdicts[2].isSource);

    std::vector<HostVerdict> made(4);
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i].host = {QString::number(i)};
        made[i].before.effective.memory = Bytes::fromGib(static_cast<double>(i));
    }
    made[3].level = HostVerdict::Level::Warning;
    sortBestFirst(made);
    QStringList order;
    for (const HostVerdict& verdict : made)
        order.append(verdict.host.value);
    QCOMPARE(order.join(QLatin1Char(' ')), QStringLiteral("2 1 0 3"));
}

void TestJudge::names()
{
    QCOMPARE(verdictName(HostVerdict::Level::Fits), QStringLiteral("fits"));
    QCOMPARE(verdictName(HostVerdict::Level::Warning), QStringLiteral("warning"));
    QCOMPARE(verdictName(HostVerdict::Level::Cannot), QStringLiteral("cannot"));
}

void TestJudge::thousandHosts()
{
    constexpr int hostCount = 1000;
    constexpr int each = 50;
    InventoryBuilder builder;
    std::vector<HostConfig> hosts;
    for (int h = 0; h < hostCount; ++h)
        hosts.push_back(hostConfig(QStringLiteral("n%1").arg(h)));
    (void)builder.setHosts(hosts);
    std::vector<HostUpdate> updates;
    int number = 0;
    for (const HostConfig& host : hosts) {
        std::vector<Domain> domains;
        for (int i = 0; i < each; ++i) {
            domains.push_back(runningDomain(++number));
            auto made = definition(number);
            made->project = QStringLiteral("project-%1").arg(number % 7);
            made->disks = {disk(QStringLiteral("vda"), StorageClass::Network)};
            made->maxMemory = Bytes::fromGib(1);
            made->maxVcpus = 1;
            domains.back().definition = made;
        }
        updates.push_back(up(host.id.value, reading(host.id.value, std::move(domains)), 100ms));
    }
    QElapsedTimer timer;
    timer.start();
    (void)builder.fold(updates);
    qInfo("first fold of %d instances: %lld ms", number, timer.elapsed());
    const Snapshot snapshot = builder.snapshot();
    qint64 best = std::numeric_limits<qint64>::max();
    for (int run = 0; run < 9; ++run) {
        timer.restart();
        const auto verdicts = judgeHosts(*snapshot, {instanceId(1)}, {}, {}, compatible);
        best = std::min(best, timer.nsecsElapsed() / 1000);
        QCOMPARE(verdicts.size(), std::size_t(hostCount));
        QCOMPARE(verdicts[500].level, HostVerdict::Level::Fits);
    }
    qInfo("judged %d hosts with %d instances: %lld µs", hostCount, number, best);
    // One poll of every host, in which each running instance has used some CPU.
    for (HostUpdate& update : updates) {
        auto next = std::make_shared<HostReading>(*update.reading);
        for (Domain& domain : next->domains)
            domain.status.cpuTimeNs = 1;
        update.reading = next;
        update.at += 1000ms;
    }
    timer.restart();
    for (const HostUpdate& update : updates)
        (void)builder.fold({update});
    qInfo("%d folds of a host each, everything changed: %lld ms", hostCount, timer.elapsed());
#if defined(QT_NO_DEBUG) || defined(NDEBUG)
    QVERIFY2(best < 16000, "one frame at 60 Hz");
#endif
}

QTEST_GUILESS_MAIN(TestJudge)
#include "tst_judge.moc"
