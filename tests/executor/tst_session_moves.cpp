// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"
#include "core/session/session.h"
#include "tests/support/fleet_maker.h"
#include "tests/support/scripted_backend.h"

#include <QElapsedTimer>
#include <QTest>

using namespace drover;
using namespace drover::testing;
using namespace std::chrono_literals;

namespace {

const QString h1 = QStringLiteral("h1");
const QString h2 = QStringLiteral("h2");
const QString h3 = QStringLiteral("h3");

JobStats memoryStats(int iteration, double remainingMib)
{
    JobStats stats;
    stats.phase = JobStats::Phase::Memory;
    stats.iteration = iteration;
    stats.memoryTotal = Bytes::fromMib(2048);
    stats.memoryRemaining = Bytes::fromMib(remainingMib);
    stats.memoryProcessed = Bytes::fromMib(2048 - remainingMib);
    stats.transfer = Rate::fromMib(100);
    return stats;
}

HostEvent jobEvent(HostEvent::Kind kind, int instance, int iteration = 0)
{
    HostEvent event;
    event.kind = kind;
    event.instance = instanceId(instance);
    event.iteration = iteration;
    return event;
}

Domain outgoing(int number)
{
    Domain made = runningDomain(number);
    made.status.outgoing = true;
    return made;
}

Domain arrived(int number)
{
    return domain(definition(number), PowerState::Running, StateReason::Migrated);
}

Result<MigrationReturn> success()
{
    MigrationReturn made;
    made.completed = memoryStats(3, 0);
    made.completed->phase = JobStats::Phase::Completed;
    made.completed->memoryProcessed = Bytes::fromMib(2100);
    made.completed->downtime = 42ms;
    return made;
}

Result<MigrationReturn> failure(const QString& message, ErrorCode code = ErrorCode::OperationFailed)
{
    return fail({code, message, {}, QStringLiteral("h1"), QStringLiteral("vm-1")});
}

} // namespace

/// The session with hosts that do as they are told: what it does, and what it says about it, step by step.
class TestSessionMoves : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void goodMove();
    void samplesAndMarks();
    void refusedRightBeforeTheStart();
    void failedAtTheSource();
    void successThatIsNone();
    void errorThoughItArrived();
    void faultInTheCallEndsTheMove();
    void silentHostLeavesItUnknown();
    void restartedHostIsAskedAgain();
    void lostCallIsFollowed();
    void brokenPostCopyIsNamed();
    void cancelWhileQueued();
    void cancelWhileChecking();
    void cancelWhileRunning();
    void cancelTwice();
    void cancelRefusedByTheHost();
    void controlsAreAnsweredWhenTheMoveEnds();
    void controlsReachTheHost();
    void secondStartIsRefused();
    void limitsAndWhatIsWaitedFor();
    void listenersMayCancelWhatTheyHearOf();
    void othersEventsDoNotTouchAQueuedMove();
    void foreignMove();
    void foreignMoveThatStays();
    void unreachableDestination();
    void hostRemovedWhileItsMoveRuns();
    void hungLaneIsReplaced();
    void readOnlySession();
    void emptyFleetIsSettled();
    void questionsAreNotPiledUp();

private:
    void start(SessionOptions options = {}, FleetLimits limits = {});
    Result<JobId> move(int instance, const QString& from, const QString& to)
    {
        MoveRequest request;
        request.instance = instanceId(instance);
        request.source = {from};
        request.destination = {to};
        return m_session->startMove(request);
    }
    [[nodiscard]] JobState state(JobId id) const { return m_session->job(id)->state; }
    /// Without the questions whether a way is open.
    [[nodiscard]] QStringList changes() const
    {
        QStringList calls = m_backend->calls();
        calls.removeIf([](const QString& call) { return call.startsWith(QStringLiteral("probe ")); });
        return calls;
    }
    [[nodiscard]] bool called(const QString& call) const { return m_backend->calls().contains(call); }
    void note(const QString& line)
    {
        if (m_log.isEmpty() || m_log.last() != line)
            m_log.append(line);
    }
    [[nodiscard]] QString described(JobId id) const
    {
        const Job* job = m_session->job(id);
        return QStringLiteral("%1 %2%3").arg(job->instanceName, jobStateName(job->state),
                                             job->cancelling ? QStringLiteral(" cancelling") : QString());
    }

    std::shared_ptr<ScriptedBackend> m_backend;
    std::unique_ptr<Session> m_session;
    QStringList m_log;
};

