// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_backend.h"
#include "ui/models/fleet_proxies.h"
#include "ui/models/fleet_roles.h"
#include "ui/models/fleet_tree_model.h"
#include "ui/models/host_model.h"
#include "ui/models/instance_model.h"
#include "ui/models/natural_order.h"

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace drover;
using test::FakeHost;
using test::FakeInstance;

/// The fleet models under random walks of inventory changes: always consistent for Qt's model tester, never
/// reset, and after each step the same as a model that was made from that inventory.
class FleetModels : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void randomWalk_data();
    void randomWalk();
    void selectionSurvives();
    void silentHostsComeFirst();
    void unseenChangesAreSilent();
    void filtersFind_data();
    void filtersFind();
    void treeFilterKeepsParents();
    void sortsByValue();
    void mimeDataHoldEachInstanceOnce();
    void namesInNaturalOrder();
};

namespace {

struct World
{
    std::vector<FakeHost> hosts;
    InventoryBuilder builder;
    Instant now{std::chrono::seconds(1000)};

    std::vector<HostConfig> configs() const
    {
        std::vector<HostConfig> all;
        for (const FakeHost& host : hosts)
            all.push_back(test::fakeConfig(host));
        return all;
    }
    HostUpdate update(const FakeHost& host, bool up = true)
    {
        HostUpdate u;
        u.host = {host.name};
        u.connection = up ? ConnectionState::Up : ConnectionState::Down;
        if (up)
            u.reading = test::fakeReading(host);
        else
            u.error = {ErrorCode::Unreachable, QStringLiteral("gone"), {}, host.name, {}};
        u.at = now;
        return u;
    }
};

FakeHost makeHost(int number, int instances)
{
    FakeHost host;
    host.name = QStringLiteral("h%1").arg(number);
    host.zone = QStringLiteral("az%1").arg(number % 3);
    for (int i = 0; i < instances; ++i) {
        FakeInstance instance;
        instance.name = QStringLiteral("vm-%1-%2").arg(number).arg(i);
        instance.memoryGib = 1 + i;
        host.instances.push_back(instance);
    }
    return host;
}

QStringList rowsOf(const QAbstractItemModel& model, const QModelIndex& parent = {}, int depth = 0)
{
    QStringList rows;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(parent); ++column)
            cells += model.index(row, column, parent).data().toString();
        rows += QString(depth, QLatin1Char(' ')) + cells.join(QLatin1Char('|'));
        rows += rowsOf(model, model.index(row, 0, parent), depth + 1);
    }
    return rows;
}

InventoryChange everything()
{
    InventoryChange all;
    all.hostListChanged = true;
    return all;
}

} // namespace

