// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hypervisor/content_digest.h"
#include "core/job/storage_gather.h"
#include "tests/support/fake_storage.h"

#include <QtTest>

using namespace drover;
using namespace drover::test;

namespace {

const QString folder = QStringLiteral("/pool");
const QString bases = QStringLiteral("/bases");
const QString top = QStringLiteral("/pool/a.qcow2");
const QString base = QStringLiteral("/bases/b.qcow2");

Disk fileDisk(const QString& path = top)
{
    Disk disk;
    disk.target = QStringLiteral("vda");
    disk.device = QStringLiteral("disk");
    disk.type = QStringLiteral("file");
    disk.source = path;
    disk.format = QStringLiteral("qcow2");
    return disk;
}

FakeFile image(const QByteArray& content)
{
    FakeFile file;
    file.content = content;
    return file;
}

FakeFile overlay(const QByteArray& content = "top")
{
    FakeFile file = image(content);
    file.backingPath = base;
    file.backingFormat = QStringLiteral("qcow2");
    return file;
}

/// Two hosts, a and b, and what is asked of them.
struct Pair
{
    FakeStorage storage;
    ManualClock clock;
    ProofCache proofs{clock};
    std::stop_source stop;
    GatherOptions options;

    Result<StorageEvidence> gather(const std::vector<Disk>& disks = {fileDisk()}, bool back = false)
    {
        DomainDefinition instance;
        instance.disks = disks;
        const auto a = storage.access(QStringLiteral("a"));
        const auto b = storage.access(QStringLiteral("b"));
        const StorageEnd from{{QStringLiteral("a")}, *a};
        const StorageEnd to{{QStringLiteral("b")}, *b};
        return gatherStorage(instance, back ? to : from, back ? from : to, proofs, options, stop.get_token());
    }
    DiskEvidence one(const Disk& disk = fileDisk())
    {
        const auto found = gather({disk});
        if (!found)
            qFatal("%s", qPrintable(found.error().message));
        return found->disks.front();
    }
    void bothHave(const QString& path, bool shared)
    {
        for (const QString& host : {QStringLiteral("a"), QStringLiteral("b")})
            storage.addFolder(host, path, shared ? QStringLiteral("common") + path : QString());
    }
    void set(const char* host, const QString& path, const FakeFile& file)
    {
        storage.setFile(QLatin1String(host), path, file);
    }
};

QString className(const DiskEvidence& evidence)
{
    return storageClassName(evidence.storageClass);
}

} // namespace

/// What a host's storage is found to be, on hosts in memory.
class TestStorageGather : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sharedFolder();
    void equalPathOtherFolder();
    void noProof();
    void provenFromTheOtherSide();
    void topLayer_data();
    void topLayer();
    void baseLayer_data();
    void baseLayer();
    void sharedDiskOverForeignBase();
    void rawDiskWithForgedHeader();
    void chainInACircle();
    void relativeAndNetworkBases();
    void media();
    void networkAndEmptyDrives();
    void devices();
    void volumes();
    void cacheOfANetworkFileSystem();
    void symbolicLinkInASharedFolder();
    void proofsAreKept();
    void oldMarkersGo();
    void faultAtEveryCall_data();
    void faultAtEveryCall();
    void stopAtEveryCall();
    void digest();
    void samples();
};

void TestStorageGather::sharedFolder()
{
    Pair pair;
    pair.bothHave(folder, true);
    pair.bothHave(bases, true);
    pair.set("a", top, overlay());
    pair.set("a", base, image("base"));
    pair.storage.addPool(QStringLiteral("b"), folder,
                         {QStringLiteral("images"), {}, folder, true, {}, Bytes::fromGib(5)});
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("shared"));
    QVERIFY(disk.proven);
    QCOMPARE(disk.reason, QStringLiteral("a marker written on a was seen on b"));
    QCOMPARE(disk.folder, folder);
    QCOMPARE(disk.destinationPool, QStringLiteral("images"));
    QCOMPARE(disk.available->value, Bytes::fromGib(5).value);
    QCOMPARE(disk.layers.size(), std::size_t(2));
    QVERIFY(disk.layers.at(0).there == ImageThere::SameFile);
    QVERIFY(disk.layers.at(1).there == ImageThere::SameFile);
    QVERIFY(pair.storage.markers().isEmpty());
}