void TestSessionMoves::init()
{
    m_backend = std::make_shared<ScriptedBackend>();
    m_backend->put(h1, {runningDomain(1), runningDomain(2), runningDomain(3)});
    m_backend->put(h2, {});
    m_backend->put(h3, {});
    m_log.clear();
}

void TestSessionMoves::cleanup()
{
    m_backend->end();
    m_session.reset();
    m_backend.reset();
    QCOMPARE(Lane::waitForEnded(10s), 0);
}

void TestSessionMoves::start(SessionOptions options, FleetLimits limits)
{
    options.pollInterval = 100ms;
    options.fastJobPoll = 20ms;
    m_session = std::make_unique<Session>(m_backend, options);
    connect(m_session.get(), &Session::jobAdded, this,
            [this](JobId id) { note(QStringLiteral("added ") + described(id)); });
    connect(m_session.get(), &Session::jobChanged, this, [this](JobId id) { note(described(id)); });
    connect(m_session.get(), &Session::jobEnded, this, [this](JobId id) {
        const Job* job = m_session->job(id);
        QStringList hosts;
        if (job->outcome->runsOn) {
            for (const HostId& host : *job->outcome->runsOn)
                hosts.append(host.value);
        } else {
            hosts.append(QStringLiteral("not known"));
        }
        note(QStringLiteral("ended %1 on %2").arg(jobStateName(job->state), hosts.join(QLatin1Char(','))));
    });
    FleetFile fleet;
    fleet.hosts = {hostConfig(h1), hostConfig(h2), hostConfig(h3)};
    fleet.limits = limits;
    m_session->setFleet(fleet);
    QTRY_VERIFY(m_session->settled());
}

void TestSessionMoves::goodMove()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QVERIFY(id);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->setStats(1, memoryStats(1, 900));
    QTRY_COMPARE(state(*id), JobState::Memory);
    m_backend->put(h1, {runningDomain(2), runningDomain(3)});
    m_backend->put(h2, {arrived(1)});
    m_backend->advance(5s);
    m_backend->setStats(1, {});
    m_backend->endCall(1, success());
    QTRY_COMPARE(state(*id), JobState::Completed);
    QCOMPARE(m_log, (QStringList{QStringLiteral("added vm-1 queued"), QStringLiteral("vm-1 preparing"),
                                 QStringLiteral("vm-1 memory"), QStringLiteral("vm-1 verifying"),
                                 QStringLiteral("vm-1 completed"), QStringLiteral("ended completed on h2")}));
    const JobOutcome& outcome = *m_session->job(*id)->outcome;
    QCOMPARE(outcome.downtime, std::optional(Milliseconds(42)));
    QCOMPARE(outcome.total, Milliseconds(5000));
    QCOMPARE(outcome.data, std::optional(Bytes::fromMib(2100)));
    QCOMPARE(outcome.iterations, 3);
    QVERIFY(!outcome.hasError);
    QCOMPARE(m_session->job(*id)->last.progress, 100.0);
    QCOMPARE(m_session->job(*id)->verdictText, QStringLiteral("Runs on h2 after 5 s, paused for 42 ms"));
    QTRY_COMPARE(m_session->inventory()->instance(instanceId(1))->host.value, h2);
    QVERIFY(m_session->jobOf(instanceId(1)) == nullptr);
    m_session->forgetEnded(*id);
    QVERIFY(m_session->jobs().empty());
}

