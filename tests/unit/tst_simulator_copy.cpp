// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/guest_memory.h"
#include "core/simulator/link_share.h"
#include "core/simulator/page_set.h"
#include "core/simulator/pre_copy.h"

#include <QTest>

#include <cmath>
#include <random>
#include <set>

using namespace drover;

namespace {

constexpr double mib = 1048576.0;
constexpr Milliseconds step{10};

Workload load(double hotMib, double hotRate, double coldRate, double used = 1.0)
{
    return {QStringLiteral("test"),
            Bytes::fromMib(hotMib),
            0,
            Rate::fromMib(hotRate),
            Rate::fromMib(coldRate),
            used,
            10};
}

PreCopy migration(const Workload& workload, PreCopy::Settings settings = {}, double sizeMib = 1024,
                  quint64 seed = 5)
{
    return {std::make_unique<GuestMemory>(Bytes::fromMib(sizeMib), workload, seed), settings, true};
}

/// Moves on until it is done. @return ms, or −1 when the time was not enough
qint64 finish(PreCopy& copy, double rateMib, qint64 mostMs)
{
    for (qint64 ms = 0; ms < mostMs; ms += step.count()) {
        if (copy.phase() == PreCopy::Phase::Done)
            return ms;
        copy.advance(step, rateMib * mib);
    }
    return copy.phase() == PreCopy::Phase::Done ? mostMs : -1;
}

} // namespace

class TestSimulatorCopy : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void pageSetAgreesWithAPlainSet();
    void guestDirtiesByItsWorkingSet();
    void fairSharesAreMaxMin();
    void quietGuestEndsInThreeIterations();
    void zeroPagesCostNearlyNothing();
    void limitHoldsButNotInTheStopPhase();
    void doesNotConvergeAboveTheRate();
    void higherDowntimeRescues();
    void higherBandwidthRescues();
    void throttleRescuesBySteps();
    void postCopyRescues();
    void pauseRescues();
    void verdictOfTheClosedForm_data();
    void verdictOfTheClosedForm();
    void dirtyRateIsOfDistinctPages();
    void expectedDowntimeIsRemainingAtSync();
    void sameSeedSameCourse();
};

void TestSimulatorCopy::pageSetAgreesWithAPlainSet()
{
    std::mt19937 random(1);
    constexpr int pages = 150;
    PageSet set(pages);
    PageSet log(pages);
    std::set<int> plain;
    for (int round = 0; round < 20000; ++round) {
        const int page = static_cast<int>(random() % pages);
        switch (random() % 4) {
        case 0:
            set.insert(page);
            plain.insert(page);
            break;
        case 1:
            set.erase(page);
            plain.erase(page);
            break;
        case 2:
            log.insert(page);
            break;
        default:
            if (random() % 16 == 0) {
                int added = 0;
                for (int i = 0; i < pages; ++i)
                    added += log.contains(i) && plain.insert(i).second ? 1 : 0;
                QCOMPARE(set.takeFrom(log), added);
                QCOMPARE(log.size(), 0);
            }
        }
        QCOMPARE(set.size(), static_cast<int>(plain.size()));
        const auto at = plain.lower_bound(page);
        const int expected = plain.empty() ? -1 : at == plain.end() ? *plain.begin() : *at;
        QCOMPARE(set.next(page), expected);
    }
    set.fill();
    QCOMPARE(set.size(), pages);
}

void TestSimulatorCopy::guestDirtiesByItsWorkingSet()
{
    // D(w) = H (1 − e^(−w r/H)) + c w
    GuestMemory memory(Bytes::fromMib(2048), load(128, 64, 4), 9);
    QVERIFY(memory.pages() <= 65536);
    for (const int seconds : {1, 2, 5}) {
        memory.log().clear();
        for (int ms = 0; ms < seconds * 1000; ms += 10)
            memory.run(step, 0);
        const double found = memory.log().size() * static_cast<double>(memory.pageSize().value) / mib;
        const double expected = 128 * (1 - std::exp(-seconds * 64.0 / 128.0)) + 4 * seconds;
        QVERIFY2(std::abs(found - expected) < 0.04 * expected,
                 qPrintable(QStringLiteral("%1 s: %2, expected %3").arg(seconds).arg(found).arg(expected)));
    }
    memory.log().clear();
    memory.run(Milliseconds(1000), 1.0);
    QCOMPARE(memory.log().size(), 0);
    memory.run(Milliseconds(1000), 0.5);
    const double halved = memory.log().size() * static_cast<double>(memory.pageSize().value) / mib;
    QVERIFY(halved > 24 && halved < 33);
}

