// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"
#include "core/libvirt/libvirt_backend.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QtTest>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <mutex>
#include <unistd.h>

using namespace drover;
using namespace std::chrono_literals;

namespace {

/// Keeps what a host told by itself.
class Told
{
public:
    HostEventSink sink()
    {
        return [kept = m_kept](const HostEvent& event) {
            const std::scoped_lock lock(kept->mutex);
            kept->events.push_back(event);
        };
    }
    [[nodiscard]] std::vector<HostEvent> of(HostEvent::Kind kind) const
    {
        const std::scoped_lock lock(m_kept->mutex);
        std::vector<HostEvent> found;
        std::copy_if(m_kept->events.begin(), m_kept->events.end(), std::back_inserter(found),
                     [kind](const HostEvent& event) { return event.kind == kind; });
        return found;
    }
    [[nodiscard]] int count(HostEvent::Kind kind) const { return static_cast<int>(of(kind).size()); }
    void forget()
    {
        const std::scoped_lock lock(m_kept->mutex);
        m_kept->events.clear();
    }

private:
    struct Kept
    {
        std::mutex mutex;
        std::vector<HostEvent> events;
    };
    std::shared_ptr<Kept> m_kept = std::make_shared<Kept>();
};

const Domain* domainNamed(const HostReading& reading, const QString& name)
{
    for (const Domain& domain : reading.domains) {
        if (domain.definition->name == name)
            return &domain;
    }
    return nullptr;
}

QString why(const Error& error)
{
    return error.message + QStringLiteral(" | ") + error.detail;
}

} // namespace

/// The backend on real libvirt hosts. Runs in the lab's console namespace, where a cut cable is felt.
class TestLibvirtLab : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void inventory();
    void eventsWithinASecond();
    void serviceStateIsShared();
    void cpuComparison();
    void readOnlyHost();
    void liveMove();
    void abortMidway();
    void abortAtTheVeryStart();
    void refusedMoves();
    void offlineMove();
    void lostHost();

private:
    struct Watched
    {
        std::unique_ptr<InventorySource> source;
        Told told;
    };
    [[nodiscard]] std::unique_ptr<Watched> watch(const HostConfig& host) const;
    [[nodiscard]] std::shared_ptr<const HostReading> read(Watched& watched, bool fresh = false) const;
    [[nodiscard]] MigrationSpec move(const QString& name, int from, int to);
    [[nodiscard]] InstanceId idOf(const QString& name) const;
    [[nodiscard]] std::future<Result<MigrationReturn>> start(const MigrationSpec& spec) const;
    /// Index of the host that runs it.
    [[nodiscard]] int whereRuns(const QString& name) const;
    static void lab(const QStringList& arguments);

    std::shared_ptr<Backend> m_backend;
    std::array<HostConfig, 3> m_hosts;
};

void TestLibvirtLab::lab(const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(qEnvironmentVariable("DROVER_LAB"), arguments);
    QVERIFY2(process.waitForFinished(20000) && process.exitCode() == 0, process.readAll().constData());
}

