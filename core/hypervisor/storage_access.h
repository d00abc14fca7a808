// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/host.h"
#include "core/fleet/storage_evidence.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

/// What a host's storage interface offers to proofs and to copies. Rules as in backend.h: calls may block and
/// are made on a thread of their own; one thread at a time; errors name the host and the path.
namespace drover {

/// An empty image that is to be made.
struct NewImage
{
    QString path;
    QString format = QStringLiteral("raw");
    Bytes capacity;        ///< nothing is allocated ahead
    QString backingPath;   ///< must exist on the host; empty: none
    QString backingFormat; ///< needed with backingPath
};

/// Markers are named so, with a UUID behind it: `.drover-marker-1b4e28ba-…`.
inline constexpr const char* markerPrefix = ".drover-marker-";

/// How much of a file goes into a digest.
enum class DigestOf {
    Samples,    ///< its length and blocks spread over it: tells different files apart quickly
    Everything, ///< every byte: proves equal content
};

/// Reads and changes the storage of one host.
class StorageAccess
{
public:
    virtual ~StorageAccess() = default;
    /// The image under this path, looked up afresh; nothing: there is no such file. Where no pool covers the
    /// folder, a transient one is made for the look and ended again.
    virtual Result<std::optional<ImageFacts>> image(const QString& path, std::stop_token stop) = 0;
    /// The active pool whose target path is this folder; nothing: none.
    virtual Result<std::optional<StoragePool>> poolAt(const QString& folder, std::stop_token stop) = 0;
    /// Writes an empty file; refuses an existing name.
    virtual Result<void> putMarker(const QString& folder, const QString& name, std::stop_token stop) = 0;
    virtual Result<bool> seesMarker(const QString& folder, const QString& name, std::stop_token stop) = 0;
    /// No error where it is gone already.
    virtual Result<void> removeMarker(const QString& folder, const QString& name) = 0;
    /// Removes empty markers that are older by @p age than the newest marker of the folder: what runs that
    /// crashed have left. Both times are of the folder's own clock.
    virtual Result<void> removeOldMarkers(const QString& /*folder*/, Milliseconds /*age*/,
                                          std::stop_token /*stop*/)
    {
        return {};
    }
    /// The path of a volume that a disk names by its pool; nothing: there is no such pool or volume.
    virtual Result<std::optional<QString>> volumePath(const QString& pool, const QString& /*volume*/,
                                                      std::stop_token /*stop*/)
    {
        return fail(ErrorCode::Unsupported, QStringLiteral("Pool %1 cannot be looked into").arg(pool));
    }
    /// Refuses an existing name: nothing is overwritten.
    virtual Result<ImageFacts> create(const NewImage& image, std::stop_token stop) = 0;
    /// Deletes the file through its pool. The caller has proven that nobody uses it.
    virtual Result<void> remove(const QString& path) = 0;
    /// A ContentDigest over what @p what says; equal content gives an equal digest on every host and backend.
    virtual Result<QByteArray> digest(const QString& path, DigestOf what, std::stop_token stop) = 0;
};

/// How far a copy has come.
struct CopyProgress
{
    Bytes total; ///< length of the file
    Bytes done;  ///< data and holes
    Bytes data;  ///< what really travelled
};

struct CopyResult
{
    Bytes length;
    Bytes data;
    QByteArray digest; ///< ContentDigest of everything that was sent, as digest(…, Everything) gives it
};

/// Copies files of shut-off instances from host to host through this computer, holes kept as holes.
class VolumeTransfer
{
public:
    using Progress =
        std::function<void(const CopyProgress&)>; ///< on the calling thread, a few times a second
    virtual ~VolumeTransfer() = default;
    /// The target is made empty first; an existing one is refused. After a failure or a stop the half-made
    /// target is removed again; where that fails too, the error says so.
    virtual Result<CopyResult> copy(const QString& sourcePath, const QString& targetPath,
                                    const Progress& progress, std::stop_token stop) = 0;
};

} // namespace drover
