// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fleet_maker.h"
#include "tests/support/move_world.h"

#include <QTest>

#include <functional>

using namespace drover;
using namespace drover::testing;

namespace {

using Way = ImageTransfer::Way;
using Role = DiskTransfer::Role;

const QString h1 = QStringLiteral("h1");
const QString h2 = QStringLiteral("h2");
const QString top = QStringLiteral("/i/vm-1.qcow2");
const QString base = QStringLiteral("/i/base.qcow2");
const QString iso = QStringLiteral("/i/config.iso");

Error broken(const QString& message = QStringLiteral("broken"), ErrorCode code = ErrorCode::OperationFailed)
{
    return {code, message, {}, {}, {}};
}

/// One move of vm-1 from h1 to h2: the world is arranged, the move runs, and what was called is compared.
struct Scene
{
    MoveWorld world;
    MoveOrder order;
    std::stop_source stop;
    explicit Scene(MigrationKind kind, Carrier carrier = Carrier::Hosts) : order(world.order(kind, carrier))
    {
    }

    ImageTransfer image(const QString& path, Way way)
    {
        ImageTransfer made;
        made.way = way;
        made.image = world.sides[h1].files[path];
        return made;
    }
    /// A disk over a base.
    void chain(Way baseWay, Way topWay)
    {
        world.addFile(h1, base, {}, "base");
        world.addFile(h1, top, base, "top");
        order.copies.disks.push_back(
            {QStringLiteral("vda"), Role::Copied, {image(base, baseWay), image(top, topWay)}, false});
        order.copies.incremental = topWay == Way::Fill;
    }
    void plainDisk(Way way = Way::Fill)
    {
        world.addFile(h1, top);
        order.copies.disks.push_back({QStringLiteral("vda"), Role::Copied, {image(top, way)}, false});
    }
    void medium(Role role, Way way)
    {
        world.addFile(h1, iso, {}, "iso");
        order.copies.disks.push_back({QStringLiteral("hdb"), role, {image(iso, way)}, false});
    }
    void shutOff() { world.sides[h1].vm->state = PowerState::ShutOff; }
};

using Arrange = std::function<void(Scene&)>;

QString where(const MoveWorld& world, const QString& host)
{
    const auto& side = world.sides.at(host);
    return side.vm ? powerStateName(side.vm->state) : QStringLiteral("none");
}

} // namespace

Q_DECLARE_METATYPE(Arrange)
Q_DECLARE_METATYPE(MigrationKind)
Q_DECLARE_METATYPE(Carrier)

/// Every kind of move, and every point at which it can fail, as the exact calls that change something.
class TestMoveProcedure : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void calls_data();
    void calls();
    void theSourceIsNeverTouchedBeforeTheDestinationHasIt_data();
    void theSourceIsNeverTouchedBeforeTheDestinationHasIt();
    void copiesTellHowFarTheyAre();
};