void TestSessionMoves::samplesAndMarks()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->setStats(1, memoryStats(1, 900));
    QTRY_COMPARE(state(*id), JobState::Memory);
    m_backend->raise(h1, jobEvent(HostEvent::Kind::JobIteration, 1, 2));
    const auto marks = [&] {
        const auto& all = m_session->job(*id)->series.samples();
        return std::count_if(all.begin(), all.end(), [](const JobSample& s) { return s.iterationMark; });
    };
    QTRY_COMPARE(marks(), 1);
    QTRY_COMPARE(m_session->job(*id)->last.iteration, 2); // a poll that still says 1 takes nothing back
    QVERIFY(m_session->job(*id)->last.progress > 50);
    QVERIFY(m_session->job(*id)->switchOverLimit.has_value());
    m_backend->raise(h1, jobEvent(HostEvent::Kind::JobCompleted, 1));
    QTRY_COMPARE(state(*id), JobState::SwitchOver);
    m_backend->put(h1, {});
    m_backend->put(h2, {arrived(1)});
    m_backend->endCall(1, success());
    QTRY_COMPARE(state(*id), JobState::Completed);
}

void TestSessionMoves::refusedRightBeforeTheStart()
{
    start();
    m_backend->put(
        h1, {domain(definition(1), PowerState::ShutOff, StateReason::Shutdown)}); // between judging and start
    const Result<JobId> id = move(1, h1, h2);
    QTRY_COMPARE(state(*id), JobState::Failed);
    QCOMPARE(m_log,
             (QStringList{QStringLiteral("added vm-1 queued"), QStringLiteral("vm-1 preparing"),
                          QStringLiteral("vm-1 failed"), QStringLiteral("ended failed on not known")}));
    const Error& error = m_session->job(*id)->outcome->error;
    QCOMPARE(error.code, ErrorCode::Refused);
    QCOMPARE(error.message, QStringLiteral("vm-1 is shutoff: a live move needs it running or paused"));
    QVERIFY(changes().isEmpty());
}

void TestSessionMoves::failedAtTheSource()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    m_backend->endCall(1, failure(QStringLiteral("Connection refused")));
    QTRY_COMPARE(state(*id), JobState::Failed);
    QCOMPARE(m_log.last(), QStringLiteral("ended failed on h1"));
    QCOMPARE(m_session->job(*id)->outcome->error.message, QStringLiteral("Connection refused"));
    QVERIFY(move(1, h1, h3)); // it may be tried again at once
}

void TestSessionMoves::successThatIsNone()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    m_backend->endCall(1, success());
    QTRY_COMPARE(state(*id), JobState::Failed);
    QCOMPARE(m_log.last(), QStringLiteral("ended failed on h1"));
    QCOMPARE(m_session->job(*id)->outcome->error.message,
             QStringLiteral("The migration ended without moving vm-1: it runs on h1 as before"));
}

void TestSessionMoves::errorThoughItArrived()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->put(h1, {shutOffDomain(1)});
    m_backend->put(h2, {arrived(1)});
    m_backend->endCall(1, failure(QStringLiteral("End of file while reading data")));
    QTRY_COMPARE(state(*id), JobState::Completed);
    QCOMPARE(m_log.last(), QStringLiteral("ended completed on h2"));
    QVERIFY(!m_session->job(*id)->outcome->hasError);
}

void TestSessionMoves::faultInTheCallEndsTheMove()
{
    start();
    m_backend->throwInMigrate(QStringLiteral("out of threads"));
    const Result<JobId> id = move(1, h1, h2);
    QTRY_COMPARE(state(*id), JobState::Failed);
    QCOMPARE(m_session->job(*id)->outcome->error.code, ErrorCode::Internal);
    QCOMPARE(m_session->job(*id)->outcome->error.detail, QStringLiteral("out of threads"));
}

void TestSessionMoves::silentHostLeavesItUnknown()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->silence(h2, QStringLiteral("No route to host"));
    m_backend->endCall(1, failure(QStringLiteral("client socket is closed")));
    QTRY_COMPARE(state(*id), JobState::Verifying);
    m_backend->advance(11s); // it is asked again for ten seconds
    QTRY_COMPARE_WITH_TIMEOUT(state(*id), JobState::Unknown, 10000);
    QCOMPARE(m_log.last(), QStringLiteral("ended unknown on not known"));
    const Error& error = m_session->job(*id)->outcome->error;
    QCOMPARE(error.code, ErrorCode::Unreachable);
    QCOMPARE(error.message, QStringLiteral("h2 could not be asked where vm-1 runs; nothing is assumed"));
    QCOMPARE(error.detail, QStringLiteral("No route to host"));
}

