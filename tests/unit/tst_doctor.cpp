// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/doctor.h"
#include "tests/support/fleet_maker.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;

namespace {

/// Two sound hosts and everything that was found out about them; a row of a test spoils one thing.
struct Scene
{
    Host source;
    Host destination;
    std::shared_ptr<HostReading> sourceReading = reading(QStringLiteral("h1"), {});
    std::shared_ptr<HostReading> destinationReading = reading(QStringLiteral("h2"), {});
    std::shared_ptr<HostFacts> sourceFacts = hostFacts(QStringLiteral("h1"));
    std::shared_ptr<HostFacts> destinationFacts = hostFacts(QStringLiteral("h2"));
    std::optional<HostSurvey> sourceSurvey{HostSurvey{}};
    std::optional<HostSurvey> destinationSurvey{HostSurvey{}};
    std::optional<CpuComparison> cpu{CpuComparison{CpuComparison::Answer::Compatible, {}, {}}};
    std::optional<ChannelEvidence> channel{ChannelEvidence{}};
    std::optional<ProbeMove> probe;
    QString probeError;

    Scene()
    {
        source.config = hostConfig(QStringLiteral("h1"));
        destination.config = hostConfig(QStringLiteral("h2"));
        for (Host* host : {&source, &destination}) {
            host->config.peerUri = QStringLiteral("qemu+tcp://%1/system").arg(host->id().value);
            host->connection = ConnectionState::Up;
        }
        const StoragePool pool{QStringLiteral("images"),  QStringLiteral("dir"),
                               QStringLiteral("/images"), true,
                               Bytes::fromGib(10),        Bytes::fromGib(5)};
        sourceReading->pools = {pool};
        destinationReading->pools = {pool};
        for (std::optional<HostSurvey>* survey : {&sourceSurvey, &destinationSurvey}) {
            NetworkFacts net;
            net.name = QStringLiteral("lan");
            net.active = true;
            net.bridge = QStringLiteral("br0");
            (*survey)->networks = std::vector<NetworkFacts>{net};
            (*survey)->bridges = QStringList{QStringLiteral("br0")};
            (*survey)->clockAhead = Milliseconds(0);
            (*survey)->clockDoubt = Milliseconds(5);
        }
        channel->daemon = ChannelEvidence::Daemon::Reached;
        channel->port = ChannelEvidence::Port::Reachable;
        channel->portAddress = QStringLiteral("h2:49215");
        channel->tlsAtSource = true;
        channel->tlsAtDestination = true;
    }

