// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/storage_access.h"

#include <map>
#include <memory>
#include <vector>

namespace drover::test {

/// A file as a test describes it. Its length is that of the content.
struct FakeFile
{
    QByteArray content;
    QString format = QStringLiteral("qcow2");
    Bytes capacity = Bytes::fromGib(1);
    QString backingPath = {};
    QString backingFormat = {};
    std::optional<qint64> timeNs = {}; ///< of the last change; nothing: a time that no other file has
    QString key = {};                  ///< empty: its path
    bool operator==(const FakeFile&) const = default;
};

/// What goes wrong at one call of a host's storage.
struct FakeFault
{
    int call = 0;             ///< counted from 1 over all hosts
    bool afterEffect = false; ///< it was done, but the answer got lost
    bool fromThenOn = false;  ///< every later call of that host too
    ErrorCode code = ErrorCode::OperationFailed;
    std::function<void()> instead = {}; ///< nothing fails; this happens before the call
};

/// Folders and files of some hosts in memory; two hosts share a folder when both name the same store. Safe
/// from any thread.
class FakeStorage
{
public:
    FakeStorage();
    /// Makes a folder of a host. @param store empty: of its own
    void addFolder(const QString& host, const QString& folder, const QString& store = {});
    void addPool(const QString& host, const QString& folder, const StoragePool& pool);
    /// No pool can be made over the folder, and none is there.
    void refuse(const QString& host, const QString& folder);
    /// The host may only be read.
    void setReadOnly(const QString& host);
    void setFile(const QString& host, const QString& path, const FakeFile& file);
    void setVolume(const QString& host, const QString& pool, const QString& volume, const QString& path);
    /// Not seen through this host, as by a network file system's stale cache.
    void hideMarkers(const QString& host);
    void setFault(const FakeFault& fault);
    /// The clock of all folders; it goes on by itself with every change.
    void setTime(qint64 nanoseconds);

    [[nodiscard]] std::unique_ptr<StorageAccess> access(const QString& host);
    [[nodiscard]] int calls() const;
    [[nodiscard]] int markersWritten() const;
    [[nodiscard]] QStringList markers() const; ///< that exist now
    /// Every file of every store but markers, by store and name.
    [[nodiscard]] std::map<QString, FakeFile> files() const;
    /// Paths that any host was asked for.
    [[nodiscard]] QStringList asked() const;

    struct State;

private:
    std::shared_ptr<State> m_state;
};

} // namespace drover::test