void TestSessionMoves::restartedHostIsAskedAgain()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->silenceQuestions(h1, QStringLiteral("Connection refused"));
    m_backend->endCall(1, failure(QStringLiteral("End of file while reading data")));
    QTRY_COMPARE(state(*id), JobState::Verifying);
    m_backend->put(h1, {});
    m_backend->put(h2, {arrived(1)});
    m_backend->silenceQuestions(h1, {});
    QTRY_COMPARE_WITH_TIMEOUT(state(*id), JobState::Completed, 10000);
}

void TestSessionMoves::lostCallIsFollowed()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->setStats(1, memoryStats(1, 900));
    m_backend->put(h1, {outgoing(1)});
    m_backend->put(h2, {incomingDomain(1)});
    QTRY_COMPARE(state(*id), JobState::Memory);
    m_backend->endCall(1, failure(QStringLiteral("client socket is closed"), ErrorCode::Unreachable));
    QTRY_COMPARE(state(*id), JobState::Verifying);
    m_backend->advance(60s); // longer than a half-arrived guest is waited for
    QTRY_COMPARE_WITH_TIMEOUT(state(*id), JobState::Memory, 10000);
    m_backend->setStats(1, memoryStats(2, 100));
    QTRY_COMPARE(m_session->job(*id)->last.iteration, 2); // its course goes on
    m_backend->put(h1, {});
    m_backend->put(h2, {arrived(1)});
    m_backend->setStats(1, {});
    QTRY_COMPARE_WITH_TIMEOUT(state(*id), JobState::Completed, 10000);
    QCOMPARE(m_log.last(), QStringLiteral("ended completed on h2"));
}

void TestSessionMoves::brokenPostCopyIsNamed()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    Domain broken = domain(definition(1), PowerState::Paused, StateReason::PostCopyFailed);
    broken.status.outgoing = true; // libvirt keeps the job of a broken post-copy
    m_backend->put(h1, {broken});
    m_backend->put(h2, {domain(definition(1), PowerState::Running, StateReason::PostCopy)});
    m_backend->endCall(1, failure(QStringLiteral("client socket is closed")));
    QTRY_COMPARE(state(*id), JobState::Verifying);
    m_backend->advance(60s);
    QTRY_COMPARE_WITH_TIMEOUT(state(*id), JobState::Unknown, 10000);
    const QString message = m_session->job(*id)->outcome->error.message;
    QVERIFY2(message.contains(QStringLiteral("h1 still holds part of its memory")), qPrintable(message));
}

void TestSessionMoves::cancelWhileQueued()
{
    FleetLimits limits;
    limits.perSource = 1;
    start({}, limits);
    const Result<JobId> first = move(1, h1, h2);
    const Result<JobId> second = move(2, h1, h3);
    QCOMPARE(state(*second), JobState::Queued);
    std::optional<Result<void>> answer;
    m_session->cancel(*second, [&](Result<void> result) { answer = std::move(result); });
    QCOMPARE(state(*second), JobState::Cancelled);
    QTRY_VERIFY(answer && *answer);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->endCall(1, failure(QStringLiteral("x")));
    QTRY_COMPARE(state(*first), JobState::Failed);
    QCOMPARE(changes().size(), 1);
}

void TestSessionMoves::cancelWhileChecking()
{
    start();
    m_backend->hangNextQuestion(h2);
    const Result<JobId> id = move(1, h1, h2);
    QCOMPARE(state(*id), JobState::Preparing);
    m_session->cancel(*id);
    QCOMPARE(state(*id), JobState::Cancelled); // whatever h2 is doing
    QCOMPARE(m_log.last(), QStringLiteral("ended cancelled on h1"));
    m_backend->letGo();
    QTRY_VERIFY(m_session->inventory()->host(hostId(h2))->isUp());
    QVERIFY(changes().isEmpty());
}

