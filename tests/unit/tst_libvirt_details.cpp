// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/channel_probe.h"
#include "core/libvirt/details_xml.h"
#include "core/libvirt/domain_devices.h"
#include "core/libvirt/domain_xml.h"

#include <QTest>

#include <libvirt/virterror.h>

using namespace drover;
using namespace drover::libvirt;

namespace {

DomainDefinition withParts(const QByteArray& parts, const QByteArray& devices = {})
{
    const QByteArray xml =
        "<domain type='kvm'><name>a</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>"
        "<memory>1024</memory>" +
        parts + "<devices>" + devices + "</devices></domain>";
    return parseDomainXml(xml, QStringLiteral("h1"), QStringLiteral("a")).value_or(DomainDefinition{});
}

} // namespace

class TestLibvirtDetails : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void devices_data();
    void devices();
    void graphics();
    void placement();
    void sets();
    void interfaces();
    void nova();
    void network();
    void capabilities();
    void topology();
    void daemon_data();
    void daemon();
    void port_data();
    void port();
    void migrationPorts();
    void leftOvers();
};

void TestLibvirtDetails::devices_data()
{
    using K = Device::Kind;
    QTest::addColumn<QByteArray>("xml");
    QTest::addColumn<int>("kind"); // -1: none
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char* xml, std::optional<K> kind, const char* path = "",
                        const char* detail = "") {
        QTest::newRow(xml) << QByteArray(xml) << (kind ? static_cast<int>(*kind) : -1)
                           << QString::fromLatin1(path) << QString::fromLatin1(detail);
    };
    row("<hostdev mode='subsystem' type='pci'><source><address bus='0x3b'/></source></hostdev>", K::Pci);
    row("<hostdev mode='subsystem' type='pci'><teaming type='transient'/></hostdev>", K::PciTeamed);
    row("<hostdev mode='subsystem' type='mdev'/>", K::Mediated);
    row("<hostdev mode='subsystem' type='usb'/>", K::Usb);
    row("<hostdev mode='subsystem' type='scsi_host'/>", K::ScsiHost);
    row("<interface type='hostdev'/>", K::Pci);
    row("<interface type='hostdev'><teaming type='transient'/></interface>", K::PciTeamed);
    row("<interface type='vdpa'/>", K::Vdpa);
    row("<filesystem><driver type='virtiofs'/><source dir='/a'/></filesystem>", K::Virtiofs, "/a");
    row("<filesystem><source dir='/a'/></filesystem>", K::Plan9, "/a");
    row("<shmem name='s'/>", K::SharedMemory, "", "peer");
    row("<shmem name='s' role='master'/>", K::SharedMemory, "", "master");
    row("<redirdev bus='usb' type='spicevmc'/>", K::RedirectedUsb);
    row("<tpm model='tpm-crb'><backend type='passthrough'/></tpm>", K::Tpm, "", "passthrough");
    row("<serial type='unix'><source mode='bind' path='/run/a'/></serial>", K::Socket, "/run/a", "bind");
    row("<serial type='unix'><source mode='bind' path='/run/a'/></serial>"
        "<console type='unix'><source mode='bind' path='/run/a'/></console>",
        K::Socket, "/run/a", "bind");
    row("<channel type='unix'><source mode='bind' path='/var/lib/libvirt/qemu/channel/1'/></channel>",
        std::nullopt);
    row("<channel type='unix'><target type='virtio'/></channel>", std::nullopt);
    row("<serial type='pty'><source path='/dev/pts/3'/></serial>", std::nullopt);
    row("<serial type='file'><source path='/log/a'/></serial>", K::File, "/log/a");
    row("<parallel type='dev'><source path='/dev/parport0'/></parallel>", K::HostCharacter, "/dev/parport0");
    row("<disk type='file'><source file='/a'/><target dev='vdb'/><transient/></disk>", K::TransientDisk,
        "vdb");
    row("<memballoon model='virtio'/>", std::nullopt);
}

