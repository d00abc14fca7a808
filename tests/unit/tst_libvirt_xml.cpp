// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/capabilities_xml.h"
#include "core/libvirt/domain_xml.h"
#include "core/libvirt/service_secret.h"
#include "core/libvirt/uri.h"

#include <QtTest>

using namespace drover;
using namespace drover::libvirt;

namespace {

/// A domain with one of everything.
QByteArray readRichDomain()
{
    QFile file(qEnvironmentVariable("DROVER_SOURCE_DIR") +
               QStringLiteral("/tests/unit/data/rich_domain.xml"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("set DROVER_SOURCE_DIR to the source folder");
    return file.readAll();
}

DomainDefinition parsed(const QByteArray& xml)
{
    const auto result = parseDomainXml(xml, QStringLiteral("h1"), QStringLiteral("d"));
    if (!result)
        qFatal("%s", qPrintable(result.error().message));
    return *result;
}

QByteArray withMetadata(const QByteArray& metadata)
{
    return "<domain type='qemu'><name>a</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid><metadata>" +
           metadata + "</metadata><memory>1024</memory></domain>";
}

} // namespace

/// What libvirt's documents say, and what documents that are none do.
class TestLibvirtXml : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void domainOfEveryKind();
    void project_data();
    void project();
    void memoryUnits_data();
    void memoryUnits();
    void brokenDomain_data();
    void brokenDomain();
    void everyPrefixIsHandled();
    void capabilities();
    void brokenCapabilities();
    void serviceRecordTravels();
    void foreignSecrets();
    void uris_data();
    void uris();
    void migrateAddresses();
};

void TestLibvirtXml::domainOfEveryKind()
{
    const QByteArray richDomain = readRichDomain();
    const DomainDefinition d = parsed(richDomain);
    QCOMPARE(toString(d.id), QStringLiteral("4dea22b3-1d52-d8f3-2516-782e98ab3fa0"));
    QCOMPARE(d.name, QStringLiteral("web-1"));
    QCOMPARE(d.title, QStringLiteral("Shop front"));
    QCOMPARE(d.domainType, QStringLiteral("kvm"));
    QCOMPARE(d.emulator, QStringLiteral("/usr/bin/qemu-system-x86_64"));
    QCOMPARE(d.arch, QStringLiteral("x86_64"));
    QCOMPARE(d.machine, QStringLiteral("pc-q35-7.2"));
    QCOMPARE(d.maxVcpus, 8);
    QCOMPARE(d.maxMemory.value, Bytes::fromGib(4).value);
    QCOMPARE(d.project, QStringLiteral("retail & co"));
    QCOMPARE(d.managedBy, QStringLiteral("nova"));
    QVERIFY(d.cpuXml.startsWith(QStringLiteral("<cpu mode=\"custom\"")));
    QVERIFY(d.cpuXml.contains(QStringLiteral("vmx")) && d.cpuXml.endsWith(QStringLiteral("</cpu>")));
    QCOMPARE(d.xml, QString::fromUtf8(richDomain));

    QCOMPARE(d.disks.size(), std::size_t(7));
    QCOMPARE(d.disks[0].source, QStringLiteral("/srv/top.qcow2"));
    QCOMPARE(d.disks[0].format, QStringLiteral("qcow2"));
    QCOMPARE(d.disks[0].storageClass, StorageClass::Local);
    const std::vector<BackingImage> chain{{QStringLiteral("/srv/mid.qcow2"), QStringLiteral("qcow2")},
                                          {QStringLiteral("/srv/base.raw"), QStringLiteral("raw")}};
    QVERIFY(d.disks[0].backing == chain);
    QCOMPARE(d.disks[1].source, QStringLiteral("rbd:pool/vol"));
    QCOMPARE(d.disks[1].storageClass, StorageClass::Network);
    QVERIFY(d.disks[1].shareable);
    QCOMPARE(d.disks[2].storageClass, StorageClass::Unknown);
    QCOMPARE(d.disks[3].source, QStringLiteral("images/x.img"));
    QCOMPARE(d.disks[3].storageClass, StorageClass::Unknown);
    QCOMPARE(d.disks[4].storageClass, StorageClass::ReadOnly);
    QCOMPARE(d.disks[5].storageClass, StorageClass::None);
    QCOMPARE(d.disks[6].storageClass, StorageClass::Unknown); // a network image on top of a local file

    QCOMPARE(d.interfaces.size(), std::size_t(2));
    QCOMPARE(d.interfaces[0].source, QStringLiteral("prod"));
    QCOMPARE(d.interfaces[0].target, QStringLiteral("vnet3"));
    QCOMPARE(d.interfaces[1].source, QStringLiteral("br0"));
    QCOMPARE(d.interfaces[1].model, QStringLiteral("e1000"));

    const QString devices = deviceWords(d).join(QLatin1Char('\n'));
    for (const char* part : {"0000:3b:00.1", "c2177883", "046d:c52b", "virtiofs", "/nine (9p)", "TPM", "seg"})
        QVERIFY2(devices.contains(QLatin1String(part)), qPrintable(devices));
    QCOMPARE(d.devices.size(), std::size_t(7));
}

void TestLibvirtXml::project_data()
{
    QTest::addColumn<QByteArray>("metadata");
    QTest::addColumn<QString>("project");
    QTest::addColumn<QString>("managedBy");
    const QString nova = QStringLiteral("nova");
    QTest::newRow("none") << QByteArray() << QString() << QString();
    QTest::newRow("nova 1.0, other prefix")
        << QByteArray("<n:instance xmlns:n='http://openstack.org/xmlns/libvirt/nova/1.0'><n:owner>"
                      "<n:project uuid='x'>p</n:project></n:owner></n:instance>")
        << QStringLiteral("p") << nova;
    QTest::newRow("nova as default namespace")
        << QByteArray("<instance xmlns='http://openstack.org/xmlns/libvirt/nova/1.1'><owner>"
                      "<project>p</project></owner></instance>")
        << QStringLiteral("p") << nova;
    QTest::newRow("nova of a time to come")
        << QByteArray("<n:instance xmlns:n='http://openstack.org/xmlns/libvirt/nova/2.0'/>") << QString()
        << QString();
    QTest::newRow("own")
        << QByteArray(
               "<drover:instance "
               "xmlns:drover='urn:drover:instance:1'><drover:project>q</drover:project></drover:instance>")
        << QStringLiteral("q") << QString();
    QTest::newRow("nova wins")
        << QByteArray("<d:instance xmlns:d='urn:drover:instance:1'><d:project>q</d:project></d:instance>"
                      "<n:instance xmlns:n='http://openstack.org/xmlns/libvirt/nova/1.1'><n:owner>"
                      "<n:project>p</n:project></n:owner></n:instance>")
        << QStringLiteral("p") << nova;
    QTest::newRow("prefix without meaning")
        << QByteArray("<nova:instance><nova:owner/></nova:instance>") << QString() << QString();
}

void TestLibvirtXml::project()
{
    QFETCH(QByteArray, metadata);
    const DomainDefinition d = parsed(withMetadata(metadata));
    QTEST(d.project, "project");
    QTEST(d.managedBy, "managedBy");
}

void TestLibvirtXml::memoryUnits_data()
{
    QTest::addColumn<QByteArray>("memory");
    QTest::addColumn<qint64>("bytes");
    QTest::newRow("no unit") << QByteArray("<memory>2</memory>") << qint64(2048);
    QTest::newRow("KiB") << QByteArray("<memory unit='KiB'>2</memory>") << qint64(2048);
    QTest::newRow("KB") << QByteArray("<memory unit='KB'>2</memory>") << qint64(2000);
    QTest::newRow("bytes") << QByteArray("<memory unit='bytes'>2</memory>") << qint64(2);
    QTest::newRow("M") << QByteArray("<memory unit='M'>2</memory>") << qint64(2 * 1048576);
    QTest::newRow("GiB") << QByteArray("<memory unit='GiB'>2</memory>") << qint64(2147483648);
    QTest::newRow("negative") << QByteArray("<memory>-5</memory>") << qint64(0);
    QTest::newRow("words") << QByteArray("<memory>lots</memory>") << qint64(0);
    QTest::newRow("too much") << QByteArray("<memory unit='TiB'>99999999999</memory>")
                              << std::numeric_limits<qint64>::max();
}

void TestLibvirtXml::memoryUnits()
{
    QFETCH(QByteArray, memory);
    const DomainDefinition d = parsed(
        "<domain><name>a</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>" + memory + "</domain>");
    QTEST(d.maxMemory.value, "bytes");
}

void TestLibvirtXml::brokenDomain_data()
{
    QTest::addColumn<QByteArray>("xml");
    QTest::addColumn<QString>("says");
    QTest::newRow("empty") << QByteArray() << QStringLiteral("XML");
    QTest::newRow("no xml") << QByteArray("hello") << QStringLiteral("XML");
    QTest::newRow("cut off on line 3")
        << QByteArray("<domain>\n<name>a</name>\n<uuid") << QStringLiteral("line 3");
    QTest::newRow("another document")
        << QByteArray("<network><name>a</name></network>") << QStringLiteral("<domain>");
    QTest::newRow("no uuid") << QByteArray("<domain><name>a</name></domain>") << QStringLiteral("UUID");
    QTest::newRow("bad uuid") << QByteArray("<domain><name>a</name><uuid>zz</uuid></domain>")
                              << QStringLiteral("UUID");
    QTest::newRow("no name") << QByteArray(
                                    "<domain><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid></domain>")
                             << QStringLiteral("name");
}

void TestLibvirtXml::brokenDomain()
{
    QFETCH(QByteArray, xml);
    QFETCH(QString, says);
    const auto result = parseDomainXml(xml, QStringLiteral("host-7"), QStringLiteral("vm-9"));
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::InvalidInput);
    QCOMPARE(result.error().host, QStringLiteral("host-7"));
    QCOMPARE(result.error().instance, QStringLiteral("vm-9"));
    for (const QString& part : {says, QStringLiteral("host-7"), QStringLiteral("vm-9")})
        QVERIFY2(result.error().message.contains(part), qPrintable(result.error().message));
}

