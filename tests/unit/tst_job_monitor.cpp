// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/job_monitor.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace drover;
using namespace std::chrono_literals;

namespace {

JobStats stats(int iteration, double remaining, double rate = 100, std::optional<double> dirty = {})
{
    JobStats made;
    made.phase = iteration == 0 ? JobStats::Phase::Preparing : JobStats::Phase::Memory;
    made.iteration = iteration;
    made.memoryTotal = iteration == 0 ? Bytes{} : Bytes::fromMib(2048);
    made.memoryRemaining = Bytes::fromMib(remaining);
    if (rate > 0)
        made.transfer = Rate::fromMib(rate);
    if (dirty)
        made.dirty = Rate::fromMib(*dirty);
    return made;
}

/// Walks a monitor through a migration as QEMU's own loop makes it: each pass sends what is left at the given
/// rate, polled every 200 ms, and begins with an event whose figures are those of the last poll.
class Course
{
public:
    explicit Course(double rate, Milliseconds downtime = 300ms) : monitor({}, downtime), m_rate(rate) {}

    /// @param from, to MiB remaining at its beginning and when it is left
    void pass(double from, double to, std::optional<double> dirty = {})
    {
        ++m_iteration;
        if (m_iteration > 1) {
            JobStats event = m_last;
            event.iteration = m_iteration;
            verdicts.push_back(monitor.add(event, m_at, true).verdict);
        }
        for (double left = from; left > to; left -= m_rate * 0.2) {
            m_last = stats(m_iteration, left, m_rate, dirty);
            m_at += 200ms;
            samples.push_back(monitor.add(m_last, m_at, false));
            verdicts.push_back(samples.back().verdict);
        }
    }

    JobMonitor monitor;
    std::vector<JobSample> samples;
    std::vector<ConvergenceVerdict> verdicts; ///< of every sample, marks too
    [[nodiscard]] bool everSaid(ConvergenceVerdict verdict) const
    {
        return std::find(verdicts.begin(), verdicts.end(), verdict) != verdicts.end();
    }

private:
    double m_rate;
    int m_iteration = 0;
    Milliseconds m_at{0};
    JobStats m_last;
};

} // namespace

class TestJobMonitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void preparing();
    void progressNeverFalls();
    void phaseAndTimeNeverGoBack();
    void rateIsSmoothed();
    void switchOverLimitFollowsTheDowntime();
    void firstPassGivesNoVerdict();
    void secondPassGivesNoVerdict();
    void idleGuestFinishes();
    void convergingCountsThePassesToCome();
    void etaIsNearTheTruth();
    void dirtiesFasterThanTheLink();
    void stalledBelowTheLink();
    void oneLongerPassProvesNothing();
    void bottomOfASawtoothIsNoEnd();
    void markDoesNotLookLikeAShortPass();
    void joinedInTheMiddle();
    void postCopy();
    void disks();
    void mirrorsTellNoRate();
    void memoryIsStillToCome();
    void raisedDowntimeFinishes();
    void words();
};

void TestJobMonitor::preparing()
{
    JobMonitor monitor;
    const JobSample sample = monitor.add(stats(0, 0, 0), 100ms, false);
    QCOMPARE(sample.phase, JobState::Preparing);
    QCOMPARE(sample.progress, 0.0);
    QCOMPARE(sample.verdict, ConvergenceVerdict::NotKnown);
    QVERIFY(!sample.eta);
    QVERIFY(!monitor.switchOverLimit());
    QCOMPARE(monitor.verdictText(), QStringLiteral("Preparing the destination"));
}

void TestJobMonitor::progressNeverFalls()
{
    Course course(100);
    course.pass(2048, 40);
    course.pass(900, 40); // jumps up at the sync
    course.pass(900, 40);
    double before = 0;
    for (const JobSample& sample : course.samples) {
        QVERIFY(sample.progress >= before);
        QVERIFY(sample.progress <= 99.0); // the end is the hosts' to tell
        before = sample.progress;
    }
    QVERIFY(before > 90);
    JobMonitor monitor;
    JobStats beyond = stats(2, 10);
    beyond.memoryTotal = {}; // a total that goes missing changes nothing
    (void)monitor.add(stats(1, 1024), 1s, false);
    QCOMPARE(monitor.add(beyond, 2s, false).progress, 50.0);
}

