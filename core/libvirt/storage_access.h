// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/storage_access.h"
#include "core/libvirt/connection.h"
#include "core/libvirt/storage_folder.h"

namespace drover::libvirt {

/// The storage of a real host. Files are looked at through the pool of their folder, or through a transient
/// one that is ended again; devices only where a pool lists them.
class LibvirtStorageAccess final : public StorageAccess
{
public:
    explicit LibvirtStorageAccess(HostConfig host) : m_connection(std::move(host)) {}
    Result<std::optional<ImageFacts>> image(const QString& path, std::stop_token stop) override;
    Result<std::optional<StoragePool>> poolAt(const QString& folder, std::stop_token stop) override;
    Result<void> putMarker(const QString& folder, const QString& name, std::stop_token stop) override;
    Result<bool> seesMarker(const QString& folder, const QString& name, std::stop_token stop) override;
    Result<void> removeMarker(const QString& folder, const QString& name) override;
    Result<void> removeOldMarkers(const QString& folder, Milliseconds age, std::stop_token stop) override;
    Result<std::optional<QString>> volumePath(const QString& pool, const QString& volume,
                                              std::stop_token stop) override;
    Result<ImageFacts> create(const NewImage& image, std::stop_token stop) override;
    /// Refuses a file that a definition on this host names, too.
    Result<void> remove(const QString& path) override;
    Result<QByteArray> digest(const QString& path, DigestOf what, std::stop_token stop) override;

private:
    [[nodiscard]] Result<Connection> connect(const std::stop_token& stop);
    /// Only what a pool lists.
    [[nodiscard]] Result<VolumeHandle> device(const Connection& connection, const QString& path) const;
    [[nodiscard]] Error absent(const QString& path) const;
    [[nodiscard]] Error noFolder(const QString& folder) const;

    LazyConnection m_connection;
};

} // namespace drover::libvirt
