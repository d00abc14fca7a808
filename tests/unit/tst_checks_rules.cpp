// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/match.h"
#include "core/plan/judge.h"
#include "tests/support/check_case.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;
using namespace std::chrono_literals;

namespace {

using S = Severity;
using Rule = PlacementRule;

ArrangeCheck rule(Rule::Kind kind, bool hard, const QStringList& hosts, std::vector<RulePeer> peers = {})
{
    return [=](CheckCase& c) {
        Rule made;
        made.kind = kind;
        made.hard = hard;
        made.hosts = hosts;
        made.instances = QStringList{QStringLiteral("vm-1"), QStringLiteral("vm-2")};
        c.rules = {{made, peers}};
    };
}

StandingAcceptance acceptance(const char* check)
{
    StandingAcceptance made;
    made.check = QLatin1String(check);
    made.by = QStringLiteral("ops");
    made.reason = QStringLiteral("closed network");
    made.until = QDate(2027, 3, 31);
    return made;
}

} // namespace

class TestChecksRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rules_data();
    void rules() { runCheckRow(); }
    void peersOfRules();
    void judgedWithRules();
    void standing();
    void neverStanding();
    void matches_data();
    void matches();
};

void TestChecksRules::rules_data()
{
    checkColumns();
    const QString h2 = QStringLiteral("h2");
    const QString h3 = QStringLiteral("h3");
    const RulePeer there{QStringLiteral("vm-2"), {h2}};
    const RulePeer elsewhere{QStringLiteral("vm-2"), {h3}};
    checkRow("none", "rules", S::Pass, QStringLiteral("No rule concerns vm-1"), [](CheckCase&) {});
    checkRow("pinned there", "rules", S::Pass, QStringLiteral("vm-1 keeps the rules of the fleet file on h2"),
             rule(Rule::Kind::Pin, true, {h2}));
    checkRow("pinned elsewhere", "rules", S::Error,
             QStringLiteral("vm-1 is pinned to h1, h3, and h2 is none of them (vm-1, vm-2)"),
             rule(Rule::Kind::Pin, true, {QStringLiteral("h1"), h3}));
    checkRow("avoids, softly", "rules", S::Warning, QStringLiteral("vm-1 is to avoid h2 (vm-1, vm-2)"),
             rule(Rule::Kind::Avoid, false, {h2}));
    checkRow("apart", "rules", S::Error, QStringLiteral("vm-1 is to be apart from vm-2, which is on h2"),
             rule(Rule::Kind::AntiAffinity, true, {}, {there}));
    checkRow("apart it is", "rules", S::Pass, QStringLiteral("vm-1 keeps the rules of the fleet file on h2"),
             rule(Rule::Kind::AntiAffinity, true, {}, {elsewhere}));
    checkRow("together", "rules", S::Warning,
             QStringLiteral("vm-1 is to be together with vm-2, which is on h3, not on h2"),
             rule(Rule::Kind::Affinity, false, {}, {elsewhere}));
    checkRow("together it is", "rules", S::Pass,
             QStringLiteral("vm-1 keeps the rules of the fleet file on h2"),
             rule(Rule::Kind::Affinity, false, {}, {elsewhere, there}));
}

void TestChecksRules::peersOfRules()
{
    InventoryBuilder builder;
    (void)builder.setHosts({hostConfig(QStringLiteral("h1")), hostConfig(QStringLiteral("h2"))});
    (void)builder.fold(
        {up(QStringLiteral("h1"), reading(QStringLiteral("h1"), {runningDomain(1), shutOffDomain(3)}), 1ms),
         up(QStringLiteral("h2"), reading(QStringLiteral("h2"), {runningDomain(2), runningDomain(4)}), 1ms)});
    const Snapshot now = builder.snapshot();
    Rule apart;
    apart.kind = Rule::Kind::AntiAffinity;
    apart.match = QStringLiteral("vm-");
    Rule other = apart;
    other.match.clear();
    other.instances = QStringList{QStringLiteral("vm-2")};
    const InstanceRules found = rulesFor(*now, {apart, other}, *now->instance(instanceId(1)));
    QCOMPARE(found.size(), std::size_t(1));
    QCOMPARE(found[0].peers.size(), std::size_t(2)); // vm-3 is shut off
    QCOMPARE(found[0].peers[0].name, QStringLiteral("vm-2"));
    QCOMPARE(found[0].peers[1].host, hostId(QStringLiteral("h2")));
}