void TestSimulatorCopy::fairSharesAreMaxMin()
{
    QCOMPARE(fairShares({}, {100}), std::vector<double>{});
    QCOMPARE(fairShares({{0, 1, {}}}, {100, 60}), (std::vector<double>{60}));
    QCOMPARE(fairShares({{0, 1, {}}, {0, 2, {}}}, {100, 100, 100}), (std::vector<double>{50, 50}));
    // One that wants little leaves the rest to the other.
    QCOMPARE(fairShares({{0, 1, 20.0}, {0, 2, {}}}, {100, 100, 100}), (std::vector<double>{20, 80}));
    // The first shares its out link and is held back by a slow destination; the second gets what is left.
    QCOMPARE(fairShares({{0, 1, {}}, {0, 2, {}}, {3, 2, {}}}, {90, 10, 100, 100}),
             (std::vector<double>{10, 50, 50}));
    QCOMPARE(fairShares({{0, 1, {}}}, {100, 0}), (std::vector<double>{0}));
}

void TestSimulatorCopy::quietGuestEndsInThreeIterations()
{
    PreCopy copy = migration(load(0, 0, 0));
    const qint64 took = finish(copy, 256, 60000);
    QVERIFY2(took >= 3600 && took <= 4300, qPrintable(QString::number(took))); // 1024 MiB at 256 MiB/s
    const JobStats stats = copy.stats();
    QCOMPARE(stats.phase, JobStats::Phase::Completed);
    QCOMPARE(stats.iteration, 3);
    QCOMPARE(stats.memoryRemaining, Bytes{});
    QCOMPARE(stats.memoryTotal, Bytes::fromMib(1024));
    QVERIFY(stats.memoryProcessed > stats.memoryTotal); // with the headers
    QVERIFY(stats.downtime && *stats.downtime < Milliseconds(330));
}

void TestSimulatorCopy::zeroPagesCostNearlyNothing()
{
    PreCopy copy = migration(load(0, 0, 0, 0.25));
    const qint64 took = finish(copy, 64, 60000);
    QVERIFY2(took >= 3500 && took <= 4600, qPrintable(QString::number(took))); // 256 MiB at 64 MiB/s
    QVERIFY(copy.stats().memoryProcessed < Bytes::fromMib(280));
}

void TestSimulatorCopy::limitHoldsButNotInTheStopPhase()
{
    PreCopy::Settings settings;
    settings.bandwidth = Rate::fromMib(50);
    settings.maxDowntime = Milliseconds(2000);
    PreCopy copy = migration(load(0, 0, 0), settings);
    QCOMPARE(copy.demand(), settings.bandwidth);
    const qint64 took = finish(copy, 50, 60000);
    QVERIFY(took > 17000);
    PreCopy freed = migration(load(0, 0, 0), settings);
    while (freed.phase() == PreCopy::Phase::Memory)
        freed.advance(step, 50 * mib);
    QVERIFY(!freed.demand());
    finish(freed, 1000, 10000);
    // The 100 MiB that are left go at line rate: the pause is a fraction of the limit.
    QVERIFY2(*freed.stats().downtime < Milliseconds(200),
             qPrintable(formatDuration(*freed.stats().downtime)));
}

void TestSimulatorCopy::doesNotConvergeAboveTheRate()
{
    PreCopy copy = migration(load(512, 400, 5));
    QCOMPARE(finish(copy, 60, 300000), -1);
    QVERIFY(copy.iteration() > 5);
    QVERIFY(copy.stats().dirty);
    QVERIFY(copy.stats().expectedDowntime > Milliseconds(1000));
}

void TestSimulatorCopy::higherDowntimeRescues()
{
    PreCopy copy = migration(load(512, 400, 5));
    QCOMPARE(finish(copy, 60, 100000), -1);
    copy.setMaxDowntime(Milliseconds(9000));
    QVERIFY(finish(copy, 60, 20000) >= 0);
    QVERIFY(*copy.stats().downtime < Milliseconds(9100));
    QVERIFY(*copy.stats().downtime > Milliseconds(1000));
}

void TestSimulatorCopy::higherBandwidthRescues()
{
    PreCopy::Settings settings;
    settings.bandwidth = Rate::fromMib(40);
    PreCopy copy = migration(load(256, 60, 2), settings);
    QCOMPARE(finish(copy, 40, 200000), -1);
    copy.setBandwidth(Rate::fromMib(200));
    QVERIFY(finish(copy, 200, 20000) >= 0);
}

void TestSimulatorCopy::throttleRescuesBySteps()
{
    PreCopy::Settings settings;
    settings.autoConverge = true;
    PreCopy copy = migration(load(256, 150, 2), settings);
    std::vector<int> seen;
    std::map<int, int> iterationOf;
    for (int ms = 0; ms < 600000 && copy.phase() != PreCopy::Phase::Done; ms += 10) {
        copy.advance(step, 60 * mib);
        const int now = copy.stats().throttlePercent.value_or(0);
        if (seen.empty() || seen.back() != now) {
            seen.push_back(now);
            iterationOf[now] = copy.iteration();
        }
    }
    QCOMPARE(copy.phase(), PreCopy::Phase::Done);
    QVERIFY(seen.size() >= 3);
    QCOMPARE(seen[0], 0);
    QCOMPARE(seen[1], 20);
    QCOMPARE(seen[2], 30);
    // It needs two syncs that ask for it, each time.
    QVERIFY(iterationOf[20] >= 3);
    QVERIFY(iterationOf[30] >= iterationOf[20] + 2);
}