void TestSessionMoves::cancelWhileRunning()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->setStats(1, memoryStats(1, 900));
    QTRY_COMPARE(state(*id), JobState::Memory);
    m_session->cancel(*id);
    QVERIFY(m_session->job(*id)->cancelling);
    QTRY_VERIFY(called(QStringLiteral("abort vm-1")));
    m_backend->endCall(1, failure(QStringLiteral("broken pipe"))); // libvirt seldom says that it was asked to
    QTRY_COMPARE(state(*id), JobState::Cancelled);
    QCOMPARE(m_log, (QStringList{QStringLiteral("added vm-1 queued"), QStringLiteral("vm-1 preparing"),
                                 QStringLiteral("vm-1 memory"), QStringLiteral("vm-1 memory cancelling"),
                                 QStringLiteral("vm-1 verifying cancelling"),
                                 QStringLiteral("vm-1 cancelled"), QStringLiteral("ended cancelled on h1")}));
    QVERIFY(!m_session->job(*id)->outcome->hasError);
    QCOMPARE(m_session->job(*id)->decisions.front().action, QStringLiteral("cancel"));
}

void TestSessionMoves::cancelTwice()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    int answers = 0;
    m_session->cancel(*id, [&](const Result<void>& result) { answers += result ? 1 : 10; });
    QTRY_COMPARE(answers, 1);
    m_backend->setAbortAnswer(
        fail(ErrorCode::OperationFailed, QStringLiteral("no job is active on the domain")));
    m_session->cancel(*id, [&](const Result<void>& result) { answers += result ? 1 : 10; });
    QTRY_COMPARE(answers, 11);
    QVERIFY(m_session->job(*id)->cancelling);
    m_backend->endCall(1, failure(QStringLiteral("broken pipe")));
    QTRY_COMPARE(state(*id), JobState::Cancelled); // and not failed
}

void TestSessionMoves::cancelRefusedByTheHost()
{
    start();
    m_backend->setAbortAnswer(
        fail(ErrorCode::OperationFailed, QStringLiteral("cannot abort migration in post-copy mode")));
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    std::optional<Result<void>> answer;
    m_session->cancel(*id, [&](Result<void> result) { answer = std::move(result); });
    QTRY_VERIFY(answer.has_value());
    QVERIFY(!*answer);
    QVERIFY(!m_session->job(*id)->cancelling);
    QCOMPARE(m_session->job(*id)->decisions.back().action, QStringLiteral("cancel-refused"));
    QCOMPARE(m_session->job(*id)->decisions.back().reason,
             QStringLiteral("cannot abort migration in post-copy mode"));
    m_backend->endCall(1, failure(QStringLiteral("lost")));
    QTRY_COMPARE(state(*id), JobState::Failed); // not cancelled: nobody accepted that
}

void TestSessionMoves::controlsAreAnsweredWhenTheMoveEnds()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->hangNextControl();
    QStringList answers;
    m_session->setMaxDowntime(
        *id, 500ms, [&](const Result<void>& r) { answers.append(r ? QString() : r.error().message); });
    QTRY_VERIFY(called(QStringLiteral("downtime vm-1 500")));
    m_session->setBandwidth(*id, Rate::fromMib(50), [&](const Result<void>& r) {
        answers.append(r ? QString() : r.error().message);
    });
    m_backend->endCall(1, failure(QStringLiteral("lost")));
    QTRY_COMPARE(state(*id), JobState::Failed);
    const QString late = QStringLiteral("The migration ended before this could be carried out");
    QCOMPARE(answers, (QStringList{late, late}));
    m_backend->letGo();
}