void TestJobMonitor::phaseAndTimeNeverGoBack()
{
    JobMonitor monitor;
    (void)monitor.add(stats(3, 100), 2s, true);
    const JobSample late = monitor.add(stats(2, 900), 1s, false);
    QCOMPARE(late.at, Milliseconds(2000));
    QCOMPARE(late.iteration, 3);
    const JobSample prepared = monitor.add(stats(0, 0, 0), 3s, false);
    QCOMPARE(prepared.phase, JobState::Memory);
}

void TestJobMonitor::rateIsSmoothed()
{
    JobMonitor monitor({}, 1s);
    (void)monitor.add(stats(1, 2000, 100), 200ms, false);
    (void)monitor.add(stats(1, 1900, 200), 400ms, false);
    QCOMPARE(monitor.switchOverLimit()->mib(), 140.0);
    JobStats mark = stats(2, 1900, 200);
    (void)monitor.add(mark, 410ms, true); // the same figure once more, at an event
    QCOMPARE(monitor.switchOverLimit()->mib(), 140.0);
    (void)monitor.add(stats(2, 1900, 0), 600ms, false); // no figure yet
    QCOMPARE(monitor.switchOverLimit()->mib(), 140.0);
}

void TestJobMonitor::switchOverLimitFollowsTheDowntime()
{
    JobMonitor monitor({}, 300ms);
    (void)monitor.add(stats(1, 2000, 100), 200ms, false);
    QCOMPARE(monitor.switchOverLimit()->mib(), 30.0);
    monitor.setDowntimeLimit(2s);
    QCOMPARE(monitor.downtimeLimit(), Milliseconds(2000));
    QCOMPARE(monitor.switchOverLimit()->mib(), 200.0);
    QCOMPARE(monitor.add(stats(1, 1900, 100), 400ms, false).downtimeLimit, std::optional(Milliseconds(2000)));
}

void TestJobMonitor::firstPassGivesNoVerdict()
{
    Course course(100);
    course.pass(2048, 0);
    for (const JobSample& sample : course.samples) {
        QCOMPARE(sample.verdict, ConvergenceVerdict::NotKnown);
        QVERIFY(sample.eta.has_value());
    }
    QCOMPARE(course.samples.front().eta, std::optional(Milliseconds(20480)));
    QVERIFY(course.monitor.verdictText().startsWith(QStringLiteral("First pass")));
}

void TestJobMonitor::secondPassGivesNoVerdict()
{
    Course course(100);
    course.pass(2048, 40);
    course.pass(900, 20, 90.0);
    for (const ConvergenceVerdict verdict : course.verdicts)
        QCOMPARE(verdict, ConvergenceVerdict::NotKnown);
}

void TestJobMonitor::idleGuestFinishes()
{
    Course course(100);
    course.pass(2048, 29);
    course.pass(2, 0);
    QCOMPARE(course.samples.back().verdict, ConvergenceVerdict::Finishing);
    QVERIFY(course.monitor.verdictText().startsWith(QStringLiteral("Finishing")));
}

void TestJobMonitor::convergingCountsThePassesToCome()
{
    Course course(100);
    course.pass(2048, 30);
    course.pass(1000, 30, 50);
    course.pass(500, 30, 50);
    const JobSample first = course.samples[course.samples.size() - 1];
    QCOMPARE(first.verdict, ConvergenceVerdict::Converging);
    QVERIFY(*first.eta >
            Milliseconds(static_cast<qint64>(first.memoryRemaining.mib() * 10))); // more than this pass
    QVERIFY(course.monitor.verdictText().startsWith(QStringLiteral("Converging: about")));
    QVERIFY(!course.everSaid(ConvergenceVerdict::WillNotConverge));
    QVERIFY(!course.everSaid(ConvergenceVerdict::Stalled));
}

