// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/checks.h"
#include "core/plan/kind_choice.h"
#include "tests/support/fleet_maker.h"

#include <QRegularExpression>
#include <QTest>

#include <functional>

using namespace drover;
using namespace drover::testing;

namespace {

const QString vda = QStringLiteral("vda");
const QString hdc = QStringLiteral("hdc");

LayerEvidence layer(const QString& path, ImageThere there, bool everyByte = false)
{
    LayerEvidence made;
    made.image.path = path;
    made.image.format = QStringLiteral("qcow2");
    made.image.capacity = Bytes::fromGib(10);
    made.image.allocation = Bytes::fromGib(2);
    made.there = there;
    made.everyByte = everyByte;
    if (there != ImageThere::Absent && there != ImageThere::Unknown && there != ImageThere::NotAsked)
        made.found = made.image;
    if (there == ImageThere::Unknown)
        made.reason = QStringLiteral("no pool");
    return made;
}

/// vm-1 on h1, to go to h2.
struct Case
{
    Case()
    {
        source.config = hostConfig(QStringLiteral("h1"));
        destination.config = hostConfig(QStringLiteral("h2"));
        destinationReading = reading(QStringLiteral("h2"), {});
        vm.id = instance->id;
        vm.host = source.id();
        vm.domain = domain(instance, PowerState::Running);
        evidence.complete = true;
    }
    void add(const QString& target, StorageClass is, std::vector<LayerEvidence> layers, bool proven = false)
    {
        Disk made = disk(target, StorageClass::Unknown);
        made.source = layers.empty() ? made.source : layers.front().image.path;
        if (is == StorageClass::ReadOnly)
            made.device = QStringLiteral("cdrom");
        instance->disks.push_back(made);
        if (!evidence.storage)
            evidence.storage.emplace();
        DiskEvidence found;
        found.target = target;
        found.storageClass = is;
        found.proven = proven;
        found.layers = std::move(layers);
        found.folder = QStringLiteral("/i");
        found.available = Bytes::fromGib(100);
        if (is == StorageClass::Unknown)
            found.reason = QStringLiteral("h2 has no pool for /i");
        evidence.storage->disks.push_back(std::move(found));
    }
    void local(ImageThere there = ImageThere::Absent)
    {
        add(vda, StorageClass::Local, {layer(QStringLiteral("/i/a.qcow2"), there)});
    }
    void chain(ImageThere base, bool everyByte = false, ImageThere there = ImageThere::Absent)
    {
        add(vda, StorageClass::Local,
            {layer(QStringLiteral("/i/a.qcow2"), there),
             layer(QStringLiteral("/i/base.qcow2"), base, everyByte)});
    }
    void medium(ImageThere there, bool everyByte = false)
    {
        add(hdc, StorageClass::ReadOnly, {layer(QStringLiteral("/i/c.iso"), there, everyByte)});
    }
    void shutOff() { vm.domain.status.state = PowerState::ShutOff; }
    [[nodiscard]] KindChoice choose()
    {
        destination.reading = destinationReading;
        return chooseKind(vm, options, &source, &destination, evidence);
    }
    [[nodiscard]] CheckResult check()
    {
        static const Inventory nothing = [] { return *InventoryBuilder().snapshot(); }();
        const KindChoice choice = choose();
        const CheckContext context{nothing, vm,       source,  destination, options, choice.kind,
                                   {},      evidence, nullptr, nullptr,     nullptr, {}};
        return checks::storage(context);
    }

    std::shared_ptr<DomainDefinition> instance = std::make_shared<DomainDefinition>(*definition(1));
    Instance vm;
    Host source;
    Host destination;
    std::shared_ptr<HostReading> destinationReading;
    MigrationOptions options;
    PairEvidence evidence;
};

using Arrange = std::function<void(Case&)>;

} // namespace

Q_DECLARE_METATYPE(Arrange)

/// What kind of move a gesture becomes, what is done to each disk for it, and what the operator is told.
class TestKindChoice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void kinds_data();
    void kinds();
    void storage_data();
    void storage();
    void plans_data();
    void plans();
};

