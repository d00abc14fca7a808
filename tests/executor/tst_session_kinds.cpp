// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"
#include "core/session/session.h"
#include "core/simulator/simulated_fleet.h"
#include "core/simulator/simulated_world.h"

#include <QTest>

#include <set>

using namespace drover;
using namespace std::chrono_literals;

namespace {

const HostId h1{QStringLiteral("h1")};
const HostId h2{QStringLiteral("h2")};
const QString images = QStringLiteral("/var/lib/libvirt/images/");

const char* const fleetText =
    "{ \"version\": 1, \"about\": \"x\", \"seed\": 5,"
    "  \"hosts\": [ { \"name\": \"h{n}\", \"count\": 2, \"zone\": \"z\", \"cpus\": 16,"
    "    \"memory_gib\": 64, \"disk_gib\": 100, \"link_mib_per_s\": 400 } ],"
    "  \"instances\": ["
    "    { \"name\": \"plain\", \"host\": \"h1\", \"memory_mib\": 256, \"disk_gib\": 1,"
    "      \"storage\": \"local\", \"workload\": \"idle\", \"autostart\": true },"
    "    { \"name\": \"based\", \"host\": \"h1\", \"memory_mib\": 256, \"disk_gib\": 1,"
    "      \"storage\": \"local\", \"base\": true, \"workload\": \"idle\" },"
    "    { \"name\": \"share\", \"host\": \"h1\", \"memory_mib\": 256, \"disk_gib\": 1,"
    "      \"storage\": \"shared\", \"workload\": \"idle\" },"
    "    { \"name\": \"off\", \"host\": \"h1\", \"memory_mib\": 256, \"disk_gib\": 1,"
    "      \"storage\": \"local\", \"state\": \"shutoff\", \"workload\": \"idle\" } ]%1 }";

} // namespace

/// Every kind of move through the session, against the simulated fleet: where the instance and its files are
/// afterwards, and what the job says of it.
class TestSessionKinds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void kinds_data();
    void kinds();
    void faults_data();
    void faults();
    void startThatFailsThere_data();
    void startThatFailsThere();
    void cancelInEachPhase_data();
    void cancelInEachPhase();

private:
    void start(const QString& faults = {}, double speed = 20);
    JobId move(const QString& name, const MigrationOptions& options);
    /// Names of the files of h1's or h2's own folder that belong to instances.
    [[nodiscard]] QString files(const HostId& host);
    [[nodiscard]] QString state(const HostId& host, const QString& name);
    [[nodiscard]] const Job& job(JobId id) const { return *m_session->job(id); }

    SimulatedFleet m_fleet;
    std::unique_ptr<Session> m_session;
    std::set<JobState> m_seen;
};

void TestSessionKinds::cleanup()
{
    m_session.reset();
    m_fleet = {};
    m_seen.clear();
    QCOMPARE(Lane::waitForEnded(10s), 0);
}

void TestSessionKinds::start(const QString& faults, double speed)
{
    Result<SimulatedFleet> loaded =
        startScenario(QString::fromLatin1(fleetText).arg(faults).toUtf8(), QStringLiteral("test"), speed);
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
    m_fleet = std::move(*loaded);
    SessionOptions options;
    options.pollInterval = 50ms;
    options.fastJobPoll = 10ms;
    m_session = std::make_unique<Session>(m_fleet.backend, options);
    connect(m_session.get(), &Session::jobChanged, this,
            [this](JobId id) { m_seen.insert(m_session->job(id)->state); });
    m_session->setFleet(m_fleet.fleet);
    QTRY_VERIFY(m_session->settled());
}

JobId TestSessionKinds::move(const QString& name, const MigrationOptions& options)
{
    MoveRequest request;
    for (const auto& instance : m_session->inventory()->instances()) {
        if (instance->name() == name)
            request.instance = instance->id;
    }
    request.source = h1;
    request.destination = h2;
    request.options = options;
    const Result<JobId> id = m_session->startMove(request);
    return id.value_or(JobId{});
}

