// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/storage_access.h"

#include <QCoreApplication>

#include <algorithm>
#include <vector>

/// The part of LibvirtStorageAccess that is about markers.
namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

std::vector<VolumeHandle> volumesOf(virStoragePoolPtr pool)
{
    virStorageVolPtr* raw = nullptr;
    const int count = virStoragePoolListAllVolumes(pool, &raw, 0);
    std::vector<VolumeHandle> volumes;
    for (int i = 0; i < count; ++i)
        volumes.emplace_back(raw[i]);
    std::free(static_cast<void*>(raw)); // NOLINT(cppcoreguidelines-no-malloc)
    return volumes;
}

} // namespace

Result<void> LibvirtStorageAccess::putMarker(const QString& folder, const QString& name, std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    return withFolder(*connection, m_connection.hostName(), folder,
                      [&](std::optional<StorageFolder>& opened) -> Result<void> {
                          if (!opened)
                              return fail(noFolder(folder));
                          const Result<VolumeHandle> made = opened->create(name, NewImage{});
                          return made ? Result<void>() : Result<void>(fail(made.error()));
                      });
}

Result<bool> LibvirtStorageAccess::seesMarker(const QString& folder, const QString& name,
                                              std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    return withFolder(*connection, m_connection.hostName(), folder,
                      [&](std::optional<StorageFolder>& opened) -> Result<bool> {
                          if (!opened)
                              return false;
                          const Result<std::optional<VolumeHandle>> seen = opened->volume(name);
                          return seen ? Result<bool>(seen->has_value()) : Result<bool>(fail(seen.error()));
                      });
}

Result<void> LibvirtStorageAccess::removeMarker(const QString& folder, const QString& name)
{
    if (!name.startsWith(QLatin1String(markerPrefix)))
        return fail(ErrorCode::InvalidInput, Text::tr("\"%1\" is not the name of a marker").arg(name));
    const Result<Connection> connection = connect({});
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    return withFolder(*connection, host, folder, [&](std::optional<StorageFolder>& opened) -> Result<void> {
        if (!opened)
            return {};
        const Result<std::optional<VolumeHandle>> seen = opened->volume(name);
        if (!seen)
            return fail(seen.error());
        return *seen ? deleteVolume(**seen, host) : Result<void>();
    });
}

Result<void> LibvirtStorageAccess::removeOldMarkers(const QString& folder, Milliseconds age,
                                                    std::stop_token stop)
{
    const Result<Connection> connection = connect(stop);
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    const auto sweep = [&](std::optional<StorageFolder>& opened) -> Result<void> {
        if (!opened)
            return {};
        struct Marker
        {
            VolumeHandle volume;
            ImageFacts facts;
        };
        std::vector<Marker> markers;
        qint64 newest = 0;
        for (VolumeHandle& volume : volumesOf(opened->pool())) {
            if (!QByteArray(virStorageVolGetName(volume.get())).startsWith(markerPrefix))
                continue;
            const Result<std::optional<ImageFacts>> facts = factsOf(volume, host);
            if (!facts || !*facts || !(*facts)->modifiedNs)
                continue;
            newest = std::max(newest, *(*facts)->modifiedNs);
            markers.push_back({std::move(volume), **facts});
        }
        const qint64 limit = newest - std::chrono::nanoseconds(age).count();
        Result<void> outcome;
        for (const Marker& marker : markers) {
            // What is not empty was not made by this program, whatever its name.
            if (marker.facts.length.value_or(Bytes{0}).value != 0 || marker.facts.allocation.value != 0 ||
                *marker.facts.modifiedNs >= limit)
                continue;
            if (const Result<void> done = deleteVolume(marker.volume, host); !done)
                outcome = done;
        }
        return outcome;
    };
    return withFolder(*connection, host, folder, sweep);
}

} // namespace drover::libvirt