void TestStorageGather::equalPathOtherFolder()
{
    Pair pair;
    pair.bothHave(folder, false);
    pair.set("a", top, image("x"));
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("local"));
    QVERIFY(!disk.proven);
    QCOMPARE(disk.reason, QStringLiteral("a marker written on a was not seen on b"));
    QVERIFY(disk.layers.front().there == ImageThere::Absent);
    // No such folder at all is an answer too.
    Pair bare;
    bare.storage.addFolder(QStringLiteral("a"), folder);
    bare.set("a", top, image("x"));
    QCOMPARE(className(bare.one()), QStringLiteral("local"));
}

void TestStorageGather::noProof()
{
    Pair pair;
    pair.bothHave(folder, true);
    pair.storage.refuse(QStringLiteral("b"), folder);
    pair.set("a", top, image("x"));
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("unknown"));
    QCOMPARE(disk.reason, QStringLiteral("b lets nobody look into /pool"));
    QVERIFY(pair.storage.markers().isEmpty());

    Pair both;
    both.bothHave(folder, true);
    both.set("a", top, image("x"));
    both.storage.setReadOnly(QStringLiteral("a"));
    both.storage.setReadOnly(QStringLiteral("b"));
    const DiskEvidence silent = both.one();
    QCOMPARE(className(silent), QStringLiteral("unknown"));
    QCOMPARE(silent.reason, QStringLiteral("a is connected read-only; b is connected read-only"));

    Pair gone;
    gone.bothHave(folder, false);
    const DiskEvidence absent = gone.one();
    QCOMPARE(className(absent), QStringLiteral("unknown"));
    QCOMPARE(absent.reason, QStringLiteral("a has no such file"));
}

void TestStorageGather::provenFromTheOtherSide()
{
    for (const bool shared : {true, false}) {
        Pair pair;
        pair.bothHave(folder, shared);
        pair.set("a", top, image("x"));
        pair.storage.setReadOnly(QStringLiteral("a"));
        const DiskEvidence disk = pair.one();
        QCOMPARE(className(disk), shared ? QStringLiteral("shared") : QStringLiteral("local"));
        QCOMPARE(disk.reason, shared ? QStringLiteral("a marker written on b was seen on a")
                                     : QStringLiteral("a marker written on b was not seen on a"));
    }
}

void TestStorageGather::topLayer_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<int>("there");
    QTest::addColumn<QString>("reason");
    QTest::newRow("equal size, not read") << "equal" << int(ImageThere::EqualSize) << "";
    QTest::newRow("larger") << "larger" << int(ImageThere::Different)
                            << "it holds 1.0 GiB on a and 2.0 GiB on b";
    QTest::newRow("other format") << "raw" << int(ImageThere::Different) << "it is qcow2 on a and raw on b";
    // Such a target would be filled "successfully", and lack all that is in the base.
    QTest::newRow("no base") << "no base" << int(ImageThere::Different)
                             << "it lies over /bases/b.qcow2 on a and over nothing on b";
}

void TestStorageGather::topLayer()
{
    QFETCH(QString, what);
    QFETCH(int, there);
    QFETCH(QString, reason);
    Pair pair;
    pair.bothHave(folder, false);
    pair.bothHave(bases, true);
    pair.set("a", top, overlay("here"));
    pair.set("a", base, image("base"));
    FakeFile found = overlay("there");
    if (what == QLatin1String("larger"))
        found.capacity = Bytes::fromGib(2);
    else if (what == QLatin1String("raw"))
        found.format = QStringLiteral("raw");
    else if (what == QLatin1String("no base"))
        found.backingPath.clear();
    pair.set("b", top, found);
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("local"));
    QCOMPARE(int(disk.layers.front().there), there);
    QCOMPARE(disk.layers.front().reason, reason);
    QVERIFY(disk.layers.front().found.has_value());
    QVERIFY(disk.layers.at(1).there == ImageThere::SameFile);
}

