// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/libvirt_backend.h"

#include <QtTest>

#include <libvirt/libvirt.h>

#include <algorithm>
#include <array>
#include <mutex>

using namespace drover;

namespace {

HostConfig hostOf(const QString& uri, const QString& name = QStringLiteral("t1"))
{
    HostConfig host;
    host.id = {name};
    host.uri = uri;
    return host;
}

/// Keeps what a host told by itself.
class Told
{
public:
    HostEventSink sink()
    {
        return [this](const HostEvent& event) {
            const std::scoped_lock lock(m_mutex);
            m_events.push_back(event);
        };
    }
    [[nodiscard]] int count(HostEvent::Kind kind) const
    {
        const std::scoped_lock lock(m_mutex);
        return static_cast<int>(std::count_if(m_events.begin(), m_events.end(),
                                              [kind](const HostEvent& event) { return event.kind == kind; }));
    }

private:
    mutable std::mutex m_mutex;
    std::vector<HostEvent> m_events;
};

const Domain* domainNamed(const HostReading& reading, const QString& name)
{
    for (const Domain& domain : reading.domains) {
        if (domain.definition->name == name)
            return &domain;
    }
    return nullptr;
}

} // namespace

/// The backend on libvirt's own test driver: everything but migration, in this process, without privileges.
class TestLibvirtTestDriver : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void readsTheHost();
    void unchangedDefinitionsAreShared();
    void eventsAreTold();
    void changesFromElsewhereAreSeen();
    void reopensOnTheSameObject();
    void whatItLacksIsSaid();
    void presence();
    void power();
    void manyDomains();
    void badUris_data();
    void badUris();
    void unreachable_data();
    void unreachable();
    void brokenDefinitionFile();

private:
    std::shared_ptr<Backend> m_backend;
};

void TestLibvirtTestDriver::initTestCase()
{
    m_backend = makeLibvirtBackend();
}

void TestLibvirtTestDriver::readsTheHost()
{
    Told told;
    const auto source = m_backend->inventorySource(hostOf(QStringLiteral("test:///default")), told.sink());
    QVERIFY(!source->read(false, {})); // not open
    QVERIFY(source->open({}));
    const auto read = source->read(true, {});
    QVERIFY2(read, qPrintable(read ? QString() : read.error().message));
    const HostReading& reading = **read;
    QCOMPARE(reading.facts->hypervisor, QStringLiteral("TEST"));
    QCOMPARE(reading.facts->cpus, 16);
    QVERIFY(reading.facts->memory.value > 0);
    QVERIFY(!reading.facts->arch.isEmpty());
    QVERIFY(!reading.facts->capabilitiesXml.isEmpty());
    const Domain* domain = domainNamed(reading, QStringLiteral("test"));
    QVERIFY(domain != nullptr);
    QCOMPARE(domain->status.state, PowerState::Running);
    QVERIFY(domain->status.persistent);
    QVERIFY(!domain->status.incoming);
    QVERIFY(!domain->status.outgoing);
    QCOMPARE(domain->status.vcpus, 2);
    QCOMPARE(domain->definition->maxMemory.value, Bytes::fromGib(8).value);
    QCOMPARE(domain->definition->domainType, QStringLiteral("test"));
    QCOMPARE(reading.pools.size(), std::size_t(1));
    QCOMPARE(reading.pools.front().name, QStringLiteral("default-pool"));
    QVERIFY(reading.pools.front().active);
    QVERIFY(reading.memoryFreeNow.has_value());
    QVERIFY(!reading.service.keptOnHost); // this driver has no secrets
    QVERIFY(
        std::is_sorted(reading.domains.begin(), reading.domains.end(),
                       [](const Domain& a, const Domain& b) { return a.definition->id < b.definition->id; }));
}

void TestLibvirtTestDriver::unchangedDefinitionsAreShared()
{
    Told told;
    const auto source = m_backend->inventorySource(hostOf(QStringLiteral("test:///default")), told.sink());
    QVERIFY(source->open({}));
    const auto first = source->read(true, {});
    const auto second = source->read(false, {});
    const auto fresh = source->read(true, {});
    QVERIFY(first && second && fresh);
    QCOMPARE((*first)->domains.front().definition.get(), (*second)->domains.front().definition.get());
    QCOMPARE((*first)->domains.front().definition.get(), (*fresh)->domains.front().definition.get());
    QCOMPARE((*first)->facts.get(), (*fresh)->facts.get());
}