void FleetModels::randomWalk_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 4; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void FleetModels::randomWalk()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    World world;
    for (int i = 1; i <= 5; ++i)
        world.hosts.push_back(makeHost(i, 4));

    HostModel hosts;
    InstanceModel instances;
    FleetTreeModel tree;
    HostProxy hostProxy;
    InstanceProxy instanceProxy;
    FleetTreeProxy treeProxy;
    hostProxy.setSourceModel(&hosts);
    instanceProxy.setSourceModel(&instances);
    treeProxy.setSourceModel(&tree);
    hostProxy.sort(HostModel::Memory);
    instanceProxy.sort(InstanceModel::Name);
    instanceProxy.setFilter(FleetFilter::parse(QStringLiteral("vm-1")));
    treeProxy.setFilter(FleetFilter::parse(QStringLiteral("vm-2")));
    const auto mode = QAbstractItemModelTester::FailureReportingMode::QtTest;
    std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
    std::vector<std::unique_ptr<QSignalSpy>> resets;
    for (QAbstractItemModel* model : std::initializer_list<QAbstractItemModel*>{
             &hosts, &instances, &tree, &hostProxy, &instanceProxy, &treeProxy}) {
        testers.push_back(std::make_unique<QAbstractItemModelTester>(model, mode));
        resets.push_back(std::make_unique<QSignalSpy>(model, &QAbstractItemModel::modelReset));
    }
    const auto tell = [&](const InventoryChange& change) {
        const Snapshot snapshot = world.builder.snapshot();
        hosts.apply(snapshot, change, world.now);
        instances.apply(snapshot, change);
        tree.apply(snapshot, change, world.now);
    };
    tell(world.builder.setHosts(world.configs()));
    int next = 100;
    std::set<QString> silent;
    for (int step = 0; step < 50; ++step) {
        world.now += std::chrono::milliseconds(700);
        const auto pick = [&]() -> FakeHost& {
            return world.hosts[random.bounded(static_cast<quint32>(world.hosts.size()))];
        };
        switch (random.bounded(9)) {
        case 0: { // comes
            FakeInstance fresh;
            fresh.name = QStringLiteral("vm-%1-n").arg(next++);
            pick().instances.push_back(fresh);
            break;
        }
        case 1: // goes
            if (FakeHost& host = pick(); !host.instances.empty())
                host.instances.erase(
                    host.instances.begin() +
                    static_cast<std::ptrdiff_t>(random.bounded(static_cast<quint32>(host.instances.size()))));
            break;
        case 2: { // begins to move: known to two hosts
            FakeHost& from = pick();
            FakeHost& to = pick();
            const auto knows = [](const FakeHost& host, const QString& name) {
                return std::any_of(host.instances.begin(), host.instances.end(),
                                   [&](const FakeInstance& instance) { return instance.name == name; });
            };
            if (&from != &to && !from.instances.empty() && !from.instances.front().incoming &&
                !knows(to, from.instances.front().name)) {
                FakeInstance arriving = from.instances.front();
                from.instances.front().outgoing = true;
                arriving.outgoing = false;
                arriving.incoming = true;
                to.instances.push_back(arriving);
            }
            break;
        }
        case 3: // changes
            if (FakeHost& host = pick(); !host.instances.empty())
                host.instances.back().memoryGib += 1;
            break;
        case 4: // is renamed: another place among its neighbours
            if (FakeHost& host = pick(); !host.instances.empty())
                host.instances.front().state =
                    random.bounded(2) == 0 ? PowerState::ShutOff : PowerState::Running;
            break;
        case 5: { // a host falls silent, or is there again
            const QString name = pick().name;
            if (!silent.erase(name))
                silent.insert(name);
            break;
        }
        case 6: // a host joins
            if (world.hosts.size() < 9) {
                world.hosts.insert(world.hosts.begin() + static_cast<std::ptrdiff_t>(random.bounded(
                                                             static_cast<quint32>(world.hosts.size()))),
                                   makeHost(next++, 2));
                tell(world.builder.setHosts(world.configs()));
            }
            break;
        case 7: // a host leaves the fleet, or goes elsewhere in the file
            if (world.hosts.size() > 3) {
                if (random.bounded(2) == 0)
                    world.hosts.erase(world.hosts.begin());
                else
                    std::swap(world.hosts.front(), world.hosts.back());
                tell(world.builder.setHosts(world.configs()));
            }
            break;
        default: // another zone
            pick().zone = QStringLiteral("az%1").arg(random.bounded(4));
            tell(world.builder.setHosts(world.configs()));
            break;
        }
        std::vector<HostUpdate> updates;
        for (const FakeHost& host : world.hosts) {
            if (random.bounded(3) != 0)
                updates.push_back(world.update(host, !silent.contains(host.name)));
        }
        tell(world.builder.fold(updates));

        HostModel freshHosts;
        InstanceModel freshInstances;
        FleetTreeModel freshTree;
        freshHosts.apply(world.builder.snapshot(), everything(), world.now);
        freshInstances.apply(world.builder.snapshot(), everything());
        freshTree.apply(world.builder.snapshot(), everything(), world.now);
        QCOMPARE(rowsOf(hosts), rowsOf(freshHosts));
        QCOMPARE(rowsOf(tree), rowsOf(freshTree));
        QStringList ours = rowsOf(instances);
        QStringList theirs = rowsOf(freshInstances);
        ours.sort();
        theirs.sort();
        QCOMPARE(ours, theirs);
        for (int row = 0; row < instances.rowCount(); ++row)
            QCOMPARE(instances.rowOf(instances.instanceAt(row)), row);
        for (const FakeHost& host : world.hosts)
            QVERIFY(tree.hostOf(tree.indexOf(HostId{host.name})) == HostId{host.name});
    }
    for (const auto& spy : resets)
        QCOMPARE(spy->count(), 0);
}