void TestStorageGather::baseLayer_data()
{
    QTest::addColumn<bool>("exists");
    QTest::addColumn<int>("lengthThere");
    QTest::addColumn<int>("changedAt");
    QTest::addColumn<bool>("thorough");
    QTest::addColumn<int>("there");
    QTest::addColumn<bool>("everyByte");
    const int length = 5 << 20;
    QTest::newRow("absent") << false << 0 << -1 << false << int(ImageThere::Absent) << false;
    QTest::newRow("equal by samples") << true << length << -1 << false << int(ImageThere::EqualCopy) << false;
    QTest::newRow("equal by every byte")
        << true << length << -1 << true << int(ImageThere::EqualCopy) << true;
    QTest::newRow("shorter") << true << length - 1 << -1 << false << int(ImageThere::Different) << false;
    QTest::newRow("other start") << true << length << 7 << false << int(ImageThere::Different) << false;
    QTest::newRow("other end") << true << length << length - 1 << false << int(ImageThere::Different)
                               << false;
    QTest::newRow("one byte between, not sampled")
        << true << length << -2 << false << int(ImageThere::EqualCopy) << false;
    QTest::newRow("one byte between, all read")
        << true << length << -2 << true << int(ImageThere::Different) << false;
}

void TestStorageGather::baseLayer()
{
    QFETCH(bool, exists);
    QFETCH(int, lengthThere);
    QFETCH(int, changedAt);
    QFETCH(bool, thorough);
    QFETCH(int, there);
    QFETCH(bool, everyByte);
    const QByteArray content(5 << 20, 'b');
    Pair pair;
    pair.options.thorough = thorough;
    pair.bothHave(folder, false);
    pair.bothHave(bases, false);
    pair.set("a", top, overlay());
    pair.set("a", base, image(content));
    if (exists) {
        QByteArray copy = content.left(lengthThere);
        if (changedAt == -2) // a place that no sample covers
            changedAt = static_cast<int>(samplesOf({content.size()}).at(3).offset.value) - 1;
        if (changedAt >= 0)
            copy[changedAt] = 'x';
        pair.set("b", base, image(copy));
    }
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("local"));
    QCOMPARE(disk.layers.size(), std::size_t(2));
    QCOMPARE(int(disk.layers.at(1).there), there);
    QCOMPARE(disk.layers.at(1).everyByte, everyByte);
}

void TestStorageGather::sharedDiskOverForeignBase()
{
    Pair pair;
    pair.bothHave(folder, true);
    pair.bothHave(bases, false);
    pair.set("a", top, overlay());
    pair.set("a", base, image("base one"));
    pair.set("b", base, image("base two"));
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("unknown"));
    QVERIFY(disk.reason.contains(QStringLiteral("vda lies over /bases/b.qcow2")));
    QVERIFY(disk.layers.at(0).there == ImageThere::SameFile);
    QVERIFY(disk.layers.at(1).there == ImageThere::Different);
}

void TestStorageGather::rawDiskWithForgedHeader()
{
    Pair pair;
    pair.bothHave(folder, true);
    FakeFile forged = overlay("a guest wrote a qcow2 header here");
    forged.backingPath = QStringLiteral("/etc/shadow");
    pair.set("a", top, forged);
    Disk disk = fileDisk();
    for (const QString& format : {QStringLiteral("raw"), QString()}) {
        disk.format = format;
        const DiskEvidence found = pair.one(disk);
        QCOMPARE(className(found), QStringLiteral("shared"));
        QCOMPARE(found.layers.size(), std::size_t(1));
        QCOMPARE(found.layers.front().image.capacity.value, qint64(forged.content.size()));
    }
    QVERIFY(!pair.storage.asked().contains(QStringLiteral("/etc/shadow")));
}

