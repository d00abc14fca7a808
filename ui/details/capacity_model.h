// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/details/capacity_rows.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <vector>

namespace drover {

/// The capacity tables of all hosts, one below the other. Follows the fleet once a second.
class CapacityModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { HostColumn, RowColumn, CpuColumn, MemoryColumn, DiskColumn, InstancesColumn, ColumnCount };
    enum Role { FirstOfHostRole = Qt::UserRole + 1, HostRole }; ///< bool; QString

    explicit CapacityModel(Session& session, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        HostId host;
        bool first = false; ///< of its host
        CapacityRow row;
        bool operator==(const Row&) const = default;
    };
    [[nodiscard]] std::vector<Row> read() const;
    void follow();

    Session& m_session;
    std::vector<Row> m_rows;
    QTimer m_tick;
};

} // namespace drover
