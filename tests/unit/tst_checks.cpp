// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check.h"
#include "core/plan/kind_choice.h"
#include "tests/support/check_case.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;

namespace {

using Case = CheckCase;
using Arrange = ArrangeCheck;

void offline(Case& c)
{
    c.offline();
}

std::shared_ptr<HostFacts> factsWith(const std::shared_ptr<HostReading>& reading)
{
    return Case::factsOf(reading);
}

} // namespace

class TestChecks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCheckIsListed();
    void sentences_data();
    void sentences();
    void acknowledgement();
    void whatMayStart();
    void names();
};

void TestChecks::everyCheckIsListed()
{
    QStringList ids;
    for (const CheckDefinition& check : allChecks())
        ids.append(QLatin1String(check.id));
    QCOMPARE(ids.join(QLatin1Char(' ')),
             QStringLiteral("state same-host placement capacity versions cpu storage network devices channel "
                            "identity permission nova rules convergence"));
    Case sound;
    const auto results = sound.run();
    QCOMPARE(results.size(), allChecks().size());
    for (std::size_t i = 0; i < results.size(); ++i)
        QCOMPARE(results[i].id, QLatin1String(allChecks()[i].id));
    QVERIFY(mayStart(results));
}

void TestChecks::sentences_data()
{
    checkColumns();
    const auto row = [](const char* name, const char* id, Severity severity, const QString& message,
                        Arrange arrange) { checkRow(name, id, severity, message, std::move(arrange)); };
    const auto same = [](Case&) {};
    using S = Severity;

    row("runs", "state", S::Pass, QStringLiteral("vm-1 is running on h1"), same);
    row("paused", "state", S::Pass, QStringLiteral("vm-1 is paused on h1"),
        [](Case& c) { c.evidence.atSource->front().state = PowerState::Paused; });
    row("shut off, offline", "state", S::Pass, QStringLiteral("vm-1 is shut off on h1"), offline);
    row("shut off, and a host is silent", "state", S::Warning,
        QStringLiteral(
            "vm-1 is shut off on h1, but whether it runs on h3 is not known: no answer from there"),
        [](Case& c) {
            offline(c);
            c.others = {down(QStringLiteral("h3"), QStringLiteral("no route"), Milliseconds(0)),
                        up(QStringLiteral("h4"), reading(QStringLiteral("h4"), {}), Milliseconds(0))};
        });
    row("conflict", "state", S::Error, QStringLiteral("vm-1 runs on two hosts at once"),
        [](Case& c) { c.vm.host = {}; });
    row("gone", "state", S::Error, QStringLiteral("vm-1 is no longer on h1"),
        [](Case& c) { c.evidence.atSource = std::vector<DomainPresence>{Case::presence(2)}; });
    row("being moved", "state", S::Error, QStringLiteral("vm-1 is being moved to h3 already"),
        [](Case& c) { c.vm.movingTo = hostId(QStringLiteral("h3")); });
    row("a job holds it", "state", S::Error, QStringLiteral("vm-1 is busy with a migration or another job"),
        [](Case& c) { c.evidence.atSource->front().jobActive = true; });
    row("outgoing by the snapshot", "state", S::Error,
        QStringLiteral("vm-1 is busy with a migration or another job"),
        [](Case& c) { c.vm.domain.status.outgoing = true; });
    row("is elsewhere", "state", S::Error, QStringLiteral("vm-1 is on h3, not on h1"), [](Case& c) {
        c.vm.host = hostId(QStringLiteral("h3"));
        c.evidence.atSource->front().state = PowerState::ShutOff;
    });
    row("is elsewhere by the snapshot alone", "state", S::Error, QStringLiteral("vm-1 is on h3, not on h1"),
        [](Case& c) {
            c.vm.host = hostId(QStringLiteral("h3"));
            c.evidence = {};
        });
    row("an old definition does not move for it", "state", S::Error,
        QStringLiteral("vm-1 is on h3, not on h1"), [](Case& c) {
            offline(c);
            c.vm.host = hostId(QStringLiteral("h3"));
        });
    row("the source knows better than the snapshot", "state", S::Pass,
        QStringLiteral("vm-1 is running on h1"), [](Case& c) { c.vm.host = hostId(QStringLiteral("h3")); });
    row("offline while it runs", "state", S::Error,
        QStringLiteral("vm-1 is running: an offline move needs it shut off"), [](Case& c) {
            offline(c);
            c.keepState = true;
        });
    row("live while shut off", "state", S::Error,
        QStringLiteral("vm-1 is shutoff: a live move needs it running or paused"),
        [](Case& c) { c.evidence.atSource->front().state = PowerState::ShutOff; });
    row("crashed", "state", S::Error,
        QStringLiteral("vm-1 is crashed: a live move needs it running or paused"),
        [](Case& c) { c.evidence.atSource->front().state = PowerState::Crashed; });

    row("two machines", "same-host", S::Pass, QStringLiteral("h1 and h2 are up, and two machines"), same);
    row("here already", "same-host", S::Error, QStringLiteral("vm-1 runs here already"),
        [](Case& c) { c.destination.config.id = c.source.config.id; });
    row("source silent", "same-host", S::Error, QStringLiteral("h1 does not answer: No route to host"),
        [](Case& c) {
            c.source.connection = ConnectionState::Down;
            c.source.error.message = QStringLiteral("No route to host");
        });
    row("destination silent", "same-host", S::Error, QStringLiteral("h2 does not answer"),
        [](Case& c) { c.destination.connection = ConnectionState::Down; });
    row("not yet connected", "same-host", S::Error, QStringLiteral("h2 has not answered yet"),
        [](Case& c) { c.destination.connection = ConnectionState::Connecting; });
    row("source did not answer the question", "same-host", S::Error,
        QStringLiteral("h1 does not answer: timed out"),
        [](Case& c) { c.evidence.sourceError = QStringLiteral("timed out"); });
    row("destination did not answer the question", "same-host", S::Error,
        QStringLiteral("h2 does not answer: timed out"),
        [](Case& c) { c.evidence.destinationError = QStringLiteral("timed out"); });
    row("one machine", "same-host", S::Error, QStringLiteral("h1 and h2 are one machine (h1)"),
        [](Case& c) { c.destinationReading->facts = c.sourceReading->facts; });
    row("equal UUID", "same-host", S::Error,
        QStringLiteral("h1 and h2 report the same host UUID, libvirt refuses to move between them"),
        [](Case& c) {
            auto facts = factsWith(c.destinationReading);
            facts->hostUuid = c.sourceReading->facts->hostUuid;
            c.destinationReading->facts = facts;
        });
    row("duplicate of a third", "same-host", S::Error, QStringLiteral("h2 is the same machine as h0"),
        [](Case& c) { c.destination.duplicateOf = QStringLiteral("h0"); });

    row("enabled", "placement", S::Pass, QStringLiteral("h2 is enabled and in the same zone"), same);
    row("maintenance", "placement", S::Error, QStringLiteral("h2 is closed for maintenance: new RAM"),
        [](Case& c) {
            c.destinationReading->service.state = ServiceState::Maintenance;
            c.destinationReading->service.reason = QStringLiteral("new RAM");
        });
    row("disabled", "placement", S::Error, QStringLiteral("h2 is disabled"),
        [](Case& c) { c.destinationReading->service.state = ServiceState::Disabled; });
    row("claimed", "placement", S::Error, QStringLiteral("h2 is claimed by plan 7"),
        [](Case& c) { c.destinationReading->claimedBy = QStringLiteral("plan 7"); });
    row("other zone", "placement", S::Warning, QStringLiteral("Another zone: z1 → z2"),
        [](Case& c) { c.destination.config.zone = QStringLiteral("z2"); });

    row("room", "capacity", S::Pass,
        QStringLiteral("Room on h2: 65 024 MiB left by size, 61 440 MiB free at this moment"), same);
    row("never read", "capacity", S::Error, QStringLiteral("The capacity of h2 is not known"), [](Case& c) {
        c.destinationReading = nullptr;
        c.destination.reading = nullptr;
    });
    row("offline needs none", "capacity", S::Pass,
        QStringLiteral("Shut off: it takes no memory and no vCPU on h2"), [](Case& c) {
            offline(c);
            c.moves.arriving.memory = Bytes::fromGib(600);
        });
    row("memory by size", "capacity", S::Error,
        QStringLiteral("Needs 2 048 MiB, h2 has 1 024 MiB left after its reserve"),
        [](Case& c) { c.moves.arriving.memory = Bytes::fromGib(62.5); });
    row("over-full is none left", "capacity", S::Error,
        QStringLiteral("Needs 2 048 MiB, h2 has 0 MiB left after its reserve"),
        [](Case& c) { c.moves.arriving.memory = Bytes::fromGib(100); });
    row("exactly full is room", "capacity", S::Pass,
        QStringLiteral("Room on h2: 2 048 MiB left by size, 64 512 MiB free at this moment"), [](Case& c) {
            c.destinationReading->memoryFreeNow = Bytes::fromGib(63);
            c.destination.config.reservedMemory = Bytes::fromGib(62);
        });
    row("vCPUs", "capacity", S::Error, QStringLiteral("Needs 2 vCPUs, h2 has 1 left of 64"),
        [](Case& c) { c.moves.arriving.vcpus = 63; });
    row("memory now", "capacity", S::Error,
        QStringLiteral("Uses 2 048 MiB, h2 has only 1 024 MiB free at this moment"),
        [](Case& c) { c.destinationReading->memoryFreeNow = Bytes::fromGib(1); });
    row("memory now, promised", "capacity", S::Error,
        QStringLiteral("Uses 2 048 MiB, h2 has only 3 072 MiB free at this moment, and moves under way need "
                       "2 048 MiB of it"),
        [](Case& c) {
            c.destinationReading->memoryFreeNow = Bytes::fromGib(3);
            c.moves.arriving.memory = Bytes::fromGib(2);
        });
    row("free now not told", "capacity", S::Warning,
        QStringLiteral("h2 has room by size (65 024 MiB left), but does not say what is free at this moment"),
        [](Case& c) { c.destinationReading->memoryFreeNow.reset(); });

    row("compatible", "cpu", S::Pass, QStringLiteral("h2 can run this CPU"), same);
    row("offline", "cpu", S::Pass, QStringLiteral("Shut off: its CPU is chosen when it starts"), offline);
    row("still asked", "cpu", S::Pass, QStringLiteral("Checking the CPU on h2…"), [](Case& c) {
        c.evidence.cpu.reset();
        c.evidence.complete = false;
    });
    row("did not say", "cpu", S::Warning, QStringLiteral("h2 did not say whether it can run this CPU"),
        [](Case& c) { c.evidence.cpu.reset(); });
    row("features", "cpu", S::Error, QStringLiteral("h2 lacks CPU features: avx512f, pku"), [](Case& c) {
        c.evidence.cpu = CpuComparison{
            CpuComparison::Answer::Incompatible, {QStringLiteral("avx512f"), QStringLiteral("pku")}, {}};
    });
    row("incompatible in its own words", "cpu", S::Error,
        QStringLiteral("h2 cannot run this CPU: other vendor"), [](Case& c) {
            c.evidence.cpu =
                CpuComparison{CpuComparison::Answer::Incompatible, {}, QStringLiteral("other vendor")};
        });
    row("cannot tell", "cpu", S::Warning, QStringLiteral("h2 cannot tell whether it runs this CPU"),
        [](Case& c) { c.evidence.cpu = CpuComparison{}; });
    row("cannot tell, because", "cpu", S::Warning,
        QStringLiteral("h2 cannot tell whether it runs this CPU: host-passthrough"), [](Case& c) {
            c.evidence.cpu =
                CpuComparison{CpuComparison::Answer::Unknown, {}, QStringLiteral("host-passthrough")};
        });

    row("free", "identity", S::Pass, QStringLiteral("Nothing on h2 has this name or UUID"), same);
    row("name taken", "identity", S::Error,
        QStringLiteral("h2 has another instance named vm-1 (UUID 00000002-1000-4000-8000-000000000001)"),
        [](Case& c) {
            DomainPresence other = Case::presence(2);
            other.name = QStringLiteral("vm-1");
            c.evidence.atDestination = std::vector<DomainPresence>{other};
        });
    row("other name", "identity", S::Error, QStringLiteral("h2 has this UUID under another name, old"),
        [](Case& c) {
            DomainPresence other = Case::presence(1, PowerState::ShutOff);
            other.name = QStringLiteral("old");
            c.evidence.atDestination = std::vector<DomainPresence>{other};
        });
    row("runs there too", "identity", S::Error, QStringLiteral("vm-1 is running on h2 too"),
        [](Case& c) { c.evidence.atDestination = std::vector<DomainPresence>{Case::presence(1)}; });
    row("old definition", "identity", S::Warning,
        QStringLiteral("h2 already has a definition of vm-1, shut off; it is replaced by this one"),
        [](Case& c) {
            c.evidence.atDestination = std::vector<DomainPresence>{Case::presence(1, PowerState::ShutOff)};
        });
    row("the worse of two is told", "identity", S::Error,
        QStringLiteral("h2 has another instance named vm-1 (UUID 00000002-1000-4000-8000-000000000001)"),
        [](Case& c) {
            DomainPresence other = Case::presence(2);
            other.name = QStringLiteral("vm-1");
            c.evidence.atDestination =
                std::vector<DomainPresence>{Case::presence(1, PowerState::ShutOff), other};
        });
    row("by the snapshot", "identity", S::Error, QStringLiteral("vm-1 is running on h2 too"), [](Case& c) {
        c.evidence.atDestination.reset();
        c.destinationReading->domains = {domain(c.instance, PowerState::Running)};
    });
    row("neighbours do not matter", "identity", S::Pass,
        QStringLiteral("Nothing on h2 has this name or UUID"), [](Case& c) {
            c.evidence.atDestination.reset();
            c.destinationReading->domains = {runningDomain(2), runningDomain(3)};
        });

    row("both may", "permission", S::Pass, QStringLiteral("Both connections may migrate"), same);
    row("source reads only", "permission", S::Error, QStringLiteral("The connection to h1 may only read"),
        [](Case& c) { c.source.config.readOnly = true; });
    row("destination turned out to read only", "permission", S::Error,
        QStringLiteral("The connection to h2 may only read"), [](Case& c) {
            auto facts = factsWith(c.destinationReading);
            facts->readOnly = true;
            c.destinationReading->facts = facts;
        });
}