void TestSessionMoves::controlsReachTheHost()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    int good = 0;
    const auto count = [&](const Result<void>& result) { good += result ? 1 : 0; };
    m_session->setBandwidth(*id, Rate::fromMib(50), count);
    m_session->setMaxDowntime(*id, 500ms, count);
    m_session->startPostCopy(*id, count);
    m_session->pauseToFinish(*id, count);
    QTRY_COMPARE(good, 4);
    QVERIFY(called(QStringLiteral("bandwidth vm-1 50")));
    QVERIFY(called(QStringLiteral("downtime vm-1 500")));
    QVERIFY(called(QStringLiteral("postcopy vm-1")));
    QVERIFY(called(QStringLiteral("pause vm-1")));
    QCOMPARE(m_session->job(*id)->options.maxDowntime, std::optional(Milliseconds(500)));
    QCOMPARE(m_session->job(*id)->decisions.size(), std::size_t(4));
    m_backend->endCall(1, failure(QStringLiteral("lost")));
    QTRY_COMPARE(state(*id), JobState::Failed);
    std::optional<ErrorCode> after;
    m_session->setBandwidth(*id, Rate::fromMib(1),
                            [&](const Result<void>& result) { after = result.error().code; });
    QTRY_COMPARE(after, std::optional(ErrorCode::NotFound));
}

void TestSessionMoves::secondStartIsRefused()
{
    start();
    const Result<JobId> first = move(1, h1, h2);
    QVERIFY(first);
    const Result<JobId> second = move(1, h1, h3);
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::Busy);
    QCOMPARE(m_session->jobs().size(), std::size_t(1));
    const Result<JobId> nowhere = move(2, h1, QStringLiteral("h9"));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, ErrorCode::NotFound);
    QCOMPARE(move(77, h1, h2).error().code, ErrorCode::NotFound);
    m_backend->endCall(1, failure(QStringLiteral("lost")));
    QTRY_COMPARE(state(*first), JobState::Failed);
}

void TestSessionMoves::limitsAndWhatIsWaitedFor()
{
    FleetLimits limits;
    limits.perSource = 2;
    start({}, limits);
    const Result<JobId> a = move(1, h1, h2);
    const Result<JobId> b = move(2, h1, h3);
    const Result<JobId> c = move(3, h1, h2);
    QCOMPARE(state(*c), JobState::Queued);
    QCOMPARE(m_session->job(*c)->waitsFor, QStringLiteral("waits for vm-1 (h1 sends 2 already)"));
    QTRY_COMPARE(changes().size(), 2);
    // Room that is promised to those under way is not given twice.
    QCOMPARE(m_session->movesUnderWay()[hostId(h2)].arriving.memory, Bytes::fromGib(4));
    m_backend->put(h1, {runningDomain(2), runningDomain(3)});
    m_backend->put(h2, {arrived(1)});
    m_backend->endCall(1, success());
    QTRY_COMPARE(state(*a), JobState::Completed);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-3 h1>h2 live")));
    QVERIFY(m_session->job(*c)->waitsFor.isEmpty());
    QTRY_COMPARE(m_session->movesUnderWay()[hostId(h2)].arriving.memory, Bytes::fromGib(2));
    m_backend->endCall(2, failure(QStringLiteral("x")));
    m_backend->endCall(3, failure(QStringLiteral("x")));
    QTRY_COMPARE(state(*b), JobState::Failed);
    QTRY_COMPARE(state(*c), JobState::Failed);
}

void TestSessionMoves::listenersMayCancelWhatTheyHearOf()
{
    FleetLimits limits;
    limits.perSource = 1;
    start({}, limits);
    connect(m_session.get(), &Session::jobChanged, this, [this](JobId id) {
        const Job* job = m_session->job(id);
        if (job->state == JobState::Queued && !job->waitsFor.isEmpty())
            m_session->cancel(id); // from inside the deciding
    });
    connect(m_session.get(), &Session::jobEnded, this, [this](JobId id) { m_session->forgetEnded(id); });
    const Result<JobId> a = move(1, h1, h2);
    (void)move(2, h1, h2);
    (void)move(3, h1, h2);
    QCOMPARE(m_session->jobs(), std::vector<JobId>{*a});
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    QCOMPARE(changes().size(), 1);
    m_backend->endCall(1, failure(QStringLiteral("x")));
    QTRY_VERIFY(m_session->jobs().empty());
}

