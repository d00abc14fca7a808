// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/capacity.h"
#include "tests/support/fleet_maker.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;

namespace {

StoragePool pool(const QString& name, const QString& type, double gib, double freeGib, bool active = true)
{
    return {name, type, QStringLiteral("/") + name, active, Bytes::fromGib(gib), Bytes::fromGib(freeGib)};
}

Host hostWith(std::shared_ptr<HostReading> reading)
{
    Host host;
    host.config = hostConfig(QStringLiteral("h1"));
    host.config.reservedMemory = {};
    host.connection = ConnectionState::Up;
    host.reading = std::move(reading);
    return host;
}

} // namespace

class TestCapacity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void neverRead();
    void theTable();
    void ratiosAndReserves();
    void reserveLargerThanTheHost();
    void pools();
    void namedPools();
    void whatIsDisk();
    void incomingCountsInFull();
    void movesUnderWay();
    void sumsAreTheSame();
};

void TestCapacity::neverRead()
{
    const Capacity capacity = capacityOf(hostWith(nullptr));
    QCOMPARE(capacity.total, Resources{});
    QCOMPARE(capacity.free, Resources{});
    QVERIFY(capacity.projects.empty());
}

void TestCapacity::theTable()
{
    auto web = definition(1);
    web->maxVcpus = 4;
    web->maxMemory = Bytes::fromGib(8);
    web->project = QStringLiteral("shop");
    web->disks = {disk(QStringLiteral("vda"), StorageClass::Local, 20)};
    Domain running = domain(web, PowerState::Running);
    running.status.vcpus = 2;                  // two are unplugged
    running.status.memory = Bytes::fromGib(6); // the balloon is blown up
    running.status.diskPhysical = Bytes::fromGib(5);
    auto batch = definition(2);
    batch->project = QStringLiteral("batch");
    Domain paused = domain(batch, PowerState::Paused, StateReason::User);
    auto old = definition(3);
    old->project = QStringLiteral("shop");
    old->disks = {disk(QStringLiteral("vda"), StorageClass::Local, 40)};
    Domain off = domain(old, PowerState::ShutOff);
    off.status.diskPhysical = Bytes::fromGib(30);
    Domain none = domain(definition(4), PowerState::ShutOff);

    auto made = reading(QStringLiteral("h1"), {running, paused, off, none});
    made->pools = {pool(QStringLiteral("images"), QStringLiteral("dir"), 500, 400)};
    const Capacity c = capacityOf(hostWith(made));
    QCOMPARE(c.total, (Resources{16, Bytes::fromGib(64), Bytes::fromGib(500)}));
    QCOMPARE(c.usedNow, (Resources{4, Bytes::fromGib(8), Bytes::fromGib(5)}));
    QCOMPARE(c.usedMax, (Resources{10, Bytes::fromGib(14), Bytes::fromGib(60)}));
    QCOMPARE(c.committed, (Resources{6, Bytes::fromGib(10), Bytes::fromGib(20)}));
    QCOMPARE(c.free, (Resources{64 - 6, Bytes::fromGib(54), Bytes::fromGib(480)}));
    QCOMPARE(c.instances, 4);
    QCOMPARE(c.running, 2);
    QCOMPARE(c.projects.size(), std::size_t(3));
    QCOMPARE(c.projects[0], (ProjectUse{QString(), 1, {2, Bytes::fromGib(2), {}}}));
    QCOMPARE(c.projects[1], (ProjectUse{QStringLiteral("batch"), 1, {2, Bytes::fromGib(2), {}}}));
    QCOMPARE(c.projects[2],
             (ProjectUse{QStringLiteral("shop"), 2, {6, Bytes::fromGib(10), Bytes::fromGib(60)}}));
}

void TestCapacity::ratiosAndReserves()
{
    auto made = reading(QStringLiteral("h1"), {});
    made->pools = {pool(QStringLiteral("images"), QStringLiteral("dir"), 100, 100)};
    Host host = hostWith(made);
    host.config.cpuRatio = 2.5;
    host.config.memoryRatio = 1.5;
    host.config.diskRatio = 2.0;
    host.config.reservedMemory = Bytes::fromGib(4);
    host.config.reservedDisk = Bytes::fromGib(10);
    const Capacity c = capacityOf(host);
    QCOMPARE(c.total, (Resources{16, Bytes::fromGib(64), Bytes::fromGib(100)})); // raw stays readable
    QCOMPARE(c.effective, (Resources{40, Bytes::fromGib(90), Bytes::fromGib(180)}));
    QCOMPARE(c.free, c.effective);
}