void TestChecksRules::judgedWithRules()
{
    InventoryBuilder builder;
    (void)builder.setHosts({hostConfig(QStringLiteral("h1")), hostConfig(QStringLiteral("h2"))});
    (void)builder.fold({up(QStringLiteral("h1"), reading(QStringLiteral("h1"), {runningDomain(1)}), 1ms),
                        up(QStringLiteral("h2"), reading(QStringLiteral("h2"), {runningDomain(2)}), 1ms)});
    FleetFile fleet;
    fleet.rules.push_back(
        {Rule::Kind::AntiAffinity, {QStringLiteral("vm-1"), QStringLiteral("vm-2")}, {}, {}, true});
    const auto verdicts =
        judgeHosts(*builder.snapshot(), {instanceId(1)}, {}, {}, {}, &fleet, QDate(2027, 1, 1));
    QCOMPARE(verdicts[1].level, HostVerdict::Level::Cannot);
    QCOMPARE(verdicts[1].reason, QStringLiteral("vm-1 is to be apart from vm-2, which is on h2"));
}

void TestChecksRules::standing()
{
    CheckCase c;
    c.fleet.accepted = {acceptance("channel")};
    const CheckResult accepted = *resultOf(c.run(), "channel");
    QCOMPARE(accepted.severity, S::Info);
    QCOMPARE(accepted.acceptedBy, QStringLiteral("ops"));
    QVERIFY2(accepted.message.endsWith(QStringLiteral("; accepted by ops until 2027-03-31: closed network")),
             qPrintable(accepted.message));
    c.today = QDate(2027, 4, 1);
    QCOMPARE(resultOf(c.run(), "channel")->severity, S::Warning);
    c.today = QDate(2027, 3, 31);
    c.fleet.accepted[0].zone = QStringLiteral("z2");
    QCOMPARE(resultOf(c.run(), "channel")->severity, S::Warning);
    c.fleet.accepted[0].zone = QStringLiteral("z1");
    QCOMPARE(resultOf(c.run(), "channel")->severity, S::Info);
    c.fleet.accepted[0].from = QStringLiteral("h2");
    c.fleet.accepted[0].to = QStringLiteral("h1");
    QCOMPARE(resultOf(c.run(), "channel")->severity, S::Warning);
    std::swap(c.fleet.accepted[0].from, c.fleet.accepted[0].to);
    QCOMPARE(resultOf(c.run(), "channel")->severity, S::Info);
    c.evidence.channel->daemon = ChannelEvidence::Daemon::NoAnswer;
    QCOMPARE(resultOf(c.run(), "channel")->severity, S::Error); // no error is accepted
    // A warning to accept needs no tick any more.
    c.evidence.channel->daemon = ChannelEvidence::Daemon::Reached;
    c.destination.config.zone = QStringLiteral("z2");
    QVERIFY(!mayStart(c.run()));
    c.fleet.accepted = {acceptance("placement")};
    QVERIFY(mayStart(c.run()));
}

void TestChecksRules::neverStanding()
{
    CheckCase c;
    c.instance->managedBy = QStringLiteral("nova");
    c.details = [](CheckCase& d) { d.here.guest->checkpoints = 1; };
    c.evidence.atDestination = std::vector<DomainPresence>{CheckCase::presence(1, PowerState::ShutOff)};
    for (const char* id : {"nova", "devices", "identity"}) {
        c.fleet.accepted = {acceptance(id)};
        const auto results = c.run();
        QCOMPARE(resultOf(results, id)->severity, S::Warning);
        QVERIFY(resultOf(results, id)->acceptedBy.isEmpty());
    }
}

void TestChecksRules::matches_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("holds");
    const auto row = [](const char* text, bool holds) {
        QTest::newRow(text) << QString::fromLatin1(text) << holds;
    };
    row("", true);
    row("vm-1", true);
    row("VM", true);
    row("vm-2", false);
    row("name:vm", true);
    row("name=vm", false);
    row("name=vm-1", true);
    row("project:lic", true);
    row("project=licensed", true);
    row("project:other", false);
    row("host:h1 zone:z1", true);
    row("host:h1 zone:z2", false);
    row("label=ssd", true);
    row("label:hdd", false);
    row("state:running", true);
    row("state:paused", false);
    row("52:54:00", true); // a MAC is a word
    row("00000001-1000", true);
    row("host:", false); // no text: a word
}

void TestChecksRules::matches()
{
    QFETCH(QString, text);
    QFETCH(bool, holds);
    InventoryBuilder builder;
    HostConfig config = hostConfig(QStringLiteral("h1"));
    config.labels = QStringList{QStringLiteral("ssd")};
    (void)builder.setHosts({config});
    auto made = definition(1);
    made->project = QStringLiteral("licensed");
    made->interfaces = {
        {{}, QStringLiteral("52:54:00:aa:bb:cc"), QStringLiteral("bridge"), QStringLiteral("br0"), {}}};
    (void)builder.fold(
        {up(QStringLiteral("h1"), reading(QStringLiteral("h1"), {domain(made, PowerState::Running)}), 1ms)});
    const Snapshot now = builder.snapshot();
    QCOMPARE(InstanceMatch::parse(text).matches(*now->instance(instanceId(1)), *now), holds);
}

QTEST_GUILESS_MAIN(TestChecksRules)
#include "tst_checks_rules.moc"
