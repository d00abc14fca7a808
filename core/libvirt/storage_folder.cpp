// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/storage_folder.h"

#include "core/base/log.h"
#include "core/libvirt/error_map.h"

#include <QCoreApplication>
#include <QDateTime>

#include <libvirt/virterror.h>

#include <cerrno>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

/// A look takes moments, a copy through it hours; after a day nobody needs it any more.
constexpr qint64 leftBehindSeconds = 24 * 3600;

/// The error of this thread's last call says that a file or folder does not exist.
bool tellsAbsent()
{
    const virErrorPtr last = virGetLastError();
    return last != nullptr && last->code == VIR_ERR_SYSTEM_ERROR &&
           (last->int1 == ENOENT || last->int1 == ENOTDIR ||
            QByteArray(last->message).contains("No such file or directory"));
}

qint64 nowSeconds()
{
    return QDateTime::currentSecsSinceEpoch();
}

/// Ends a pool that a crashed console has left behind.
bool endIfLeftBehind(virStoragePoolPtr pool)
{
    const auto made = lookPoolMade(QString::fromUtf8(virStoragePoolGetName(pool)));
    return made && nowSeconds() - *made > leftBehindSeconds && virStoragePoolDestroy(pool) == 0;
}

/// "Storage source conflict with pool: 'images'"
QString conflictingPool(const QString& message)
{
    return message.contains(QLatin1String("source conflict")) ? message.section(QLatin1Char('\''), 1, 1)
                                                              : QString();
}

} // namespace

bool isDevicePath(const QString& path)
{
    return path == QLatin1String("/dev") || path.startsWith(QLatin1String("/dev/"));
}

StorageFolder::StorageFolder(PoolHandle pool, QString host, QString path, bool made)
    : m_pool(std::move(pool))
    , m_host(std::move(host))
    , m_path(std::move(path))
    , m_made(made)
    , m_borrowed(!made && isLookPool(poolName()))
{
}

StorageFolder::StorageFolder(StorageFolder&& other) noexcept
    : m_pool(std::move(other.m_pool))
    , m_host(std::move(other.m_host))
    , m_path(std::move(other.m_path))
    , m_made(std::exchange(other.m_made, false))
    , m_borrowed(other.m_borrowed)
    , m_refreshError(std::move(other.m_refreshError))
{
}

StorageFolder::~StorageFolder()
{
    if (!m_made || !m_pool || virStoragePoolDestroy(m_pool.get()) == 0)
        return;
    const RawError error = takeLastError();
    if (error.code != VIR_ERR_NO_STORAGE_POOL)
        qCWarning(logBackend).noquote() << m_host << "still has the pool" << poolName() << "over" << m_path
                                        << "after a look into it:" << error.message;
}

QString StorageFolder::poolName() const
{
    return QString::fromUtf8(virStoragePoolGetName(m_pool.get()));
}

void StorageFolder::refresh()
{
    // Another refresh may be under way, and a read-only connection may not: what is listed still counts.
    if (virStoragePoolRefresh(m_pool.get(), 0) < 0)
        m_refreshError = lastError({m_host, {}, Text::tr("Reading the folder %1").arg(m_path)});
}

Result<std::optional<StorageFolder>> StorageFolder::open(const Connection& connection, const QString& host,
                                                         const QString& folder)
{
    const QString path = plainFolder(folder);
    const Place place{host, {}, Text::tr("Looking into the folder %1").arg(path)};
    if (!path.startsWith(QLatin1Char('/')))
        return fail(ErrorCode::InvalidInput, Text::tr("\"%1\" is not the path of a folder").arg(folder));
    Error error;
    constexpr int attempts = 4; // other consoles make and end their pools over this folder too
    for (int attempt = 0; attempt < attempts; ++attempt) {
        PoolHandle found(virStoragePoolLookupByTargetPath(connection.get(), path.toUtf8().constData()));
        if (found) {
            if (endIfLeftBehind(found.get()))
                continue;
            StorageFolder opened(std::move(found), host, path, false);
            opened.refresh();
            return std::optional<StorageFolder>(std::move(opened));
        }
        if (const RawError raw = takeLastError(); raw.code != VIR_ERR_NO_STORAGE_POOL)
            return fail(toError(raw, place));
        if (isDevicePath(path)) {
            return fail(Error{ErrorCode::Unsupported,
                              Text::tr("No storage pool of %1 lists %2; define one for its devices to let "
                                       "them be looked at")
                                  .arg(host, path),
                              {},
                              host,
                              {}});
        }
        PoolHandle made(virStoragePoolCreateXML(
            connection.get(), lookPoolXml(newLookPoolName(nowSeconds()), path).constData(), 0));
        if (made)
            return std::optional<StorageFolder>(StorageFolder(std::move(made), host, path, true));
        if (tellsAbsent())
            return std::optional<StorageFolder>();
        const RawError raw = takeLastError();
        error = toError(raw, place);
        const QString conflicting = conflictingPool(raw.message);
        if (conflicting.isEmpty())
            break;
        error.code = ErrorCode::Refused;
        error.message =
            Text::tr("The folder %1 of %2 belongs to the storage pool %3, which is stopped; start "
                     "it (virsh pool-start %3) to let the folder be looked into")
                .arg(path, host, conflicting);
    }
    return fail(error);
}

