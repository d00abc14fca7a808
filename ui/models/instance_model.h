// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/inventory.h"
#include "core/job/job.h"

#include <QAbstractTableModel>

#include <functional>
#include <vector>

namespace drover {

class Session;

/// All instances of a fleet, a row each, keyed by UUID. Rows keep their place; new ones come at the end
/// (views sort through a proxy). Changes arrive as inserted, removed or changed rows, only for what can be
/// seen.
class InstanceModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, HostColumn, State, Task, Vcpus, Memory, Disks, Project, DirtyRate, ColumnCount };
    /// The running or queued move of an instance; null: none.
    using JobLookup = std::function<const Job*(const InstanceId&)>;

    explicit InstanceModel(QObject* parent = nullptr);

    /// Takes the session's inventory over and follows it. The session must outlive the model.
    void follow(const Session& session);
    /// By hand, for tests: the snapshot after @p change.
    void apply(const Snapshot& snapshot, const InventoryChange& change);

    [[nodiscard]] InstanceId instanceAt(int row) const;
    [[nodiscard]] int rowOf(const InstanceId& instance) const; ///< −1: not there
    [[nodiscard]] const Instance* instance(int row) const;
    [[nodiscard]] const Snapshot& snapshot() const { return m_snapshot; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] Qt::DropActions supportedDragActions() const override { return Qt::MoveAction; }
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;

private:
    void add(const std::vector<InstanceId>& ids);
    void remove(const std::vector<InstanceId>& ids);
    void change(const std::vector<InstanceId>& ids);
    /// What a host knows is the last known once it is silent, and not before.
    void markLastKnown(const Inventory& before, const HostId& id);
    void jobTouched(const InstanceId& id);
    [[nodiscard]] QVariant display(const Instance& instance, int column) const;
    [[nodiscard]] QVariant sortValue(const Instance& instance, int column) const;

    Snapshot m_snapshot;
    JobLookup m_jobOf;
    std::vector<std::shared_ptr<const Instance>> m_rows;
    QHash<InstanceId, int> m_index;
};

} // namespace drover