void TestStorageGather::chainInACircle()
{
    Pair pair;
    pair.bothHave(folder, false);
    pair.bothHave(bases, false);
    pair.set("a", top, overlay());
    FakeFile below = image("base");
    below.backingPath = top;
    pair.set("a", base, below);
    const DiskEvidence disk = pair.one();
    QCOMPARE(disk.layers.size(), std::size_t(3));
    QVERIFY(disk.layers.back().there == ImageThere::Unknown);
}

void TestStorageGather::relativeAndNetworkBases()
{
    Pair pair;
    pair.bothHave(folder, true);
    FakeFile first = overlay();
    first.backingPath = QStringLiteral("below.qcow2");
    pair.set("a", top, first);
    FakeFile second = image("below");
    second.backingPath = QStringLiteral("nbd://h9/base");
    pair.set("a", QStringLiteral("/pool/below.qcow2"), second);
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("shared"));
    QCOMPARE(disk.layers.size(), std::size_t(3));
    QVERIFY(disk.layers.at(1).there == ImageThere::SameFile);
    QVERIFY(disk.layers.at(2).there == ImageThere::NotAsked);
}

void TestStorageGather::media()
{
    const QString iso = QStringLiteral("/pool/config.iso");
    Disk drive = fileDisk(iso);
    drive.device = QStringLiteral("cdrom");
    drive.readOnly = true;
    drive.format = QStringLiteral("raw");
    const auto found = [&](bool shared, const char* there) {
        Pair pair;
        pair.bothHave(folder, shared);
        pair.set("a", iso, image("content"));
        if (there != nullptr)
            pair.set("b", iso, image(there));
        return pair.one(drive);
    };
    for (const DiskEvidence& disk : {found(true, nullptr), found(false, nullptr)})
        QCOMPARE(className(disk), QStringLiteral("readonly"));
    QVERIFY(found(true, nullptr).layers.front().there == ImageThere::SameFile);
    QVERIFY(found(false, nullptr).layers.front().there == ImageThere::Absent);
    QVERIFY(found(false, "content").layers.front().there == ImageThere::EqualCopy);
    QVERIFY(found(false, "CONTENT").layers.front().there == ImageThere::Different);
}

void TestStorageGather::networkAndEmptyDrives()
{
    Pair pair;
    Disk network = fileDisk(QStringLiteral("rbd:pool/x"));
    network.type = QStringLiteral("network");
    Disk empty = fileDisk({});
    Disk folderDisk = fileDisk(folder);
    folderDisk.type = QStringLiteral("dir");
    const auto found = pair.gather({network, empty, folderDisk});
    QVERIFY(found);
    QCOMPARE(className(found->disks.at(0)), QStringLiteral("network"));
    QCOMPARE(className(found->disks.at(1)), QStringLiteral("none"));
    QCOMPARE(className(found->disks.at(2)), QStringLiteral("unknown"));
    QVERIFY(!found->disks.at(2).reason.isEmpty());
    QCOMPARE(pair.storage.calls(), 0);
}

void TestStorageGather::devices()
{
    const QString path = QStringLiteral("/dev/vg0/x");
    Disk disk = fileDisk(path);
    disk.type = QStringLiteral("block");
    disk.format = QStringLiteral("raw");
    const auto found = [&](const QString& here, const QString& there) {
        Pair pair;
        pair.bothHave(QStringLiteral("/dev/vg0"), false);
        FakeFile file = image("x");
        file.key = here;
        pair.set("a", path, file);
        file.key = there;
        pair.set("b", path, file);
        const DiskEvidence evidence = pair.one(disk);
        if (pair.storage.markersWritten() != 0)
            qFatal("a marker was written beside a device");
        return evidence;
    };
    const DiskEvidence same = found(QStringLiteral("LVM-1"), QStringLiteral("LVM-1"));
    QCOMPARE(className(same), QStringLiteral("shared"));
    QVERIFY(same.proven);
    QCOMPARE(className(found(QStringLiteral("LVM-1"), QStringLiteral("LVM-2"))), QStringLiteral("unknown"));
    QCOMPARE(className(found({}, {})), QStringLiteral("unknown")); // the key is the path, equal everywhere
    QVERIFY(!found({}, {}).reason.isEmpty());
}