void TestLibvirtXml::everyPrefixIsHandled()
{
    const QByteArray richDomain = readRichDomain().trimmed();
    int accepted = 0;
    for (int length = 0; length <= richDomain.size(); ++length) {
        const auto result = parseDomainXml(richDomain.left(length), QStringLiteral("h"), QStringLiteral("d"));
        accepted += result.has_value() ? 1 : 0;
    }
    QCOMPARE(accepted, 1);
}

void TestLibvirtXml::capabilities()
{
    HostFacts facts;
    const auto read = readCapabilities(
        "<capabilities><host><uuid>12345678-1234-1234-1234-123456789abc</uuid>"
        "<cpu><arch>x86_64</arch><model>Skylake-Server</model></cpu></host>"
        "<guest><os_type>hvm</os_type><arch name='i686'><machine canonical='pc-i440fx-7.2' "
        "maxCpus='255'>pc</machine></arch></guest>"
        "<guest><os_type>hvm</os_type><arch name='x86_64'><machine maxCpus='255'>pc-i440fx-7.2</machine>"
        "<machine>pc-q35-7.2</machine></arch></guest></capabilities>",
        QStringLiteral("h1"), facts);
    QVERIFY(read);
    QCOMPARE(facts.hostUuid, QUuid::fromString(QStringLiteral("12345678-1234-1234-1234-123456789abc")));
    QCOMPARE(facts.arch, QStringLiteral("x86_64"));
    QCOMPARE(facts.cpuModel, QStringLiteral("Skylake-Server"));
    QCOMPARE(facts.machines, (QStringList{QStringLiteral("pc-i440fx-7.2"), QStringLiteral("pc"),
                                          QStringLiteral("pc-q35-7.2")}));
}