void TestLibvirtTestDriver::eventsAreTold()
{
    Told told;
    const HostConfig host = hostOf(QStringLiteral("test:///default"));
    const auto source = m_backend->inventorySource(host, told.sink());
    QVERIFY(source->open({}));
    const auto before = source->read(true, {});
    QVERIFY(before);
    const InstanceId id = (*before)->domains.front().definition->id;
    const auto control = m_backend->hostControl(host);
    QVERIFY(control->power(id, HostControl::PowerAction::Pause));
    QTRY_COMPARE(told.count(HostEvent::Kind::InventoryChanged), 1);
    const auto paused = source->read(false, {});
    QVERIFY(paused);
    QCOMPARE((*paused)->domains.front().status.state, PowerState::Paused);
    QCOMPARE((*paused)->domains.front().status.reason, StateReason::User);
    QVERIFY(control->power(id, HostControl::PowerAction::Resume));
    QTRY_COMPARE(told.count(HostEvent::Kind::InventoryChanged), 2);
    source->close();
    QVERIFY(control->power(id, HostControl::PowerAction::Pause));
    QVERIFY(control->power(id, HostControl::PowerAction::Resume));
    // Whatever is told after these went out on a connection of its own must not have come through the closed
    // one.
    Told later;
    const auto other = m_backend->inventorySource(host, later.sink());
    QVERIFY(other->open({}));
    QVERIFY(control->power(id, HostControl::PowerAction::Pause));
    QTRY_COMPARE(later.count(HostEvent::Kind::InventoryChanged), 1);
    QCOMPARE(told.count(HostEvent::Kind::InventoryChanged), 2);
    QVERIFY(control->power(id, HostControl::PowerAction::Resume));
}

void TestLibvirtTestDriver::changesFromElsewhereAreSeen()
{
    Told told;
    const auto source = m_backend->inventorySource(hostOf(QStringLiteral("test:///default")), told.sink());
    QVERIFY(source->open({}));
    QVERIFY(source->read(true, {}));
    virConnectPtr other = virConnectOpen("test:///default");
    QVERIFY(other != nullptr);
    virDomainPtr defined = virDomainDefineXML(
        other,
        "<domain type='test'><name>second</name><memory>1024</memory><os><type>hvm</type></os></domain>");
    QVERIFY(defined != nullptr);
    QTRY_VERIFY(told.count(HostEvent::Kind::DefinitionChanged) > 0);
    const auto read = source->read(false, {});
    QVERIFY(read);
    const Domain* second = domainNamed(**read, QStringLiteral("second"));
    QVERIFY(second != nullptr);
    QCOMPARE(second->status.state, PowerState::ShutOff);
    QCOMPARE(second->status.autostart.value_or(true), false);
    const auto old = second->definition;
    virDomainPtr again = virDomainDefineXML(
        other, QStringLiteral("<domain type='test'><name>second</name><uuid>%1</uuid><title>new</title>"
                              "<memory>2048</memory><os><type>hvm</type></os></domain>")
                   .arg(toString(old->id))
                   .toUtf8()
                   .constData());
    QVERIFY(again != nullptr);
    QTRY_VERIFY(told.count(HostEvent::Kind::DefinitionChanged) > 1);
    const auto changed = source->read(false, {});
    QVERIFY(changed);
    QCOMPARE(domainNamed(**changed, QStringLiteral("second"))->definition->title, QStringLiteral("new"));
    QCOMPARE(old->title, QString()); // the earlier snapshot keeps what it had
    QCOMPARE(virDomainUndefine(again), 0);
    QTRY_VERIFY(told.count(HostEvent::Kind::DefinitionChanged) > 2);
    const auto gone = source->read(false, {});
    QVERIFY(gone);
    QVERIFY(domainNamed(**gone, QStringLiteral("second")) == nullptr);
    virDomainFree(again);
    virDomainFree(defined);
    virConnectClose(other);
}