void FleetModels::selectionSurvives()
{
    World world;
    world.hosts = {makeHost(1, 3), makeHost(2, 3)};
    InstanceModel instances;
    FleetTreeModel tree;
    const auto tell = [&](const InventoryChange& change) {
        instances.apply(world.builder.snapshot(), change);
        tree.apply(world.builder.snapshot(), change, world.now);
    };
    tell(world.builder.setHosts(world.configs()));
    tell(world.builder.fold({world.update(world.hosts[0]), world.update(world.hosts[1])}));
    const InstanceId id = test::fakeId(QStringLiteral("vm-1-2"));
    const QPersistentModelIndex row = instances.index(instances.rowOf(id), 0);
    const QPersistentModelIndex node = tree.indexOf(id);
    QVERIFY(row.isValid() && node.isValid());
    world.hosts[0].instances.erase(world.hosts[0].instances.begin());
    tell(world.builder.fold({world.update(world.hosts[0])}));
    tell(world.builder.fold({world.update(world.hosts[1], false)}));
    QVERIFY(row.isValid() && node.isValid());
    QVERIFY(instances.instanceAt(row.row()) == id);
    QVERIFY(tree.instanceOf(node) == id);
}

void FleetModels::silentHostsComeFirst()
{
    World world;
    for (int i = 0; i < 3; ++i) {
        world.hosts.push_back(makeHost(3 * i + 3, 1)); // all in az0
    }
    FleetTreeModel tree;
    tree.apply(world.builder.snapshot(), everything(), world.now);
    tree.apply(world.builder.snapshot(), world.builder.setHosts(world.configs()), world.now);
    std::vector<HostUpdate> updates;
    for (const FakeHost& host : world.hosts)
        updates.push_back(world.update(host));
    const InventoryChange up = world.builder.fold(updates);
    tree.apply(world.builder.snapshot(), everything(), world.now);
    Q_UNUSED(up)
    const QModelIndex zone = tree.index(0, 0);
    QCOMPARE(tree.index(0, 0, zone).data().toString(), QStringLiteral("h3"));
    const InventoryChange down = world.builder.fold({world.update(world.hosts[2], false)});
    tree.apply(world.builder.snapshot(), down, world.now);
    QCOMPARE(tree.index(0, 0, zone).data().toString(), QStringLiteral("h9"));
    // What is last known stands below it, marked.
    const QModelIndex silent = tree.index(0, 0, zone);
    QVERIFY(tree.index(0, 0, silent).data().toString().endsWith(QLatin1Char('?')));
}

void FleetModels::unseenChangesAreSilent()
{
    World world;
    world.hosts = {makeHost(1, 2)};
    InstanceModel instances;
    instances.apply(world.builder.snapshot(), everything());
    InventoryChange change = world.builder.setHosts(world.configs());
    instances.apply(world.builder.snapshot(), change);
    HostUpdate update = world.update(world.hosts[0]);
    change = world.builder.fold({update});
    instances.apply(world.builder.snapshot(), change);
    QSignalSpy changed(&instances, &QAbstractItemModel::dataChanged);
    // Only a counter that no column shows.
    auto reading = std::make_shared<HostReading>(*update.reading);
    reading->domains[0].status.cpuTimeNs = 17;
    update.reading = reading;
    change = world.builder.fold({update});
    QCOMPARE(change.instancesChanged.size(), std::size_t{1});
    instances.apply(world.builder.snapshot(), change);
    QCOMPARE(changed.count(), 0);
    reading = std::make_shared<HostReading>(*update.reading);
    reading->domains[0].status.state = PowerState::Paused;
    update.reading = reading;
    instances.apply(world.builder.snapshot(), world.builder.fold({update}));
    QCOMPARE(changed.count(), 1);
}

void FleetModels::filtersFind_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("instances");
    QTest::addColumn<bool>("understood");
    QTest::newRow("nothing typed") << QString() << 6 << true;
    QTest::newRow("a name") << QStringLiteral("vm-1-0") << 1 << true;
    QTest::newRow("part of a name, other case") << QStringLiteral("VM-2") << 3 << true;
    QTest::newRow("host") << QStringLiteral("host:h1") << 3 << true;
    QTest::newRow("zone") << QStringLiteral("zone:az2") << 3 << true;
    QTest::newRow("memory") << QStringLiteral("mem>2g") << 2 << true;
    QTest::newRow("host and memory") << QStringLiteral("host:h1 mem>=2g") << 2 << true;
    QTest::newRow("memory in MiB") << QStringLiteral("mem<=1024") << 2 << true;
    QTest::newRow("state") << QStringLiteral("state:running") << 6 << true;
    QTest::newRow("uuid") << toString(test::fakeId(QStringLiteral("vm-2-1"))) << 1 << true;
    QTest::newRow("mac") << QStringLiteral("52:54:00") << 6 << true;
    QTest::newRow("disk path") << QStringLiteral("/srv/shared/vm-1-2") << 1 << true;
    QTest::newRow("moving") << QStringLiteral("is:moving") << 0 << true;
    QTest::newRow("nonsense") << QStringLiteral("mem>much") << 0 << false;
}

