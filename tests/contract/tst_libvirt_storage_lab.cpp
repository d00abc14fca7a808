// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hypervisor/content_digest.h"
#include "core/job/storage_gather.h"
#include "core/libvirt/libvirt_backend.h"
#include "tests/support/lab_runner.h"

#include <QtTest>

#include <array>
#include <thread>

using namespace drover;
using namespace drover::test;

namespace {

const QString images = QStringLiteral("/var/lib/libvirt/images/");
const QString shared = QStringLiteral("/var/lib/libvirt/shared/");

template <class T>
QString why(const Result<T>& result)
{
    return result ? QString() : result.error().message + QStringLiteral(" | ") + result.error().detail;
}

Disk fileDisk(const QString& path, const QString& format = QStringLiteral("qcow2"))
{
    Disk disk;
    disk.target = QStringLiteral("vda");
    disk.device = QStringLiteral("disk");
    disk.type = QStringLiteral("file");
    disk.source = path;
    disk.format = format;
    return disk;
}

} // namespace

/// Storage of real hosts: proofs, chains, digests, copies.
class TestLibvirtStorageLab : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();
    void facts();
    void folderProofs();
    void stoppedPool();
    void readOnlyHost();
    void manyLooksAtOnce();
    void leftOverMarkers();
    void chains();
    void sharedDiskAndMedia();
    void digests();
    void createAndRemove();
    void copyKeepsHoles();
    void copyOfAChain();
    void copyRefused();
    void copyIntoAFullFolder();
    void copyStopped();
    void copyLosesTheDestination();

private:
    [[nodiscard]] QByteArray sh(int host, const QString& script) const;
    [[nodiscard]] std::unique_ptr<StorageAccess> access(int host) const;
    [[nodiscard]] FolderProof prove(const QString& folder, int from = 0, int to = 1) const;
    [[nodiscard]] DiskEvidence gather(const Disk& disk, bool thorough = false) const;
    [[nodiscard]] Result<CopyResult> copy(const QString& from, const QString& to,
                                          const VolumeTransfer::Progress& progress = {},
                                          std::stop_token stop = {}) const;
    [[nodiscard]] bool exists(int host, const QString& path) const;

    std::shared_ptr<Backend> m_backend;
    std::vector<HostConfig> m_hosts;
    std::vector<QByteArray> m_pools;
    ManualClock m_clock;
};

QByteArray TestLibvirtStorageLab::sh(int host, const QString& script) const
{
    const LabOutput output = labScript(m_hosts.at(static_cast<std::size_t>(host)).id.value, script);
    if (output.exitCode != 0)
        qFatal("%s\n%s", qPrintable(script), output.text.constData());
    return output.text;
}

std::unique_ptr<StorageAccess> TestLibvirtStorageLab::access(int host) const
{
    return m_backend->storageAccess(m_hosts.at(static_cast<std::size_t>(host)));
}

FolderProof TestLibvirtStorageLab::prove(const QString& folder, int from, int to) const
{
    const auto here = access(from);
    const auto there = access(to);
    const auto proof = proveFolder(folder, {m_hosts.at(static_cast<std::size_t>(from)).id, *here},
                                   {m_hosts.at(static_cast<std::size_t>(to)).id, *there}, {});
    if (!proof)
        qFatal("%s", qPrintable(why(proof)));
    return *proof;
}

DiskEvidence TestLibvirtStorageLab::gather(const Disk& disk, bool thorough) const
{
    const auto here = access(0);
    const auto there = access(1);
    ProofCache proofs(m_clock);
    DomainDefinition instance;
    instance.disks = {disk};
    const auto found = gatherStorage(instance, {m_hosts.at(0).id, *here}, {m_hosts.at(1).id, *there}, proofs,
                                     {thorough}, {});
    if (!found)
        qFatal("%s", qPrintable(why(found)));
    return found->disks.front();
}