void TestStorageGather::volumes()
{
    Disk disk = fileDisk(QStringLiteral("images/a.qcow2"));
    disk.type = QStringLiteral("volume");
    Pair pair;
    pair.bothHave(folder, true);
    pair.set("a", top, image("x"));
    pair.storage.setVolume(QStringLiteral("a"), QStringLiteral("images"), QStringLiteral("a.qcow2"), top);
    // The file is shared, but nothing has the pool's name there.
    QCOMPARE(className(pair.one(disk)), QStringLiteral("unknown"));
    pair.storage.setVolume(QStringLiteral("b"), QStringLiteral("images"), QStringLiteral("a.qcow2"), top);
    QCOMPARE(className(pair.one(disk)), QStringLiteral("shared"));
    disk.source = QStringLiteral("images/none");
    QCOMPARE(className(pair.one(disk)), QStringLiteral("unknown"));
    // A pool of the same name over another folder.
    Pair moved;
    moved.storage.addFolder(QStringLiteral("a"), folder);
    moved.storage.addFolder(QStringLiteral("b"), QStringLiteral("/else"));
    moved.set("a", top, image("x"));
    moved.storage.setVolume(QStringLiteral("a"), QStringLiteral("images"), QStringLiteral("a.qcow2"), top);
    moved.storage.setVolume(QStringLiteral("b"), QStringLiteral("images"), QStringLiteral("a.qcow2"),
                            QStringLiteral("/else/a.qcow2"));
    moved.set("b", QStringLiteral("/else/a.qcow2"), image("y"));
    disk.source = QStringLiteral("images/a.qcow2");
    const DiskEvidence elsewhere = moved.one(disk);
    QCOMPARE(className(elsewhere), QStringLiteral("local"));
    QVERIFY(elsewhere.layers.front().there == ImageThere::EqualSize);
}

void TestStorageGather::cacheOfANetworkFileSystem()
{
    Pair pair;
    pair.bothHave(folder, true);
    pair.set("a", top, image("x"));
    pair.storage.hideMarkers(QStringLiteral("b"));
    const DiskEvidence disk = pair.one();
    QCOMPARE(className(disk), QStringLiteral("unknown"));
    QVERIFY(disk.reason.contains(QStringLiteral("ask again")));
    const int before = pair.storage.markersWritten();
    static_cast<void>(pair.one());
    QCOMPARE(pair.storage.markersWritten(), before + 1); // the doubtful answer was not kept
}

void TestStorageGather::symbolicLinkInASharedFolder()
{
    Pair pair;
    pair.bothHave(bases, true);
    pair.storage.addFolder(QStringLiteral("a"), folder, QStringLiteral("one"));
    pair.storage.addFolder(QStringLiteral("b"), folder, QStringLiteral("other"));
    pair.proofs.keep({QStringLiteral("a")}, {QStringLiteral("b")}, folder,
                     {FolderProof::Answer::Same, QStringLiteral("proven")});
    pair.set("a", top, image("x"));
    QCOMPARE(className(pair.one()), QStringLiteral("unknown"));
    FakeFile other = image("x");
    other.capacity = Bytes::fromGib(2);
    pair.set("b", top, other);
    QCOMPARE(className(pair.one()), QStringLiteral("unknown"));
}

