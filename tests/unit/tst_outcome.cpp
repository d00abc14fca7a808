// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/outcome.h"
#include "tests/support/fleet_maker.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;

namespace {

const HostId h1{QStringLiteral("h1")};
const HostId h2{QStringLiteral("h2")};

/// What one host may answer.
enum class Answer { Silent, None, Runs, Paused, ShutOff, HalfWay, PostCopy, Busy };

Result<std::vector<DomainPresence>> answerOf(Answer answer)
{
    if (answer == Answer::Silent)
        return fail(ErrorCode::Unreachable, QStringLiteral("no route to host"));
    if (answer == Answer::None)
        return std::vector<DomainPresence>{};
    DomainPresence p;
    p.id = instanceId(1);
    p.name = QStringLiteral("vm-1");
    p.persistent = true;
    p.state = PowerState::Running;
    switch (answer) {
    case Answer::Paused:
        p.state = PowerState::Paused;
        p.reason = StateReason::User;
        break;
    case Answer::ShutOff:
        p.state = PowerState::ShutOff;
        break;
    case Answer::HalfWay:
        p.state = PowerState::Paused;
        p.reason = StateReason::Migration;
        break;
    case Answer::PostCopy:
        p.state = PowerState::Paused;
        p.reason = StateReason::PostCopyFailed;
        p.jobActive = true; // libvirt keeps the job of a broken post-copy
        break;
    case Answer::Busy:
        p.jobActive = true;
        break;
    default:
        break;
    }
    DomainPresence other; // a neighbour of the same name must not be mistaken for it
    other.id = instanceId(2);
    other.name = p.name;
    other.state = PowerState::Running;
    return std::vector<DomainPresence>{other, p};
}

EndEvidence evidence(Answer source, Answer destination, bool failed, bool cancel)
{
    EndEvidence e;
    e.instance = instanceId(1);
    e.name = QStringLiteral("vm-1");
    e.source = h1;
    e.destination = h2;
    e.cancelRequested = cancel;
    if (failed)
        e.callError = Error{ErrorCode::OperationFailed, QStringLiteral("broken pipe"), {}, {}, {}};
    e.atSource = answerOf(source);
    e.atDestination = answerOf(destination);
    return e;
}

constexpr Answer allAnswers[] = {Answer::Silent,  Answer::None,    Answer::Runs,     Answer::Paused,
                                 Answer::ShutOff, Answer::HalfWay, Answer::PostCopy, Answer::Busy};

bool active(Answer a)
{
    return a != Answer::Silent && a != Answer::None && a != Answer::ShutOff;
}

bool changing(Answer a)
{
    return a == Answer::HalfWay || a == Answer::PostCopy;
}

} // namespace

class TestOutcome : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyLiveCombination();
    void bothRunningSaysWhatToDo();
    void runningWithoutItsMemoryIsLost();
    void runningInPostCopyHasNotArrived();
    void theCallsOwnWordsAreKept();
    void neitherNamesBoth();
    void cancelledBySomeoneElse();
    void offline_data();
    void offline();
    void destinationOutsideTheFleet();
};

void TestOutcome::everyLiveCombination()
{
    for (const Answer source : allAnswers) {
        for (const Answer destination : allAnswers) {
            for (const bool failed : {false, true}) {
                for (const bool cancel : {false, true}) {
                    const QByteArray where = QStringLiteral("source %1, destination %2, failed %3, cancel %4")
                                                 .arg(static_cast<int>(source))
                                                 .arg(static_cast<int>(destination))
                                                 .arg(failed)
                                                 .arg(cancel)
                                                 .toUtf8();
                    const auto outcome = decideOutcome(evidence(source, destination, failed, cancel));
                    if (source == Answer::Silent || destination == Answer::Silent) {
                        QVERIFY2(outcome && outcome->state == JobState::Unknown && !outcome->runsOn, where);
                        QVERIFY2(outcome->hasError && outcome->error.code == ErrorCode::Unreachable, where);
                        QVERIFY2(
                            outcome->error.message.contains(source == Answer::Silent ? h1.value : h2.value),
                            where);
                        continue;
                    }
                    if ((source == Answer::PostCopy && !active(destination)) ||
                        (destination == Answer::PostCopy && !active(source))) {
                        QVERIFY2(outcome && outcome->state == JobState::Failed, where);
                        QVERIFY2(outcome->runsOn && outcome->runsOn->empty(), where);
                        QVERIFY2(outcome->error.message.contains(QStringLiteral("is lost")), where);
                        continue;
                    }
                    const bool undecided = source == Answer::Busy || (changing(source) && active(source)) ||
                                           (changing(destination) && active(destination));
                    QVERIFY2(outcome.has_value() != undecided, where);
                    if (undecided)
                        continue;
                    const bool here = active(source);
                    const bool there = active(destination);
                    std::vector<HostId> runsOn;
                    if (here)
                        runsOn.push_back(h1);
                    if (there)
                        runsOn.push_back(h2);
                    QVERIFY2(outcome->runsOn == runsOn, where);
                    const JobState expected = here && there ? JobState::Unknown
                                              : there       ? JobState::Completed
                                              : here ? (cancel ? JobState::Cancelled : JobState::Failed)
                                                     : JobState::Failed;
                    QVERIFY2(outcome->state == expected, where);
                    QVERIFY2(outcome->hasError ==
                                 (expected != JobState::Completed && expected != JobState::Cancelled),
                             where);
                    QVERIFY2(!outcome->hasError || !outcome->error.message.isEmpty(), where);
                }
            }
        }
    }
}

