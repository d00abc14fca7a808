// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_fleet.h"
#include "ui/jobs/job_model.h"
#include "ui/jobs/job_words.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace drover;

/// The jobs table under a random walk of moves that begin, run, are cancelled and are forgotten.
class JobModelTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void randomWalk();
    void cellsChangeOnlyWithASignal();
    void cancellingShowsUntilItTakesEffect();
    void wordsOfAnEndedJob();

private:
    /// The simulated fleet, many times as fast as real time.
    struct Fleet
    {
        explicit Fleet(double speed) : simulated(loadScenario(QStringLiteral("small"), speed))
        {
            session = std::make_unique<Session>(simulated->backend, SessionOptions{});
            session->setFleet(simulated->fleet);
        }
        Result<SimulatedFleet> simulated;
        std::unique_ptr<Session> session;
    };
    /// Starts a move of a random running instance, if one can be started.
    static void startSome(Session& session, QRandomGenerator& random);
};

void JobModelTest::startSome(Session& session, QRandomGenerator& random)
{
    const Snapshot inventory = session.inventory();
    const auto instances = inventory->instances();
    if (instances.empty())
        return;
    const auto& instance = instances[random.bounded(static_cast<quint32>(instances.size()))];
    const auto& hosts = inventory->hosts();
    const HostId to = hosts[random.bounded(static_cast<quint32>(hosts.size()))]->id();
    if (to != instance->host && !instance->inConflict())
        (void)session.startMove({instance->id, instance->host, to, {}});
}

void JobModelTest::randomWalk()
{
    Fleet fleet(20);
    Session& session = *fleet.session;
    JobModel model(session);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTRY_VERIFY_WITH_TIMEOUT(session.settled(), 20000);
    QRandomGenerator random(20240607);
    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    for (int step = 0; step < 30; ++step) {
        const std::vector<JobId> jobs = session.jobs();
        switch (random.bounded(4)) {
        case 0:
        case 1:
            startSome(session, random);
            break;
        case 2:
            if (!jobs.empty())
                session.cancel(jobs[random.bounded(static_cast<quint32>(jobs.size()))]);
            break;
        default:
            for (const JobId& id : jobs) {
                const Job* job = session.job(id);
                if (job != nullptr && isEnded(job->state) && random.bounded(2) == 0)
                    session.forgetEnded(id);
            }
            break;
        }
        // Lets some of it happen.
        const QSignalSpy something(&session, &Session::jobChanged);
        (void)QTest::qWaitFor([&something] { return something.count() >= 3; }, 60);
        QCOMPARE(model.rowCount(), static_cast<int>(session.jobs().size()));
        for (const JobId& id : session.jobs()) {
            const int row = model.rowOf(id);
            QVERIFY(row >= 0);
            QCOMPARE(model.jobAt(row), id);
            QCOMPARE(model.index(row, JobModel::InstanceColumn).data().toString(),
                     session.job(id)->instanceName);
        }
    }
    QVERIFY(inserted.count() > 4);
    QVERIFY(removed.count() > 0);
    QVERIFY(model.running() >= 0);
}

void JobModelTest::cellsChangeOnlyWithASignal()
{
    Fleet fleet(5);
    Session& session = *fleet.session;
    JobModel model(session);
    QTRY_VERIFY_WITH_TIMEOUT(model.rowCount() > 0, 20000);
    const auto cells = [&model] {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row) {
            for (int column = 0; column < model.columnCount(); ++column)
                all.append(model.index(row, column).data().toString());
        }
        return all;
    };
    QStringList shown = cells();
    int told = 0;
    connect(&model, &QAbstractItemModel::dataChanged, &model, [&] {
        ++told;
        shown = cells();
    });
    connect(&model, &QAbstractItemModel::rowsInserted, &model, [&] { shown = cells(); });
    int samples = 0;
    connect(&session, &Session::jobChanged, &model, [&] {
        ++samples;
        QCOMPARE(cells(), shown);
    });
    QTRY_VERIFY_WITH_TIMEOUT(told >= 3, 20000);
    QVERIFY2(samples > told, "once a second, not once a sample");
}

void JobModelTest::cancellingShowsUntilItTakesEffect()
{
    Fleet fleet(1);
    Session& session = *fleet.session;
    JobModel model(session);
    QTRY_VERIFY_WITH_TIMEOUT(model.running() > 0, 20000);
    const JobId id = model.jobAt(0);
    session.cancel(id);
    const QModelIndex verdict = model.index(model.rowOf(id), JobModel::VerdictColumn);
    QCOMPARE(verdict.data().toString(), QStringLiteral("cancelling"));
    QTRY_COMPARE_WITH_TIMEOUT(verdict.data().toString(), QStringLiteral("cancelled"), 20000);
    QCOMPARE(verdict.siblingAtColumn(JobModel::LeftColumn).data().toString(), QString());
}

void JobModelTest::wordsOfAnEndedJob()
{
    Job job;
    job.instanceName = QStringLiteral("web-03");
    job.source = {QStringLiteral("h1")};
    job.destination = {QStringLiteral("h2")};
    job.state = JobState::Completed;
    job.outcome = JobOutcome{};
    job.outcome->state = JobState::Completed;
    job.outcome->runsOn = std::vector{job.destination};
    job.outcome->total = Milliseconds(48000);
    job.outcome->downtime = Milliseconds(140);
    job.outcome->iterations = 5;
    QCOMPARE(jobSentence(job),
             QStringLiteral("web-03 runs on h2 after 48 s, paused for 140 ms in 5 passes."));
    QCOMPARE(jobVerdict(job).text, QStringLiteral("arrived"));

    job.state = JobState::Unknown;
    job.outcome->state = JobState::Unknown;
    job.outcome->runsOn.reset();
    QVERIFY(jobSentence(job).contains(QStringLiteral("not known")));
    QCOMPARE(jobLeft(job), QString());
    QCOMPARE(jobPhase(job), QStringLiteral("host not known"));
}

QTEST_MAIN(JobModelTest)
#include "tst_job_model.moc"