void TestLibvirtTestDriver::reopensOnTheSameObject()
{
    Told told;
    const auto source = m_backend->inventorySource(hostOf(QStringLiteral("test:///default")), told.sink());
    for (int round = 0; round < 3; ++round) {
        QVERIFY(source->open({}));
        const auto read = source->read(true, {});
        QVERIFY(read);
        QCOMPARE((*read)->domains.size(), std::size_t(1));
        source->close();
        source->close();
    }
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = source->open(stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

void TestLibvirtTestDriver::whatItLacksIsSaid()
{
    const HostConfig host = hostOf(QStringLiteral("test:///default"));
    Told told;
    const auto source = m_backend->inventorySource(host, told.sink());
    QVERIFY(source->open({}));
    const auto read = source->read(true, {});
    QVERIFY(read);
    const DomainDefinition& guest = *(*read)->domains.front().definition;
    const auto control = m_backend->jobControl(host);
    const auto told1 = control->stats(guest.id, {});
    QVERIFY(!told1);
    const std::array errors{told1.error(), control->abort(guest.id).error(),
                            control->setBandwidth(guest.id, Rate::fromMib(3)).error(),
                            control->setMaxDowntime(guest.id, Milliseconds(500)).error(),
                            control->startPostCopy(guest.id).error()};
    for (const Error& error : errors) {
        QVERIFY2(error.code == ErrorCode::Unsupported, qPrintable(error.message));
        QCOMPARE(error.host, QStringLiteral("t1"));
        QVERIFY2(error.message.contains(QStringLiteral("t1")), qPrintable(error.message));
    }
    MigrationSpec spec;
    spec.instance = guest.id;
    spec.name = guest.name;
    spec.source = host;
    spec.destination = hostOf(QStringLiteral("test:///default"), QStringLiteral("t2"));
    spec.peerUri = spec.destination.uri;
    const auto moved = m_backend->migrator(host)->migrate(spec, {});
    QVERIFY(!moved);
    QVERIFY2(moved.error().code == ErrorCode::Unsupported,
             qPrintable(moved.error().message + moved.error().detail));
    QCOMPARE(moved.error().instance, guest.name);
    const auto cpu = m_backend->hostQuery(host)->compareCpu(guest, {});
    QVERIFY(cpu);
    QCOMPARE(cpu->answer, CpuComparison::Answer::Unknown);
    ServiceRecord record;
    record.state = ServiceState::Maintenance;
    const auto service = m_backend->hostControl(host)->setService(record);
    QVERIFY(service);
    QVERIFY(!service->keptOnHost);
    QCOMPARE(service->state, ServiceState::Maintenance);
}

void TestLibvirtTestDriver::presence()
{
    const HostConfig host = hostOf(QStringLiteral("test:///default"));
    const auto query = m_backend->hostQuery(host);
    const auto byName = query->find({}, QStringLiteral("test"), {});
    QVERIFY(byName);
    QCOMPARE(byName->size(), std::size_t(1));
    QVERIFY(byName->front().persistent);
    QVERIFY(!byName->front().jobActive);
    const auto both = query->find(byName->front().id, QStringLiteral("test"), {});
    QVERIFY(both);
    QCOMPARE(both->size(), std::size_t(1)); // one domain, found twice
    const auto none = query->find({QUuid::createUuid()}, QStringLiteral("nobody"), {});
    QVERIFY(none);
    QVERIFY(none->empty());
}

void TestLibvirtTestDriver::power()
{
    const HostConfig host = hostOf(QStringLiteral("test:///default"));
    const auto found = m_backend->hostQuery(host)->find({}, QStringLiteral("test"), {});
    QVERIFY(found && found->size() == 1);
    const InstanceId id = found->front().id;
    const auto control = m_backend->hostControl(host);
    QVERIFY(control->power(id, HostControl::PowerAction::PowerOff));
    const auto again = control->power(id, HostControl::PowerAction::PowerOff);
    QVERIFY(!again);
    QCOMPARE(again.error().instance, QStringLiteral("test"));
    QVERIFY(control->power(id, HostControl::PowerAction::Start));
    QVERIFY(control->setAutostart(id, true));
    QVERIFY(control->setAutostart(id, false));
    const auto nobody = control->power({QUuid::createUuid()}, HostControl::PowerAction::Start);
    QVERIFY(!nobody);
    QCOMPARE(nobody.error().code, ErrorCode::NotFound);
}

void TestLibvirtTestDriver::manyDomains()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("node.xml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("<node>");
    constexpr int count = 500;
    for (int i = 0; i < count; ++i)
        file.write("<domain type='test'><name>vm" + QByteArray::number(i) +
                   "</name><memory>65536</memory><os><type>hvm</type></os></domain>");
    file.write("</node>");
    file.close();
    Told told;
    const auto source =
        m_backend->inventorySource(hostOf(QStringLiteral("test://") + file.fileName()), told.sink());
    const auto opened = source->open({});
    QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().detail));
    const auto read = source->read(true, {});
    QVERIFY(read);
    QCOMPARE((*read)->domains.size(), std::size_t(count));
}