Result<CopyResult> TestLibvirtStorageLab::copy(const QString& from, const QString& to,
                                               const VolumeTransfer::Progress& progress,
                                               std::stop_token stop) const
{
    return m_backend->volumeTransfer(m_hosts.at(0), m_hosts.at(1))->copy(from, to, progress, stop);
}

bool TestLibvirtStorageLab::exists(int host, const QString& path) const
{
    return sh(host, QStringLiteral("test -e %1 && echo yes || echo no").arg(path)).trimmed() == "yes";
}

void TestLibvirtStorageLab::initTestCase()
{
    m_backend = makeLibvirtBackend();
    m_hosts = labHosts();
    QCOMPARE(m_hosts.size(), std::size_t(2));
    for (int i = 0; i < 2; ++i)
        m_pools.push_back(sh(i, QStringLiteral("virsh pool-list --all --name")));
}

void TestLibvirtStorageLab::init()
{
    for (int i = 0; i < 2; ++i)
        static_cast<void>(sh(i, QStringLiteral("rm -rf %1* %2* /var/lib/libvirt/plain").arg(images, shared)));
}

/// Nothing that was made for a look stays, on any host.
void TestLibvirtStorageLab::cleanup()
{
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(sh(i, QStringLiteral("virsh pool-list --all --name")),
                 m_pools.at(static_cast<std::size_t>(i)));
        QCOMPARE(sh(i, QStringLiteral("find /var/lib/libvirt -name '.drover-marker-*'")), QByteArray());
    }
}

void TestLibvirtStorageLab::cleanupTestCase()
{
    m_backend.reset();
}

void TestLibvirtStorageLab::facts()
{
    static_cast<void>(
        sh(0, QStringLiteral("cd %1; truncate -s 3M base.img; echo x >> base.img; "
                             "qemu-img create -q -f qcow2 -F raw -b %1base.img 'top & x.qcow2'; "
                             "mkdir sub; cp base.img sub/deep.img")
                  .arg(images)));
    const auto host = access(0);
    const auto top = host->image(images + QStringLiteral("top & x.qcow2"), {});
    QVERIFY2(top && *top, qPrintable(why(top)));
    QCOMPARE((*top)->format, QStringLiteral("qcow2"));
    QCOMPARE((*top)->backingPath, images + QStringLiteral("base.img"));
    QCOMPARE((*top)->backingFormat, QStringLiteral("raw"));
    QCOMPARE((*top)->pool, QStringLiteral("images"));
    QVERIFY((*top)->capacity.value >= (3 << 20));
    const auto base = host->image(images + QStringLiteral("base.img"), {});
    QVERIFY2(base && *base, qPrintable(why(base)));
    QCOMPARE((*base)->length->value, qint64((3 << 20) + 2));
    QVERIFY((*base)->allocation.value < (1 << 20));
    const auto times = sh(0, QStringLiteral("stat -c '%.9Y %.9Z' %1base.img").arg(images)).trimmed();
    QCOMPARE(QByteArray::number(*(*base)->modifiedNs), times.split(' ').first().replace(".", ""));
    QCOMPARE(QByteArray::number(*(*base)->changedNs), times.split(' ').last().replace(".", ""));
    // In a folder that no pool covers.
    const auto deep = host->image(images + QStringLiteral("sub/deep.img"), {});
    QVERIFY2(deep && *deep, qPrintable(why(deep)));
    QVERIFY((*deep)->pool.isEmpty());
    for (const QString& path : {images + QStringLiteral("none"), QStringLiteral("/nowhere/none")}) {
        const auto none = host->image(path, {});
        QVERIFY2(none && !*none, qPrintable(why(none)));
    }
    const auto device = host->image(QStringLiteral("/dev/null"), {});
    QVERIFY(!device);
    QCOMPARE(errorCodeName(device.error().code), errorCodeName(ErrorCode::Unsupported));
    const auto pool = host->poolAt(images.chopped(1), {});
    QVERIFY(pool && *pool);
    QCOMPARE((*pool)->name, QStringLiteral("images"));
    QVERIFY((*pool)->available.value > 0);
    const auto none = host->poolAt(images + QStringLiteral("sub"), {});
    QVERIFY(none && !*none);
    const auto volume = host->volumePath(QStringLiteral("images"), QStringLiteral("base.img"), {});
    QVERIFY(volume && *volume == images + QStringLiteral("base.img"));
    const auto noPool = host->volumePath(QStringLiteral("nosuch"), QStringLiteral("base.img"), {});
    QVERIFY(noPool && !*noPool);
}