void TestKindChoice::kinds_data()
{
    QTest::addColumn<Arrange>("arrange");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("carrier");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, Arrange arrange, const char* kind, const char* carrier,
                        const char* reason) {
        QTest::newRow(name) << std::move(arrange) << QString::fromUtf8(kind) << QString::fromUtf8(carrier)
                            << QString::fromUtf8(reason);
    };
    row(
        "no disk", [](Case&) {}, "live", "hosts",
        "It goes on running, and no disk has to be copied; the hosts carry it");
    row(
        "shared", [](Case& c) { c.add(vda, StorageClass::Shared, {}, true); }, "live", "hosts",
        "It goes on running, and no disk has to be copied; the hosts carry it");
    row(
        "local", [](Case& c) { c.local(); }, "live-block", "hosts",
        "It goes on running: vda is copied (2.0 GiB at most); the hosts carry it");
    row(
        "equal base", [](Case& c) { c.chain(ImageThere::EqualCopy, true); }, "live-block", "hosts",
        "It goes on running: of vda only what lies above its base is copied; the hosts carry it");
    row(
        "missing base", [](Case& c) { c.chain(ImageThere::Absent); }, "live-block", "hosts",
        "It goes on running: of vda only what lies above its base is copied; some images first pass through "
        "this "
        "computer, then the hosts carry it");
    row(
        "shut off", [](Case& c) { c.shutOff(); }, "offline", "hosts",
        "It is shut off: no disk has to be copied; the hosts carry it");
    row(
        "shut off, local",
        [](Case& c) {
            c.shutOff();
            c.local();
        },
        "offline", "hosts", "It is shut off: vda is copied (2.0 GiB at most); the hosts carry it");
    row(
        "shut off, the hosts do not reach each other",
        [](Case& c) {
            c.shutOff();
            c.local();
            c.destination.config.uri = QStringLiteral("qemu+ssh://h2/system");
        },
        "offline", "console",
        "It is shut off: vda is copied (2.0 GiB at most); its data pass through this computer, and stop with "
        "it");
    row(
        "asked for",
        [](Case& c) {
            c.local();
            c.options.kind = MigrationKind::Cold;
        },
        "cold", "hosts", "cold was asked for: vda is copied (2.0 GiB at most); the hosts carry it");
    row(
        "cold is not chosen by itself",
        [](Case& c) {
            c.local();
            c.instance->disks.back().shareable = true;
        },
        "live-block", "hosts", "It goes on running: vda is copied (0 B at most); the hosts carry it");
    row(
        "cold where it is allowed and live does not work",
        [](Case& c) {
            c.options.allowCold = true;
            c.options.kind = MigrationKind::Auto;
            c.add(vda, StorageClass::Local, {layer(QStringLiteral("/i/a.qcow2"), ImageThere::Absent)});
            c.options.media = MediaWay::Copy;
            c.medium(ImageThere::Unknown);
        },
        "live-block", "hosts", "It goes on running: vda is copied (2.0 GiB at most); the hosts carry it");
    row(
        "disks named",
        [](Case& c) {
            c.local();
            c.options.disks = {vda};
        },
        "live-block", "hosts", "It goes on running: vda is copied (2.0 GiB at most); the hosts carry it");
}

void TestKindChoice::kinds()
{
    QFETCH(Arrange, arrange);
    Case c;
    arrange(c);
    const KindChoice choice = c.choose();
    QTEST(migrationKindName(choice.kind), "kind");
    QTEST(carrierName(choice.carrier), "carrier");
    QString reason = choice.reason;
    QTEST(reason.replace(QChar(0x202f), QLatin1Char(' ')).replace(QChar(0xa0), QLatin1Char(' ')), "reason");
}