void TestSessionMoves::othersEventsDoNotTouchAQueuedMove()
{
    FleetLimits limits;
    limits.perSource = 1;
    start({}, limits);
    const Result<JobId> a = move(1, h1, h2);
    const Result<JobId> b = move(2, h1, h2);
    QCOMPARE(state(*b), JobState::Queued);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    m_backend->raise(h1, jobEvent(HostEvent::Kind::JobIteration, 2, 3)); // someone else moves vm-2
    m_backend->raise(h1, jobEvent(HostEvent::Kind::JobIteration, 1, 1));
    QTRY_COMPARE(state(*a), JobState::Memory);
    QCOMPARE(state(*b), JobState::Queued);
    QVERIFY(m_session->job(*b)->series.empty());
    m_session->cancel(*b);
    m_backend->endCall(1, failure(QStringLiteral("x")));
    QTRY_COMPARE(state(*a), JobState::Failed);
}

void TestSessionMoves::foreignMove()
{
    start();
    m_backend->setStats(1, memoryStats(2, 500));
    m_backend->show(h1, {outgoing(1), runningDomain(2)});
    QTRY_COMPARE(m_session->jobs().size(), std::size_t(1));
    const JobId id = m_session->jobs().front();
    QCOMPARE(m_session->job(id)->startedBy, StartedBy::Other);
    QCOMPARE(m_session->job(id)->source.value, h1);
    m_backend->show(h2, {incomingDomain(1)});
    QTRY_COMPARE(m_session->job(id)->destination.value, h2);
    QTRY_VERIFY(!m_session->job(id)->series.empty());
    QTRY_COMPARE(m_session->job(id)->last.iteration, 2);
    QVERIFY(!move(1, h1, h3)); // it is being moved already
    m_backend->put(h1, {runningDomain(2)});
    m_backend->put(h2, {arrived(1)});
    m_backend->setStats(1, {});
    QTRY_COMPARE_WITH_TIMEOUT(state(id), JobState::Completed, 10000);
    QCOMPARE(m_log.last(), QStringLiteral("ended completed on h2"));
}

void TestSessionMoves::foreignMoveThatStays()
{
    start();
    m_backend->setStats(1, memoryStats(1, 500));
    m_backend->put(h2, {incomingDomain(1)});
    m_backend->show(h1, {outgoing(1)});
    QTRY_COMPARE(m_session->jobs().size(), std::size_t(1));
    const JobId id = m_session->jobs().front();
    m_backend->put(h2, {});
    m_backend->put(h1, {runningDomain(1)});
    m_backend->setStats(1, {});
    QTRY_COMPARE_WITH_TIMEOUT(state(id), JobState::Failed, 10000);
    QCOMPARE(m_log.last(), QStringLiteral("ended failed on h1"));
    QVERIFY(m_session->job(id)->outcome->error.message.startsWith(QStringLiteral("vm-1 stayed on h1")));
}

void TestSessionMoves::unreachableDestination()
{
    m_backend->silence(h2, QStringLiteral("Connection refused"));
    start();
    QCOMPARE(m_session->inventory()->host(hostId(h2))->connection, ConnectionState::Down);
    const Result<JobId> id = move(1, h1, h2);
    QTRY_COMPARE(state(*id), JobState::Failed);
    const Error& error = m_session->job(*id)->outcome->error;
    QCOMPARE(error.code, ErrorCode::Refused);
    QVERIFY2(error.message.startsWith(QStringLiteral("h2 does not answer: Connection refused")),
             qPrintable(error.message));
    QVERIFY(changes().isEmpty());
}

void TestSessionMoves::hostRemovedWhileItsMoveRuns()
{
    start();
    const Result<JobId> id = move(1, h1, h2);
    QTRY_VERIFY(called(QStringLiteral("migrate vm-1 h1>h2 live")));
    FleetFile smaller;
    smaller.hosts = {hostConfig(h3)};
    m_session->setFleet(smaller); // both are gone from the file
    m_session->cancel(*id);
    QTRY_VERIFY(called(QStringLiteral("abort vm-1")));
    m_backend->endCall(1, failure(QStringLiteral("broken pipe")));
    QTRY_COMPARE(state(*id), JobState::Cancelled); // and both are asked all the same
    QCOMPARE(m_log.last(), QStringLiteral("ended cancelled on h1"));
}

