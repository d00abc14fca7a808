// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/doctor/readiness_model.h"

#include "ui/theme/colours.h"
#include "ui/theme/signs.h"

#include <QGuiApplication>

#include <algorithm>

namespace drover {
namespace {

QString word(const PairReport& report)
{
    if (!report.done)
        return ReadinessModel::tr("asking…");
    switch (report.verdict) {
    case HostVerdict::Level::Fits:
        return ReadinessModel::tr("ready");
    case HostVerdict::Level::Warning:
        return ReadinessModel::tr("warning");
    case HostVerdict::Level::Cannot:
        break;
    }
    return ReadinessModel::tr("cannot");
}

} // namespace

ReadinessModel::ReadinessModel(std::vector<HostId> hosts, QObject* parent)
    : QAbstractTableModel(parent), m_hosts(std::move(hosts)), m_cells(m_hosts.size() * m_hosts.size())
{
    for (std::size_t row = 0; row < m_hosts.size(); ++row) {
        for (std::size_t column = 0; column < m_hosts.size(); ++column) {
            PairReport& cell = m_cells[row * m_hosts.size() + column];
            cell.from = m_hosts[row];
            cell.to = m_hosts[column];
        }
    }
}

std::size_t ReadinessModel::place(int row, int column) const
{
    return static_cast<std::size_t>(row) * m_hosts.size() + static_cast<std::size_t>(column);
}

void ReadinessModel::setReports(const std::vector<PairReport>& reports)
{
    for (const PairReport& report : reports) {
        const auto row = std::find(m_hosts.begin(), m_hosts.end(), report.from) - m_hosts.begin();
        const auto column = std::find(m_hosts.begin(), m_hosts.end(), report.to) - m_hosts.begin();
        const auto size = static_cast<std::ptrdiff_t>(m_hosts.size());
        if (row == size || column == size)
            continue;
        PairReport& cell = m_cells[place(static_cast<int>(row), static_cast<int>(column))];
        if (cell.done == report.done && cell.reason == report.reason && cell.checks == report.checks)
            continue;
        cell = report;
        const QModelIndex changed = index(static_cast<int>(row), static_cast<int>(column));
        Q_EMIT dataChanged(changed, changed);
    }
}

const PairReport* ReadinessModel::report(const QModelIndex& index) const
{
    if (!index.isValid() || index.row() == index.column())
        return nullptr;
    return &m_cells[place(index.row(), index.column())];
}

int ReadinessModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_hosts.size());
}

int ReadinessModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_hosts.size());
}

QVariant ReadinessModel::data(const QModelIndex& index, int role) const
{
    const PairReport* cell = report(index);
    if (cell == nullptr)
        return {};
    const ThemeColours& colours = themeColours(QGuiApplication::palette());
    const Tone tone = cell->done ? toneOf(cell->verdict) : Tone::Plain;
    switch (role) {
    case Qt::DisplayRole:
        return word(*cell);
    case Qt::DecorationRole:
        return signIcon(cell->done ? signOf(cell->verdict) : Sign::Pending, colours.textOf(tone));
    case Qt::ForegroundRole:
        return colours.textOf(tone);
    case Qt::BackgroundRole:
        return colours.tintOf(tone);
    case Qt::ToolTipRole:
        return cell->done ? cell->reason : tr("Both hosts are being asked");
    case Qt::AccessibleTextRole:
        return tr("%1 to %2: %3")
            .arg(cell->from.value, cell->to.value, cell->done ? cell->reason : word(*cell));
    default:
        return {};
    }
}

QVariant ReadinessModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (section < 0 || section >= static_cast<int>(m_hosts.size()))
        return {};
    const QString host = m_hosts[static_cast<std::size_t>(section)].value;
    if (role == Qt::DisplayRole)
        return orientation == Qt::Horizontal ? tr("to %1").arg(host) : tr("from %1").arg(host);
    if (role == Qt::ToolTipRole)
        return host;
    return {};
}

Qt::ItemFlags ReadinessModel::flags(const QModelIndex& index) const
{
    return report(index) == nullptr ? Qt::NoItemFlags : QAbstractTableModel::flags(index);
}

} // namespace drover