void TestMoveProcedure::calls_data()
{
    QTest::addColumn<MigrationKind>("kind");
    QTest::addColumn<Carrier>("carrier");
    QTest::addColumn<Arrange>("arrange");
    QTest::addColumn<QString>("calls");
    QTest::addColumn<QString>("error");
    QTest::addColumn<QString>("atSource");
    QTest::addColumn<QString>("atDestination");
    QTest::addColumn<QString>("left");
    const auto row = [](const char* name, MigrationKind kind, Carrier carrier, Arrange arrange,
                        const char* calls, const char* error, const char* atSource, const char* atDestination,
                        const char* left) {
        QTest::newRow(name) << kind << carrier << std::move(arrange) << QString::fromUtf8(calls)
                            << QString::fromUtf8(error) << QString::fromUtf8(atSource)
                            << QString::fromUtf8(atDestination) << QString::fromUtf8(left);
    };
    using K = MigrationKind;
    const Carrier hosts = Carrier::Hosts;
    const Carrier console = Carrier::Console;
    const auto nothing = [](Scene&) {};

    row("live: nothing but the call", K::Live, hosts, nothing, "migrate live", "", "none", "running", "");
    row(
        "live, proven share", K::Live, hosts, [](Scene& s) { s.order.copies.storageProven = true; },
        "migrate live proven", "", "none", "running", "");
    row(
        "live, medium copied first", K::Live, hosts, [](Scene& s) { s.medium(Role::Medium, Way::CopyFile); },
        "copy /i/config.iso|migrate live|h2 autostart", "", "none", "running", "");
    row(
        "live, medium ejected and not there", K::Live, hosts,
        [](Scene& s) { s.medium(Role::Eject, Way::Stays); }, "h1 medium hdb=|migrate live|h2 autostart", "",
        "none", "running", "h1 /i/config.iso");
    row(
        "live, medium ejected and put back", K::Live, hosts,
        [](Scene& s) {
            s.medium(Role::Eject, Way::Stays);
            s.world.addFile(h2, iso, {}, "iso");
        },
        "h1 medium hdb=|migrate live|h2 medium hdb=/i/config.iso|h2 autostart", "", "none", "running", "");
    row(
        "live, failed: the medium goes back into the drive", K::Live, hosts,
        [](Scene& s) {
            s.medium(Role::Eject, Way::Stays);
            s.world.failing[QStringLiteral("migrate")] = broken();
        },
        "h1 medium hdb=|migrate live|h1 medium hdb=/i/config.iso", "broken", "running", "none", "");
    row(
        "live, another medium there", K::Live, hosts,
        [](Scene& s) {
            s.medium(Role::Medium, Way::Compare);
            s.world.addFile(h2, iso, {}, "other");
        },
        "",
        "/i/config.iso on h2 is not what h1 has under this path: have the medium hdb ejected for the move",
        "running", "none", "");

    row(
        "live-block, one disk", K::LiveBlock, hosts, [](Scene& s) { s.plainDisk(); },
        "h2 create /i/vm-1.qcow2|migrate live-block all vda|h2 autostart", "", "none", "running",
        "h1 /i/vm-1.qcow2 (kept)");
    row(
        "live-block, source image removed on request", K::LiveBlock, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.order.options.removeSourceDisks = true;
        },
        "h2 create /i/vm-1.qcow2|migrate live-block all vda|h2 autostart|h1 remove /i/vm-1.qcow2", "", "none",
        "running", "");
    row(
        "live-block, base copied, increment over it", K::LiveBlock, hosts,
        [](Scene& s) { s.chain(Way::CopyFile, Way::Fill); },
        "copy /i/base.qcow2|h2 create /i/vm-1.qcow2 over /i/base.qcow2|migrate live-block top vda|h2 "
        "autostart",
        "", "none", "running", "h1 /i/vm-1.qcow2 (kept)");
    row(
        "live-block, equal base", K::LiveBlock, hosts,
        [](Scene& s) {
            s.chain(Way::Compare, Way::Fill);
            s.world.addFile(h2, base, {}, "base");
        },
        "h2 create /i/vm-1.qcow2 over /i/base.qcow2|migrate live-block top vda|h2 autostart", "", "none",
        "running", "h1 /i/vm-1.qcow2 (kept)");
    row(
        "live-block, base differs after all", K::LiveBlock, hosts,
        [](Scene& s) {
            s.chain(Way::Compare, Way::Fill);
            s.world.addFile(h2, base, {}, "foreign");
        },
        "h2 create /i/vm-1.qcow2|migrate live-block all vda|h2 autostart", "", "none", "running",
        "h1 /i/vm-1.qcow2 (kept)");
    row(
        "live-block, a left-over is replaced", K::LiveBlock, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.order.copies.disks.back().images.back().replaces = true;
            s.world.addFile(h2, top, {}, "old");
        },
        "h2 remove /i/vm-1.qcow2|h2 create /i/vm-1.qcow2|migrate live-block all vda|h2 autostart", "", "none",
        "running", "h1 /i/vm-1.qcow2 (kept)");
    row(
        "live-block, a file that appeared since is not overwritten", K::LiveBlock, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.addFile(h2, top, {}, "old");
        },
        "", "h2 has a file /i/vm-1.qcow2 by now: it is not overwritten", "running", "none", "");
    row(
        "live-block, image cannot be made", K::LiveBlock, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.failing[QStringLiteral("h2 create")] = broken(QStringLiteral("No space left on device"));
        },
        "h2 create /i/vm-1.qcow2", "No space left on device", "running", "none", "");
    row(
        "live-block, the copy of the base is bad", K::LiveBlock, hosts,
        [](Scene& s) {
            s.chain(Way::CopyFile, Way::Fill);
            s.world.sides[h2].contents[base] = "damaged";
        },
        "copy /i/base.qcow2|h2 remove /i/base.qcow2",
        "The copy of /i/base.qcow2 on h2 is not what was sent: its storage or the way to it is at fault",
        "running", "none", "");
    row(
        "live-block, failed: all that was made goes", K::LiveBlock, hosts,
        [](Scene& s) {
            s.chain(Way::CopyFile, Way::Fill);
            s.world.failing[QStringLiteral("migrate")] = broken(QStringLiteral("No space left on device"));
        },
        "copy /i/base.qcow2|h2 create /i/vm-1.qcow2 over /i/base.qcow2|migrate live-block top vda|"
        "h2 remove /i/vm-1.qcow2|h2 remove /i/base.qcow2",
        "No space left on device", "running", "none", "");
    row(
        "live-block, an error though it arrived: nothing is removed", K::LiveBlock, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.failing[QStringLiteral("migrate")] = broken(QStringLiteral("connection lost"));
            s.world.before[QStringLiteral("migrate")] = [&s] {
                s.world.sides[h2].vm = MoveWorld::Place{PowerState::Running, true, false, "vm"};
                s.world.sides[h1].vm.reset();
            };
        },
        "h2 create /i/vm-1.qcow2|migrate live-block all vda|h2 autostart", "", "none", "running",
        "h1 /i/vm-1.qcow2 (kept)");
    row(
        "live-block, the destination falls silent: nothing is removed", K::LiveBlock, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.failing[QStringLiteral("migrate")] = broken(QStringLiteral("connection lost"));
            s.world.before[QStringLiteral("migrate")] = [&s] { s.world.sides[h2].silent = true; };
        },
        "h2 create /i/vm-1.qcow2|migrate live-block all vda", "connection lost", "running", "none",
        "h2 /i/vm-1.qcow2");
    row(
        "live-block, cancelled while the base is copied", K::LiveBlock, hosts,
        [](Scene& s) {
            s.chain(Way::CopyFile, Way::Fill);
            s.world.before[QStringLiteral("copy")] = [&s] { s.stop.request_stop(); };
        },
        "copy /i/base.qcow2|h2 remove /i/base.qcow2", "The move of vm-1 was cancelled", "running", "none",
        "");
    row(
        "live-block, what was made cannot be removed", K::LiveBlock, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.failing[QStringLiteral("migrate")] = broken();
            s.world.failing[QStringLiteral("h2 remove")] = broken(QStringLiteral("read-only"));
        },
        "h2 create /i/vm-1.qcow2|migrate live-block all vda|h2 remove /i/vm-1.qcow2", "broken", "running",
        "none", "h2 /i/vm-1.qcow2");

    row(
        "offline: nothing but the call", K::Offline, hosts, [](Scene& s) { s.shutOff(); }, "migrate offline",
        "", "none", "shutoff", "");
    row(
        "offline with a disk, by the hosts", K::Offline, hosts,
        [](Scene& s) {
            s.shutOff();
            s.plainDisk();
        },
        "h2 create /i/vm-1.qcow2|h1 start-paused|migrate cold all vda keep|h2 power-off|h2 autostart|h1 "
        "undefine|"
        "h1 remove /i/vm-1.qcow2",
        "", "none", "shutoff", "");
    row(
        "offline with a disk, by streams", K::Offline, console,
        [](Scene& s) {
            s.shutOff();
            s.chain(Way::CopyFile, Way::CopyFile);
        },
        "copy /i/base.qcow2|copy /i/vm-1.qcow2|h2 define vm|h2 autostart|h1 undefine|h1 remove /i/vm-1.qcow2",
        "", "none", "shutoff", "h1 /i/base.qcow2 (kept)");
    row(
        "offline, source kept", K::Offline, console,
        [](Scene& s) {
            s.shutOff();
            s.plainDisk(Way::CopyFile);
            s.order.options.keepSource = true;
        },
        "copy /i/vm-1.qcow2|h2 define vm|h2 autostart|h1 no-autostart", "", "shutoff", "shutoff",
        "h1  (kept)|h1 /i/vm-1.qcow2 (kept)");
    row(
        "offline, started meanwhile", K::Offline, console, [](Scene& s) { s.plainDisk(Way::CopyFile); }, "",
        "vm-1 was started on h1 meanwhile", "running", "none", "");

    row("cold, nothing to copy", K::Cold, hosts, nothing,
        "h1 shutdown|migrate offline keep|h2 start|h2 autostart|h1 undefine", "", "none", "running", "");
    row(
        "cold by the hosts", K::Cold, hosts, [](Scene& s) { s.chain(Way::CopyFile, Way::Fill); },
        "copy /i/base.qcow2|h2 create /i/vm-1.qcow2 over /i/base.qcow2|h1 shutdown|h1 start-paused|"
        "migrate cold top vda keep|h2 resume|h2 autostart|h1 undefine|h1 remove /i/vm-1.qcow2",
        "", "none", "running", "h1 /i/base.qcow2 (kept)");
    row(
        "cold by streams", K::Cold, console, [](Scene& s) { s.chain(Way::CopyFile, Way::CopyFile); },
        "copy /i/base.qcow2|h1 shutdown|copy /i/vm-1.qcow2|h2 define vm|h2 start|h2 autostart|h1 undefine|"
        "h1 remove /i/vm-1.qcow2",
        "", "none", "running", "h1 /i/base.qcow2 (kept)");
    row(
        "cold, does not obey", K::Cold, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.obeysShutdown = false;
            s.order.options.shutdownTimeout = Milliseconds(20000);
        },
        "h2 create /i/vm-1.qcow2|h1 shutdown|h2 remove /i/vm-1.qcow2",
        "vm-1 did not shut down within 20 s: it runs on h1 as before, and was not moved. It may still obey "
        "later; "
        "give it more time, or shut it down from inside",
        "running", "none", "");
    row(
        "cold by the hosts, the migration fails", K::Cold, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.failing[QStringLiteral("migrate")] = broken();
        },
        "h2 create /i/vm-1.qcow2|h1 shutdown|h1 start-paused|migrate cold all vda keep|h2 remove "
        "/i/vm-1.qcow2|"
        "h1 power-off|h1 start",
        "broken", "running", "none", "");
    row(
        "cold by the hosts, does not resume there", K::Cold, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.failing[QStringLiteral("h2 resume")] = broken(QStringLiteral("write lock"));
        },
        "h2 create /i/vm-1.qcow2|h1 shutdown|h1 start-paused|migrate cold all vda keep|h2 resume|h2 "
        "power-off|"
        "h2 undefine|h2 remove /i/vm-1.qcow2|h1 start",
        "write lock", "running", "none", "");
    row(
        "cold by streams, does not start there", K::Cold, console,
        [](Scene& s) {
            s.plainDisk(Way::CopyFile);
            s.world.failing[QStringLiteral("h2 start")] = broken(QStringLiteral("no such CPU"));
        },
        "h1 shutdown|copy /i/vm-1.qcow2|h2 define vm|h2 start|h2 undefine|h2 remove /i/vm-1.qcow2|h1 start",
        "no such CPU", "running", "none", "");
    row(
        "cold by streams, the copy fails", K::Cold, console,
        [](Scene& s) {
            s.plainDisk(Way::CopyFile);
            s.world.failing[QStringLiteral("copy")] = broken(QStringLiteral("No space left on device"));
        },
        "h1 shutdown|copy /i/vm-1.qcow2|h1 start", "No space left on device", "running", "none", "");
    row(
        "cold by streams, an old definition comes back", K::Cold, console,
        [](Scene& s) {
            s.plainDisk(Way::CopyFile);
            s.world.sides[h2].vm = MoveWorld::Place{PowerState::ShutOff, true, false, "old"};
            s.world.failing[QStringLiteral("h2 start")] = broken();
        },
        "h1 shutdown|copy /i/vm-1.qcow2|h2 define vm|h2 start|h2 define old|h2 remove /i/vm-1.qcow2|h1 start",
        "broken", "running", "shutoff", "");
    row(
        "cold, the destination falls silent before the start: nothing is started twice", K::Cold, console,
        [](Scene& s) {
            s.plainDisk(Way::CopyFile);
            s.world.failing[QStringLiteral("h2 start")] = broken(QStringLiteral("connection lost"));
            s.world.before[QStringLiteral("h2 start")] = [&s] { s.world.sides[h2].silent = true; };
        },
        "h1 shutdown|copy /i/vm-1.qcow2|h2 define vm|h2 start", "connection lost", "shutoff", "shutoff",
        "h2 /i/vm-1.qcow2");
    row(
        "cold by the hosts, the destination falls silent under it", K::Cold, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.failing[QStringLiteral("migrate")] = broken(QStringLiteral("connection lost"));
            s.world.before[QStringLiteral("migrate")] = [&s] { s.world.sides[h2].silent = true; };
        },
        "h2 create /i/vm-1.qcow2|h1 shutdown|h1 start-paused|migrate cold all vda keep", "connection lost",
        "paused", "none", "h2 /i/vm-1.qcow2|h1 ");
    row(
        "cold, the definition at the source stays: so do its disks", K::Cold, console,
        [](Scene& s) {
            s.plainDisk(Way::CopyFile);
            s.world.failing[QStringLiteral("h1 undefine")] = broken(QStringLiteral("has snapshots"));
        },
        "h1 shutdown|copy /i/vm-1.qcow2|h2 define vm|h2 start|h2 autostart|h1 undefine", "", "shutoff",
        "running", "h1 |h1 /i/vm-1.qcow2 (kept)");
    row(
        "cold, another instance uses the image", K::Cold, console,
        [](Scene& s) {
            s.plainDisk(Way::CopyFile);
            s.order.usedAtSource = {top};
        },
        "h1 shutdown|copy /i/vm-1.qcow2|h2 define vm|h2 start|h2 autostart|h1 undefine", "", "none",
        "running", "h1 /i/vm-1.qcow2");
    row(
        "cold, cancelled while it shuts down", K::Cold, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.obeysShutdown = false;
            s.world.before[QStringLiteral("h1 shutdown")] = [&s] { s.stop.request_stop(); };
        },
        "h2 create /i/vm-1.qcow2|h1 shutdown|h2 remove /i/vm-1.qcow2",
        "The move was cancelled while vm-1 was asked to shut down: it may still do so", "running", "none",
        "");
    row(
        "cold, cancelled after it has shut down", K::Cold, hosts,
        [](Scene& s) {
            s.plainDisk();
            s.world.before[QStringLiteral("h1 shutdown")] = [&s] { s.stop.request_stop(); };
        },
        "h2 create /i/vm-1.qcow2|h1 shutdown|h2 remove /i/vm-1.qcow2|h1 start",
        "The move of vm-1 was cancelled", "running", "none", "");
    row(
        "cold, runs there already", K::Cold, hosts,
        [](Scene& s) { s.world.sides[h2].vm = MoveWorld::Place{PowerState::Running, true, false, "vm"}; }, "",
        "vm-1 is active on h2 already", "running", "running", "");
}