void TestLibvirtStorageLab::folderProofs()
{
    using Answer = FolderProof::Answer;
    QVERIFY(prove(shared.chopped(1)).answer == Answer::Same);
    QVERIFY(prove(images.chopped(1)).answer == Answer::Other); // a pool of this path on both
    static_cast<void>(sh(0, QStringLiteral("mkdir -p %1sub /var/lib/libvirt/plain").arg(shared)));
    QVERIFY(prove(shared + QStringLiteral("sub")).answer == Answer::Same);            // no pool on either
    QVERIFY(prove(QStringLiteral("/var/lib/libvirt/plain")).answer == Answer::Other); // on one host only
    static_cast<void>(sh(1, QStringLiteral("mkdir -p /var/lib/libvirt/plain")));
    QVERIFY(prove(QStringLiteral("/var/lib/libvirt/plain")).answer == Answer::Other);
    const FolderProof nowhere = prove(QStringLiteral("/nowhere"));
    QVERIFY(nowhere.answer == Answer::Unknown);
    QVERIFY2(nowhere.reason.contains(QStringLiteral("h1 has no folder /nowhere")),
             qPrintable(nowhere.reason));
}

void TestLibvirtStorageLab::stoppedPool()
{
    static_cast<void>(sh(0, QStringLiteral("echo x > %1a.img").arg(images)));
    static_cast<void>(sh(1, QStringLiteral("virsh pool-destroy images")));
    const DiskEvidence disk = gather(fileDisk(images + QStringLiteral("a.img"), QStringLiteral("raw")));
    const QByteArray state = sh(1, QStringLiteral("virsh pool-info images | grep State"));
    static_cast<void>(sh(1, QStringLiteral("virsh pool-start images")));
    QCOMPARE(disk.storageClass, StorageClass::Unknown);
    QVERIFY2(disk.reason.contains(QStringLiteral("virsh pool-start images")), qPrintable(disk.reason));
    QVERIFY2(state.contains("inactive"), state.constData());
}

void TestLibvirtStorageLab::readOnlyHost()
{
    static_cast<void>(sh(0, QStringLiteral("echo x > %1a.img; virsh pool-refresh shared").arg(shared)));
    HostConfig looking = m_hosts.at(0);
    looking.readOnly = true;
    const auto here = m_backend->storageAccess(looking);
    const auto there = access(1);
    ProofCache proofs(m_clock);
    DomainDefinition instance;
    instance.disks = {fileDisk(shared + QStringLiteral("a.img"), QStringLiteral("raw"))};
    const auto found =
        gatherStorage(instance, {looking.id, *here}, {m_hosts.at(1).id, *there}, proofs, {}, {});
    QVERIFY2(found, qPrintable(why(found)));
    QCOMPARE(found->disks.front().storageClass, StorageClass::Unknown);
    QVERIFY2(found->disks.front().reason.contains(QStringLiteral("read-only")),
             qPrintable(found->disks.front().reason));
}

