// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/storage_access.h"

#include "core/libvirt/error_map.h"
#include "core/libvirt/host_reader.h"
#include "core/libvirt/storage_users.h"
#include "core/libvirt/volume_digest.h"
#include "core/libvirt/volume_xml.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

Result<FilePath> fileAt(const QString& path)
{
    FilePath file = splitPath(path);
    if (file.name.isEmpty() || isDevicePath(path))
        return fail(ErrorCode::InvalidInput, Text::tr("\"%1\" is not the path of a file").arg(path));
    return file;
}

} // namespace

Result<Connection> LibvirtStorageAccess::connect(const std::stop_token& stop)
{
    if (stop.stop_requested())
        return fail(storageStopped(m_connection.hostName()));
    return m_connection.get();
}

Error LibvirtStorageAccess::absent(const QString& path) const
{
    const QString host = m_connection.hostName();
    return {ErrorCode::NotFound, Text::tr("%1 has no file %2").arg(host, path), {}, host, {}};
}

Error LibvirtStorageAccess::noFolder(const QString& folder) const
{
    const QString host = m_connection.hostName();
    return {ErrorCode::NotFound,
            Text::tr("%1 has no folder %2; make it, or define a storage pool there").arg(host, folder),
            {},
            host,
            {}};
}

Result<VolumeHandle> LibvirtStorageAccess::device(const Connection& connection, const QString& path) const
{
    // Pools name devices by paths of their own; libvirt knows how they correspond.
    VolumeHandle volume(virStorageVolLookupByPath(connection.get(), path.toUtf8().constData()));
    if (volume)
        return volume;
    const QString host = m_connection.hostName();
    const RawError raw = takeLastError();
    Error error = toError(raw, {host, {}, Text::tr("Looking for %1").arg(path)});
    if (raw.code == VIR_ERR_NO_STORAGE_VOL) {
        error.code = ErrorCode::Unsupported;
        error.message = Text::tr("No active storage pool of %1 lists the device %2").arg(host, path);
    }
    return fail(error);
}

Result<std::optional<ImageFacts>> LibvirtStorageAccess::image(const QString& path, std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    if (isDevicePath(path)) {
        const Result<VolumeHandle> volume = device(*connection, path);
        return volume ? factsOf(*volume, host) : fail(volume.error());
    }
    const Result<FilePath> file = fileAt(path);
    if (!file)
        return fail(file.error());
    Result<std::optional<ImageFacts>> facts = lookAt(*connection, host, *file);
    if (facts && *facts && isLookPool((*facts)->pool))
        (*facts)->pool.clear();
    return facts;
}

Result<std::optional<StoragePool>> LibvirtStorageAccess::poolAt(const QString& folder, std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    const PoolHandle pool(
        virStoragePoolLookupByTargetPath(connection->get(), plainFolder(folder).toUtf8().constData()));
    if (!pool) {
        const RawError raw = takeLastError();
        if (raw.code == VIR_ERR_NO_STORAGE_POOL)
            return std::optional<StoragePool>();
        return fail(
            toError(raw, {m_connection.hostName(), {}, Text::tr("Looking for the pool of %1").arg(folder)}));
    }
    if (isLookPool(QString::fromUtf8(virStoragePoolGetName(pool.get()))))
        return std::optional<StoragePool>();
    virStoragePoolRefresh(pool.get(),
                          0); // its figures are of the last refresh; old ones are better than none
    return std::optional<StoragePool>(describePool(pool.get()));
}

Result<std::optional<QString>>
LibvirtStorageAccess::volumePath(const QString& poolName, const QString& volumeName, std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    const Place place{
        m_connection.hostName(), {}, Text::tr("Looking for %1 in the pool %2").arg(volumeName, poolName)};
    const PoolHandle pool(virStoragePoolLookupByName(connection->get(), poolName.toUtf8().constData()));
    if (!pool) {
        const RawError raw = takeLastError();
        if (raw.code == VIR_ERR_NO_STORAGE_POOL)
            return std::optional<QString>();
        return fail(toError(raw, place));
    }
    const QByteArray name = volumeName.toUtf8();
    VolumeHandle volume(virStorageVolLookupByName(pool.get(), name.constData()));
    if (!volume && virStoragePoolRefresh(pool.get(), 0) == 0)
        volume = VolumeHandle(virStorageVolLookupByName(pool.get(), name.constData()));
    if (!volume) {
        const RawError raw = takeLastError();
        if (raw.code == VIR_ERR_NO_STORAGE_VOL)
            return std::optional<QString>();
        return fail(toError(raw, place)); // a stopped pool, for one
    }
    return std::optional<QString>(takeString(virStorageVolGetPath(volume.get())));
}

Result<ImageFacts> LibvirtStorageAccess::create(const NewImage& image, std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    const Result<FilePath> file = fileAt(image.path);
    if (!file)
        return fail(file.error());
    return withFolder(*connection, host, file->folder,
                      [&](std::optional<StorageFolder>& folder) -> Result<ImageFacts> {
                          if (!folder)
                              return fail(noFolder(file->folder));
                          const Result<VolumeHandle> made = folder->create(file->name, image);
                          if (!made)
                              return fail(made.error());
                          const Result<std::optional<ImageFacts>> facts = factsOf(*made, host);
                          if (!facts)
                              return fail(facts.error());
                          return *facts ? Result<ImageFacts>(**facts) : fail(absent(image.path));
                      });
}

Result<void> LibvirtStorageAccess::remove(const QString& path)
{
    const Result<Connection> connection = connect({});
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    if (isDevicePath(path)) {
        return fail(Error{ErrorCode::Refused,
                          Text::tr("%1 of %2 is a device: Drover deletes files only").arg(path, host),
                          {},
                          host,
                          {}});
    }
    const Result<QString> user = instanceWithDisk(*connection, host, path);
    if (!user)
        return fail(user.error());
    if (!user->isEmpty()) {
        return fail(Error{ErrorCode::Refused,
                          Text::tr("%1 of %2 is a disk of %3, and was not deleted").arg(path, host, *user),
                          {},
                          host,
                          *user});
    }
    const Result<FilePath> file = fileAt(path);
    if (!file)
        return fail(file.error());
    return withFolder(*connection, host, file->folder,
                      [&](std::optional<StorageFolder>& folder) -> Result<void> {
                          if (!folder)
                              return fail(absent(path));
                          const Result<std::optional<VolumeHandle>> volume = folder->volume(file->name);
                          if (!volume)
                              return fail(volume.error());
                          return *volume ? deleteVolume(**volume, host) : Result<void>(fail(absent(path)));
                      });
}

Result<QByteArray> LibvirtStorageAccess::digest(const QString& path, DigestOf what, std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    if (isDevicePath(path)) {
        const Result<VolumeHandle> volume = device(*connection, path);
        return volume ? digestOf(*connection, *volume, host, path, what, stop) : fail(volume.error());
    }
    const Result<FilePath> file = fileAt(path);
    if (!file)
        return fail(file.error());
    return withFolder(*connection, host, file->folder,
                      [&](std::optional<StorageFolder>& folder) -> Result<QByteArray> {
                          if (!folder)
                              return fail(absent(path));
                          const Result<std::optional<VolumeHandle>> volume = folder->volume(file->name);
                          if (!volume)
                              return fail(volume.error());
                          if (!*volume)
                              return fail(absent(path));
                          return digestOf(*connection, **volume, host, path, what, stop);
                      });
}

} // namespace drover::libvirt