    std::vector<CheckResult> examine()
    {
        sourceReading->facts = sourceFacts;
        destinationReading->facts = destinationFacts;
        source.reading = sourceReading;
        destination.reading = destinationReading;
        return examinePair({source, destination, sourceSurvey ? &*sourceSurvey : nullptr,
                            destinationSurvey ? &*destinationSurvey : nullptr, cpu, channel, probe,
                            probeError});
    }
};

struct Row
{
    const char* name;
    const char* id;
    Severity severity;
    const char* says;
    void (*spoil)(Scene&);
};

const Row rows[] = {
    {"silent host", "same-host", Severity::Error, "h2 does not answer: no route",
     [](Scene& s) {
         s.destination.connection = ConnectionState::Down;
         s.destination.error.message = QStringLiteral("no route");
     }},
    {"one machine", "same-host", Severity::Error, "are one machine",
     [](Scene& s) {
         s.destinationFacts->hostUuid = s.sourceFacts->hostUuid;
         s.destinationFacts->hostname = s.sourceFacts->hostname;
     }},
    {"one UUID", "same-host", Severity::Error, "have one host UUID",
     [](Scene& s) { s.destinationFacts->hostUuid = s.sourceFacts->hostUuid; }},
    {"other hypervisor", "versions", Severity::Error, "h2 runs Xen",
     [](Scene& s) { s.destinationFacts->hypervisor = QStringLiteral("Xen"); }},
    {"older libvirt", "versions", Severity::Warning, "libvirt on h2 is older: 8.0.0",
     [](Scene& s) {
         s.sourceFacts->libvirtVersion = 9000000;
         s.destinationFacts->libvirtVersion = 8000000;
     }},
    {"machine type missing", "versions", Severity::Warning, "pc-q35-9.0",
     [](Scene& s) {
         s.sourceFacts->machines = {QStringLiteral("pc"), QStringLiteral("pc-q35-9.0")};
         s.destinationFacts->machines = {QStringLiteral("pc")};
     }},
    {"lesser CPU", "cpu", Severity::Warning, "aes, avx2",
     [](Scene& s) {
         s.cpu = CpuComparison{
             CpuComparison::Answer::Incompatible, {QStringLiteral("aes"), QStringLiteral("avx2")}, {}};
     }},
    {"CPU not told", "cpu", Severity::Warning, "is not known", [](Scene& s) { s.cpu.reset(); }},
    {"no peer URI", "channel", Severity::Error, "peer_uri",
     [](Scene& s) {
         s.destination.config.uri = QStringLiteral("qemu+ssh://h2/system");
         s.destination.config.peerUri.clear();
     }},
    {"daemon refused", "channel", Severity::Error, "Connection refused",
     [](Scene& s) {
         s.channel->daemon = ChannelEvidence::Daemon::Failed;
         s.channel->daemonReason = QStringLiteral("Connection refused");
     }},
    {"port swallowed", "channel", Severity::Error, "is swallowed",
     [](Scene& s) { s.channel->port = ChannelEvidence::Port::NoAnswer; }},
    {"no certificates", "encryption", Severity::Warning, "h2 has no certificates",
     [](Scene& s) { s.channel->tlsAtDestination = false; }},
    {"no pool in common", "storage", Severity::Warning, "No storage pool of h1",
     [](Scene& s) { s.destinationReading->pools.clear(); }},
    {"network missing", "network", Severity::Warning, "h2 has no network lan",
     [](Scene& s) { s.destinationSurvey->networks->clear(); }},
    {"network asleep", "network", Severity::Warning, "is not active on h2",
     [](Scene& s) { s.destinationSurvey->networks->front().active = false; }},
    {"bridge missing", "network", Severity::Warning, "h2 has no bridge br0",
     [](Scene& s) { s.destinationSurvey->bridges->clear(); }},
    {"no survey", "network", Severity::Warning, "are not both known",
     [](Scene& s) { s.sourceSurvey.reset(); }},
    {"clocks apart", "clock", Severity::Warning, "differ by 5 s",
     [](Scene& s) { s.destinationSurvey->clockAhead = Milliseconds(5000); }},
    {"read-only", "permission", Severity::Error, "h2 is connected read-only",
     [](Scene& s) { s.destination.config.readOnly = true; }},
    {"not allowed", "permission", Severity::Error, "does not allow",
     [](Scene& s) { s.channel->denied = true; }},
    {"probe failed", "probe", Severity::Error, "did not get from h1 to h2: port blocked",
     [](Scene& s) {
         s.probe = ProbeMove{};
         s.probe->error = QStringLiteral("port blocked");
     }},
    {"probe left something", "probe", Severity::Warning, "could not be removed: /x on h2",
     [](Scene& s) {
         s.probe = ProbeMove{};
         s.probe->arrived = true;
         s.probe->left = {QStringLiteral("/x on h2")};
     }},
    {"probe not begun", "probe", Severity::Error, "no room",
     [](Scene& s) { s.probeError = QStringLiteral("no room"); }},
};

} // namespace

class TestDoctor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void soundPairIsReady();
    void everythingThatCanStandInTheWay_data();
    void everythingThatCanStandInTheWay();
    void probeSaysItsSpeed();
};

void TestDoctor::soundPairIsReady()
{
    Scene scene;
    const std::vector<CheckResult> found = scene.examine();
    QStringList ids;
    for (const CheckResult& check : found) {
        ids.append(check.id);
        QVERIFY2(check.severity == Severity::Pass, qPrintable(check.id + QLatin1Char(' ') + check.message));
    }
    QCOMPARE(ids, QStringLiteral("same-host versions cpu channel encryption storage network clock permission")
                      .split(QLatin1Char(' ')));
    QCOMPARE(pairVerdict(found), HostVerdict::Level::Fits);
    QVERIFY(pairReason(found).startsWith(QStringLiteral("Ready")));
}

void TestDoctor::everythingThatCanStandInTheWay_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(std::size(rows)); ++i)
        QTest::newRow(rows[i].name) << i;
}

void TestDoctor::everythingThatCanStandInTheWay()
{
    QFETCH(const int, index);
    const Row& row = rows[index];
    Scene scene;
    row.spoil(scene);
    const std::vector<CheckResult> found = scene.examine();
    const auto it = std::find_if(found.begin(), found.end(),
                                 [&](const CheckResult& check) { return check.id == QLatin1String(row.id); });
    QVERIFY(it != found.end());
    QVERIFY2(it->severity == row.severity, qPrintable(it->message));
    QVERIFY2(it->message.contains(QLatin1String(row.says)), qPrintable(it->message));
    QCOMPARE(pairVerdict(found),
             row.severity == Severity::Error ? HostVerdict::Level::Cannot : HostVerdict::Level::Warning);
    QCOMPARE(pairReason(found), it->message);
}

void TestDoctor::probeSaysItsSpeed()
{
    Scene scene;
    scene.probe = ProbeMove{};
    scene.probe->arrived = true;
    scene.probe->total = Milliseconds(1400);
    scene.probe->rate = Rate::fromMib(57);
    const std::vector<CheckResult> found = scene.examine();
    QCOMPARE(found.back().id, QStringLiteral("probe"));
    QVERIFY2(found.back().message.contains(QStringLiteral("57 MiB/s")), qPrintable(found.back().message));
}

QTEST_GUILESS_MAIN(TestDoctor)
#include "tst_doctor.moc"