void FleetModels::filtersFind()
{
    QFETCH(QString, text);
    QFETCH(int, instances);
    QFETCH(bool, understood);
    World world;
    world.hosts = {makeHost(1, 3), makeHost(2, 3)};
    InstanceModel model;
    model.apply(world.builder.snapshot(), world.builder.setHosts(world.configs()));
    const InventoryChange change =
        world.builder.fold({world.update(world.hosts[0]), world.update(world.hosts[1])});
    model.apply(world.builder.snapshot(), change);
    InstanceProxy proxy;
    proxy.setSourceModel(&model);
    const FleetFilter filter = FleetFilter::parse(text);
    proxy.setFilter(filter);
    QCOMPARE(proxy.rowCount(), instances);
    QCOMPARE(filter.notUnderstood().isEmpty(), understood);
}

void FleetModels::treeFilterKeepsParents()
{
    World world;
    world.hosts = {makeHost(1, 3), makeHost(2, 3)};
    FleetTreeModel tree;
    InventoryChange change = world.builder.setHosts(world.configs());
    tree.apply(world.builder.snapshot(), change, world.now);
    change = world.builder.fold({world.update(world.hosts[0]), world.update(world.hosts[1])});
    tree.apply(world.builder.snapshot(), change, world.now);
    FleetTreeProxy proxy;
    proxy.setSourceModel(&tree);
    proxy.setFilter(FleetFilter::parse(QStringLiteral("vm-2-1")));
    QCOMPARE(proxy.rowCount(), 1);
    const QModelIndex zone = proxy.index(0, 0);
    QCOMPARE(zone.data().toString(), QStringLiteral("az2"));
    QCOMPARE(proxy.rowCount(zone), 1);
    QCOMPARE(proxy.rowCount(proxy.index(0, 0, zone)), 1);
}

void FleetModels::sortsByValue()
{
    World world;
    world.hosts = {makeHost(1, 12)};
    InstanceModel model;
    model.apply(world.builder.snapshot(), world.builder.setHosts(world.configs()));
    const InventoryChange change = world.builder.fold({world.update(world.hosts[0])});
    model.apply(world.builder.snapshot(), change);
    InstanceProxy proxy;
    proxy.setSourceModel(&model);
    proxy.sort(InstanceModel::Memory, Qt::DescendingOrder);
    QCOMPARE(proxy.index(0, 0).data().toString(), QStringLiteral("vm-1-11"));
    proxy.sort(InstanceModel::Name, Qt::AscendingOrder);
    QCOMPARE(proxy.index(2, 0).data().toString(), QStringLiteral("vm-1-2"));
    QCOMPARE(proxy.index(10, 0).data().toString(), QStringLiteral("vm-1-10"));
}

void FleetModels::mimeDataHoldEachInstanceOnce()
{
    World world;
    world.hosts = {makeHost(1, 3)};
    InstanceModel model;
    model.apply(world.builder.snapshot(), world.builder.setHosts(world.configs()));
    const InventoryChange change = world.builder.fold({world.update(world.hosts[0])});
    model.apply(world.builder.snapshot(), change);
    const std::unique_ptr<QMimeData> data(
        model.mimeData({model.index(0, 0), model.index(0, 1), model.index(2, 0)}));
    QVERIFY(data);
    const QByteArray payload = data->data(QStringLiteral("application/x-drover-instances"));
    QCOMPARE(payload.count('\n'), 2);
    QVERIFY(payload.contains(toString(model.instanceAt(0)).toLatin1()));
    QVERIFY(payload.contains(toString(model.instanceAt(2)).toLatin1()));
}

void FleetModels::namesInNaturalOrder()
{
    QVERIFY(naturalCompare(u"web-9", u"web-10") < 0);
    QVERIFY(naturalCompare(u"Web-1", u"web-2") < 0);
    QVERIFY(naturalCompare(u"web-2", u"web-2a") < 0);
    QVERIFY(naturalCompare(u"a", u"b") < 0);
    QCOMPARE(naturalCompare(u"web-01", u"web-01"), 0);
    QVERIFY(naturalCompare(u"web-01", u"web-1") != 0);
    QCOMPARE(naturalCompare(u"web-01", u"web-1") < 0, naturalCompare(u"web-1", u"web-01") > 0);
}

QTEST_MAIN(FleetModels)
#include "tst_fleet_models.moc"
