// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"
#include "core/base/log.h"
#include "core/libvirt/connection.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/host_examiner.h"
#include "core/libvirt/host_reader.h"
#include "core/libvirt/migrate_params.h"
#include "core/libvirt/migration_job.h"
#include "core/libvirt/storage_access.h"
#include "core/libvirt/volume_stream.h"
#include "core/libvirt/xml_text.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QRandomGenerator>

#include <libvirt/virterror.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

/// Enough to see the rate of a fast link, little enough for a slow one.
constexpr Bytes probeDisk = Bytes::fromMib(48);
constexpr Bytes probeRoom = probeDisk + probeDisk;
constexpr qint64 pieceSize = 256 * 1024;
constexpr std::chrono::milliseconds pollPause{50};

/// What is made for a probe, on which host, so that all of it can be removed again.
struct Made
{
    QString name;
    QByteArray uuid;
    QString disk; ///< path of its image on both hosts; empty: it has none
    bool diskHere = false;
    bool diskThere = false;
};

/// Emulated, without firmware to boot from, and never let run: it moves wherever a QEMU is.
QByteArray definitionOf(const Made& made)
{
    pugi::xml_document document;
    pugi::xml_node domain = document.append_child("domain");
    domain.append_attribute("type") = "qemu";
    domain.append_child("name").text() = made.name.toUtf8().constData();
    domain.append_child("uuid").text() = made.uuid.constData();
    domain.append_child("title").text() = "Drover: throw-away instance of a probe";
    domain.append_child("memory").text() = "16384";
    domain.append_child("vcpu").text() = "1";
    domain.append_child("os").append_child("type").text() = "hvm";
    pugi::xml_node devices = domain.append_child("devices");
    devices.append_child("memballoon").append_attribute("model") = "none";
    devices.append_child("controller").append_attribute("type") = "usb";
    devices.child("controller").append_attribute("model") = "none";
    if (!made.disk.isEmpty()) {
        pugi::xml_node disk = devices.append_child("disk");
        disk.append_attribute("type") = "file";
        disk.append_attribute("device") = "disk";
        pugi::xml_node driver = disk.append_child("driver");
        driver.append_attribute("name") = "qemu";
        driver.append_attribute("type") = "raw";
        disk.append_child("source").append_attribute("file") = made.disk.toUtf8().constData();
        pugi::xml_node target = disk.append_child("target");
        target.append_attribute("dev") = "vda";
        target.append_attribute("bus") = "virtio";
    }
    return outerXml(domain).toUtf8();
}

/// A folder that an active pool of both hosts covers; empty: there is none.
QString commonFolder(const Connection& here, const Connection& there)
{
    const std::vector<StoragePool> others = readPools(there);
    for (const StoragePool& pool : readPools(here)) {
        if (!pool.active || pool.type != QLatin1String("dir") || pool.available < probeRoom)
            continue;
        const bool both = std::any_of(others.begin(), others.end(), [&](const StoragePool& other) {
            return other.active && other.targetPath == pool.targetPath && other.available >= probeRoom;
        });
        if (both)
            return pool.targetPath;
    }
    return {};
}

/// Random, so that nothing on the way can make it smaller.
Result<void> fill(const Connection& connection, const HostConfig& host, const QString& path)
{
    const qsizetype slash = path.lastIndexOf(QLatin1Char('/'));
    Result<std::optional<StorageFolder>> folder =
        StorageFolder::open(connection, host.id.value, path.left(slash));
    if (!folder)
        return fail(folder.error());
    if (!*folder)
        return fail(Error{ErrorCode::NotFound,
                          Text::tr("%1 has no folder for %2").arg(host.id.value, path),
                          {},
                          host.id.value,
                          {}});
    const Result<std::optional<VolumeHandle>> volume = (*folder)->volume(path.mid(slash + 1));
    if (!volume)
        return fail(volume.error());
    if (!*volume)
        return fail(Error{ErrorCode::NotFound,
                          Text::tr("%1 has no file %2").arg(host.id.value, path),
                          {},
                          host.id.value,
                          {}});
    Result<VolumeStream> up =
        VolumeStream::open(connection, **volume, VolumeStream::Direction::Up, host.id.value, path);
    if (!up)
        return fail(up.error());
    QByteArray piece(pieceSize, Qt::Uninitialized);
    QRandomGenerator random(QRandomGenerator::global()->generate());
    for (qint64 done = 0; done < probeDisk.value; done += pieceSize) {
        random.fillRange(reinterpret_cast<quint32*>(piece.data()), piece.size() / 4);
        if (const Result<void> sent = up->send(piece); !sent)
            return sent;
    }
    return up->finish();
}