void TestLibvirtXml::brokenCapabilities()
{
    HostFacts facts;
    facts.arch = QStringLiteral("kept");
    const auto read = readCapabilities("<capabilities><host>", QStringLiteral("h1"), facts);
    QVERIFY(!read);
    QVERIFY(read.error().message.contains(QStringLiteral("h1")));
    QCOMPARE(facts.arch, QStringLiteral("kept"));
}

void TestLibvirtXml::serviceRecordTravels()
{
    ServiceRecord record;
    record.state = ServiceState::Maintenance;
    record.reason = QStringLiteral("RAM <swap> & \"test\" \u00e4\u65e5 ]]> -->");
    record.by = QStringLiteral("ann@con");
    record.since = QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);
    const QUuid uuid = QUuid::createUuid();
    const QByteArray xml = secretXml(uuid, serviceUsage, serviceText(record));
    QVERIFY(xml.contains(uuid.toByteArray(QUuid::WithoutBraces)));
    QVERIFY(xml.contains("<target>drover:service</target>"));
    const auto text = secretText(xml);
    QVERIFY(text.has_value());
    const auto back = serviceFromText(*text);
    QVERIFY(back.has_value());
    QVERIFY(*back == record);
}

void TestLibvirtXml::foreignSecrets()
{
    QVERIFY(!secretText("no xml <").has_value());
    QVERIFY(!secretText("<pool/>").has_value());
    QVERIFY(!serviceFromText(QStringLiteral("my iscsi login")).has_value());
    QVERIFY(!serviceFromText(QStringLiteral("{\"state\":\"on fire\"}")).has_value());
    QVERIFY(!serviceFromText(QStringLiteral("{\"state\":3}")).has_value());
    QCOMPARE(claimantFromText(QStringLiteral("{\"by\":\"ann\"}")), QStringLiteral("ann"));
    QCOMPARE(claimantFromText(QStringLiteral("[1]")), QString());
}