void TestMoveProcedure::calls()
{
    QFETCH(MigrationKind, kind);
    QFETCH(Carrier, carrier);
    QFETCH(Arrange, arrange);
    Scene scene(kind, carrier);
    arrange(scene);
    MoveEar ear(scene.world);
    const MoveReport report = runMove(scene.world, scene.order, ear, scene.stop.get_token());
    QTEST(scene.world.log.join(QLatin1Char('|')), "calls");
    QTEST(report.result ? QString() : report.result.error().message, "error");
    QTEST(where(scene.world, h1), "atSource");
    scene.world.sides[h2].silent = false;
    QTEST(where(scene.world, h2), "atDestination");
    QStringList left;
    for (const Leftover& each : report.left) {
        QVERIFY(!each.reason.isEmpty());
        left.append(each.host.value + QLatin1Char(' ') + each.path +
                    (each.intended ? QStringLiteral(" (kept)") : QString()));
    }
    QTEST(left.join(QLatin1Char('|')), "left");
}

void TestMoveProcedure::theSourceIsNeverTouchedBeforeTheDestinationHasIt_data()
{
    calls_data();
}

void TestMoveProcedure::theSourceIsNeverTouchedBeforeTheDestinationHasIt()
{
    QFETCH(MigrationKind, kind);
    QFETCH(Carrier, carrier);
    QFETCH(Arrange, arrange);
    Scene scene(kind, carrier);
    arrange(scene);
    for (const char* word : {"h1 remove", "h1 undefine"}) {
        auto& hook = scene.world.before[QString::fromLatin1(word)];
        hook = [&scene, kind] {
            const auto& there = scene.world.sides[h2].vm;
            QVERIFY(there.has_value());
            QCOMPARE(there->state,
                     kind == MigrationKind::Offline ? PowerState::ShutOff : PowerState::Running);
        };
    }
    const auto files = scene.world.sides[h1].files;
    MoveEar ear(scene.world);
    const MoveReport report = runMove(scene.world, scene.order, ear, scene.stop.get_token());
    if (!report.result) // it failed: every file of the source is as it was
        QCOMPARE(scene.world.sides[h1].files.size(), files.size());
}

void TestMoveProcedure::copiesTellHowFarTheyAre()
{
    Scene scene(MigrationKind::Cold, Carrier::Console);
    scene.chain(Way::CopyFile, Way::CopyFile);
    MoveEar ear(scene.world);
    const MoveReport report = runMove(scene.world, scene.order, ear, {});
    QVERIFY(report.result);
    QVERIFY(!ear.carried);
    QCOMPARE(ear.last.phase, JobStats::Phase::Disks);
    QCOMPARE(ear.last.diskTotal, Bytes::fromMib(20));
    QCOMPARE(ear.last.diskRemaining, Bytes{});
    QVERIFY(ear.last.transfer.has_value());
    QCOMPARE(report.times.copy, std::optional(Milliseconds(2000)));
    QVERIFY(report.times.verify.has_value());
    QCOMPARE(report.times.data, Bytes::fromMib(20));
    QCOMPARE(ear.decisions, QStringList{QStringLiteral("shut-down")});
}

QTEST_GUILESS_MAIN(TestMoveProcedure)
#include "tst_move_procedure.moc"