void TestLibvirtDetails::devices()
{
    QFETCH(QByteArray, xml);
    QFETCH(int, kind);
    QFETCH(QString, path);
    QFETCH(QString, detail);
    const std::vector<Device> found = withParts({}, xml).devices;
    QCOMPARE(found.size(), std::size_t(kind < 0 ? 0 : 1));
    if (kind < 0)
        return;
    QCOMPARE(static_cast<int>(found[0].kind), kind);
    QCOMPARE(found[0].path, path);
    QCOMPARE(found[0].detail, detail);
    QVERIFY(!found[0].text.isEmpty());
}

void TestLibvirtDetails::graphics()
{
    const DomainDefinition d = withParts(
        {}, "<graphics type='vnc' listen='10.0.0.1'><listen type='address' address='10.0.0.1'/></graphics>"
            "<graphics type='spice'><listen type='none'/></graphics><graphics type='vnc' listen='0.0.0.0'/>");
    QCOMPARE(d.graphicsAddresses, QStringList({QStringLiteral("10.0.0.1"), QStringLiteral("0.0.0.0")}));
}

void TestLibvirtDetails::placement()
{
    const Placement p =
        withParts(
            "<memoryBacking><hugepages><page size='2048' unit='KiB' nodeset='0'/><page size='1' unit='GiB'/>"
            "</hugepages></memoryBacking><vcpu cpuset='0-2,^1'>2</vcpu>"
            "<cputune><vcpupin vcpu='0' cpuset='7'/><emulatorpin cpuset='2,9'/></cputune>"
            "<numatune><memory mode='strict' nodeset='1'/><memnode cellid='0' mode='strict' nodeset='3'/>"
            "</numatune><launchSecurity type='sev'/>"
            "<os><loader>/ovmf.fd</loader><nvram template='/vars.fd'>/x.fd</nvram></os>")
            .placement;
    const std::vector<HugePages> pages{{Bytes::fromMib(2), QStringLiteral("0")}, {Bytes::fromGib(1), {}}};
    QVERIFY(p.hugePages == pages);
    QVERIFY(p.hostCpus == std::vector<int>({0, 2, 7, 9}));
    QVERIFY(p.hostNodes == std::vector<int>({1, 3}));
    QVERIFY(p.strictNodes);
    QVERIFY(withParts("<memoryBacking><hugepages/></memoryBacking>").placement.hugePages ==
            std::vector<HugePages>(1));
    QVERIFY(!withParts("<numatune><memory mode='preferred' nodeset='1'/></numatune>").placement.strictNodes);
    QVERIFY(withParts({}).placement == Placement{});
    const DomainDefinition firm =
        withParts("<os><loader>/ovmf.fd</loader><nvram template='/vars.fd'>/x.fd</nvram></os>");
    QCOMPARE(firm.loader, QStringLiteral("/ovmf.fd"));
    QCOMPARE(firm.devices.at(0).kind, Device::Kind::Nvram);
    QCOMPARE(firm.devices.at(0).detail, QStringLiteral("/vars.fd"));
}

void TestLibvirtDetails::sets()
{
    QVERIFY(readSet(QStringLiteral("0-3,^2,7")) == std::vector<int>({0, 1, 3, 7}));
    QVERIFY(readSet(QString()).empty());
    QVERIFY(readSet(QStringLiteral("a,1-b,-3,99999999999,4-2, 5 ")) == std::vector<int>({5}));
    QVERIFY(readSet(QStringLiteral("0-4294967295")).empty()); // never a loop of billions
}

void TestLibvirtDetails::interfaces()
{
    const DomainDefinition d =
        withParts({}, "<interface type='network'><source network='prod' portgroup='web' bridge='virbr1'/>"
                      "<filterref filter='clean-traffic'/></interface><interface type='bridge'><source "
                      "bridge='br0'/></interface>");
    QCOMPARE(d.interfaces[0].source, QStringLiteral("prod"));
    QCOMPARE(d.interfaces[0].portgroup, QStringLiteral("web"));
    QCOMPARE(d.interfaces[0].bridge, QStringLiteral("virbr1"));
    QCOMPARE(d.interfaces[0].filter, QStringLiteral("clean-traffic"));
    QVERIFY(d.interfaces[1].bridge.isEmpty());
}

