// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session.h"
#include "core/simulator/simulated_fleet.h"
#include "tests/support/check_case.h"
#include "tests/support/fleet_maker.h"
#include "tests/support/scripted_backend.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;
using namespace std::chrono_literals;

namespace {

const QString h1 = QStringLiteral("h1");
const QString h2 = QStringLiteral("h2");

} // namespace

/// What a session asks hosts before a move, how long it takes their answers for true, and what it makes of
/// them.
class TestSessionEvidence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void wayIsTriedOnce();
    void wayIsForgottenWithAConnection();
    void portIsLeftAloneWhileGuestsArrive();
    void readOnlyTriesNothing();
    void detailsOfBothHosts();
    void judgementAsksForDetails();
    void timeoutCancels();
    void everyCheckFiresInAScenario();

private:
    void start(SessionOptions options = {});
    std::vector<CheckResult> check(const QString& to = h2)
    {
        std::optional<std::vector<CheckResult>> found;
        MoveRequest request;
        request.instance = instanceId(1);
        request.source = {h1};
        request.destination = {to};
        m_session->check(request,
                         [&](const Result<std::vector<CheckResult>>& checks) { found = checks.value(); });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(found.has_value(), 20000); }();
        return found.value_or(std::vector<CheckResult>{});
    }
    [[nodiscard]] int probes() const
    {
        return static_cast<int>(m_backend->calls().filter(QStringLiteral("probe ")).size());
    }

    std::shared_ptr<ScriptedBackend> m_backend;
    std::unique_ptr<Session> m_session;
};

void TestSessionEvidence::init()
{
    m_backend = std::make_shared<ScriptedBackend>();
    m_backend->put(h1, {runningDomain(1)});
    m_backend->put(h2, {});
}

void TestSessionEvidence::cleanup()
{
    m_backend->end();
    m_session.reset();
    m_backend.reset();
}

void TestSessionEvidence::start(SessionOptions options)
{
    options.pollInterval = 20ms;
    m_session = std::make_unique<Session>(m_backend, options);
    FleetFile fleet;
    fleet.hosts = {hostConfig(h1), hostConfig(h2)};
    m_session->setFleet(fleet);
    QTRY_VERIFY(m_session->settled());
}

void TestSessionEvidence::wayIsTriedOnce()
{
    start();
    QCOMPARE(resultOf(check(), "channel")->severity, Severity::Warning); // in the clear, but open
    (void)check();
    QCOMPARE(m_backend->calls().filter(QStringLiteral("probe ")), QStringList{QStringLiteral("probe h1>h2")});
    m_backend->advance(11min);
    ChannelEvidence filtered;
    filtered.daemon = ChannelEvidence::Daemon::NoAnswer;
    m_backend->setChannel(h2, filtered);
    QCOMPARE(resultOf(check(), "channel")->severity, Severity::Error);
    QCOMPARE(probes(), 2);
}

void TestSessionEvidence::wayIsForgottenWithAConnection()
{
    start();
    (void)check();
    m_backend->silence(h2, QStringLiteral("gone"));
    QTRY_COMPARE(m_session->inventory()->host({h2})->connection, ConnectionState::Down);
    m_backend->silence(h2, {});
    QTRY_COMPARE(m_session->inventory()->host({h2})->connection, ConnectionState::Up);
    (void)check();
    QCOMPARE(probes(), 2);
}

void TestSessionEvidence::portIsLeftAloneWhileGuestsArrive()
{
    m_backend->put(h2, {incomingDomain(9)});
    ChannelEvidence noPort;
    noPort.daemon = ChannelEvidence::Daemon::Reached;
    m_backend->setChannel(h2, noPort);
    start();
    (void)check();
    QCOMPARE(m_backend->calls().filter(QStringLiteral("probe ")),
             QStringList{QStringLiteral("probe h1>h2 without port")});
    m_backend->show(h2, {});
    QTRY_VERIFY(m_session->inventory()->host({h2})->reading->domains.empty());
    (void)check();
    QCOMPARE(m_backend->calls().filter(QStringLiteral("probe ")).last(), QStringLiteral("probe h1>h2"));
}

void TestSessionEvidence::readOnlyTriesNothing()
{
    SessionOptions options;
    options.readOnly = true;
    start(options);
    const CheckResult channel = *resultOf(check(), "channel");
    QVERIFY2(channel.message.contains(QStringLiteral("could not be tried")), qPrintable(channel.message));
    QCOMPARE(probes(), 0);
}

