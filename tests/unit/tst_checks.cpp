// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check.h"
#include "tests/support/fleet_maker.h"

#include <QRegularExpression>
#include <QTest>

#include <functional>

using namespace drover;
using namespace drover::testing;

namespace {

/// Everything that the checks look at, sound in every respect: vm-1 runs on h1 and is to go to h2.
struct Case
{
    Case() : instance(std::make_shared<DomainDefinition>(*definition(1)))
    {
        source.config = hostConfig(QStringLiteral("h1"));
        destination.config = hostConfig(QStringLiteral("h2"));
        sourceReading = reading(QStringLiteral("h1"), {});
        destinationReading = reading(QStringLiteral("h2"), {});
        for (Host* host : {&source, &destination})
            host->connection = ConnectionState::Up;
        vm.id = instance->id;
        vm.host = source.id();
        vm.domain = domain(instance, PowerState::Running);
        evidence.cpu = CpuComparison{CpuComparison::Answer::Compatible, {}, {}};
        evidence.atSource = {presence(1)};
        evidence.atDestination = std::vector<DomainPresence>{};
        evidence.complete = true;
    }

    static DomainPresence presence(int number, PowerState state = PowerState::Running)
    {
        DomainPresence p;
        p.id = instanceId(number);
        p.name = QStringLiteral("vm-%1").arg(number);
        p.state = state;
        p.persistent = true;
        return p;
    }

    [[nodiscard]] std::vector<CheckResult> run()
    {
        static const Inventory nothing = [] { return *InventoryBuilder().snapshot(); }();
        if (sourceReading)
            source.reading = sourceReading;
        if (destinationReading)
            destination.reading = destinationReading;
        if (options.kind == MigrationKind::Offline && evidence.atSource && !keepState) {
            vm.domain.status.state = PowerState::ShutOff;
            evidence.atSource->front().state = PowerState::ShutOff;
        }
        return runChecks(
            {nothing, vm, source, destination, options, chooseKind(vm, options), moves, evidence});
    }

    std::shared_ptr<DomainDefinition> instance;
    Instance vm;
    Host source;
    Host destination;
    std::shared_ptr<HostReading> sourceReading;
    std::shared_ptr<HostReading> destinationReading;
    MigrationOptions options;
    MovesUnderWay moves;
    PairEvidence evidence;
    bool keepState = false;
};

using Arrange = std::function<void(Case&)>;

void offline(Case& c)
{
    c.options.kind = MigrationKind::Offline;
}

std::shared_ptr<HostFacts> factsWith(const std::shared_ptr<HostReading>& reading)
{
    return std::make_shared<HostFacts>(*reading->facts);
}

} // namespace

Q_DECLARE_METATYPE(Arrange)

class TestChecks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCheckIsListed();
    void sentences_data();
    void sentences();
    void acknowledgement();
    void whatMayStart();
    void kinds();
    void names();
};

void TestChecks::everyCheckIsListed()
{
    QStringList ids;
    for (const CheckDefinition& check : allChecks())
        ids.append(QLatin1String(check.id));
    QCOMPARE(ids.join(QLatin1Char(' ')),
             QStringLiteral("state same-host placement capacity cpu storage channel identity permission"));
    Case sound;
    const auto results = sound.run();
    QCOMPARE(results.size(), allChecks().size());
    for (std::size_t i = 0; i < results.size(); ++i)
        QCOMPARE(results[i].id, QLatin1String(allChecks()[i].id));
    QVERIFY(mayStart(results));
}

