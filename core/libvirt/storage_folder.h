// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/hypervisor/storage_access.h"
#include "core/libvirt/handles.h"
#include "core/libvirt/volume_xml.h"

#include <optional>
#include <utility>

namespace drover::libvirt {

/// A folder of a host as libvirt shows it: through the active pool whose target path it is, or through a
/// transient pool that lives as long as this object. A pool that the operator has stopped stays stopped, and
/// its folder cannot be looked into. Read afresh when it is opened. One thread at a time; blocks.
class StorageFolder
{
public:
    /// Nothing: the host has no such folder. Folders of devices are never opened: a pool over /dev would
    /// probe every device of the host.
    [[nodiscard]] static Result<std::optional<StorageFolder>>
    open(const Connection& connection, const QString& host, const QString& folder);
    StorageFolder(StorageFolder&& other) noexcept;
    StorageFolder& operator=(StorageFolder&&) = delete;
    StorageFolder(const StorageFolder&) = delete;
    StorageFolder& operator=(const StorageFolder&) = delete;
    ~StorageFolder();

    /// Nothing: there is no such file.
    [[nodiscard]] Result<std::optional<VolumeHandle>> volume(const QString& name) const;
    /// Refuses an existing name.
    [[nodiscard]] Result<VolumeHandle> create(const QString& name, const NewImage& image) const;
    [[nodiscard]] virStoragePoolPtr pool() const { return m_pool.get(); }
    [[nodiscard]] QString poolName() const;
    [[nodiscard]] const QString& path() const { return m_path; }
    /// The pool belongs to another look, which may end it at any moment: try again.
    [[nodiscard]] bool isBorrowed() const { return m_borrowed; }

private:
    StorageFolder(PoolHandle pool, QString host, QString path, bool made);
    void refresh();

    PoolHandle m_pool;
    QString m_host;
    QString m_path;
    bool m_made;
    bool m_borrowed;
    std::optional<Error> m_refreshError; ///< then a name that is not found says nothing
};

/// Does it with the folder (nothing: there is none); again, where the folder was seen through another look's
/// pool, which may have gone meanwhile. @p work: takes std::optional<StorageFolder>&, returns a Result.
template <class Work>
[[nodiscard]] auto withFolder(const Connection& connection, const QString& host, const QString& folder,
                              Work work) -> decltype(work(std::declval<std::optional<StorageFolder>&>()))
{
    constexpr int attempts = 10;
    for (int attempt = 1;; ++attempt) {
        Result<std::optional<StorageFolder>> opened = StorageFolder::open(connection, host, folder);
        if (!opened)
            return fail(opened.error());
        const bool mayGo = *opened && (*opened)->isBorrowed();
        auto done = work(*opened);
        if (done || !mayGo || attempt == attempts)
            return done;
    }
}

/// The volume's document read now, as facts; nothing: the file has gone.
[[nodiscard]] Result<std::optional<ImageFacts>> factsOf(const VolumeHandle& volume, const QString& host);
/// What is under that path now; nothing: there is no such file.
[[nodiscard]] Result<std::optional<ImageFacts>> lookAt(const Connection& connection, const QString& host,
                                                       const FilePath& file);
/// Deletes the file; no error where it is gone already.
[[nodiscard]] Result<void> deleteVolume(const VolumeHandle& volume, const QString& host);
/// Under /dev.
[[nodiscard]] bool isDevicePath(const QString& path);

} // namespace drover::libvirt