void TestSessionEvidence::detailsOfBothHosts()
{
    HostDetails here;
    here.guest.emplace();
    here.guest->snapshots = 2;
    here.guest->checkpoints = 0;
    here.guest->managedSave = false;
    m_backend->setDetails(h1, here);
    HostDetails there;
    there.machine = {MachineAnswer::Known::No, QStringLiteral("no such machine")};
    m_backend->setDetails(h2, there);
    start();
    const auto checks = check();
    QCOMPARE(resultOf(checks, "devices")->severity, Severity::Error);
    QCOMPARE(resultOf(checks, "versions")->severity, Severity::Error);
}

void TestSessionEvidence::judgementAsksForDetails()
{
    HostDetails there;
    there.machine = {MachineAnswer::Known::No, QStringLiteral("no such machine")};
    m_backend->setDetails(h2, there);
    start();
    QVERIFY(m_session->judge({instanceId(1)})[1].pending);
    m_session->gatherEvidence({instanceId(1)});
    QTRY_COMPARE(m_session->judge({instanceId(1)})[1].level, HostVerdict::Level::Cannot);
    QCOMPARE(probes(), 0); // a drag goes by what is known
}

void TestSessionEvidence::timeoutCancels()
{
    start();
    MoveRequest request;
    request.instance = instanceId(1);
    request.source = {h1};
    request.destination = {h2};
    request.options.timeout = 100ms;
    request.options.onTimeout = QStringLiteral("abort");
    QVERIFY(m_session->startMove(request));
    QTRY_VERIFY(m_backend->calls().contains(QStringLiteral("abort vm-1")));
    m_backend->endCall(1, fail(ErrorCode::Cancelled, QStringLiteral("aborted")));
}

void TestSessionEvidence::everyCheckFiresInAScenario()
{
    const auto started = startScenario(R"({"version": 1,
        "hosts": [{"name": "a"},
                  {"name": "b", "zone": "az2", "fittings": {"bridges": ["br7"], "machines": ["pc-q35-6.2"],
                   "huge_pages_mib": 64, "ports_filtered": true, "claimed_by": "plan 7"}},
                  {"name": "c", "fittings": {"way": "refused", "numa_cells": 2}}],
        "instances": [{"name": "v", "host": "a", "needs": {"cpu_mode": "maximum", "huge_pages": true,
                       "devices": ["pci", "usb"], "snapshots": 1, "nova": {"name": "web"}}}],
        "rules": [{"kind": "pin", "instances": ["v"], "hosts": ["a"], "hard": true}],
        "accepted": [{"check": "cpu", "by": "ops", "reason": "known", "until": "2099-01-01"}]})",
                                       QStringLiteral("s.json"), 1.0);
    QVERIFY2(started.has_value(), started ? "" : qPrintable(started.error().message));
    Session session(started->backend, {});
    session.setFleet(started->fleet);
    QTRY_VERIFY(session.settled());
    const InstanceId id = session.inventory()->find(QStringLiteral("v")).front()->id;
    const auto ask = [&](const char* to) {
        std::optional<std::vector<CheckResult>> found;
        MoveRequest request;
        request.instance = id;
        request.source = {QStringLiteral("a")};
        request.destination = {QLatin1String(to)};
        session.check(request,
                      [&](const Result<std::vector<CheckResult>>& checks) { found = checks.value(); });
        [&] { QTRY_VERIFY(found.has_value()); }();
        return found.value_or(std::vector<CheckResult>{});
    };
    const auto b = ask("b");
    for (const char* which : {"placement", "capacity", "versions", "network", "devices", "channel", "rules"})
        QVERIFY2(resultOf(b, which)->severity == Severity::Error, which);
    QVERIFY(resultOf(b, "nova")->needsAcknowledgement);
    QCOMPARE(resultOf(b, "cpu")->severity, Severity::Info);
    QCOMPARE(resultOf(b, "cpu")->acceptedBy, QStringLiteral("ops"));
    const CheckResult refused = *resultOf(ask("c"), "channel");
    QVERIFY2(refused.message.contains(QStringLiteral("Connection refused")), qPrintable(refused.message));
}

QTEST_GUILESS_MAIN(TestSessionEvidence)
#include "tst_session_evidence.moc"