void TestLibvirtTestDriver::badUris_data()
{
    QTest::addColumn<QString>("uri");
    for (const char* uri : {"foo://h3/system", "qemu+pigeon://h3/system", "qemu+tcp:///system", "", "h1"})
        QTest::newRow(uri) << QString::fromLatin1(uri);
}

void TestLibvirtTestDriver::badUris()
{
    QFETCH(QString, uri);
    const HostConfig host = hostOf(uri, QStringLiteral("host-7"));
    const auto source = m_backend->inventorySource(host, [](const HostEvent&) {});
    const auto opened = source->open({});
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::InvalidInput);
    QVERIFY2(opened.error().message.contains(QStringLiteral("host-7")), qPrintable(opened.error().message));
    QVERIFY(!m_backend->jobControl(host)->abort({QUuid::createUuid()}));
    QVERIFY(!m_backend->hostQuery(host)->find({}, QStringLiteral("x"), {}));
}

void TestLibvirtTestDriver::unreachable_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<QString>("says");
    QTest::newRow("nothing listens") << QStringLiteral("qemu+tcp://127.0.0.1:1/system")
                                     << QStringLiteral("listens");
    QTest::newRow("no socket") << QStringLiteral("qemu+unix:///system?socket=/nonexistent/libvirt-sock")
                               << QStringLiteral("/nonexistent/libvirt-sock");
    QTest::newRow("no name") << QStringLiteral("qemu+tcp://nosuch.invalid/system")
                             << QStringLiteral("resolved");
}

void TestLibvirtTestDriver::unreachable()
{
    QFETCH(QString, uri);
    QFETCH(QString, says);
    const HostConfig host = hostOf(uri, QStringLiteral("host-7"));
    const auto opened = m_backend->inventorySource(host, [](const HostEvent&) {})->open({});
    QVERIFY(!opened);
    const Error& error = opened.error();
    QCOMPARE(errorCodeName(error.code), errorCodeName(ErrorCode::Unreachable));
    QCOMPARE(error.host, QStringLiteral("host-7"));
    QVERIFY2(error.message.contains(QStringLiteral("host-7 does not answer")), qPrintable(error.message));
    QVERIFY2(error.message.contains(says), qPrintable(error.message + error.detail));
    QVERIFY(!error.detail.isEmpty());
}

void TestLibvirtTestDriver::brokenDefinitionFile()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("node.xml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("<node><domain type='test'><name>vm</na");
    file.close();
    const auto opened =
        m_backend
            ->inventorySource(hostOf(QStringLiteral("test://") + file.fileName(), QStringLiteral("host-7")),
                              [](const HostEvent&) {})
            ->open({});
    QVERIFY(!opened);
    QVERIFY2(opened.error().message.contains(QStringLiteral("host-7")), qPrintable(opened.error().message));
    // The other hosts still work.
    const auto other =
        m_backend->inventorySource(hostOf(QStringLiteral("test:///default")), [](const HostEvent&) {});
    QVERIFY(other->open({}));
    QVERIFY(other->read(true, {}));
}

QTEST_GUILESS_MAIN(TestLibvirtTestDriver)
#include "tst_libvirt_testdriver.moc"
