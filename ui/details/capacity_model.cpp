// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/capacity_model.h"

#include <QFont>

#include <algorithm>
#include <chrono>

namespace drover {

CapacityModel::CapacityModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent), m_session(session), m_rows(read())
{
    m_tick.setSingleShot(true);
    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, &CapacityModel::follow);
    connect(&session, &Session::inventoryChanged, this, [this](const InventoryChange& change) {
        if (change.hostListChanged)
            follow();
        else if (!m_tick.isActive())
            m_tick.start();
    });
}

std::vector<CapacityModel::Row> CapacityModel::read() const
{
    std::vector<Row> rows;
    for (const auto& host : m_session.inventory()->hosts()) {
        bool first = true;
        for (CapacityRow& row : capacityRows(*host)) {
            rows.push_back({host->id(), first, std::move(row)});
            first = false;
        }
    }
    return rows;
}

void CapacityModel::follow()
{
    std::vector<Row> next = read();
    const auto sameRow = [](const Row& a, const Row& b) {
        return a.host == b.host && a.row.name == b.row.name;
    };
    if (!std::ranges::equal(next, m_rows, sameRow)) {
        beginResetModel();
        m_rows = std::move(next);
        endResetModel();
        return;
    }
    int first = -1;
    int last = -1;
    for (std::size_t i = 0; i < next.size(); ++i) {
        if (next[i] == m_rows[i])
            continue;
        first = first < 0 ? static_cast<int>(i) : first;
        last = static_cast<int>(i);
    }
    m_rows = std::move(next);
    if (last >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
}

int CapacityModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CapacityModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant CapacityModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case HostColumn:
            return row.first ? row.host.value : QString();
        case RowColumn:
            return row.row.name;
        case CpuColumn:
            return vcpusText(row.row.resources.vcpus);
        case MemoryColumn:
            return formatMib(row.row.resources.memory).section(QLatin1Char(' '), 0, 0);
        case DiskColumn:
            return gibText(row.row.resources.disk);
        case InstancesColumn:
            return row.row.instances ? QString::number(*row.row.instances) : unknownMark();
        default:
            return {};
        }
    case Qt::AccessibleTextRole:
        return index.column() == HostColumn ? QVariant(row.host.value) : data(index, Qt::DisplayRole);
    case Qt::FontRole:
        if (index.column() == HostColumn) {
            QFont bold;
            bold.setBold(true);
            return bold;
        }
        return {};
    case Qt::ToolTipRole:
        return row.row.about;
    case Qt::TextAlignmentRole:
        return index.column() >= CpuColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case FirstOfHostRole:
        return row.first;
    case HostRole:
        return row.host.value;
    default:
        return {};
    }
}

QVariant CapacityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section >= CpuColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case HostColumn:
        return tr("Host");
    case RowColumn:
        return tr("Project");
    case CpuColumn:
        return tr("CPU");
    case MemoryColumn:
        return tr("Memory MiB");
    case DiskColumn:
        return tr("Disk GiB");
    case InstancesColumn:
        return tr("Instances");
    default:
        return {};
    }
}

} // namespace drover