void TestJobMonitor::etaIsNearTheTruth()
{
    // Each pass leaves half of the one before: 1000, 500, 250, 125, 62, 31, below 30 it ends.
    Course course(100);
    course.pass(2048, 30);
    course.pass(1000, 30, 50);
    course.pass(500, 499, 50); // its first poll
    const double truth = (500 + 250 + 125 + 62.5 + 31.25) / 100.0;
    const double said = std::chrono::duration<double>(*course.samples.back().eta).count();
    QVERIFY2(std::abs(said - truth) < 1.0, qPrintable(QString::number(said)));
}

void TestJobMonitor::dirtiesFasterThanTheLink()
{
    Course course(8);
    course.pass(64, 2);
    for (int i = 0; i < 5; ++i)
        course.pass(31, 3, 8.0);
    QCOMPARE(course.samples.back().verdict, ConvergenceVerdict::WillNotConverge);
    QVERIFY(!course.samples.back().eta);
    QCOMPARE(course.monitor.verdictText(),
             QStringLiteral("Will not converge: dirties 8.0 MiB/s, the link gives 8.0 MiB/s"));
}

void TestJobMonitor::stalledBelowTheLink()
{
    Course course(8);
    course.pass(64, 2);
    for (int i = 0; i < 5; ++i)
        course.pass(31, 3, 4.0);
    QCOMPARE(course.samples.back().verdict, ConvergenceVerdict::Stalled);
    QVERIFY(!course.everSaid(ConvergenceVerdict::WillNotConverge));
}

void TestJobMonitor::oneLongerPassProvesNothing()
{
    Course course(100);
    course.pass(2048, 30);
    course.pass(1000, 30, 90);
    course.pass(600, 30, 90);
    course.pass(620, 30, 90); // one that did not shrink
    QVERIFY(!course.everSaid(ConvergenceVerdict::Stalled));
    QVERIFY(!course.everSaid(ConvergenceVerdict::WillNotConverge));
    course.pass(300, 30, 90);
    QCOMPARE(course.samples.back().verdict, ConvergenceVerdict::Converging);
}

void TestJobMonitor::bottomOfASawtoothIsNoEnd()
{
    // Just before each sync what remains is below the limit (2.4 MiB): that is where the saw turns, not the
    // end.
    Course course(8);
    course.pass(64, 1.0);
    for (int i = 0; i < 6; ++i)
        course.pass(31, 0.5, 8.0);
    QVERIFY(!course.everSaid(ConvergenceVerdict::Finishing));
    QVERIFY(!course.everSaid(ConvergenceVerdict::Converging));
}

void TestJobMonitor::markDoesNotLookLikeAShortPass()
{
    Course course(100);
    course.pass(2048, 30);
    course.pass(900, 40, 90);
    course.pass(900, 40, 90);
    course.pass(900, 40, 90);
    // The event of a pass carries the 40 MiB that the pass before ended with.
    QVERIFY(!course.everSaid(ConvergenceVerdict::Converging));
    QVERIFY(!course.everSaid(ConvergenceVerdict::Finishing));
}

void TestJobMonitor::joinedInTheMiddle()
{
    JobMonitor monitor;
    // Someone else's move, seen for the first time near the bottom of its seventh pass.
    QCOMPARE(monitor.add(stats(7, 20, 100, 90), 100ms, false).verdict, ConvergenceVerdict::NotKnown);
    QCOMPARE(monitor.add(stats(8, 900, 100, 90), 400ms, false).verdict, ConvergenceVerdict::NotKnown);
    QCOMPARE(monitor.add(stats(8, 100, 100, 90), 9s, false).verdict, ConvergenceVerdict::NotKnown);
    QCOMPARE(monitor.add(stats(9, 400, 100, 90), 10s, false).verdict, ConvergenceVerdict::Converging);
}

