// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"
#include "core/fleet/inventory.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <vector>

namespace drover {

class Session;

/// The hosts of a fleet, a row each, in the order of the fleet file. Follows the session's inventory; every
/// change arrives as inserted, removed, moved or changed rows, so that selection and scroll position stay.
class HostModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        Name,
        State,
        Zone,
        Cpu,
        Memory,
        Disk,
        Instances,
        Moves,
        Load,
        Network,
        Versions,
        Age,
        ColumnCount
    };

    explicit HostModel(QObject* parent = nullptr);

    /// Takes the session's inventory over and follows it. The session must outlive the model.
    void follow(const Session& session);
    /// By hand, for tests: the snapshot after @p change.
    void apply(const Snapshot& snapshot, const InventoryChange& change, Instant now);

    [[nodiscard]] HostId hostAt(int row) const;
    [[nodiscard]] int rowOf(const HostId& host) const; ///< −1: not there
    [[nodiscard]] const Snapshot& snapshot() const { return m_snapshot; }
    [[nodiscard]] const Capacity* capacity(const HostId& host) const; ///< null: not there

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    [[nodiscard]] QStringList mimeTypes() const override;
    /// Always no: the views take a drop and ask for the move, the model changes nothing.
    [[nodiscard]] bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                                       const QModelIndex& parent) const override;

private:
    struct Row
    {
        std::shared_ptr<const Host> host;
        Capacity capacity;
        int arriving = 0;
        int leaving = 0;
    };
    [[nodiscard]] Row makeRow(const std::shared_ptr<const Host>& host) const;
    void syncHostList();
    void refreshRows(std::vector<int> rows);
    [[nodiscard]] QVariant display(const Row& row, int column) const;
    [[nodiscard]] QVariant sortValue(const Row& row, int column) const;

    Snapshot m_snapshot;
    Instant m_now{};
    std::vector<Row> m_rows;
    QHash<HostId, int> m_index;
    QTimer m_ageTimer; ///< the ages grow also when nothing else happens
};

} // namespace drover