void TestStorageGather::proofsAreKept()
{
    Pair pair;
    pair.bothHave(folder, true);
    pair.set("a", top, image("x"));
    QVERIFY(pair.gather({fileDisk(), fileDisk()}));
    QCOMPARE(pair.storage.markersWritten(), 1);
    QVERIFY(pair.gather({fileDisk()}, true)); // from b to a
    pair.clock.advance(std::chrono::minutes(9));
    QCOMPARE(className(pair.one()), QStringLiteral("shared"));
    QCOMPARE(pair.storage.markersWritten(), 1);
    pair.clock.advance(std::chrono::minutes(1));
    QCOMPARE(className(pair.one()), QStringLiteral("shared"));
    QCOMPARE(pair.storage.markersWritten(), 2);
    pair.proofs.forget();
    QCOMPARE(className(pair.one()), QStringLiteral("shared"));
    QCOMPARE(pair.storage.markersWritten(), 3);
}

void TestStorageGather::oldMarkersGo()
{
    constexpr qint64 minute = 60'000'000'000;
    Pair pair;
    pair.bothHave(folder, true);
    FakeFile file = image("x");
    file.timeNs = 100 * minute;
    pair.set("a", top, file);
    const auto marker = [&](const char* name, qint64 time, const QByteArray& content) {
        FakeFile left = image(content);
        left.timeNs = time;
        pair.set("a", folder + QLatin1Char('/') + QLatin1String(markerPrefix) + QLatin1String(name), left);
    };
    pair.storage.setTime(100 * minute);
    marker("old", 80 * minute, {});
    marker("young", 95 * minute, {}); // another console's proof under way
    marker("not-ours", 80 * minute, "content");
    QCOMPARE(className(pair.one()), QStringLiteral("shared"));
    const QStringList left = pair.storage.markers();
    QCOMPARE(left.size(), 2);
    QVERIFY(left.filter(QStringLiteral("young")).size() == 1 &&
            left.filter(QStringLiteral("not-ours")).size() == 1);
}

void TestStorageGather::faultAtEveryCall_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("afterEffect");
    QTest::addColumn<bool>("fromThenOn");
    QTest::addColumn<bool>("shared");
    for (const auto code : {ErrorCode::OperationFailed, ErrorCode::Unreachable, ErrorCode::Timeout}) {
        for (const bool after : {false, true}) {
            for (const bool shared : {false, true}) {
                QTest::addRow("%s%s%s", qPrintable(errorCodeName(code)), after ? ", done all the same" : "",
                              shared ? ", shared" : "")
                    << int(code) << after << false << shared;
            }
        }
    }
    QTest::newRow("the host is gone") << int(ErrorCode::Unreachable) << false << true << false;
    QTest::newRow("the host is gone, done all the same")
        << int(ErrorCode::Unreachable) << true << true << true;
}

/// Whatever fails and wherever: no marker stays unless it is named, and no other file is ever touched.
void TestStorageGather::faultAtEveryCall()
{
    QFETCH(int, code);
    QFETCH(bool, afterEffect);
    QFETCH(bool, fromThenOn);
    QFETCH(bool, shared);
    int calls = 1;
    for (int n = 1; n <= calls; ++n) {
        Pair pair;
        pair.options.thorough = true;
        pair.bothHave(folder, shared);
        pair.bothHave(bases, shared);
        pair.set("a", top, overlay());
        pair.set("a", base, image("base"));
        pair.set("b", base, image("base"));
        const auto before = pair.storage.files();
        pair.storage.setFault({n, afterEffect, fromThenOn, ErrorCode(code), {}});
        const auto found = pair.gather();
        if (n == 1)
            calls = 40; // more than it makes
        const QString where = QStringLiteral("call %1").arg(n);
        QVERIFY2(pair.storage.files() == before, qPrintable(where));
        const QStringList markers = pair.storage.markers();
        if (!fromThenOn)
            QVERIFY2(markers.isEmpty(), qPrintable(where));
        for (const QString& marker : markers) {
            QVERIFY2(!found && found.error().message.contains(marker.section(QLatin1Char('/'), -1)),
                     qPrintable(where));
        }
        if (!found)
            QVERIFY2(!found.error().host.isEmpty(), qPrintable(where));
        if (n > pair.storage.calls()) { // the fault was not reached: everything went well
            QVERIFY(found);
            QCOMPARE(className(found->disks.front()),
                     shared ? QStringLiteral("shared") : QStringLiteral("local"));
            QVERIFY(n > 5);
            return;
        }
    }
    QFAIL("it makes more calls than expected");
}