void TestLibvirtStorageLab::manyLooksAtOnce()
{
    static_cast<void>(sh(
        0, QStringLiteral("mkdir -p %1sub; for n in 1 2 3 4; do echo x > %1sub/$n.img; done").arg(shared)));
    std::vector<std::thread> threads;
    std::array<QString, 4> errors;
    for (std::size_t i = 0; i < errors.size(); ++i) {
        threads.emplace_back([this, i, &errors] {
            const auto host = m_backend->storageAccess(m_hosts.at(0));
            for (int n = 0; n < 20 && errors.at(i).isEmpty(); ++n) {
                const auto found = host->image(shared + QStringLiteral("sub/%1.img").arg(i + 1), {});
                if (!found || !*found)
                    errors.at(i) = found ? QStringLiteral("not found") : why(found);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    for (const QString& error : errors)
        QCOMPARE(error, QString());
}

void TestLibvirtStorageLab::leftOverMarkers()
{
    static_cast<void>(
        sh(0, QStringLiteral("cd %1; touch -d '1 hour ago' .drover-marker-old; "
                             "touch .drover-marker-young; "
                             "echo mine > .drover-marker-not; touch -d '1 hour ago' .drover-marker-not; "
                             "touch -d '1 hour ago' other")
                  .arg(shared)));
    QVERIFY(prove(shared.chopped(1)).answer == FolderProof::Answer::Same);
    QVERIFY(!exists(0, shared + QStringLiteral(".drover-marker-old")));
    for (const char* name : {".drover-marker-young", ".drover-marker-not", "other"})
        QVERIFY2(exists(0, shared + QLatin1String(name)), name);
    static_cast<void>(sh(0, QStringLiteral("rm %1.drover-marker-*").arg(shared)));
}

void TestLibvirtStorageLab::chains()
{
    const QString make = QStringLiteral("cd %1; head -c 6000000 /dev/zero | tr '\\0' b > base.img; "
                                        "qemu-img create -q -f qcow2 -F raw -b %1base.img top.qcow2")
                             .arg(images);
    static_cast<void>(sh(0, make));
    const Disk disk = fileDisk(images + QStringLiteral("top.qcow2"));
    DiskEvidence found = gather(disk);
    QCOMPARE(found.storageClass, StorageClass::Local);
    QCOMPARE(found.destinationPool, QStringLiteral("images"));
    QVERIFY(found.available && found.available->value > 0);
    QCOMPARE(found.layers.size(), std::size_t(2));
    QVERIFY(found.layers.at(0).there == ImageThere::Absent);
    QVERIFY(found.layers.at(1).there == ImageThere::Absent);
    static_cast<void>(sh(1, make));
    found = gather(disk);
    QVERIFY(found.layers.at(0).there == ImageThere::EqualSize);
    QVERIFY2(found.layers.at(1).there == ImageThere::EqualCopy, qPrintable(found.layers.at(1).reason));
    QVERIFY(!found.layers.at(1).everyByte);
    found = gather(disk, true);
    QVERIFY(found.layers.at(1).there == ImageThere::EqualCopy && found.layers.at(1).everyByte);
    // One byte, where no sample looks: only reading all of it tells.
    const qint64 quiet = samplesOf({6000000}).at(5).offset.value - 1;
    static_cast<void>(
        sh(1, QStringLiteral("printf X | dd of=%1base.img bs=1 seek=%2 conv=notrunc status=none")
                  .arg(images)
                  .arg(quiet)));
    QVERIFY(gather(disk).layers.at(1).there == ImageThere::EqualCopy);
    QVERIFY(gather(disk, true).layers.at(1).there == ImageThere::Different);
    static_cast<void>(sh(1, QStringLiteral("truncate -s 5000000 %1base.img").arg(images)));
    QVERIFY(gather(disk).layers.at(1).there == ImageThere::Different);
}

void TestLibvirtStorageLab::sharedDiskAndMedia()
{
    static_cast<void>(sh(
        0,
        QStringLiteral("qemu-img create -q -f qcow2 %1a.qcow2 1G; echo iso > %2c.iso").arg(shared, images)));
    const DiskEvidence disk = gather(fileDisk(shared + QStringLiteral("a.qcow2")));
    QCOMPARE(disk.storageClass, StorageClass::Shared);
    QVERIFY(disk.proven);
    Disk drive = fileDisk(images + QStringLiteral("c.iso"), QStringLiteral("raw"));
    drive.device = QStringLiteral("cdrom");
    drive.readOnly = true;
    QVERIFY(gather(drive).layers.front().there == ImageThere::Absent);
    static_cast<void>(sh(1, QStringLiteral("echo iso > %1c.iso").arg(images)));
    const DiskEvidence medium = gather(drive);
    QCOMPARE(medium.storageClass, StorageClass::ReadOnly);
    QVERIFY(medium.layers.front().there == ImageThere::EqualCopy);
    // A raw disk into which a guest has written the header of another format.
    static_cast<void>(sh(
        0, QStringLiteral("qemu-img create -q -u -f qcow2 -F raw -b /etc/shadow %1forged 1G").arg(shared)));
    const DiskEvidence forged = gather(fileDisk(shared + QStringLiteral("forged"), QStringLiteral("raw")));
    QCOMPARE(forged.layers.size(), std::size_t(1));
    QCOMPARE(forged.storageClass, StorageClass::Shared);
}

void TestLibvirtStorageLab::digests()
{
    static_cast<void>(sh(0, QStringLiteral("cd %1; truncate -s 20M a.img; for at in 0 3 11; do "
                                           "head -c 700000 /dev/urandom | dd of=a.img bs=1M seek=$at "
                                           "conv=notrunc status=none; done; cat a.img > full.img")
                                .arg(images)));
    const QByteArray content = sh(0, QStringLiteral("cat %1a.img").arg(images));
    QCOMPARE(content.size(), 20 << 20);
    ContentDigest all;
    all.addData(content.constData(), content.size());
    const QByteArray wholly = all.result();
    ContentDigest some;
    const QByteArray mark = lengthMark({content.size()});
    some.addData(mark.constData(), mark.size());
    for (const Sample& part : samplesOf({content.size()}))
        some.addData(content.constData() + part.offset.value, part.length.value);
    const QByteArray sampled = some.result();
    const auto host = access(0);
    for (const char* name : {"a.img", "full.img"}) {
        const auto everything = host->digest(images + QLatin1String(name), DigestOf::Everything, {});
        QVERIFY2(everything, qPrintable(why(everything)));
        QCOMPARE(everything->toHex(), wholly.toHex());
        const auto samples = host->digest(images + QLatin1String(name), DigestOf::Samples, {});
        QVERIFY2(samples, qPrintable(why(samples)));
        QCOMPARE(samples->toHex(), sampled.toHex());
    }
    const auto none = host->digest(images + QStringLiteral("none"), DigestOf::Samples, {});
    QVERIFY(!none);
    QCOMPARE(errorCodeName(none.error().code), errorCodeName(ErrorCode::NotFound));
}

void TestLibvirtStorageLab::createAndRemove()
{
    const auto host = access(0);
    NewImage base;
    base.path = images + QStringLiteral("base.qcow2");
    base.format = QStringLiteral("qcow2");
    base.capacity = Bytes::fromGib(10000); // whatever is free
    const auto made = host->create(base, {});
    QVERIFY2(made, qPrintable(why(made)));
    QCOMPARE(made->capacity.value, base.capacity.value);
    QCOMPARE(made->format, QStringLiteral("qcow2"));
    NewImage top;
    top.path = images + QStringLiteral("top.qcow2");
    top.format = QStringLiteral("qcow2");
    top.capacity = base.capacity;
    top.backingPath = base.path;
    top.backingFormat = QStringLiteral("qcow2");
    const auto overlay = host->create(top, {});
    QVERIFY2(overlay, qPrintable(why(overlay)));
    QCOMPARE(overlay->backingPath, base.path);
    static_cast<void>(sh(0, QStringLiteral("qemu-img check -q %1").arg(top.path)));
    const auto again = host->create(top, {});
    QVERIFY(!again);
    QCOMPARE(errorCodeName(again.error().code), errorCodeName(ErrorCode::Refused));
    QVERIFY2(again.error().message.contains(top.path), qPrintable(again.error().message));
    // A name that libvirt has not listed yet is taken all the same.
    static_cast<void>(sh(0, QStringLiteral("echo precious > %1new.img").arg(images)));
    NewImage unlisted;
    unlisted.path = images + QStringLiteral("new.img");
    QVERIFY(!host->create(unlisted, {}));
    QCOMPARE(sh(0, QStringLiteral("cat %1").arg(unlisted.path)), QByteArray("precious\n"));

    static_cast<void>(
        sh(0, QStringLiteral("echo \"<domain type='qemu'><name>u</name><memory>1024</memory><os>"
                             "<type>hvm</type></os><devices><disk type='file'><source file='%1'/>"
                             "<target dev='vda'/></disk></devices></domain>\" > /tmp/u.xml; "
                             "virsh define /tmp/u.xml")
                  .arg(top.path)));
    const auto used = host->remove(top.path);
    QVERIFY(!used);
    QCOMPARE(errorCodeName(used.error().code), errorCodeName(ErrorCode::Refused));
    QVERIFY(exists(0, top.path));
    static_cast<void>(sh(0, QStringLiteral("virsh undefine u")));
    const auto removed = host->remove(top.path);
    QVERIFY2(removed, qPrintable(why(removed)));
    QVERIFY(!exists(0, top.path));
    QVERIFY(!host->removeMarker(images.chopped(1), QStringLiteral("base.qcow2"))); // no marker's name
    QVERIFY(exists(0, base.path));
}

void TestLibvirtStorageLab::copyKeepsHoles()
{
    // Holes at the start and at the end; data that are no multiple of anything.
    static_cast<void>(sh(0, QStringLiteral("cd %1; truncate -s 300000001 a.img; for at in 1 90 200; do "
                                           "head -c 3333333 /dev/urandom | dd of=a.img bs=1M seek=$at "
                                           "conv=notrunc status=none; done; sync a.img")
                                .arg(images)));
    std::vector<CopyProgress> seen;
    const auto copied = copy(images + QStringLiteral("a.img"), images + QStringLiteral("b.img"),
                             [&seen](const CopyProgress& now) { seen.push_back(now); });
    QVERIFY2(copied, qPrintable(why(copied)));
    QCOMPARE(copied->length.value, qint64(300000001));
    QVERIFY2(copied->data.value >= 3 * 3333333 && copied->data.value < (11 << 20),
             qPrintable(QString::number(copied->data.value)));
    const QString sum = QStringLiteral("sha256sum < %1").arg(images);
    QCOMPARE(sh(1, sum + QStringLiteral("b.img")), sh(0, sum + QStringLiteral("a.img")));
    const auto blocks = sh(1, QStringLiteral("stat -c %b %1b.img").arg(images)).trimmed().toLongLong() * 512;
    QVERIFY2(blocks < (12 << 20), qPrintable(QString::number(blocks)));
    const auto digest = access(1)->digest(images + QStringLiteral("b.img"), DigestOf::Everything, {});
    QVERIFY(digest);
    QCOMPARE(digest->toHex(), copied->digest.toHex());
    QVERIFY(seen.size() >= 2);
    QCOMPARE(seen.back().done.value, copied->length.value);
    QCOMPARE(seen.back().total.value, copied->length.value);
    for (std::size_t i = 1; i < seen.size(); ++i)
        QVERIFY(seen.at(i).done >= seen.at(i - 1).done);
    // The pool knows the file at once, in a folder without a pool too.
    static_cast<void>(sh(1, QStringLiteral("mkdir /var/lib/libvirt/plain")));
    const auto plain = copy(images + QStringLiteral("a.img"), QStringLiteral("/var/lib/libvirt/plain/c.img"));
    QVERIFY2(plain, qPrintable(why(plain)));
    QCOMPARE(plain->digest.toHex(), copied->digest.toHex());
    // Nothing at all, and one byte.
    static_cast<void>(sh(0, QStringLiteral("cd %1; : > none.img; printf x > one.img").arg(images)));
    for (const char* name : {"none.img", "one.img"}) {
        const QString path = images + QLatin1String(name);
        const auto small = copy(path, path);
        QVERIFY2(small, qPrintable(why(small)));
        QCOMPARE(sh(1, QStringLiteral("cat %1").arg(path)), sh(0, QStringLiteral("cat %1").arg(path)));
    }
}

void TestLibvirtStorageLab::copyOfAChain()
{
    static_cast<void>(sh(0, QStringLiteral("cd %1; qemu-img create -q -f qcow2 base.qcow2 64M; "
                                           "qemu-io -c 'write -P 7 1M 5M' base.qcow2 > /dev/null; "
                                           "qemu-img create -q -f qcow2 -F qcow2 -b %1base.qcow2 top.qcow2; "
                                           "qemu-io -c 'write -P 9 3M 1M' top.qcow2 > /dev/null")
                                .arg(images)));
    for (const char* name : {"base.qcow2", "top.qcow2"}) {
        const auto copied = copy(images + QLatin1String(name), images + QLatin1String(name));
        QVERIFY2(copied, qPrintable(why(copied)));
    }
    static_cast<void>(sh(1, QStringLiteral("cd %1; qemu-img check -q top.qcow2; "
                                           "qemu-io -c 'read -P 7 2M 1M' -c 'read -P 9 3M 1M' top.qcow2 | "
                                           "grep -q failed && exit 1 || true")
                                .arg(images)));
    const DiskEvidence disk = gather(fileDisk(images + QStringLiteral("top.qcow2")), true);
    QVERIFY(disk.layers.at(1).there == ImageThere::EqualCopy && disk.layers.at(1).everyByte);
    QCOMPARE(disk.layers.at(0).found->backingPath, images + QStringLiteral("base.qcow2"));
}

void TestLibvirtStorageLab::copyRefused()
{
    static_cast<void>(sh(0, QStringLiteral("echo new > %1a.img").arg(images)));
    static_cast<void>(sh(1, QStringLiteral("echo precious > %1a.img").arg(images)));
    const QString path = images + QStringLiteral("a.img");
    const auto taken = copy(path, path);
    QVERIFY(!taken);
    QCOMPARE(errorCodeName(taken.error().code), errorCodeName(ErrorCode::Refused));
    QCOMPARE(taken.error().host, QStringLiteral("h2"));
    QVERIFY2(taken.error().message.contains(path), qPrintable(taken.error().message));
    QCOMPARE(sh(1, QStringLiteral("cat %1").arg(path)), QByteArray("precious\n"));
    const auto none = copy(images + QStringLiteral("none"), images + QStringLiteral("b.img"));
    QVERIFY(!none);
    QCOMPARE(errorCodeName(none.error().code), errorCodeName(ErrorCode::NotFound));
    QVERIFY(!exists(1, images + QStringLiteral("b.img")));
    const auto nowhere = copy(path, QStringLiteral("/nowhere/b.img"));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().host, QStringLiteral("h2"));
    // Written to while it is copied.
    static_cast<void>(sh(0, QStringLiteral("head -c 8000000 /dev/urandom > %1live.img").arg(images)));
    bool written = false;
    const auto live = copy(
        images + QStringLiteral("live.img"), images + QStringLiteral("live.img"), [&](const CopyProgress&) {
            if (!std::exchange(written, true))
                static_cast<void>(sh(0, QStringLiteral("printf x >> %1live.img").arg(images)));
        });
    QVERIFY(!live);
    QVERIFY2(live.error().message.contains(QStringLiteral("written to")), qPrintable(live.error().message));
    QVERIFY(!exists(1, images + QStringLiteral("live.img")));
}

void TestLibvirtStorageLab::copyIntoAFullFolder()
{
    static_cast<void>(sh(0, QStringLiteral("head -c 40000000 /dev/urandom > %1a.img").arg(images)));
    QCOMPARE(labCommand({QStringLiteral("storage"), QStringLiteral("limit"), QStringLiteral("h2"),
                         QStringLiteral("local"), QStringLiteral("16")})
                 .exitCode,
             0);
    const auto full = copy(images + QStringLiteral("a.img"), images + QStringLiteral("a.img"));
    const bool left = exists(1, images + QStringLiteral("a.img"));
    QCOMPARE(labCommand({QStringLiteral("storage"), QStringLiteral("limit"), QStringLiteral("h2"),
                         QStringLiteral("local"), QStringLiteral("off")})
                 .exitCode,
             0);
    QVERIFY(!full);
    QCOMPARE(full.error().host, QStringLiteral("h2"));
    QVERIFY2(full.error().message.contains(QStringLiteral("no room for")), qPrintable(why(full)));
    QVERIFY(!left);
}

void TestLibvirtStorageLab::copyStopped()
{
    static_cast<void>(sh(0, QStringLiteral("head -c 40000000 /dev/urandom > %1a.img").arg(images)));
    QCOMPARE(labCommand({QStringLiteral("shape"), QStringLiteral("h2"), QStringLiteral("10")}).exitCode, 0);
    std::stop_source stop;
    Bytes at;
    const auto stopped = copy(
        images + QStringLiteral("a.img"), images + QStringLiteral("a.img"),
        [&](const CopyProgress& now) {
            at = now.done;
            if (now.data.value > 4000000)
                stop.request_stop();
        },
        stop.get_token());
    QCOMPARE(labCommand({QStringLiteral("shape"), QStringLiteral("h2"), QStringLiteral("off")}).exitCode, 0);
    QVERIFY(!stopped);
    QCOMPARE(errorCodeName(stopped.error().code), errorCodeName(ErrorCode::Cancelled));
    QVERIFY(at.value < 40000000);
    QVERIFY(!exists(1, images + QStringLiteral("a.img")));
    QVERIFY(exists(0, images + QStringLiteral("a.img")));
}

void TestLibvirtStorageLab::copyLosesTheDestination()
{
    static_cast<void>(sh(0, QStringLiteral("head -c 40000000 /dev/urandom > %1a.img").arg(images)));
    QCOMPARE(labCommand({QStringLiteral("shape"), QStringLiteral("h2"), QStringLiteral("10")}).exitCode, 0);
    bool killed = false;
    const QString path = images + QStringLiteral("a.img");
    const auto lost = copy(path, path, [&](const CopyProgress& now) {
        if (now.data.value > 4000000 && !std::exchange(killed, true))
            static_cast<void>(
                labCommand({QStringLiteral("daemon"), QStringLiteral("h2"), QStringLiteral("kill")}));
    });
    QCOMPARE(labCommand({QStringLiteral("shape"), QStringLiteral("h2"), QStringLiteral("off")}).exitCode, 0);
    QCOMPARE(labCommand({QStringLiteral("daemon"), QStringLiteral("h2"), QStringLiteral("start")}).exitCode,
             0);
    QVERIFY(killed);
    QVERIFY(!lost);
    QCOMPARE(lost.error().host, QStringLiteral("h2"));
    QVERIFY2(lost.error().message.contains(QStringLiteral("half-made file ") + path), qPrintable(why(lost)));
    // The daemon comes back, and the file can be deleted as the sentence says.
    QTRY_VERIFY_WITH_TIMEOUT(access(1)->image(path, {}).has_value(), 15000);
    const auto removed = access(1)->remove(path);
    QVERIFY2(removed, qPrintable(why(removed)));
}

int main(int argc, char** argv)
{
    if (!isInLab())
        return enterLab(argc, argv, "st", 2, 0);
    const QCoreApplication app(argc, argv);
    TestLibvirtStorageLab test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_libvirt_storage_lab.moc"