void TestLibvirtLab::initTestCase()
{
    m_backend = makeLibvirtBackend();
    QFile file(qEnvironmentVariable("DROVER_LAB_DIR") + QStringLiteral("/fleet.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonArray hosts =
        QJsonDocument::fromJson(file.readAll()).object().value(QStringLiteral("hosts")).toArray();
    QCOMPARE(hosts.size(), 3);
    for (int i = 0; i < 3; ++i) {
        const QJsonObject object = hosts.at(i).toObject();
        HostConfig& host = m_hosts.at(static_cast<std::size_t>(i));
        host.id = {object.value(QStringLiteral("name")).toString()};
        host.uri = object.value(QStringLiteral("uri")).toString();
        host.peerUri = object.value(QStringLiteral("peer_uri")).toString();
        host.dataAddress = object.value(QStringLiteral("data_address")).toString();
    }
}

void TestLibvirtLab::cleanupTestCase()
{
    m_backend.reset();
}

std::unique_ptr<TestLibvirtLab::Watched> TestLibvirtLab::watch(const HostConfig& host) const
{
    auto watched = std::make_unique<Watched>();
    watched->source = m_backend->inventorySource(host, watched->told.sink());
    const auto opened = watched->source->open({});
    if (!opened)
        qFatal("%s", qPrintable(why(opened.error())));
    return watched;
}

std::shared_ptr<const HostReading> TestLibvirtLab::read(Watched& watched, bool fresh) const
{
    auto reading = watched.source->read(fresh, {});
    if (!reading)
        qFatal("%s", qPrintable(why(reading.error())));
    return *reading;
}

InstanceId TestLibvirtLab::idOf(const QString& name) const
{
    for (const HostConfig& host : m_hosts) {
        const auto found = m_backend->hostQuery(host)->find({}, name, {});
        if (found && !found->empty())
            return found->front().id;
    }
    return {};
}

int TestLibvirtLab::whereRuns(const QString& name) const
{
    int where = -1;
    for (std::size_t i = 0; i < m_hosts.size(); ++i) {
        const auto found = m_backend->hostQuery(m_hosts.at(i))->find({}, name, {});
        if (!found || found->empty() || found->front().state != PowerState::Running)
            continue;
        if (where >= 0)
            return -2; // on two hosts
        where = static_cast<int>(i);
    }
    return where;
}

MigrationSpec TestLibvirtLab::move(const QString& name, int from, int to)
{
    MigrationSpec spec;
    spec.instance = idOf(name);
    spec.name = name;
    spec.source = m_hosts.at(static_cast<std::size_t>(from));
    spec.destination = m_hosts.at(static_cast<std::size_t>(to));
    spec.peerUri = spec.destination.peerUri;
    return spec;
}

std::future<Result<MigrationReturn>> TestLibvirtLab::start(const MigrationSpec& spec) const
{
    auto done = std::make_shared<std::promise<Result<MigrationReturn>>>();
    auto answer = done->get_future();
    runDetached(QStringLiteral("move"), [done, backend = m_backend, spec] {
        done->set_value(backend->migrator(spec.source)->migrate(spec, {}));
    });
    return answer;
}

void TestLibvirtLab::inventory()
{
    const auto h1 = watch(m_hosts[0]);
    const auto reading = read(*h1, true);
    QCOMPARE(reading->facts->hostname, QStringLiteral("h1"));
    QVERIFY(!reading->facts->hostUuid.isNull());
    QCOMPARE(reading->facts->hypervisor, QStringLiteral("QEMU"));
    QVERIFY(reading->facts->hypervisorVersion >= 7000000);
    QVERIFY(reading->facts->machines.contains(QStringLiteral("pc")));
    QVERIFY(reading->memoryFreeNow.has_value());
    QVERIFY(reading->service.keptOnHost);
    QCOMPARE(reading->pools.size(), std::size_t(3));
    const Domain* vm1 = domainNamed(*reading, QStringLiteral("vm1"));
    QVERIFY(vm1 != nullptr);
    QCOMPARE(vm1->status.state, PowerState::Running);
    QVERIFY(vm1->status.persistent && !vm1->status.incoming && !vm1->status.outgoing);
    QCOMPARE(vm1->definition->domainType, QStringLiteral("qemu"));
    QVERIFY(vm1->definition->cpuXml.contains(QStringLiteral("model")));
    QCOMPARE(vm1->definition->maxMemory.value, Bytes::fromMib(32).value);
    QVERIFY(vm1->status.memoryRss.has_value());
    QVERIFY(vm1->status.cpuTimeNs.has_value());
    std::shared_ptr<const HostReading> later;
    QTRY_VERIFY2_WITH_TIMEOUT(
        (later = read(*h1),
         domainNamed(*later, QStringLiteral("vm1"))->status.cpuPercent && later->cpuPercent),
        "no CPU use after two readings", 3000);
    QCOMPARE(domainNamed(*later, QStringLiteral("vm1"))->definition.get(), vm1->definition.get());
}

void TestLibvirtLab::eventsWithinASecond()
{
    const auto h1 = watch(m_hosts[0]);
    const InstanceId id = idOf(QStringLiteral("vm2"));
    const auto control = m_backend->hostControl(m_hosts[0]);
    QVERIFY(control->power(id, HostControl::PowerAction::Pause));
    QTRY_VERIFY_WITH_TIMEOUT(h1->told.count(HostEvent::Kind::InventoryChanged) == 1, 1000);
    QVERIFY(h1->told.of(HostEvent::Kind::InventoryChanged).front().instance == id);
    QCOMPARE(domainNamed(*read(*h1), QStringLiteral("vm2"))->status.reason, StateReason::User);
    QVERIFY(control->power(id, HostControl::PowerAction::Resume));
    QTRY_VERIFY_WITH_TIMEOUT(h1->told.count(HostEvent::Kind::InventoryChanged) == 2, 1000);
}

void TestLibvirtLab::serviceStateIsShared()
{
    const auto other = watch(m_hosts[1]);
    QCOMPARE(read(*other, true)->service.state, ServiceState::Enabled);
    ServiceRecord record;
    record.state = ServiceState::Maintenance;
    record.reason = QStringLiteral("new <RAM> & \u65e5");
    record.by = QStringLiteral("ann@con");
    record.since = QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);
    const auto written = m_backend->hostControl(m_hosts[1])->setService(record);
    QVERIFY2(written, qPrintable(written ? QString() : why(written.error())));
    QVERIFY(*written == record);
    QTRY_VERIFY_WITH_TIMEOUT(other->told.count(HostEvent::Kind::InventoryChanged) > 0, 1000);
    QVERIFY(read(*other)->service == record);
    record.state = ServiceState::Enabled;
    record.reason.clear();
    QVERIFY(m_backend->hostControl(m_hosts[1])->setService(record));
    QTRY_VERIFY_WITH_TIMEOUT(read(*other)->service == record, 1000);
    // Two consoles write it for the first time at the same moment: both are answered, one record stands.
    std::array<std::future<Result<ServiceRecord>>, 2> both;
    for (std::size_t i = 0; i < both.size(); ++i) {
        both.at(i) = std::async(std::launch::async, [this, i, record] {
            ServiceRecord mine = record;
            mine.by = QString::number(i);
            return m_backend->hostControl(m_hosts[2])->setService(mine);
        });
    }
    for (auto& one : both) {
        const auto answer = one.get();
        QVERIFY2(answer, qPrintable(answer ? QString() : why(answer.error())));
    }
    const auto h3 = watch(m_hosts[2]);
    const QString by = read(*h3, true)->service.by;
    QVERIFY(by == QLatin1String("0") || by == QLatin1String("1"));
}

void TestLibvirtLab::cpuComparison()
{
    const auto h1 = watch(m_hosts[0]);
    const auto reading = read(*h1, true);
    DomainDefinition guest = *domainNamed(*reading, QStringLiteral("vm1"))->definition;
    const auto query = m_backend->hostQuery(m_hosts[1]);
    const auto fits = query->compareCpu(guest, {});
    QVERIFY2(fits, qPrintable(fits ? QString() : why(fits.error())));
    QVERIFY2(fits->answer == CpuComparison::Answer::Compatible, qPrintable(fits->reason));
    guest.cpuXml = QStringLiteral("<cpu mode='custom' match='exact'><model>qemu64</model>"
                                  "<feature policy='require' name='avx512f'/></cpu>");
    const auto lacks = query->compareCpu(guest, {});
    QVERIFY(lacks);
    QCOMPARE(lacks->answer, CpuComparison::Answer::Incompatible);
    QVERIFY2(lacks->missing.contains(QStringLiteral("avx512f")), qPrintable(lacks->reason));
}

void TestLibvirtLab::readOnlyHost()
{
    HostConfig host = m_hosts[0];
    host.readOnly = true;
    const auto h1 = watch(host);
    const auto reading = read(*h1, true);
    QVERIFY(reading->facts->readOnly);
    const Domain* vm1 = domainNamed(*reading, QStringLiteral("vm1"));
    QVERIFY(vm1 != nullptr);
    const auto refused =
        m_backend->hostControl(host)->power(vm1->definition->id, HostControl::PowerAction::Reboot);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
    const auto service = m_backend->hostControl(host)->setService({});
    QVERIFY(service);
    QVERIFY(!service->keptOnHost);
    const auto cpu = m_backend->hostQuery(host)->compareCpu(*vm1->definition, {});
    QVERIFY(cpu);
    QCOMPARE(cpu->answer, CpuComparison::Answer::Unknown);
}

void TestLibvirtLab::liveMove()
{
    const auto h1 = watch(m_hosts[0]);
    const auto h2 = watch(m_hosts[1]);
    static_cast<void>(read(*h1, true));
    static_cast<void>(read(*h2, true));
    lab({QStringLiteral("guest"), QStringLiteral("rate"), QStringLiteral("vm1"), QStringLiteral("6")});
    MigrationSpec spec = move(QStringLiteral("vm1"), 0, 1);
    QVERIFY(m_backend->hostControl(m_hosts[0])->setAutostart(spec.instance, true));
    spec.options.bandwidth = Rate::fromMib(5); // below what the guest writes: it does not end by itself
    auto answer = start(spec);

    QTRY_VERIFY_WITH_TIMEOUT(h2->told.count(HostEvent::Kind::IncomingStarted) == 1, 15000);
    const auto arriving = read(*h2);
    const Domain* half = domainNamed(*arriving, QStringLiteral("vm1"));
    QVERIFY(half != nullptr);
    QVERIFY(half->status.incoming);
    QVERIFY(half->definition->maxMemory.value > 0);

    const auto control = m_backend->jobControl(m_hosts[0]);
    std::optional<JobStats> stats;
    int lastIteration = 0;
    const auto poll = [&] {
        const auto asked = control->stats(spec.instance, {});
        if (!asked)
            qFatal("%s", qPrintable(why(asked.error())));
        stats = *asked;
        if (stats && stats->phase == JobStats::Phase::Memory)
            lastIteration = stats->iteration;
        return stats.has_value();
    };
    QTRY_VERIFY_WITH_TIMEOUT(poll() && stats->phase == JobStats::Phase::Memory && stats->transfer.has_value(),
                             10000);
    QVERIFY(stats->memoryTotal.value >= Bytes::fromMib(32).value);
    QVERIFY(stats->memoryProcessed.value > 0);
    QVERIFY(domainNamed(*read(*h1), QStringLiteral("vm1"))->status.outgoing);
    QVERIFY(!domainNamed(*read(*h1), QStringLiteral("vm2"))->status.outgoing);

    // It cannot be begun a second time, nor be paused by mistake, and neither disturbs it.
    const auto second = m_backend->migrator(m_hosts[0])->migrate(spec, {});
    QVERIFY(!second);
    QCOMPARE(errorCodeName(second.error().code), errorCodeName(ErrorCode::Busy));
    const auto pause =
        m_backend->hostControl(m_hosts[0])->power(spec.instance, HostControl::PowerAction::Pause);
    QVERIFY(!pause);
    QCOMPARE(errorCodeName(pause.error().code), errorCodeName(ErrorCode::Busy));
    const auto asked = m_backend->hostQuery(m_hosts[0])->find(spec.instance, spec.name, {});
    QVERIFY(asked && asked->size() == 1);
    QVERIFY(asked->front().jobActive);
    const auto there = m_backend->hostQuery(m_hosts[1])->find(spec.instance, spec.name, {});
    QVERIFY(there && there->size() == 1);
    QVERIFY(there->front().jobActive);

    // Both hosts answer quickly while one receives: no question waits for the migration.
    QElapsedTimer quick;
    quick.start();
    static_cast<void>(read(*h2));
    QVERIFY2(quick.elapsed() < 5000, qPrintable(QString::number(quick.elapsed())));

    QTRY_VERIFY_WITH_TIMEOUT(poll() && stats->iteration >= 2 && stats->dirty.has_value(), 25000);
    QVERIFY(control->setMaxDowntime(spec.instance, Milliseconds(800)));
    const auto limit = control->maxDowntime(spec.instance);
    QVERIFY(limit);
    QCOMPARE(*limit, Milliseconds(800));
    QVERIFY(control->setBandwidth(spec.instance, Rate::fromMib(200)));
    QTRY_VERIFY_WITH_TIMEOUT(answer.wait_for(0ms) == std::future_status::ready, 20000);
    const auto moved = answer.get();
    QVERIFY2(moved, qPrintable(moved ? QString() : why(moved.error())));

    QCOMPARE(whereRuns(QStringLiteral("vm1")), 1);
    QTRY_COMPARE_WITH_TIMEOUT(h1->told.count(HostEvent::Kind::JobCompleted), 1, 2000);
    const HostEvent completed = h1->told.of(HostEvent::Kind::JobCompleted).front();
    QVERIFY(completed.instance == spec.instance);
    QCOMPARE(completed.stats.phase, JobStats::Phase::Completed);
    QVERIFY(completed.stats.downtime.has_value());
    const auto iterations = h1->told.of(HostEvent::Kind::JobIteration);
    QVERIFY(static_cast<int>(iterations.size()) >= lastIteration);
    for (std::size_t i = 0; i < iterations.size(); ++i)
        QCOMPARE(iterations.at(i).iteration, static_cast<int>(i) + 1);
    const auto record = m_backend->jobControl(m_hosts[1])->completed(spec.instance, {});
    QVERIFY(record);
    QVERIFY(record->has_value());
    QVERIFY((*record)->downtime.has_value());
    // Defined there, with its autostart; nothing is left here.
    QVERIFY(domainNamed(*read(*h1), QStringLiteral("vm1")) == nullptr);
    const auto arrived = read(*h2);
    const Domain* vm1 = domainNamed(*arrived, QStringLiteral("vm1"));
    QVERIFY(vm1 != nullptr);
    QVERIFY(!vm1->status.incoming && !vm1->status.outgoing);
    QVERIFY(vm1->status.persistent);
    QCOMPARE(vm1->status.autostart.value_or(false), true);
    QCOMPARE(vm1->definition->domainType,
             QStringLiteral("qemu")); // no longer the stub of the half-arrived guest
    const auto none = control->stats(spec.instance, {});
    QVERIFY(none);
    QVERIFY(!none->has_value());
    lab({QStringLiteral("guest"), QStringLiteral("check"), QStringLiteral("vm1")});
}

void TestLibvirtLab::abortMidway()
{
    const auto h2 = watch(m_hosts[1]);
    static_cast<void>(read(*h2, true));
    MigrationSpec spec = move(QStringLiteral("vm1"), 1, 2);
    spec.options.bandwidth = Rate::fromMib(2);
    auto answer = start(spec);
    QTRY_VERIFY_WITH_TIMEOUT(h2->told.count(HostEvent::Kind::JobIteration) > 0, 15000);
    QVERIFY(domainNamed(*read(*h2), QStringLiteral("vm1"))->status.outgoing);
    const auto control = m_backend->jobControl(m_hosts[1]);
    const auto aborted = control->abort(spec.instance);
    QVERIFY2(aborted, qPrintable(aborted ? QString() : why(aborted.error())));
    QTRY_VERIFY_WITH_TIMEOUT(answer.wait_for(0ms) == std::future_status::ready, 10000);
    const auto moved = answer.get();
    QVERIFY(!moved);
    QCOMPARE(moved.error().instance, QStringLiteral("vm1"));
    QTRY_COMPARE_WITH_TIMEOUT(whereRuns(QStringLiteral("vm1")), 1, 10000);
    // No event tells of a failed migration on its source: the reading notices all the same.
    QTRY_VERIFY_WITH_TIMEOUT(!domainNamed(*read(*h2), QStringLiteral("vm1"))->status.outgoing, 3000);
    const auto nothing = control->abort(spec.instance);
    QVERIFY(!nothing);
    QCOMPARE(nothing.error().host, m_hosts[1].id.value);
}

void TestLibvirtLab::abortAtTheVeryStart()
{
    MigrationSpec spec = move(QStringLiteral("vm1"), 1, 2);
    spec.options.bandwidth = Rate::fromMib(2);
    const auto control = m_backend->jobControl(m_hosts[1]);
    static_cast<void>(control->stats(spec.instance, {})); // connected, so that the abort comes too early
    auto answer = start(spec);
    const auto aborted = control->abort(spec.instance);
    QVERIFY2(aborted, qPrintable(aborted ? QString() : why(aborted.error())));
    QTRY_VERIFY_WITH_TIMEOUT(answer.wait_for(0ms) == std::future_status::ready, 10000);
    QVERIFY(!answer.get());
    QTRY_COMPARE_WITH_TIMEOUT(whereRuns(QStringLiteral("vm1")), 1, 10000);
}

void TestLibvirtLab::refusedMoves()
{
    MigrationSpec offline = move(QStringLiteral("vm1"), 1, 2);
    offline.kind = MigrationKind::Offline;
    const auto copied = m_backend->migrator(offline.source)->migrate(offline, {});
    QVERIFY(!copied);
    QCOMPARE(errorCodeName(copied.error().code), errorCodeName(ErrorCode::Refused));

    MigrationSpec nowhere = move(QStringLiteral("vm1"), 1, 2);
    nowhere.peerUri = QStringLiteral("qemu+tcp://h3:1/system");
    const auto lost = m_backend->migrator(nowhere.source)->migrate(nowhere, {});
    QVERIFY(!lost);
    QCOMPARE(errorCodeName(lost.error().code), errorCodeName(ErrorCode::Unreachable));
    QCOMPARE(lost.error().host, QStringLiteral("h3")); // not h2, which is well
    QVERIFY2(lost.error().message.contains(QStringLiteral("h2 could not reach h3")),
             qPrintable(why(lost.error())));

    MigrationSpec gone = move(QStringLiteral("vm1"), 0, 2);
    const auto absent = m_backend->migrator(gone.source)->migrate(gone, {});
    QVERIFY(!absent);
    QCOMPARE(errorCodeName(absent.error().code), errorCodeName(ErrorCode::NotFound));
    QCOMPARE(whereRuns(QStringLiteral("vm1")), 1);
}

void TestLibvirtLab::offlineMove()
{
    MigrationSpec spec = move(QStringLiteral("vm2"), 0, 1);
    spec.kind = MigrationKind::Offline;
    QVERIFY(m_backend->hostControl(m_hosts[0])->power(spec.instance, HostControl::PowerAction::PowerOff));
    const auto moved = m_backend->migrator(spec.source)->migrate(spec, {});
    QVERIFY2(moved, qPrintable(moved ? QString() : why(moved.error())));
    const auto here = m_backend->hostQuery(m_hosts[0])->find(spec.instance, spec.name, {});
    const auto there = m_backend->hostQuery(m_hosts[1])->find(spec.instance, spec.name, {});
    QVERIFY(here && there);
    QVERIFY(here->empty());
    QCOMPARE(there->size(), std::size_t(1));
    QCOMPARE(there->front().state, PowerState::ShutOff);
    QVERIFY(there->front().persistent);
}

void TestLibvirtLab::lostHost()
{
    const auto h1 = watch(m_hosts[0]);
    auto h3 = watch(m_hosts[2]);
    static_cast<void>(read(*h1, true));
    static_cast<void>(read(*h3, true));
    lab({QStringLiteral("cut"), QStringLiteral("h3")});
    QElapsedTimer since;
    since.start();
    // As a lane would: the lost host's reading may hang, on a thread of its own.
    auto hanging = std::async(std::launch::async, [&h3] { return h3->source->read(false, {}); });
    qint64 slowest = 0;
    const auto others = [&] {
        QElapsedTimer one;
        one.start();
        static_cast<void>(read(*h1));
        slowest = std::max(slowest, one.elapsed());
        return h3->told.count(HostEvent::Kind::ConnectionLost) > 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(others(), 15000);
    QVERIFY2(since.elapsed() <= 15000, qPrintable(QString::number(since.elapsed())));
    QVERIFY2(slowest < 2000, qPrintable(QString::number(slowest)));
    QVERIFY(hanging.wait_for(5s) == std::future_status::ready);
    const auto reading = hanging.get();
    QVERIFY(!reading);
    QCOMPARE(errorCodeName(reading.error().code), errorCodeName(ErrorCode::Unreachable));
    QCOMPARE(reading.error().host, QStringLiteral("h3"));
    QVERIFY(!h3->source->read(false, {}));
    h3->source->close();
    lab({QStringLiteral("mend"), QStringLiteral("h3")});
    const auto opened = h3->source->open({});
    QVERIFY2(opened, qPrintable(opened ? QString() : why(opened.error())));
    QCOMPARE(read(*h3, true)->facts->hostname, QStringLiteral("h3"));
}

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsSet("DROVER_LAB_CONSOLE")) {
        const QCoreApplication app(argc, argv);
        TestLibvirtLab test;
        return QTest::qExec(&test, argc, argv);
    }
    // A lab of its own, which ends with this program; the test itself runs inside, where the console would.
    qputenv("DROVER_LAB_CONSOLE", "1");
    const QByteArray lab = qgetenv("DROVER_SOURCE_DIR") + "/tests/lab/lab";
    const QByteArray name = "lv" + QByteArray::number(getpid());
    const QByteArray self = QFile::symLinkTarget(QStringLiteral("/proc/self/exe")).toUtf8();
    std::vector<QByteArray> words{
        lab,  "run", "--name", name,   "--hosts", "3",  "--guests", "2", "--guest-memory",
        "32", "--",  lab,      "exec", "con",     "--", self};
    for (int i = 1; i < argc; ++i)
        words.emplace_back(argv[i]);
    std::vector<char*> raw;
    raw.reserve(words.size() + 1);
    for (QByteArray& word : words)
        raw.push_back(word.data());
    raw.push_back(nullptr);
    execv(lab.constData(), raw.data());
    qCritical("%s cannot be started: set DROVER_SOURCE_DIR, and run as root", lab.constData());
    return 1;
}

#include "tst_libvirt_lab.moc"