void TestKindChoice::storage_data()
{
    QTest::addColumn<Arrange>("arrange");
    QTest::addColumn<Severity>("severity");
    QTest::addColumn<bool>("accept");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, Severity severity, bool accept, const char* message,
                        Arrange arrange) {
        QTest::newRow(name) << std::move(arrange) << severity << accept << QString::fromUtf8(message);
    };
    using S = Severity;
    row("no disk", S::Pass, false, "No disk has to be copied", [](Case&) {});
    row("shared", S::Pass, false, "No disk has to be copied",
        [](Case& c) { c.add(vda, StorageClass::Shared, {}, true); });
    row("shared as it was proven earlier", S::Pass, false, "No disk has to be copied",
        [](Case& c) { c.instance->disks = {disk(vda, StorageClass::Shared)}; });
    row("network", S::Pass, false, "vda on network storage: nothing is copied",
        [](Case& c) { c.instance->disks = {disk(vda, StorageClass::Network)}; });
    row("empty drive", S::Pass, false, "No disk has to be copied",
        [](Case& c) { c.instance->disks = {disk(vda, StorageClass::None)}; });
    row("still asked", S::Pass, false, "Checking whether h2 sees the disks…", [](Case& c) {
        c.instance->disks = {disk(vda, StorageClass::Unknown)};
        c.evidence.complete = false;
    });
    row("unknown", S::Error, false,
        "It is not known whether h2 sees the same vda (/images/vda.qcow2) as h1, and a wrong guess would "
        "cost data: "
        "h2 has no pool for /i",
        [](Case& c) { c.add(vda, StorageClass::Unknown, {}); });
    row("not asked, and will not be", S::Error, false,
        "It is not known whether h2 sees the same vda (/images/vda.qcow2) as h1, and a wrong guess would "
        "cost data",
        [](Case& c) { c.instance->disks = {disk(vda, StorageClass::Unknown)}; });
    row("local", S::Info, false, "vda: all data are copied, 2.0 GiB", [](Case& c) { c.local(); });
    row("local, live asked for", S::Error, false,
        "vda (/i/a.qcow2) lies on h1 alone: a live move copies no disks", [](Case& c) {
            c.local();
            c.options.kind = MigrationKind::Live;
        });
    row("not among the disks named", S::Error, false,
        "vda (/i/a.qcow2) lies on h1 alone and is not among the disks to copy", [](Case& c) {
            c.local();
            c.add(QStringLiteral("vdb"), StorageClass::Local,
                  {layer(QStringLiteral("/i/b"), ImageThere::Absent)});
            c.options.disks = {QStringLiteral("vdb")};
        });
    row("a shared disk named", S::Error, false,
        "vda is the same file on both hosts: copied it would be written onto itself", [](Case& c) {
            c.add(vda, StorageClass::Shared, {}, true);
            c.options.disks = {vda};
        });
    row("no such disk", S::Error, false, "vm-1 has no disk vdz", [](Case& c) {
        c.local();
        c.options.disks = {vda, QStringLiteral("vdz")};
    });
    row("shareable", S::Error, false,
        "vda (/i/a.qcow2) is shared with other instances of h1: copied, each would write its own",
        [](Case& c) {
            c.local();
            c.instance->disks.back().shareable = true;
        });
    row("a device", S::Error, false, "vda (/i/a.qcow2) is a device of h1: Drover copies image files only",
        [](Case& c) {
            c.local();
            c.instance->disks.back().type = QStringLiteral("block");
        });
    row("a file is there", S::Warning, true,
        "h2 has a file /i/a.qcow2 already (2.0 GiB); it is deleted for this copy",
        [](Case& c) { c.local(ImageThere::Different); });
    row("a file is there and in use", S::Error, false,
        "h2 has a file /i/a.qcow2 that another of its instances uses", [](Case& c) {
            c.local(ImageThere::EqualSize);
            auto other = std::make_shared<DomainDefinition>(*definition(2));
            other->disks = {disk(vda, StorageClass::Unknown)};
            other->disks.front().source = QStringLiteral("/i/a.qcow2");
            c.destinationReading->domains = {domain(other, PowerState::Running)};
        });
    row("increment", S::Info, false, "vda: only what lies above the base is copied, 2.0 GiB",
        [](Case& c) { c.chain(ImageThere::SameFile); });
    row("increment over a base that is copied first", S::Info, false,
        "vda: only what lies above the base is copied, 4.0 GiB",
        [](Case& c) { c.chain(ImageThere::Absent); });
    row("other base", S::Warning, false,
        "The base /i/base.qcow2 differs on h2: all data of vda are copied, and it arrives in one image",
        [](Case& c) { c.chain(ImageThere::Different); });
    row("other base, by streams", S::Error, false,
        "h2 has another file under /i/base.qcow2, the base of vda: the chain cannot be copied", [](Case& c) {
            c.chain(ImageThere::Different);
            c.options.kind = MigrationKind::Cold;
            c.options.carrier = Carrier::Console;
        });
    row("base not known", S::Error, false,
        "It is not known what h2 has under /i/base.qcow2, the base of vda: no pool",
        [](Case& c) { c.chain(ImageThere::Unknown); });
    row("no room", S::Error, false, "h2 has 1.0 GiB free in /i, and 2.0 GiB have to be copied there",
        [](Case& c) {
            c.local();
            c.evidence.storage->disks.back().available = Bytes::fromGib(1);
        });
    row("medium missing", S::Info, false,
        "No disk has to be copied; The medium hdc (/i/c.iso) is copied to h2 first",
        [](Case& c) { c.medium(ImageThere::Absent); });
    row("medium equal", S::Pass, false, "No disk has to be copied",
        [](Case& c) { c.medium(ImageThere::EqualCopy, true); });
    row("medium ejected", S::Info, false,
        "No disk has to be copied; hdc (/i/c.iso) is ejected for the move; h2 puts it back only if it has "
        "the same "
        "file",
        [](Case& c) {
            c.medium(ImageThere::Different);
            c.options.media = MediaWay::Eject;
        });
    row("another medium there", S::Error, false,
        "h2 has another file under the path of the medium hdc (/i/c.iso)",
        [](Case& c) { c.medium(ImageThere::Different); });
    row("medium not known", S::Error, false,
        "hdc holds the medium /i/c.iso, and nothing shows that h2 has it: no pool",
        [](Case& c) { c.medium(ImageThere::Unknown); });
    row("medium not known, offline", S::Warning, false,
        "hdc holds the medium /i/c.iso, and nothing shows that h2 has it: no pool", [](Case& c) {
            c.shutOff();
            c.medium(ImageThere::Unknown);
        });
}