void TestLibvirtDetails::nova()
{
    const auto read = [](const char* version) {
        return withParts(
            QByteArray("<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/") +
            version +
            "'><nova:name>web</nova:name><nova:flavor name='m1.small'/><nova:owner>"
            "<nova:user uuid='u'>ann</nova:user><nova:project uuid='p1'>shop</nova:project></nova:owner>"
            "</nova:instance></metadata>");
    };
    for (const char* version : {"1.0", "1.1"}) {
        const DomainDefinition d = read(version);
        const NovaFacts wanted{QStringLiteral("web"), QStringLiteral("m1.small"), QStringLiteral("shop"),
                               QStringLiteral("p1"), QStringLiteral("ann")};
        QVERIFY(d.nova == wanted);
        QCOMPARE(d.managedBy, QStringLiteral("nova"));
    }
    QVERIFY(!read("2.0").nova);
}

void TestLibvirtDetails::network()
{
    NetworkFacts facts;
    readNetwork(
        "<network><name>n</name><bridge name='br1'/><mtu size='9000'/><portgroup name='a' default='yes'/>"
        "<portgroup name='b'/></network>",
        facts);
    QCOMPARE(facts.bridge, QStringLiteral("br1"));
    QCOMPARE(facts.mtu, std::optional(9000));
    QCOMPARE(facts.portgroups, QStringList({QStringLiteral("a"), QStringLiteral("b")}));
    NetworkFacts none;
    readNetwork("no XML", none);
    QVERIFY(none == NetworkFacts{});
    QCOMPARE(readMtu("<interface type='ethernet' name='eth0'><mtu size='1400'/></interface>"),
             std::optional(1400));
    QVERIFY(!readMtu("<interface/>"));
}

void TestLibvirtDetails::capabilities()
{
    const DomainCapabilities found = readDomainCapabilities(
        "<domainCapabilities><os><loader supported='yes'><value>/ovmf.fd</value><enum "
        "name='type'><value>rom</value>"
        "</enum></loader></os><cpu><mode name='maximum' supported='yes'/><mode name='host-model' "
        "supported='yes'>"
        "<model fallback='forbid'>EPYC</model><feature policy='require' name='acpi'/></mode></cpu>"
        "</domainCapabilities>");
    QCOMPARE(found.loaders, std::optional(QStringList{QStringLiteral("/ovmf.fd")}));
    QVERIFY(found.hostModel.startsWith("<cpu mode=\"custom\" match=\"exact\">"));
    QVERIFY(found.hostModel.contains("EPYC") && found.hostModel.contains("acpi"));
    QVERIFY(readDomainCapabilities("x").hostModel.isEmpty());
    const auto model =
        readHostModel("<cpu mode='custom'><model>EPYC</model><feature policy='require' name='sse'/>"
                      "<feature policy='disable' name='vme'/><feature policy='require' name='aes'/></cpu>");
    QVERIFY(model == (HostCpuModel{QStringLiteral("EPYC"), {QStringLiteral("aes"), QStringLiteral("sse")}}));
    QCOMPARE(readCpuMode("<domain><cpu mode='host-model'/></domain>"), QStringLiteral("host-model"));
    QVERIFY(readCpuMode("<domain/>").isEmpty());
}

void TestLibvirtDetails::topology()
{
    const HostTopology found =
        readTopology("<capabilities><host><cpu><pages unit='KiB' size='4'/><pages unit='KiB' "
                     "size='2048'/></cpu><topology><cells>"
                     "<cell id='0'><pages unit='KiB' size='1048576'>0</pages></cell><cell "
                     "id='2'/></cells></topology></host>"
                     "</capabilities>");
    QVERIFY(found.cells == std::vector<int>({0, 2}));
    QVERIFY(found.hugePages == std::vector<Bytes>({Bytes::fromMib(2), Bytes::fromGib(1)}));
}

