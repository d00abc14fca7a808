// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"
#include "core/fleet/instance.h"

#include <QHash>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace drover {

/// The whole fleet at one moment: immutable, cheap to copy, safe to hand to any thread.
class Inventory
{
public:
    [[nodiscard]] quint64 revision() const { return m_revision; }
    /// In the order of the fleet file.
    [[nodiscard]] const std::vector<std::shared_ptr<const Host>>& hosts() const { return m_hosts; }
    [[nodiscard]] const Host* host(const HostId& id) const; ///< null when there is none
    [[nodiscard]] const Instance* instance(const InstanceId& id) const;
    /// The same, as a value that outlives this snapshot.
    [[nodiscard]] std::shared_ptr<const Instance> sharedInstance(const InstanceId& id) const;
    [[nodiscard]] std::vector<std::shared_ptr<const Instance>> instances() const; ///< in no order
    [[nodiscard]] std::size_t instanceCount() const { return m_instanceCount; }
    void forEachInstance(const std::function<void(const Instance&)>& visit) const;
    /// Instances whose places name this host, in the order of the host's own reading.
    [[nodiscard]] std::vector<const Instance*> instancesAt(const HostId& id) const;
    /// All instances of that name, or the one with that UUID (text form). Names may be ambiguous.
    [[nodiscard]] std::vector<const Instance*> find(const QString& nameOrUuid) const;

private:
    friend class InventoryBuilder;
    /// Instances are spread over shards so that a fold copies only what it touches.
    using Shard = QHash<InstanceId, std::shared_ptr<const Instance>>;
    static constexpr std::size_t shardCount = 1024;
    static std::size_t shardOf(const InstanceId& id) { return qHash(id) % shardCount; }

    quint64 m_revision = 0;
    std::vector<std::shared_ptr<const Host>> m_hosts;
    std::shared_ptr<const QHash<HostId, std::size_t>> m_hostIndex;
    std::vector<std::shared_ptr<const Shard>> m_shards;
    std::size_t m_instanceCount = 0;
};

using Snapshot = std::shared_ptr<const Inventory>;

/// What differs between two snapshots, by id.
struct InventoryChange
{
    bool hostListChanged = false; ///< hosts were added, removed or reordered: models start anew
    std::vector<HostId> hostsChanged;
    std::vector<InstanceId> instancesAdded;
    std::vector<InstanceId> instancesChanged;
    std::vector<InstanceId> instancesRemoved;
    [[nodiscard]] bool empty() const
    {
        return !hostListChanged && hostsChanged.empty() && instancesAdded.empty() &&
               instancesChanged.empty() && instancesRemoved.empty();
    }
};

/// What a lane has to say about its host.
struct HostUpdate
{
    HostId host;
    ConnectionState connection = ConnectionState::Connecting;
    Error error;                                ///< when Down
    std::shared_ptr<const HostReading> reading; ///< null: no new reading, the last one stays
    Instant at{};                               ///< when this was learned
    std::optional<Instant> asked{}; ///< when the host was asked for the reading; nothing: at that moment
};

/// Folds what the lanes tell into the next snapshot. Used by one thread (the session's).
class InventoryBuilder
{
public:
    InventoryBuilder();
    /// New fleet file: hosts that stay keep their readings.
    InventoryChange setHosts(const std::vector<HostConfig>& hosts);
    InventoryChange fold(const std::vector<HostUpdate>& updates);
    [[nodiscard]] Snapshot snapshot() const { return m_snapshot; }

private:
    using Touched =
        std::map<InstanceId, std::vector<HostId>>; ///< ids to look at again, and where they may be new
    void refold(const Touched& touched, Inventory& next, InventoryChange& change) const;
    static void markDuplicates(Inventory& next, Touched& touched, InventoryChange& change);
    Snapshot m_snapshot;
};

} // namespace drover