QString TestSessionKinds::files(const HostId& host)
{
    QStringList found;
    const auto access = m_fleet.backend->storageAccess(m_session->inventory()->host(host)->config);
    for (const char* name : {"plain", "based", "off", "base"}) {
        const auto image = access->image(images + QString::fromLatin1(name) + QStringLiteral(".qcow2"), {});
        if (image && image->has_value())
            found.append(QString::fromLatin1(name));
    }
    return found.join(QLatin1Char(' '));
}

QString TestSessionKinds::state(const HostId& host, const QString& name)
{
    const auto query = m_fleet.backend->hostQuery(m_session->inventory()->host(host)->config);
    const auto found = query->find({}, name, {});
    return found && !found->empty() ? powerStateName(found->front().state) : QStringLiteral("none");
}

void TestSessionKinds::kinds_data()
{
    QTest::addColumn<QString>("instance");
    QTest::addColumn<MigrationKind>("kind");
    QTest::addColumn<bool>("direct");
    QTest::addColumn<QString>("became");
    QTest::addColumn<QString>("there");
    QTest::addColumn<QString>("filesHere");
    QTest::addColumn<QString>("filesThere");
    QTest::addColumn<int>("left");
    const auto row = [](const char* name, const char* instance, MigrationKind kind, bool direct,
                        const char* became, const char* there, const char* filesHere, const char* filesThere,
                        int left) {
        QTest::newRow(name) << QString::fromLatin1(instance) << kind << direct << QString::fromLatin1(became)
                            << QString::fromLatin1(there) << QString::fromLatin1(filesHere)
                            << QString::fromLatin1(filesThere) << left;
    };
    using K = MigrationKind;
    row("shared: live", "share", K::Auto, false, "live", "running", "plain based off base", "", 0);
    row("local: live-block", "plain", K::Auto, false, "live-block", "running", "plain based off base",
        "plain", 1);
    row("base: live-block, base first", "based", K::Auto, false, "live-block", "running",
        "plain based off base", "based base", 1);
    row("shut off: offline", "off", K::Auto, false, "offline", "shutoff", "plain based base", "off", 0);
    row("shut off, by streams", "off", K::Auto, true, "offline", "shutoff", "plain based base", "off", 0);
    row("cold by the hosts", "based", K::Cold, false, "cold", "running", "plain off base", "based base", 1);
    row("cold by streams", "based", K::Cold, true, "cold", "running", "plain off base", "based base", 1);
    row("cold, shared", "share", K::Cold, false, "cold", "running", "plain based off base", "", 0);
}

void TestSessionKinds::kinds()
{
    QFETCH(QString, instance);
    QFETCH(MigrationKind, kind);
    QFETCH(bool, direct);
    start();
    MigrationOptions options;
    options.kind = kind;
    options.carrier = direct ? Carrier::Console : Carrier::Hosts;
    const JobId id = move(instance, options);
    QTRY_VERIFY_WITH_TIMEOUT(isEnded(job(id).state), 30000);
    QVERIFY2(job(id).state == JobState::Completed, qPrintable(job(id).verdictText));
    QTEST(migrationKindName(job(id).kind), "became");
    QVERIFY(!job(id).kindReason.isEmpty());
    QCOMPARE(state(h1, instance), QStringLiteral("none"));
    QTEST(state(h2, instance), "there");
    QTEST(files(h1), "filesHere");
    QTEST(files(h2), "filesThere");
    QTEST(static_cast<int>(job(id).outcome->left.size()), "left");
    for (const Leftover& left : job(id).outcome->left)
        QVERIFY2(left.intended, qPrintable(left.path + left.reason));
    if (job(id).kind == MigrationKind::LiveBlock)
        QVERIFY(m_seen.count(JobState::Disks) == 1 && m_seen.count(JobState::Memory) == 1);
    if (direct)
        QVERIFY(job(id).outcome->times.copy.has_value());
    // The readings of the two hosts come one after the other: between them neither has it.
    const auto seen = [&] { return m_session->inventory()->instance(job(id).instance); };
    QTRY_VERIFY(seen() != nullptr && seen()->host == h2);
    if (instance == QLatin1String("plain"))
        QTRY_VERIFY(seen() != nullptr && seen()->domain.status.autostart == std::optional(true));
}