void TestSimulatorCopy::postCopyRescues()
{
    PreCopy copy = migration(load(512, 400, 5));
    QCOMPARE(finish(copy, 60, 60000), -1);
    const Bytes left = copy.stats().memoryRemaining;
    copy.startPostCopy();
    QCOMPARE(copy.stats().phase, JobStats::Phase::PostCopy);
    QVERIFY(!copy.stats().dirty);
    QVERIFY(copy.stats().memoryRemaining >= left); // what was written last comes on top
    const int iteration = copy.iteration();
    QVERIFY(finish(copy, 60, 20000) >= 0);
    QCOMPARE(copy.iteration(), iteration);
    QVERIFY(*copy.stats().downtime < Milliseconds(20));
}

void TestSimulatorCopy::pauseRescues()
{
    PreCopy copy = migration(load(512, 400, 5));
    QCOMPARE(finish(copy, 60, 60000), -1);
    copy.pauseGuest();
    QVERIFY(finish(copy, 60, 30000) >= 0);
    QVERIFY(*copy.stats().downtime > Milliseconds(1000)); // the pause counts
}

void TestSimulatorCopy::verdictOfTheClosedForm_data()
{
    QTest::addColumn<double>("hot");
    QTest::addColumn<double>("hotRate");
    QTest::addColumn<double>("cold");
    QTest::addColumn<double>("factor");
    QTest::newRow("well above the least limit") << 64.0 << 300.0 << 5.0 << 1.5;
    QTest::newRow("well below it") << 64.0 << 300.0 << 5.0 << 0.6;
    QTest::newRow("above, larger set") << 192.0 << 150.0 << 10.0 << 1.5;
    QTest::newRow("below, larger set") << 192.0 << 150.0 << 10.0 << 0.6;
}

void TestSimulatorCopy::verdictOfTheClosedForm()
{
    // Converges exactly if B·L > P* = H − τ(B − c) + c·w_m with w_m = τ·ln((H/τ)/(B − c)), measured on real
    // QEMU.
    QFETCH(double, hot);
    QFETCH(double, hotRate);
    QFETCH(double, cold);
    QFETCH(double, factor);
    constexpr double line = 100;
    const double tau = hot / hotRate;
    const double payload = line * 4096.0 / 4105.0;
    const double longest = tau * std::log(hotRate / (payload - cold));
    const double least = (hot - tau * (payload - cold) + cold * longest) / payload;
    PreCopy::Settings settings;
    settings.maxDowntime = Milliseconds(static_cast<qint64>(1000 * least * factor));
    PreCopy copy = migration(load(hot, hotRate, cold), settings);
    QCOMPARE(finish(copy, line, 120000) >= 0, factor > 1);
}

void TestSimulatorCopy::dirtyRateIsOfDistinctPages()
{
    PreCopy copy = migration(load(64, 200, 0));
    std::optional<Rate> first;
    while (copy.iteration() == 1)
        copy.advance(step, 30 * mib);
    for (int ms = 0; ms < 20000 && copy.iteration() < 4; ms += 10)
        copy.advance(step, 30 * mib);
    first = copy.stats().dirty;
    QVERIFY(first);
    // 64 MiB are rewritten many times within an iteration of two seconds: far below the 200 MiB/s written.
    QVERIFY2(*first < Rate::fromMib(45), qPrintable(formatRate(*first)));
    QVERIFY(*first > Rate::fromMib(15));
}

void TestSimulatorCopy::expectedDowntimeIsRemainingAtSync()
{
    PreCopy copy = migration(load(256, 200, 0));
    copy.advance(step, 50 * mib);
    QCOMPARE(copy.stats().expectedDowntime, std::optional(Milliseconds(300))); // the limit stands in
    QVERIFY(!copy.stats().dirty);
    for (int ms = 0; ms < 60000 && copy.iteration() < 3; ms += 10)
        copy.advance(step, 50 * mib);
    for (int ms = 0; ms < 200; ms += 10)
        copy.advance(step, 50 * mib);
    const JobStats then = copy.stats();
    for (int ms = 0; ms < 1000; ms += 10)
        copy.advance(step, 50 * mib);
    const JobStats later = copy.stats();
    QCOMPARE(later.iteration, then.iteration);
    QVERIFY(later.memoryRemaining < then.memoryRemaining);
    const auto difference = std::abs((*later.expectedDowntime - *then.expectedDowntime).count());
    QVERIFY(difference < then.expectedDowntime->count() / 20 + 5); // constant within an iteration
}

void TestSimulatorCopy::sameSeedSameCourse()
{
    const auto course = [](quint64 seed) {
        PreCopy copy = migration(load(96, 120, 3), {}, 512, seed);
        std::vector<qint64> remaining;
        for (int ms = 0; ms < 30000; ms += 10) {
            copy.advance(step, 80 * mib);
            remaining.push_back(copy.stats().memoryRemaining.value);
        }
        return remaining;
    };
    QCOMPARE(course(1), course(1));
    QVERIFY(course(1) != course(2));
}

QTEST_GUILESS_MAIN(TestSimulatorCopy)
#include "tst_simulator_copy.moc"