void TestLibvirtXml::uris_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("opened"); // empty: refused
    const auto row = [](const char* uri, const char* user, const char* opened) {
        QTest::newRow(uri) << QString::fromLatin1(uri) << QString::fromLatin1(user)
                           << QString::fromLatin1(opened);
    };
    row("qemu:///system", "", "qemu:///system");
    row("test:///default", "", "test:///default");
    row("qemu+unix:///system?socket=/tmp/a b/s", "", "");
    row("qemu+unix:///system?socket=/tmp/s", "", "qemu+unix:///system?socket=/tmp/s");
    row("qemu+tcp://h1/system", "", "qemu+tcp://h1/system");
    row("qemu+tls://[fd00::1]:16514/system?no_verify=1", "", "qemu+tls://[fd00::1]:16514/system?no_verify=1");
    row("qemu+ssh://h1/system", "", "qemu+ssh://h1/system?no_tty=1");
    row("qemu+ssh://h1/system?keyfile=/k", "ann", "qemu+ssh://ann@h1/system?keyfile=/k&no_tty=1");
    row("qemu+ssh://bob@h1/system?no_tty=0", "ann", "qemu+ssh://bob@h1/system?no_tty=0");
    row("qemu+tcp:///system", "", "");
    row("qemu+ssh:///system", "", "");
    row("foo://h3/system", "", "");
    row("qemu+pigeon://h3/system", "", "");
    row("h3", "", "");
    row("", "", "");
}

void TestLibvirtXml::uris()
{
    QFETCH(QString, uri);
    QFETCH(QString, user);
    QFETCH(QString, opened);
    HostConfig host;
    host.id = {QStringLiteral("h1")};
    host.uri = uri;
    host.username = user;
    const auto own = ownUri(host);
    QCOMPARE(own.has_value(), !opened.isEmpty());
    if (own) {
        QCOMPARE(*own, opened);
    } else {
        QCOMPARE(own.error().code, ErrorCode::InvalidInput);
        QVERIFY2(own.error().message.contains(QStringLiteral("h1")), qPrintable(own.error().message));
    }
}

void TestLibvirtXml::migrateAddresses()
{
    QCOMPARE(migrateUri({}), QString());
    QCOMPARE(migrateUri(QStringLiteral("10.0.0.2")), QStringLiteral("tcp://10.0.0.2"));
    QCOMPARE(migrateUri(QStringLiteral("h2.data:50000")), QStringLiteral("tcp://h2.data:50000"));
    QCOMPARE(migrateUri(QStringLiteral("fd00::2")), QStringLiteral("tcp://[fd00::2]"));
    QCOMPARE(migrateUri(QStringLiteral("[fd00::2]")), QStringLiteral("tcp://[fd00::2]"));
    QCOMPARE(migrateUri(QStringLiteral("rdma://h2")), QStringLiteral("rdma://h2"));
}

QTEST_GUILESS_MAIN(TestLibvirtXml)
#include "tst_libvirt_xml.moc"