void TestJobMonitor::postCopy()
{
    JobMonitor monitor;
    JobStats made = stats(4, 500, 100);
    made.phase = JobStats::Phase::PostCopy;
    const JobSample sample = monitor.add(made, 1s, false);
    QCOMPARE(sample.phase, JobState::PostCopy);
    QCOMPARE(sample.verdict, ConvergenceVerdict::Finishing);
    QCOMPARE(sample.eta, std::optional(Milliseconds(5000)));
}

void TestJobMonitor::disks()
{
    JobMonitor monitor;
    JobStats made = stats(0, 0, 50);
    made.phase = JobStats::Phase::Disks;
    made.diskTotal = Bytes::fromMib(1000);
    made.diskRemaining = Bytes::fromMib(400);
    const JobSample sample = monitor.add(made, 1s, false);
    QCOMPARE(sample.phase, JobState::Disks);
    QCOMPARE(sample.verdict, ConvergenceVerdict::NotKnown);
    QCOMPARE(sample.eta, std::optional(Milliseconds(8000)));
    QCOMPARE(sample.progress, 60.0);
    QCOMPARE(monitor.verdictText(), QStringLiteral("Copying disks at 50 MiB/s: about 8 s left"));
}

void TestJobMonitor::mirrorsTellNoRate()
{
    // A limited mirror moves in steps of 16 MiB, and its total grows with what the guest writes.
    JobMonitor monitor;
    JobStats made;
    made.phase = JobStats::Phase::Disks;
    JobSample sample;
    for (int second = 0; second <= 12; ++second) {
        made.diskTotal = Bytes::fromMib(256 + second);
        made.diskRemaining = made.diskTotal - Bytes::fromMib(16 * (second / 4));
        made.transfer = Rate{};
        sample = monitor.add(made, Milliseconds(second * 1000), false);
        QVERIFY(sample.verdict == ConvergenceVerdict::NotKnown); // never stalled between two steps
    }
    QVERIFY(sample.transfer.has_value());
    QCOMPARE(sample.transfer->mib(), 4.0);
    QVERIFY(sample.eta.has_value());
    QCOMPARE(sample.eta->count(), (256 + 12 - 48) * 1000 / 4);
    QVERIFY(sample.progress > 15);
}

void TestJobMonitor::memoryIsStillToCome()
{
    JobMonitor monitor;
    monitor.setExpectedMemory(Bytes::fromMib(1000));
    JobStats made;
    made.phase = JobStats::Phase::Disks;
    made.diskTotal = Bytes::fromMib(1000);
    QCOMPARE(monitor.add(made, 1s, false).progress, 50.0); // all disks are there, no memory
    made.phase = JobStats::Phase::Memory;
    made.iteration = 1;
    made.memoryTotal = Bytes::fromMib(1000);
    made.memoryRemaining = Bytes::fromMib(500);
    QCOMPARE(monitor.add(made, 2s, false).progress, 75.0);
}

void TestJobMonitor::raisedDowntimeFinishes()
{
    Course course(8);
    course.pass(64, 1);
    for (int i = 0; i < 4; ++i)
        course.pass(31, 3, 8.0);
    QCOMPARE(course.samples.back().verdict, ConvergenceVerdict::WillNotConverge);
    course.monitor.setDowntimeLimit(5s); // 40 MiB: a whole pass fits
    course.pass(31, 30, 8.0);
    QCOMPARE(course.samples.back().verdict, ConvergenceVerdict::Finishing);
}

void TestJobMonitor::words()
{
    QCOMPARE(convergenceName(ConvergenceVerdict::NotKnown), QString());
    QCOMPARE(convergenceName(ConvergenceVerdict::WillNotConverge), QStringLiteral("will-not-converge"));
    QCOMPARE(jobStateName(JobState::SwitchOver), QStringLiteral("switchover"));
    QVERIFY(isEnded(JobState::Unknown) && isEnded(JobState::Cancelled) && !isEnded(JobState::Verifying));
}

QTEST_GUILESS_MAIN(TestJobMonitor)
#include "tst_job_monitor.moc"