void TestSessionMoves::hungLaneIsReplaced()
{
    m_backend->hangNextOpen(h2);
    SessionOptions options;
    options.openTimeout = 300ms;
    QElapsedTimer timer;
    timer.start();
    m_session = std::make_unique<Session>(m_backend, options);
    FleetFile fleet;
    fleet.hosts = {hostConfig(h1), hostConfig(h2), hostConfig(h3)};
    QStringList seen;
    connect(m_session.get(), &Session::inventoryChanged, this, [&](const InventoryChange& change) {
        for (const HostId& host : change.hostsChanged)
            seen.append(host.value + QLatin1Char(' ') +
                        connectionStateName(m_session->inventory()->host(host)->connection));
    });
    m_session->setFleet(fleet);
    QTRY_VERIFY(m_session->inventory()->host(hostId(h1))->isUp());
    QTRY_VERIFY(m_session->inventory()->host(hostId(h3))->isUp()); // others are not held up
    QVERIFY(timer.elapsed() < 5000);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->inventory()->host(hostId(h2))->isUp(),
                             10000); // a new lane got through
    QVERIFY(seen.contains(QStringLiteral("h2 down")));
    QCOMPARE(m_backend->opens(h2), 2);
    m_backend->letGo(); // the one that was left behind comes back, and says nothing any more
    QVERIFY(m_session->inventory()->host(hostId(h2))->isUp());
}

void TestSessionMoves::readOnlySession()
{
    SessionOptions options;
    options.readOnly = true;
    start(options);
    const Result<JobId> id = move(1, h1, h2);
    QVERIFY(!id);
    QCOMPARE(id.error().code, ErrorCode::PermissionDenied);
    int refused = 0;
    const auto count = [&](const Result<void>& result) {
        refused += !result && result.error().code == ErrorCode::PermissionDenied ? 1 : 0;
    };
    m_session->power(instanceId(1), HostControl::PowerAction::PowerOff, count);
    m_session->setService(hostId(h1), ServiceState::Disabled, {},
                          [&](const Result<ServiceRecord>& result) { refused += result ? 0 : 1; });
    QTRY_COMPARE(refused, 2);
    // A move of someone else is shown, and not touched.
    m_backend->setStats(1, memoryStats(1, 500));
    m_backend->show(h1, {outgoing(1)});
    QTRY_COMPARE(m_session->jobs().size(), std::size_t(1));
    m_session->cancel(m_session->jobs().front(), count);
    m_session->setBandwidth(m_session->jobs().front(), Rate::fromMib(1), count);
    QTRY_COMPARE(refused, 4);
    QVERIFY(changes().isEmpty());
}

void TestSessionMoves::emptyFleetIsSettled()
{
    m_session = std::make_unique<Session>(m_backend, SessionOptions{});
    int told = 0;
    connect(m_session.get(), &Session::settledChanged, this, [&] { ++told; });
    m_session->setFleet({});
    QVERIFY(m_session->settled());
    QCOMPARE(told, 1);
}

void TestSessionMoves::questionsAreNotPiledUp()
{
    start();
    int changed = 0;
    connect(m_session.get(), &Session::judgementChanged, this, [&] { ++changed; });
    for (int i = 0; i < 50; ++i)
        m_session->gatherEvidence({instanceId(1)}); // as a drag that crosses many rows does
    QVERIFY(m_session->judge({instanceId(1)})[1].pending);
    QTRY_VERIFY(!m_session->judge({instanceId(1)})[1].pending);
    QTRY_VERIFY(!m_session->judge({instanceId(1)})[2].pending);
    QTRY_VERIFY(changed >= 1);
    QVERIFY(changed <= 2);
    QCOMPARE(m_session->judge({instanceId(1)})[1].level, HostVerdict::Level::Fits);
    QVERIFY(m_session->judge({instanceId(1)})[0].isSource);
}

QTEST_GUILESS_MAIN(TestSessionMoves)
#include "tst_session_moves.moc"