void TestChecks::sentences_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<Arrange>("arrange");
    QTest::addColumn<Severity>("severity");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const char* id, Severity severity, const QString& message,
                        Arrange arrange) {
        QTest::addRow("%s: %s", id, name)
            << QString::fromLatin1(id) << std::move(arrange) << severity << message;
    };
    const auto same = [](Case&) {};
    using S = Severity;

    row("runs", "state", S::Pass, QStringLiteral("vm-1 is running on h1"), same);
    row("paused", "state", S::Pass, QStringLiteral("vm-1 is paused on h1"),
        [](Case& c) { c.evidence.atSource->front().state = PowerState::Paused; });
    row("shut off, offline", "state", S::Pass, QStringLiteral("vm-1 is shut off on h1"), offline);
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
    row("live-block", "state", S::Error,
        QStringLiteral("The kind live-block is not available in this version"),
        [](Case& c) { c.options.kind = MigrationKind::LiveBlock; });
    row("cold", "state", S::Error, QStringLiteral("The kind cold is not available in this version"),
        [](Case& c) { c.options.kind = MigrationKind::Cold; });
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

    row("no disk", "storage", S::Pass, QStringLiteral("No disk has to be copied"), same);
    row("empty drive and proven share", "storage", S::Pass, QStringLiteral("No disk has to be copied"),
        [](Case& c) {
            c.instance->disks = {disk(QStringLiteral("sda"), StorageClass::None),
                                 disk(QStringLiteral("vda"), StorageClass::Shared)};
        });
    row("network", "storage", S::Pass, QStringLiteral("vda, vdb on network storage: nothing is copied"),
        [](Case& c) {
            c.instance->disks = {disk(QStringLiteral("vda"), StorageClass::Network),
                                 disk(QStringLiteral("vdb"), StorageClass::Network)};
        });
    row("medium", "storage", S::Error,
        QStringLiteral("sda holds the medium /images/sda.qcow2, and nothing shows that h2 has it"),
        [](Case& c) { c.instance->disks = {disk(QStringLiteral("sda"), StorageClass::ReadOnly)}; });
    row("medium, offline", "storage", S::Pass, QStringLiteral("No disk has to be copied"), [](Case& c) {
        offline(c);
        c.instance->disks = {disk(QStringLiteral("sda"), StorageClass::ReadOnly)};
    });
    row("local", "storage", S::Error,
        QStringLiteral(
            "vdb (/images/vdb.qcow2) lies in a file of h1; it is not proven that h2 sees the same file"),
        [](Case& c) {
            c.instance->disks = {disk(QStringLiteral("vda"), StorageClass::Network),
                                 disk(QStringLiteral("vdb"), StorageClass::Local)};
        });
    row("unknown is an error", "storage", S::Error,
        QStringLiteral(
            "vda (/images/vda.qcow2) lies in a file of h1; it is not proven that h2 sees the same file"),
        [](Case& c) { c.instance->disks = {disk(QStringLiteral("vda"), StorageClass::Unknown)}; });
    row("local, offline", "storage", S::Error,
        QStringLiteral("vda (/images/vda.qcow2) would stay on h1: this version copies no disks"),
        [](Case& c) {
            offline(c);
            c.instance->disks = {disk(QStringLiteral("vda"), StorageClass::Local)};
        });

    row("encrypted", "channel", S::Pass,
        QStringLiteral("Memory is sent encrypted to qemu+tls://h2.example/system"),
        [](Case& c) { c.options.tls = true; });
    row("in the clear", "channel", S::Info,
        QStringLiteral("Not encrypted: memory crosses the network to h2 in the clear"), same);
    row("ssh has no address for others", "channel", S::Error,
        QStringLiteral("h2's daemon has no address for other hosts: set peer_uri"),
        [](Case& c) { c.destination.config.uri = QStringLiteral("qemu+ssh://root@h2/system"); });
    row("ssh with a peer URI", "channel", S::Info,
        QStringLiteral("Not encrypted: memory crosses the network to h2 in the clear"), [](Case& c) {
            c.destination.config.uri = QStringLiteral("qemu+ssh://root@h2/system");
            c.destination.config.peerUri = QStringLiteral("qemu+tcp://h2/system");
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
    QFETCH(QString, id);
    QFETCH(Arrange, arrange);
    QFETCH(Severity, severity);
    QFETCH(QString, message);
    message.replace(QRegularExpression(QStringLiteral("(?<=\\d) (?=\\d{3} MiB)")), QStringLiteral("\u202f"));
    Case c;
    arrange(c);
    const auto results = c.run();
    int others = 0;
    for (const CheckResult& result : results) {
        QVERIFY2(!result.message.isEmpty(), qPrintable(result.id));
        if (result.id != id)
            continue;
        ++others;
        QCOMPARE(result.message, message);
        QCOMPARE(result.severity, severity);
        QCOMPARE(result.pending, message.startsWith(QStringLiteral("Checking")));
        QCOMPARE(result.needsAcknowledgement, message.startsWith(QStringLiteral("Another zone")));
        QCOMPARE(mayStart({result}), severity != Severity::Error && !result.needsAcknowledgement);
    }
    QCOMPARE(others, 1);
}

void TestChecks::acknowledgement()
{
    Case c;
    c.destination.config.zone = QStringLiteral("z2");
    QVERIFY(!mayStart(c.run()));
    c.options.accepted = {QStringLiteral("placement"), QStringLiteral("storage")};
    auto results = c.run();
    QVERIFY(mayStart(results));
    QCOMPARE(results[2].acceptedBy, QStringLiteral("operator"));
    QVERIFY(!results[2].needsAcknowledgement);
    c.instance->disks = {disk(QStringLiteral("vda"), StorageClass::Local)};
    results = c.run();
    QVERIFY2(!mayStart(results), "an error cannot be accepted");
    QVERIFY(results[5].acceptedBy.isEmpty());
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

void TestChecks::kinds()
{
    Case c;
    QCOMPARE(chooseKind(c.vm, c.options), MigrationKind::Live);
    c.vm.domain.status.state = PowerState::Paused;
    QCOMPARE(chooseKind(c.vm, c.options), MigrationKind::Live);
    c.vm.domain.status.state = PowerState::ShutOff;
    QCOMPARE(chooseKind(c.vm, c.options), MigrationKind::Offline);
    c.options.kind = MigrationKind::Live;
    QCOMPARE(chooseKind(c.vm, c.options), MigrationKind::Live);
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
