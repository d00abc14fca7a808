// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/host_model.h"

#include "core/session/session.h"
#include "ui/drag/instance_drag.h"
#include "ui/models/fleet_roles.h"
#include "ui/models/fleet_words.h"
#include "ui/models/row_ranges.h"
#include "ui/theme/signs.h"

#include <algorithm>
#include <cmath>

namespace drover {

HostModel::HostModel(QObject* parent)
    : QAbstractTableModel(parent), m_snapshot(std::make_shared<const Inventory>())
{
}

void HostModel::follow(const Session& session)
{
    InventoryChange all;
    all.hostListChanged = true;
    apply(session.inventory(), all, session.clock().now());
    connect(&session, &Session::inventoryChanged, this, [this, &session](const InventoryChange& change) {
        apply(session.inventory(), change, session.clock().now());
    });
    connect(&m_ageTimer, &QTimer::timeout, this, [this, &session] {
        m_now = session.clock().now();
        if (!m_rows.empty()) {
            const int last = rowCount() - 1;
            Q_EMIT dataChanged(index(0, Age), index(last, Age), {Qt::DisplayRole});
            Q_EMIT dataChanged(index(0, State), index(last, State), {Qt::DisplayRole});
        }
    });
    m_ageTimer.start(1000);
}

void HostModel::apply(const Snapshot& snapshot, const InventoryChange& change, Instant now)
{
    const Snapshot before = m_snapshot;
    m_snapshot = snapshot;
    m_now = now;
    if (change.hostListChanged)
        syncHostList();
    std::vector<int> rows;
    const auto touch = [&](const HostId& host) {
        if (const int row = rowOf(host); row >= 0)
            rows.push_back(row);
    };
    if (change.hostListChanged) {
        for (int row = 0; row < rowCount(); ++row)
            rows.push_back(row);
    } else {
        for (const HostId& host : change.hostsChanged)
            touch(host);
        // A move shows at both ends, also at one whose own reading has not changed.
        const auto touchPlaces = [&](const Inventory& inventory, const std::vector<InstanceId>& ids) {
            for (const InstanceId& id : ids) {
                const Instance* instance = inventory.instance(id);
                if (instance == nullptr)
                    continue;
                for (const Place& place : instance->places)
                    touch(place.host);
            }
        };
        touchPlaces(*m_snapshot, change.instancesAdded);
        touchPlaces(*m_snapshot, change.instancesChanged);
        if (before->instanceCount() > 0) {
            touchPlaces(*before, change.instancesChanged);
            touchPlaces(*before, change.instancesRemoved);
        }
    }
    refreshRows(std::move(rows));
}

HostModel::Row HostModel::makeRow(const std::shared_ptr<const Host>& host) const
{
    Row row;
    row.host = host;
    row.capacity = capacityOf(*host);
    for (const Instance* instance : m_snapshot->instancesAt(host->id())) {
        if (!instance->isMoving())
            continue;
        const Place* place = placeAt(*instance, host->id());
        if (place == nullptr)
            continue;
        row.arriving += place->role == PlaceRole::Incoming ? 1 : 0;
        row.leaving += place->role == PlaceRole::Outgoing ? 1 : 0;
    }
    return row;
}

void HostModel::syncHostList()
{
    const auto& wanted = m_snapshot->hosts();
    const auto reindex = [this] {
        m_index.clear();
        for (int row = 0; row < static_cast<int>(m_rows.size()); ++row)
            m_index.insert(m_rows[static_cast<std::size_t>(row)].host->id(), row);
    };
    for (int row = static_cast<int>(m_rows.size()) - 1; row >= 0; --row) {
        if (m_snapshot->host(m_rows[static_cast<std::size_t>(row)].host->id()) != nullptr)
            continue;
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        reindex();
        endRemoveRows();
    }
    for (int row = 0; row < static_cast<int>(wanted.size()); ++row) {
        const HostId& id = wanted[static_cast<std::size_t>(row)]->id();
        const int at = rowOf(id);
        if (at == row)
            continue;
        if (at < 0) {
            beginInsertRows({}, row, row);
            m_rows.insert(m_rows.begin() + row, makeRow(wanted[static_cast<std::size_t>(row)]));
            reindex();
            endInsertRows();
        } else {
            beginMoveRows({}, at, at, {}, row);
            std::rotate(m_rows.begin() + row, m_rows.begin() + at, m_rows.begin() + at + 1);
            reindex();
            endMoveRows();
        }
    }
}

void HostModel::refreshRows(std::vector<int> rows)
{
    for (const RowRange& range : rowRanges(rows)) {
        for (int row = range.first; row <= range.last; ++row) {
            Row& current = m_rows[static_cast<std::size_t>(row)];
            const auto& hosts = m_snapshot->hosts();
            current = makeRow(hosts[static_cast<std::size_t>(row)]);
        }
        Q_EMIT dataChanged(index(range.first, 0), index(range.last, ColumnCount - 1));
    }
}

HostId HostModel::hostAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].host->id() : HostId{};
}

int HostModel::rowOf(const HostId& host) const
{
    return m_index.value(host, -1);
}

const Capacity* HostModel::capacity(const HostId& host) const
{
    const int row = rowOf(host);
    return row < 0 ? nullptr : &m_rows[static_cast<std::size_t>(row)].capacity;
}

int HostModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int HostModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant HostModel::display(const Row& row, int column) const
{
    const Host& host = *row.host;
    const bool known = host.reading != nullptr;
    switch (column) {
    case Name:
        return host.id().value;
    case State:
        return words::hostState(host, m_now);
    case Zone:
        return words::zoneName(host.config.zone);
    case Cpu:
    case Memory:
    case Disk: {
        const auto kind = static_cast<ResourceKind>(column - Cpu);
        return barText(barFigures(row.capacity, kind, known), kind);
    }
    case Instances:
        return known ? QString::number(row.capacity.instances) : unknownMark();
    case Moves:
        if (row.arriving == 0 && row.leaving == 0)
            return QString();
        return row.arriving == 0  ? tr("%1 out").arg(row.leaving)
               : row.leaving == 0 ? tr("%1 in").arg(row.arriving)
                                  : tr("%1 in, %2 out").arg(row.arriving).arg(row.leaving);
    case Load:
        return known && host.reading->cpuPercent ? tr("%1 %").arg(std::round(*host.reading->cpuPercent))
                                                 : unknownMark();
    case Network:
        return known && host.reading->network ? formatRate(*host.reading->network) : unknownMark();
    case Versions:
        return words::versions(host);
    case Age:
        return words::hostAge(host, m_now);
    default:
        return {};
    }
}

QVariant HostModel::sortValue(const Row& row, int column) const
{
    const Host& host = *row.host;
    switch (column) {
    case State:
        return static_cast<int>(signOf(host));
    case Cpu:
        return row.capacity.usedNow.vcpus / std::max(1.0, row.capacity.effective.vcpus);
    case Memory:
        return static_cast<double>(row.capacity.usedNow.memory.value) /
               std::max(1.0, static_cast<double>(row.capacity.effective.memory.value));
    case Disk:
        return static_cast<double>(row.capacity.usedNow.disk.value) /
               std::max(1.0, static_cast<double>(row.capacity.effective.disk.value));
    case Instances:
        return host.reading ? row.capacity.instances : -1;
    case Moves:
        return row.arriving + row.leaving;
    case Load:
        return host.reading ? host.reading->cpuPercent.value_or(-1) : -1.0;
    case Network:
        return host.reading && host.reading->network ? host.reading->network->bytesPerSecond : -1.0;
    case Age:
        return host.lastAnswer
                   ? QVariant(static_cast<qlonglong>(-host.lastAnswer->time_since_epoch().count()))
                   : QVariant(std::numeric_limits<qlonglong>::max());
    default:
        return display(row, column);
    }
}

QVariant HostModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const Host& host = *row.host;
    const bool isBar = index.column() >= Cpu && index.column() <= Disk;
    switch (role) {
    case Qt::DisplayRole:
        return display(row, index.column());
    case Qt::TextAlignmentRole: {
        const bool isNumber = index.column() == Instances || index.column() == Load ||
                              index.column() == Network || index.column() == Age || index.column() == Moves;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    case Qt::ToolTipRole:
        if (isBar) {
            const auto kind = static_cast<ResourceKind>(index.column() - Cpu);
            return barDescription(barFigures(row.capacity, kind, host.reading != nullptr), kind);
        }
        if (host.connection == ConnectionState::Down && !host.error.message.isEmpty())
            return host.error.message;
        return index.column() == Name ? host.config.uri : display(row, index.column());
    case Qt::AccessibleTextRole:
        return index.column() == Name ? tr("host %1").arg(host.id().value) : display(row, index.column());
    case HostIdRole:
        return QVariant::fromValue(host.id());
    case SortRole:
        return sortValue(row, index.column());
    case BarRole:
        return isBar ? QVariant::fromValue(barFigures(row.capacity,
                                                      static_cast<ResourceKind>(index.column() - Cpu),
                                                      host.reading != nullptr))
                     : QVariant();
    case BarKindRole:
        return isBar ? QVariant(index.column() - Cpu) : QVariant();
    case SignRole:
        return index.column() == Name ? QVariant(static_cast<int>(signOf(host))) : QVariant();
    case ToneRole:
        return static_cast<int>(toneOf(host));
    case ZoneRole:
        return host.config.zone;
    default:
        return {};
    }
}

QVariant HostModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section == Instances || section == Load || section == Network ||
                              section == Age || section == Moves;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Host");
    case State:
        return tr("State");
    case Zone:
        return tr("Zone");
    case Cpu:
        return tr("CPU");
    case Memory:
        return tr("Memory");
    case Disk:
        return tr("Disk");
    case Instances:
        return tr("Instances");
    case Moves:
        return tr("Moves");
    case Load:
        return tr("CPU load");
    case Network:
        return tr("Network");
    case Versions:
        return tr("Versions");
    case Age:
        return tr("Data");
    default:
        return {};
    }
}

Qt::ItemFlags HostModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDropEnabled | Qt::ItemNeverHasChildren;
}

QStringList HostModel::mimeTypes() const
{
    return {instanceMimeType()};
}

bool HostModel::canDropMimeData(const QMimeData* /*data*/, Qt::DropAction /*action*/, int /*row*/,
                                int /*column*/, const QModelIndex& /*parent*/) const
{
    return false;
}

} // namespace drover
