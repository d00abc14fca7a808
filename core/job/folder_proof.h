// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/hypervisor/storage_access.h"

#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <tuple>

namespace drover {

/// A host with its storage: what the procedures here talk to, and the name that their sentences use.
struct StorageEnd
{
    HostId host;
    StorageAccess& access;
};

/// Is a folder of one host the very folder that has a path on another?
struct FolderProof
{
    enum class Answer {
        Same,    ///< a marker written on one host was seen on the other
        Other,   ///< it was not seen: another folder, or none
        Unknown, ///< no marker could be written, or not be looked for; see the reason
    };
    Answer answer = Answer::Unknown;
    QString reason; ///< how it was shown, or why it is not known, in words
    bool operator==(const FolderProof&) const = default;
};

/// Remembers proofs of folders for ten minutes, for both directions of a pair of hosts. Thread-safe: one for
/// all moves.
class ProofCache
{
public:
    explicit ProofCache(const Clock& clock) : m_clock(&clock) {}
    [[nodiscard]] std::optional<FolderProof> find(const HostId& one, const HostId& other,
                                                  const QString& folder) const;
    /// What is not known is not kept.
    void keep(const HostId& one, const HostId& other, const QString& folder, const FolderProof& proof);
    /// That proof is in doubt: make it again the next time.
    void drop(const HostId& one, const HostId& other, const QString& folder);
    void forget();

private:
    struct Kept
    {
        FolderProof proof;
        Instant since;
    };
    using Key = std::tuple<QString, QString, QString>;
    [[nodiscard]] static Key keyOf(const HostId& one, const HostId& other, const QString& folder);

    const Clock* m_clock;
    mutable std::mutex m_mutex;
    std::map<Key, Kept> m_kept;
};

/// Writes a marker into the folder on one host and looks for it on the other; where the first cannot write,
/// the other way round. The marker is removed in every case; one that cannot be removed is named in the
/// reason and in the log. Markers of runs that crashed are removed when they are met. Blocks.
/// Errors: only a stop, and a host that does not answer.
[[nodiscard]] Result<FolderProof> proveFolder(const QString& folder, StorageEnd source,
                                              StorageEnd destination, std::stop_token stop);

/// After this error a host answers nothing else either, or nobody waits for its answer any more.
[[nodiscard]] bool endsGathering(const Error& error);

} // namespace drover