void TestStorageGather::stopAtEveryCall()
{
    for (int n = 1; n <= 40; ++n) {
        Pair pair;
        pair.bothHave(folder, false);
        pair.bothHave(bases, false);
        pair.set("a", top, overlay());
        pair.set("a", base, image("base"));
        pair.set("b", base, image("base"));
        pair.storage.setFault({n, false, false, {}, [&pair] { pair.stop.request_stop(); }});
        const auto found = pair.gather();
        QVERIFY2(pair.storage.markers().isEmpty(), qPrintable(QString::number(n)));
        if (n > pair.storage.calls()) {
            QVERIFY(found);
            return;
        }
        // The removal of a marker is not stopped; all else is.
        if (!found)
            QCOMPARE(found.error().code, ErrorCode::Cancelled);
    }
    QFAIL("it makes more calls than expected");
}

void TestStorageGather::digest()
{
    const QByteArray data = QByteArray(700000, 'd');
    ContentDigest written;
    written.addData(data.constData(), data.size());
    const QByteArray zeros(3500000, '\0');
    written.addData(zeros.constData(), zeros.size());
    written.addData(data.constData(), data.size());
    ContentDigest holes;
    holes.addData(data.constData(), 1234);
    holes.addData(data.constData() + 1234, data.size() - 1234);
    holes.addZeros(1500000);
    holes.addZeros(2000000);
    holes.addData(data.constData(), data.size());
    const QByteArray expected = written.result();
    QCOMPARE(holes.result(), expected);
    ContentDigest shorter;
    shorter.addData(data.constData(), data.size());
    shorter.addZeros(3499999);
    shorter.addData(data.constData(), data.size());
    QVERIFY(shorter.result() != expected);
    QElapsedTimer timer;
    timer.start();
    ContentDigest huge;
    huge.addZeros(Bytes::fromGib(1024).value);
    QVERIFY(!huge.result().isEmpty());
    QVERIFY2(timer.elapsed() < 10000, qPrintable(QString::number(timer.elapsed())));
}

void TestStorageGather::samples()
{
    QVERIFY(samplesOf({0}).empty());
    QCOMPARE(samplesOf({1000}).size(), std::size_t(1));
    QCOMPARE(samplesOf({4 << 20}).size(), std::size_t(1));
    for (const qint64 length :
         {(qint64(4) << 20) + 1, Bytes::fromGib(3).value, Bytes::fromGib(9000).value + 77}) {
        const auto samples = samplesOf({length});
        QCOMPARE(samples.size(), std::size_t(64));
        QCOMPARE(samples.front().offset.value, qint64(0));
        QCOMPARE(samples.back().offset.value + samples.back().length.value, length);
        for (std::size_t i = 1; i < samples.size(); ++i) {
            const auto& one = samples.at(i);
            QVERIFY(one.offset.value >= samples.at(i - 1).offset.value + samples.at(i - 1).length.value ||
                    i + 1 == samples.size()); // the last one is at the end, come what may
            QVERIFY(one.offset.value > samples.at(i - 1).offset.value);
            QVERIFY(one.offset.value + one.length.value <= length);
        }
        QCOMPARE(samplesOf({length}).at(20).offset.value, samples.at(20).offset.value);
    }
}

QTEST_GUILESS_MAIN(TestStorageGather)
#include "tst_storage_gather.moc"