void TestKindChoice::storage()
{
    QFETCH(Arrange, arrange);
    Case c;
    arrange(c);
    CheckResult result = c.check();
    QTEST(result.message.replace(QChar(0x202f), QLatin1Char(' ')).replace(QChar(0xa0), QLatin1Char(' ')),
          "message");
    QTEST(result.severity, "severity");
    QTEST(result.needsAcknowledgement, "accept");
    QCOMPARE(result.pending, result.message.startsWith(QStringLiteral("Checking")));
}

void TestKindChoice::plans_data()
{
    QTest::addColumn<Arrange>("arrange");
    QTest::addColumn<QString>("plan");
    const auto row = [](const char* name, Arrange arrange, const char* plan) {
        QTest::newRow(name) << std::move(arrange) << QString::fromUtf8(plan);
    };
    row("local", [](Case& c) { c.local(); }, "vda copied fill:/i/a.qcow2");
    row("left-over", [](Case& c) { c.local(ImageThere::EqualSize); }, "vda copied fill!:/i/a.qcow2");
    row(
        "missing base", [](Case& c) { c.chain(ImageThere::Absent); },
        "increment; vda copied copy:/i/base.qcow2 fill:/i/a.qcow2");
    row(
        "base compared by samples", [](Case& c) { c.chain(ImageThere::EqualCopy); },
        "increment; vda copied compare:/i/base.qcow2 fill:/i/a.qcow2");
    row(
        "base of equal size", [](Case& c) { c.chain(ImageThere::EqualSize); },
        "increment; vda copied compare:/i/base.qcow2 fill:/i/a.qcow2");
    row("other base", [](Case& c) { c.chain(ImageThere::Different); }, "vda copied flat fill:/i/a.qcow2");
    row(
        "one flattened flattens all",
        [](Case& c) {
            c.chain(ImageThere::Different);
            c.add(QStringLiteral("vdb"), StorageClass::Local,
                  {layer(QStringLiteral("/i/b"), ImageThere::Absent),
                   layer(QStringLiteral("/i/b0"), ImageThere::SameFile)});
        },
        "vda copied flat fill:/i/a.qcow2; vdb copied flat fill:/i/b");
    row(
        "streams",
        [](Case& c) {
            c.chain(ImageThere::Absent);
            c.options.kind = MigrationKind::Cold;
            c.options.carrier = Carrier::Console;
        },
        "vda copied copy:/i/base.qcow2 copy:/i/a.qcow2");
    row("proven", [](Case& c) { c.add(vda, StorageClass::Shared, {}, true); }, "proven; vda stays");
    row(
        "one of two proven",
        [](Case& c) {
            c.add(vda, StorageClass::Shared, {}, true);
            c.add(QStringLiteral("vdb"), StorageClass::Shared, {}, false);
        },
        "vda stays; vdb stays");
    row("medium", [](Case& c) { c.medium(ImageThere::EqualCopy); }, "hdc medium compare:/i/c.iso");
}

void TestKindChoice::plans()
{
    QFETCH(Arrange, arrange);
    Case c;
    arrange(c);
    const CopyPlan plan = c.choose().copies;
    QStringList words;
    if (plan.incremental)
        words.append(QStringLiteral("increment"));
    if (plan.storageProven)
        words.append(QStringLiteral("proven"));
    static const std::map<DiskTransfer::Role, QString> roles = {
        {DiskTransfer::Role::Stays, QStringLiteral("stays")},
        {DiskTransfer::Role::Copied, QStringLiteral("copied")},
        {DiskTransfer::Role::Medium, QStringLiteral("medium")},
        {DiskTransfer::Role::Eject, QStringLiteral("eject")}};
    static const std::map<ImageTransfer::Way, QString> ways = {
        {ImageTransfer::Way::Stays, QStringLiteral("stays")},
        {ImageTransfer::Way::Compare, QStringLiteral("compare")},
        {ImageTransfer::Way::CopyFile, QStringLiteral("copy")},
        {ImageTransfer::Way::Fill, QStringLiteral("fill")}};
    for (const DiskTransfer& disk : plan.disks) {
        QString text = disk.target + QLatin1Char(' ') + roles.at(disk.role);
        if (disk.flattened)
            text += QStringLiteral(" flat");
        for (const ImageTransfer& image : disk.images)
            text += QLatin1Char(' ') + ways.at(image.way) +
                    (image.replaces ? QStringLiteral("!:") : QStringLiteral(":")) + image.image.path;
        words.append(text);
    }
    QTEST(words.join(QStringLiteral("; ")), "plan");
}

QTEST_GUILESS_MAIN(TestKindChoice)
#include "tst_kind_choice.moc"