void TestOutcome::runningWithoutItsMemoryIsLost()
{
    // The source's hypervisor died: the destination goes on saying that it runs.
    EndEvidence e = evidence(Answer::ShutOff, Answer::Runs, true, false);
    e.atDestination->back().reason = StateReason::PostCopyFailed;
    const auto outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Failed);
    QVERIFY(outcome->runsOn && outcome->runsOn->empty());
    QVERIFY(outcome->error.message.contains(QStringLiteral("Power it off on h2")));
}

void TestOutcome::runningInPostCopyHasNotArrived()
{
    EndEvidence e = evidence(Answer::ShutOff, Answer::Runs, false, false);
    e.atDestination->back().reason = StateReason::PostCopy;
    QVERIFY(!decideOutcome(e));
    e.atDestination->back().reason = StateReason::Migrated;
    const auto outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Completed);
}

void TestOutcome::bothRunningSaysWhatToDo()
{
    const auto outcome = decideOutcome(evidence(Answer::Runs, Answer::Runs, false, false));
    QVERIFY(outcome);
    QVERIFY(outcome->error.message.contains(QStringLiteral("both h1 and h2")));
    QVERIFY(outcome->error.message.contains(QStringLiteral("stop one of them at once")));
}

void TestOutcome::theCallsOwnWordsAreKept()
{
    const auto failed = decideOutcome(evidence(Answer::Runs, Answer::None, true, false));
    QVERIFY(failed);
    QCOMPARE(failed->error.message, QStringLiteral("broken pipe"));
    const auto arrived = decideOutcome(evidence(Answer::ShutOff, Answer::Runs, true, false));
    QVERIFY(arrived);
    QCOMPARE(arrived->state, JobState::Completed); // the hosts decide, not the call
    const auto lied = decideOutcome(evidence(Answer::Runs, Answer::None, false, false));
    QVERIFY(lied);
    QCOMPARE(lied->state, JobState::Failed);
    QVERIFY(lied->error.message.contains(QStringLiteral("runs on h1 as before")));
}

void TestOutcome::neitherNamesBoth()
{
    const auto outcome = decideOutcome(evidence(Answer::ShutOff, Answer::None, true, false));
    QVERIFY(outcome);
    QCOMPARE(outcome->error.message, QStringLiteral("vm-1 runs on neither h1 nor h2: broken pipe"));
    QVERIFY(outcome->runsOn && outcome->runsOn->empty());
}

void TestOutcome::cancelledBySomeoneElse()
{
    EndEvidence e = evidence(Answer::Runs, Answer::None, true, false);
    e.callError->code = ErrorCode::Cancelled;
    const auto outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Cancelled);
}

void TestOutcome::offline_data()
{
    QTest::addColumn<bool>("atSource");
    QTest::addColumn<bool>("atDestination");
    QTest::addColumn<bool>("failed");
    QTest::addColumn<bool>("cancel");
    QTest::addColumn<JobState>("state");
    QTest::newRow("arrived") << false << true << false << false << JobState::Completed;
    QTest::newRow("arrived, and kept at the source") << true << true << false << false << JobState::Completed;
    QTest::newRow("arrived whatever the call says") << false << true << true << false << JobState::Completed;
    QTest::newRow("refused, an older definition is there")
        << true << true << true << false << JobState::Failed;
    QTest::newRow("refused") << true << false << true << false << JobState::Failed;
    QTest::newRow("success that is none") << true << false << false << false << JobState::Failed;
    QTest::newRow("cancelled") << true << false << true << true << JobState::Cancelled;
    QTest::newRow("cancelled too late") << false << true << false << true << JobState::Completed;
    QTest::newRow("gone") << false << false << true << false << JobState::Failed;
}

void TestOutcome::offline()
{
    QFETCH(bool, atSource);
    QFETCH(bool, atDestination);
    QFETCH(bool, failed);
    QFETCH(bool, cancel);
    QFETCH(JobState, state);
    EndEvidence e = evidence(atSource ? Answer::ShutOff : Answer::None,
                             atDestination ? Answer::ShutOff : Answer::None, failed, cancel);
    e.kind = MigrationKind::Offline;
    const auto outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, state);
    QCOMPARE(outcome->runsOn->size(), std::size_t(atSource) + std::size_t(atDestination));
    QCOMPARE(outcome->hasError, state == JobState::Failed);
}

void TestOutcome::destinationOutsideTheFleet()
{
    EndEvidence e = evidence(Answer::Runs, Answer::Silent, false, false);
    e.destination = {};
    auto outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Failed); // it stayed: the source says so
    QCOMPARE(outcome->runsOn, std::optional(std::vector<HostId>{h1}));
    e.atSource = answerOf(Answer::None);
    outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Unknown);
    QCOMPARE(outcome->error.message, QStringLiteral("vm-1 has left h1; which host it went to is not known"));
    e.atSource = answerOf(Answer::ShutOff);
    outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Failed); // it was shut down meanwhile, and has not left
    QCOMPARE(outcome->error.message, QStringLiteral("vm-1 was being moved and is shutoff on h1 now"));
    e.atSource->back().reason = StateReason::Migrated;
    outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Unknown);
    e.atSource = answerOf(Answer::Busy);
    QVERIFY(!decideOutcome(e));
    e.atSource = answerOf(Answer::Silent);
    outcome = decideOutcome(e);
    QVERIFY(outcome);
    QCOMPARE(outcome->state, JobState::Unknown);
    QVERIFY(outcome->error.message.startsWith(QStringLiteral("h1 could not be asked")));
}

QTEST_GUILESS_MAIN(TestOutcome)
#include "tst_outcome.moc"