void TestChecks::sentences()
{
    runCheckRow();
}

void TestChecks::acknowledgement()
{
    Case c;
    c.destination.config.zone = QStringLiteral("z2");
    QVERIFY(!mayStart(c.run()));
    c.options.accepted = {QStringLiteral("placement"), QStringLiteral("storage")};
    auto results = c.run();
    QVERIFY(mayStart(results));
    QCOMPARE(resultOf(results, "placement")->acceptedBy, QStringLiteral("operator"));
    QVERIFY(!resultOf(results, "placement")->needsAcknowledgement);
    c.destinationReading->service.state = ServiceState::Disabled;
    results = c.run();
    QVERIFY2(!mayStart(results), "an error cannot be accepted");
    QVERIFY(resultOf(results, "placement")->acceptedBy.isEmpty());
}

void TestChecks::whatMayStart()
{
    CheckResult warning;
    warning.severity = Severity::Warning;
    CheckResult pending;
    pending.pending = true;
    QVERIFY(mayStart({warning, pending}));
    CheckResult error;
    error.severity = Severity::Error;
    QVERIFY(!mayStart({warning, error}));
}

void TestChecks::names()
{
    QCOMPARE(severityName(Severity::Pass), QStringLiteral("pass"));
    QCOMPARE(severityName(Severity::Info), QStringLiteral("info"));
    QCOMPARE(severityName(Severity::Warning), QStringLiteral("warning"));
    QCOMPARE(severityName(Severity::Error), QStringLiteral("error"));
}

QTEST_GUILESS_MAIN(TestChecks)
#include "tst_checks.moc"