void TestSessionKinds::faults_data()
{
    QTest::addColumn<int>("percent");
    QTest::newRow("10 %") << 10;
    QTest::newRow("50 %") << 50;
    QTest::newRow("99 %") << 99;
}

void TestSessionKinds::faults()
{
    QFETCH(int, percent);
    start(QStringLiteral(
              ", \"faults\": [ { \"kind\": \"fail\", \"instance\": \"based\", \"text\": \"No space left\","
              " \"when\": { \"instance\": \"based\", \"percent\": %1 } } ]")
              .arg(percent));
    const JobId id = move(QStringLiteral("based"), {});
    QTRY_VERIFY_WITH_TIMEOUT(isEnded(job(id).state), 30000);
    QCOMPARE(job(id).state, JobState::Failed);
    QVERIFY(job(id).outcome->error.message.contains(QStringLiteral("No space left")));
    QCOMPARE(state(h1, QStringLiteral("based")), QStringLiteral("running"));
    QCOMPARE(state(h2, QStringLiteral("based")), QStringLiteral("none"));
    QCOMPARE(files(h1), QStringLiteral("plain based off base"));
    QCOMPARE(files(h2), QString());
    QVERIFY(job(id).outcome->left.empty());
}

void TestSessionKinds::startThatFailsThere_data()
{
    QTest::addColumn<bool>("direct");
    QTest::newRow("by the hosts") << false;
    QTest::newRow("by streams") << true;
}

void TestSessionKinds::startThatFailsThere()
{
    QFETCH(bool, direct);
    start(QStringLiteral(", \"faults\": [ { \"kind\": \"no-start\", \"host\": \"h2\", \"at_s\": 0,"
                         " \"text\": \"no such CPU\" } ]"));
    MigrationOptions options;
    options.kind = MigrationKind::Cold;
    options.carrier = direct ? Carrier::Console : Carrier::Hosts;
    const JobId id = move(QStringLiteral("plain"), options);
    QTRY_VERIFY_WITH_TIMEOUT(isEnded(job(id).state), 30000);
    QCOMPARE(job(id).state, JobState::Failed);
    QVERIFY2(job(id).outcome->error.message.contains(QStringLiteral("no such CPU")),
             qPrintable(job(id).outcome->error.message));
    QCOMPARE(state(h1, QStringLiteral("plain")), QStringLiteral("running")); // started again
    QCOMPARE(state(h2, QStringLiteral("plain")), QStringLiteral("none"));
    QCOMPARE(files(h1), QStringLiteral("plain based off base"));
    QCOMPARE(files(h2), QString());
    QVERIFY(job(id).outcome->left.empty());
}

void TestSessionKinds::cancelInEachPhase_data()
{
    QTest::addColumn<MigrationKind>("kind");
    QTest::addColumn<bool>("direct");
    QTest::newRow("live-block") << MigrationKind::LiveBlock << false;
    QTest::newRow("cold by the hosts") << MigrationKind::Cold << false;
    QTest::newRow("cold by streams") << MigrationKind::Cold << true;
}

void TestSessionKinds::cancelInEachPhase()
{
    QFETCH(MigrationKind, kind);
    QFETCH(bool, direct);
    start({}, 1);
    MigrationOptions options;
    options.kind = kind;
    options.carrier = direct ? Carrier::Console : Carrier::Hosts;
    const JobId id = move(QStringLiteral("plain"), options);
    QTRY_VERIFY_WITH_TIMEOUT(job(id).state == JobState::Disks, 20000);
    m_session->cancel(id);
    QTRY_VERIFY_WITH_TIMEOUT(isEnded(job(id).state), 20000);
    QCOMPARE(job(id).state, JobState::Cancelled);
    QCOMPARE(state(h1, QStringLiteral("plain")), QStringLiteral("running"));
    QCOMPARE(state(h2, QStringLiteral("plain")), QStringLiteral("none"));
    QCOMPARE(files(h2), QString());
    QVERIFY(job(id).outcome->left.empty());
}

QTEST_GUILESS_MAIN(TestSessionKinds)
#include "tst_session_kinds.moc"