void TestCapacity::reserveLargerThanTheHost()
{
    Host host = hostWith(reading(QStringLiteral("h1"), {runningDomain(1)}));
    host.config.reservedMemory = Bytes::fromGib(100);
    const Capacity c = capacityOf(host);
    QCOMPARE(c.effective.memory, Bytes{});
    QCOMPARE(c.free.memory, Bytes::fromGib(-2)); // over-full is told, not hidden
}

void TestCapacity::pools()
{
    auto made = reading(QStringLiteral("h1"), {});
    made->pools = {pool(QStringLiteral("images"), QStringLiteral("dir"), 500, 400),
                   pool(QStringLiteral("iso"), QStringLiteral("dir"), 500, 400), // the same file system
                   pool(QStringLiteral("vg"), QStringLiteral("logical"), 200, 10),
                   pool(QStringLiteral("ceph"), QStringLiteral("rbd"), 9000, 9000),
                   pool(QStringLiteral("off"), QStringLiteral("fs"), 700, 700, false)};
    QCOMPARE(capacityOf(hostWith(made)).total.disk, Bytes::fromGib(700));
}

void TestCapacity::namedPools()
{
    auto made = reading(QStringLiteral("h1"), {});
    made->pools = {pool(QStringLiteral("images"), QStringLiteral("dir"), 500, 400),
                   pool(QStringLiteral("ceph"), QStringLiteral("rbd"), 9000, 9000)};
    Host host = hostWith(made);
    host.config.diskPools = QStringList{QStringLiteral("ceph"), QStringLiteral("none-such")};
    QCOMPARE(capacityOf(host).total.disk, Bytes::fromGib(9000));
    host.config.diskPools = QStringList{};
    QCOMPARE(capacityOf(host).total.disk, Bytes{});
}

void TestCapacity::whatIsDisk()
{
    auto made = definition(1);
    made->disks = {disk(QStringLiteral("vda"), StorageClass::Local, 10),
                   disk(QStringLiteral("vdb"), StorageClass::Network, 100),
                   disk(QStringLiteral("sda"), StorageClass::ReadOnly, 4),
                   disk(QStringLiteral("sdb"), StorageClass::None, 4),
                   disk(QStringLiteral("vdc"), StorageClass::Unknown, 1)};
    made->disks.push_back(disk(QStringLiteral("vdd"), StorageClass::Local));
    made->disks.back().capacity.reset(); // size not known
    QCOMPARE(fullSize(domain(made, PowerState::Running)).disk, Bytes::fromGib(11));
}

void TestCapacity::incomingCountsInFull()
{
    const Capacity c = capacityOf(hostWith(reading(QStringLiteral("h1"), {incomingDomain(1)})));
    QCOMPARE(c.committed.memory, Bytes::fromGib(2));
}

void TestCapacity::movesUnderWay()
{
    const Host host = hostWith(reading(QStringLiteral("h1"), {runningDomain(1)}));
    const Capacity c = capacityOf(host, {{6, Bytes::fromGib(10), Bytes::fromGib(3)}});
    QCOMPARE(c.free.memory, Bytes::fromGib(52));
    QCOMPARE(c.free.vcpus, 64.0 - 2 - 6);
    QCOMPARE(c.committed.memory, Bytes::fromGib(2)); // not its own yet
}

void TestCapacity::sumsAreTheSame()
{
    const Host host =
        hostWith(reading(QStringLiteral("h1"), {runningDomain(1), shutOffDomain(2), incomingDomain(3)}));
    const MovesUnderWay moves{{1, Bytes::fromGib(1), {}}};
    const Capacity whole = capacityOf(host, moves);
    const Capacity sums = capacitySums(host, moves);
    QCOMPARE(sums.free, whole.free);
    QCOMPARE(sums.usedNow, whole.usedNow);
    QCOMPARE(sums.usedMax, whole.usedMax);
    QCOMPARE(sums.effective, whole.effective);
    QCOMPARE(sums.running, whole.running);
    QVERIFY(sums.projects.empty());
}

QTEST_GUILESS_MAIN(TestCapacity)
#include "tst_capacity.moc"