Result<std::optional<VolumeHandle>> StorageFolder::volume(const QString& name) const
{
    VolumeHandle found(virStorageVolLookupByName(m_pool.get(), name.toUtf8().constData()));
    if (found)
        return std::optional<VolumeHandle>(std::move(found));
    const RawError raw = takeLastError();
    if (raw.code != VIR_ERR_NO_STORAGE_VOL)
        return fail(toError(raw, {m_host, {}, Text::tr("Looking for %1/%2").arg(m_path, name)}));
    if (m_refreshError)
        return fail(*m_refreshError);
    return std::optional<VolumeHandle>();
}

Result<VolumeHandle> StorageFolder::create(const QString& name, const NewImage& image) const
{
    VolumeHandle made(virStorageVolCreateXML(m_pool.get(), newVolumeXml(name, image).constData(), 0));
    if (made)
        return made;
    const RawError raw = takeLastError();
    Error error = toError(raw, {m_host, {}, Text::tr("Making %1/%2").arg(m_path, name)});
    if (raw.code == VIR_ERR_STORAGE_VOL_EXIST || raw.message.contains(QLatin1String("already exists")) ||
        raw.message.contains(QLatin1String("File exists"))) {
        error.code = ErrorCode::Refused;
        error.message =
            Text::tr("%1 has a file %2/%3 already; it is never overwritten: move it away or delete "
                     "it first")
                .arg(m_host, m_path, name);
    } else if (raw.message.contains(QLatin1String("No space left"))) {
        error.message = Text::tr("There is no room for %2/%3 on %1: free some, or choose another host")
                            .arg(m_host, m_path, name);
    }
    return fail(error);
}

Result<std::optional<ImageFacts>> factsOf(const VolumeHandle& volume, const QString& host)
{
    const QString path = takeString(virStorageVolGetPath(volume.get()));
    char* xml = virStorageVolGetXMLDesc(volume.get(), 0);
    if (xml == nullptr) {
        const bool absent = tellsAbsent();
        const RawError raw = takeLastError();
        if (absent || raw.code == VIR_ERR_NO_STORAGE_VOL)
            return std::optional<ImageFacts>();
        return fail(toError(raw, {host, {}, Text::tr("Reading what %1 is").arg(path)}));
    }
    Result<ImageFacts> facts = parseVolumeXml(takeBytes(xml), host, path);
    if (!facts)
        return fail(facts.error());
    const PoolHandle pool(virStoragePoolLookupByVolume(volume.get()));
    if (pool)
        facts->pool = QString::fromUtf8(virStoragePoolGetName(pool.get()));
    return std::optional<ImageFacts>(std::move(*facts));
}

Result<std::optional<ImageFacts>> lookAt(const Connection& connection, const QString& host,
                                         const FilePath& file)
{
    using Answer = Result<std::optional<ImageFacts>>;
    return withFolder(connection, host, file.folder, [&](std::optional<StorageFolder>& folder) -> Answer {
        if (!folder)
            return std::optional<ImageFacts>();
        const Result<std::optional<VolumeHandle>> volume = folder->volume(file.name);
        if (!volume)
            return fail(volume.error());
        return *volume ? factsOf(**volume, host) : Answer(std::optional<ImageFacts>());
    });
}

Result<void> deleteVolume(const VolumeHandle& volume, const QString& host)
{
    const QString path = takeString(virStorageVolGetPath(volume.get()));
    if (virStorageVolDelete(volume.get(), 0) == 0)
        return {};
    const bool absent = tellsAbsent();
    const RawError raw = takeLastError();
    if (absent || raw.code == VIR_ERR_NO_STORAGE_VOL)
        return {};
    return fail(toError(raw, {host, {}, Text::tr("Deleting %1").arg(path)}));
}

} // namespace drover::libvirt
