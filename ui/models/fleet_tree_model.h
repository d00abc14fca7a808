// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"
#include "core/fleet/inventory.h"

#include <QAbstractItemModel>

#include <memory>
#include <set>
#include <vector>

namespace drover {

class Session;

/// Zones, below them their hosts (those that do not answer first), below these the instances each host knows,
/// by name. Changes arrive as inserted, removed, moved or changed rows; nothing is ever reset.
class FleetTreeModel final : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { Name, Memory, Count, ColumnCount };
    enum class Kind { Root, Zone, Host, Instance };

    explicit FleetTreeModel(QObject* parent = nullptr);
    ~FleetTreeModel() override;

    /// Takes the session's inventory over and follows it. The session must outlive the model.
    void follow(const Session& session);
    /// By hand, for tests: the snapshot after @p change.
    void apply(const Snapshot& snapshot, const InventoryChange& change, Instant now);

    [[nodiscard]] Kind kindOf(const QModelIndex& index) const;
    [[nodiscard]] HostId hostOf(const QModelIndex& index) const; ///< of an instance: the one it stands under
    [[nodiscard]] InstanceId instanceOf(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(const HostId& host) const;
    /// The row of the instance below that host; without one below its own host.
    [[nodiscard]] QModelIndex indexOf(const InstanceId& instance, const HostId& host = {}) const;
    [[nodiscard]] const Snapshot& snapshot() const { return m_snapshot; }

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] Qt::DropActions supportedDragActions() const override { return Qt::MoveAction; }
    [[nodiscard]] Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;
    /// Always no: the views take a drop and ask for the move, the model changes nothing.
    [[nodiscard]] bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                                       const QModelIndex& parent) const override;

private:
    struct Node;
    [[nodiscard]] static Node* nodeOf(const QModelIndex& index);
    [[nodiscard]] QModelIndex indexFor(const Node& node, int column = 0) const;
    /// Makes the children of a node those that are wanted, in that order, with as few row changes as can be.
    void sync(Node& parent, std::vector<Node> wanted);
    void syncHosts();
    void syncInstances(const HostId& host);
    [[nodiscard]] QVariant zoneData(const Node& node, int column, int role) const;
    [[nodiscard]] QVariant hostData(const Node& node, int column, int role) const;
    [[nodiscard]] QVariant instanceData(const Node& node, int column, int role) const;

    Snapshot m_snapshot;
    Instant m_now{};
    std::unique_ptr<Node> m_root;
    QHash<HostId, Node*> m_hosts;
};

} // namespace drover