void TestLibvirtDetails::daemon_data()
{
    using D = ChannelEvidence::Daemon;
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("domain");
    QTest::addColumn<QString>("message");
    QTest::addColumn<int>("daemon");
    QTest::addColumn<bool>("denied");
    const auto row = [](const char* name, int code, int domain, const char* message, D daemon,
                        bool denied = false) {
        QTest::newRow(name) << code << domain << QString::fromLatin1(message) << static_cast<int>(daemon)
                            << denied;
    };
    row("refused for the name", VIR_ERR_CONFIG_UNSUPPORTED, VIR_FROM_DOMAIN,
        "unsupported configuration: Target domain name 'a-x' does not match source 'a'", D::Reached);
    row("itself", VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU, "Attempt to migrate guest to the same host UUID",
        D::Reached);
    row("refused", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "unable to connect to server at 'h2:1': Connection refused", D::Failed);
    row("name", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Unable to resolve address 'h9' service '16509': Temporary failure in name resolution", D::Failed);
    row("route", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "unable to connect to server at 'h2:1': No route to host", D::Failed);
    row("certificate", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Cannot read CA certificate '/etc/pki/CA/cacert.pem': No such file or directory", D::Failed);
    row("login", VIR_ERR_AUTH_FAILED, VIR_FROM_RPC, "authentication failed: no agent", D::Failed);
    row("time", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "unable to connect to server at 'h2:1': Connection timed out", D::NoAnswer);
    row("not allowed", VIR_ERR_ACCESS_DENIED, VIR_FROM_ACCESS, "access denied", D::Unknown, true);
    row("no such thing", VIR_ERR_NO_SUPPORT, VIR_FROM_TEST, "this function is not supported", D::Unknown);
}

void TestLibvirtDetails::daemon()
{
    QFETCH(int, code);
    QFETCH(int, domain);
    QFETCH(QString, message);
    QFETCH(int, daemon);
    QFETCH(bool, denied);
    ChannelEvidence found;
    judgeDaemon({code, domain, message}, found);
    QCOMPARE(static_cast<int>(found.daemon), daemon);
    QCOMPARE(found.denied, denied);
    QCOMPARE(found.daemonReason.isEmpty(), found.daemon == ChannelEvidence::Daemon::Reached);
}

void TestLibvirtDetails::port_data()
{
    using P = ChannelEvidence::Port;
    QTest::addColumn<QString>("message");
    QTest::addColumn<int>("port");
    const auto row = [](const char* message, P port) {
        QTest::newRow(message) << QString::fromLatin1(message) << static_cast<int>(port);
    };
    row("unable to connect to server at 'h2:49215': Connection refused", P::Reachable);
    row("End of file while reading data: Input/output error", P::Reachable);
    row("unable to connect to server at 'h2:49215': Connection timed out", P::NoAnswer);
    row("unable to connect to server at 'h2:49215': No route to host", P::Failed);
}

void TestLibvirtDetails::port()
{
    QFETCH(QString, message);
    QFETCH(int, port);
    ChannelEvidence found;
    judgePort({VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, message}, found);
    QCOMPARE(static_cast<int>(found.port), port);
}

void TestLibvirtDetails::migrationPorts()
{
    HostConfig host;
    const QString peer = QStringLiteral("qemu+tls://h2.example/system");
    QCOMPARE(migrationPortOf(host, peer), QStringLiteral("h2.example:49215"));
    host.dataAddress = QStringLiteral("10.0.0.2");
    QCOMPARE(migrationPortOf(host, peer), QStringLiteral("10.0.0.2:49215"));
    host.dataAddress = QStringLiteral("fd00::2");
    QCOMPARE(migrationPortOf(host, peer), QStringLiteral("[fd00::2]:49215"));
    host.dataAddress = QStringLiteral("10.0.0.2:5000"); // somebody's own port
    QVERIFY(migrationPortOf(host, peer).isEmpty());
    host.dataAddress.clear();
    QVERIFY(migrationPortOf(host, QStringLiteral("qemu:///system")).isEmpty());
}

void TestLibvirtDetails::leftOvers()
{
    QVERIFY(isProbeName(QStringLiteral("drover-channel-1000-ab")));
    QVERIFY(!isProbeName(QStringLiteral("web-1")));
    QVERIFY(!isLeftOverProbe(QStringLiteral("drover-channel-1000-ab"), 1200));
    QVERIFY(isLeftOverProbe(QStringLiteral("drover-channel-1000-ab"), 1301));
    QVERIFY(isLeftOverProbe(QStringLiteral("drover-channel-1000-ab"), 600)); // another console's clock
    QVERIFY(isLeftOverProbe(QStringLiteral("drover-channel-x"), 1000));
    QVERIFY(!isLeftOverProbe(QStringLiteral("web-1"), 1301));
}

QTEST_GUILESS_MAIN(TestLibvirtDetails)
#include "tst_libvirt_details.moc"