/// Watches the disk's copy from a connection of its own and knows its rate afterwards.
class DiskMeter
{
public:
    DiskMeter(const HostConfig& host, const InstanceId& id)
        : m_thread([this, host, id](const std::stop_token& stop) { run(host, id, stop); })
    {
    }
    /// Ends the watch. Nothing: too little was seen.
    std::optional<Rate> rate()
    {
        m_thread.request_stop();
        m_thread.join();
        const double seconds = m_last - m_first;
        if (seconds < 0.1 || m_lastDone <= m_firstDone)
            return std::nullopt;
        return Rate{static_cast<double>(m_lastDone - m_firstDone) / seconds};
    }

private:
    void run(const HostConfig& host, const InstanceId& id, const std::stop_token& stop)
    {
        const Result<Connection> connection = openConnection(host);
        if (!connection)
            return;
        const Result<DomainHandle> domain = lookUp(*connection, id, host.id.value);
        if (!domain)
            return;
        QElapsedTimer clock;
        clock.start();
        std::mutex mutex;
        std::condition_variable_any pause;
        qint64 seen = -1;
        while (!stop.stop_requested()) {
            const JobAnswer answer = askJob(*domain);
            if (answer.holder == JobHolder::Gone)
                return;
            const qint64 done = answer.stats.diskTotal.value - answer.stats.diskRemaining.value;
            if (answer.holder == JobHolder::Outgoing && answer.stats.diskTotal.value > 0 && done != seen) {
                const double now = static_cast<double>(clock.nsecsElapsed()) / 1e9;
                if (seen < 0) {
                    m_first = now;
                    m_firstDone = done;
                }
                m_last = now;
                m_lastDone = done;
                seen = done;
            }
            std::unique_lock lock(mutex);
            pause.wait_for(lock, stop, pollPause, [] { return false; });
        }
    }

    double m_first = 0;
    double m_last = 0;
    qint64 m_firstDone = 0;
    qint64 m_lastDone = 0;
    std::jthread m_thread; ///< last: it begins when the rest is there
};

/// Ends the throw-away instance on a host, if it is there.
void removeInstance(const HostConfig& host, const Connection& connection, const Made& made, QStringList& left)
{
    const DomainHandle domain(virDomainLookupByUUIDString(connection.get(), made.uuid.constData()));
    if (!domain) {
        static_cast<void>(takeLastError());
        return;
    }
    if (virDomainDestroy(domain.get()) < 0) {
        const RawError error = takeLastError();
        if (error.code != VIR_ERR_NO_DOMAIN && error.code != VIR_ERR_OPERATION_INVALID)
            left.append(Text::tr("the instance %1 on %2: %3")
                            .arg(made.name, host.id.value, plainWords(error.message)));
    }
}

void removeDisk(const HostConfig& host, const Made& made, QStringList& left)
{
    LibvirtStorageAccess storage(host);
    if (const Result<void> gone = storage.remove(made.disk); !gone)
        left.append(Text::tr("%1 on %2: %3").arg(made.disk, host.id.value, gone.error().message));
}

/// Makes the image on both hosts. Where it cannot be made the probe goes without, and says why.
void makeDisk(const HostConfig& source, const HostConfig& destination, const Connection& here,
              const Connection& there, Made& made, ProbeMove& report, const std::stop_token& stop)
{
    const QString folder = commonFolder(here, there);
    if (folder.isEmpty()) {
        report.rateReason =
            Text::tr("no pool of the same path on both hosts has room for a disk to measure with");
        return;
    }
    const QString path = folder + QLatin1Char('/') + made.name + QStringLiteral(".raw");
    LibvirtStorageAccess atSource(source);
    LibvirtStorageAccess atDestination(destination);
    const NewImage image{path, QStringLiteral("raw"), probeDisk, {}, {}};
    const Result<ImageFacts> first = atSource.create(image, stop);
    if (!first) {
        report.rateReason = first.error().message;
        return;
    }
    made.disk = path;
    made.diskHere = true;
    const Result<std::optional<ImageFacts>> seen = atDestination.image(path, stop);
    if (seen && *seen) { // one and the same folder: nothing would be copied
        report.rateReason = Text::tr("%1 is shared: no disk is copied between these hosts").arg(folder);
        removeDisk(source, made, report.left);
        made = {made.name, made.uuid, {}, false, false};
        return;
    }
    const Result<ImageFacts> second = atDestination.create(image, stop);
    const Result<void> filled = second ? fill(here, source, path) : Result<void>(fail(second.error()));
    made.diskThere = second.has_value();
    if (filled)
        return;
    report.rateReason = filled.error().message;
    removeDisk(source, made, report.left);
    if (made.diskThere)
        removeDisk(destination, made, report.left);
    made = {made.name, made.uuid, {}, false, false};
}

void move(const HostConfig& source, const QString& peerUri, const DomainHandle& domain, const Made& made,
          ProbeMove& report, const HostConfig& destination)
{
    MigrateParams params;
    unsigned flags = VIR_MIGRATE_PEER2PEER;
    if (!destination.dataAddress.isEmpty())
        params.add(VIR_MIGRATE_PARAM_URI, QStringLiteral("tcp://") + destination.dataAddress);
    std::optional<DiskMeter> meter;
    if (!made.disk.isEmpty()) {
        flags |= VIR_MIGRATE_NON_SHARED_DISK;
        params.add(VIR_MIGRATE_PARAM_MIGRATE_DISKS, QStringLiteral("vda"));
        meter.emplace(source, idOf(domain.get()));
    }
    QElapsedTimer clock;
    clock.start();
    const int moved = virDomainMigrateToURI3(domain.get(), peerUri.toUtf8().constData(), params.data(),
                                             params.size(), flags);
    report.total = Milliseconds(clock.elapsed());
    if (moved < 0)
        report.error = plainWords(takeLastError().message);
    report.arrived = moved == 0;
    if (meter) {
        report.rate = meter->rate();
        if (!report.rate && moved == 0)
            report.rateReason = Text::tr("the disk was copied too quickly to measure");
    }
}

} // namespace

Result<ProbeMove> LibvirtHostExaminer::probeMove(const HostConfig& destination, const QString& peerUri,
                                                 std::stop_token stop)
{
    const Result<Connection> here = openConnection(m_host);
    if (!here)
        return fail(here.error());
    const Result<Connection> there = openConnection(destination);
    if (!there)
        return fail(there.error());
    Made made;
    made.name = QStringLiteral("drover-probe-%1")
                    .arg(QRandomGenerator::global()->generate(), 8, 16, QLatin1Char('0'));
    made.uuid = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    ProbeMove report;
    makeDisk(m_host, destination, *here, *there, made, report, stop);
    const DomainHandle domain(
        virDomainCreateXML(here->get(), definitionOf(made).constData(), VIR_DOMAIN_START_PAUSED));
    std::optional<Error> failed;
    if (!domain) {
        failed = lastError({m_host.id.value, made.name, Text::tr("Starting a throw-away instance")});
    } else if (stop.stop_requested()) {
        failed = Error{ErrorCode::Cancelled, Text::tr("The probe was stopped"), {}, m_host.id.value, {}};
    } else {
        move(m_host, peerUri, domain, made, report, destination);
        if (report.arrived) {
            const DomainHandle arrived(virDomainLookupByUUIDString(there->get(), made.uuid.constData()));
            int state = 0;
            if (!arrived || virDomainGetState(arrived.get(), &state, nullptr, 0) < 0 ||
                state != VIR_DOMAIN_PAUSED) {
                report.arrived = false;
                report.error =
                    Text::tr("the call succeeded, and the instance is not on %1").arg(destination.id.value);
            } else if (const std::optional<JobStats> record = askCompletedJob(arrived)) {
                report.pause = record->downtime;
            }
        }
    }
    removeInstance(m_host, *here, made, report.left);
    removeInstance(destination, *there, made, report.left);
    if (made.diskHere)
        removeDisk(m_host, made, report.left);
    if (made.diskThere)
        removeDisk(destination, made, report.left);
    for (const QString& what : std::as_const(report.left))
        qCWarning(logBackend).noquote() << "left of a probe:" << what;
    if (failed)
        return fail(*failed);
    return report;
}

} // namespace drover::libvirt
