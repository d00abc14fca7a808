// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/instance_model.h"

#include "core/session/session.h"
#include "ui/drag/instance_drag.h"
#include "ui/models/fleet_roles.h"
#include "ui/models/fleet_words.h"
#include "ui/models/row_ranges.h"
#include "ui/theme/signs.h"

#include <QMimeData>

#include <algorithm>

namespace drover {

namespace {

/// Whether a row would look or sort otherwise; counters that no column shows change with every reading.
bool looksOtherwise(const Instance& a, const Instance& b)
{
    const DomainStatus& x = a.domain.status;
    const DomainStatus& y = b.domain.status;
    return a.places != b.places || a.host != b.host || a.movingTo != b.movingTo ||
           a.domain.definition != b.domain.definition || x.state != y.state || x.vcpus != y.vcpus ||
           x.memory != y.memory || x.dirtyRate != y.dirtyRate || x.outgoing != y.outgoing ||
           x.incoming != y.incoming;
}

} // namespace

InstanceModel::InstanceModel(QObject* parent)
    : QAbstractTableModel(parent), m_snapshot(std::make_shared<const Inventory>())
{
}

void InstanceModel::follow(const Session& session)
{
    m_jobOf = [&session](const InstanceId& id) { return session.jobOf(id); };
    InventoryChange all;
    all.hostListChanged = true;
    apply(session.inventory(), all);
    connect(&session, &Session::inventoryChanged, this,
            [this, &session](const InventoryChange& change) { apply(session.inventory(), change); });
    const auto touched = [this, &session](JobId id) {
        if (const Job* job = session.job(id))
            jobTouched(job->instance);
    };
    connect(&session, &Session::jobAdded, this, touched);
    connect(&session, &Session::jobChanged, this, touched);
    connect(&session, &Session::jobEnded, this, touched);
}

void InstanceModel::apply(const Snapshot& snapshot, const InventoryChange& inventoryChange)
{
    const Snapshot before = m_snapshot;
    m_snapshot = snapshot;
    if (!inventoryChange.hostListChanged) {
        remove(inventoryChange.instancesRemoved);
        change(inventoryChange.instancesChanged);
        add(inventoryChange.instancesAdded);
        for (const HostId& host : inventoryChange.hostsChanged)
            markLastKnown(*before, host);
        return;
    }
    // Other hosts, perhaps another fleet: compare with what is there.
    std::vector<InstanceId> gone;
    std::vector<InstanceId> kept;
    for (const auto& row : m_rows)
        (snapshot->instance(row->id) == nullptr ? gone : kept).push_back(row->id);
    std::vector<InstanceId> fresh;
    snapshot->forEachInstance([&](const Instance& instance) {
        if (rowOf(instance.id) < 0)
            fresh.push_back(instance.id);
    });
    remove(gone);
    change(kept);
    add(fresh);
}

void InstanceModel::add(const std::vector<InstanceId>& ids)
{
    std::vector<std::shared_ptr<const Instance>> fresh;
    fresh.reserve(ids.size());
    for (const InstanceId& id : ids) {
        if (auto instance = m_snapshot->sharedInstance(id); instance && rowOf(id) < 0)
            fresh.push_back(std::move(instance));
    }
    if (fresh.empty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(fresh.size()) - 1);
    for (auto& instance : fresh) {
        m_index.insert(instance->id, static_cast<int>(m_rows.size()));
        m_rows.push_back(std::move(instance));
    }
    endInsertRows();
}

void InstanceModel::remove(const std::vector<InstanceId>& ids)
{
    std::vector<int> rows;
    for (const InstanceId& id : ids) {
        if (const int row = rowOf(id); row >= 0)
            rows.push_back(row);
    }
    const std::vector<RowRange> ranges = rowRanges(rows);
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
        beginRemoveRows({}, range->first, range->last);
        for (int row = range->first; row <= range->last; ++row)
            m_index.remove(m_rows[static_cast<std::size_t>(row)]->id);
        m_rows.erase(m_rows.begin() + range->first, m_rows.begin() + range->last + 1);
        for (int row = range->first; row < rowCount(); ++row)
            m_index[m_rows[static_cast<std::size_t>(row)]->id] = row;
        endRemoveRows();
    }
}

void InstanceModel::change(const std::vector<InstanceId>& ids)
{
    std::vector<int> rows;
    for (const InstanceId& id : ids) {
        const int row = rowOf(id);
        auto instance = m_snapshot->sharedInstance(id);
        if (row < 0 || !instance)
            continue;
        auto& current = m_rows[static_cast<std::size_t>(row)];
        if (looksOtherwise(*current, *instance))
            rows.push_back(row);
        current = std::move(instance);
    }
    for (const RowRange& range : rowRanges(rows))
        Q_EMIT dataChanged(index(range.first, 0), index(range.last, ColumnCount - 1));
}

void InstanceModel::markLastKnown(const Inventory& before, const HostId& id)
{
    const Host* was = before.host(id);
    const Host* is = m_snapshot->host(id);
    if (was == nullptr || is == nullptr || was->connection == is->connection)
        return;
    std::vector<int> rows;
    for (const Instance* instance : m_snapshot->instancesAt(id)) {
        if (const int row = rowOf(instance->id); row >= 0)
            rows.push_back(row);
    }
    for (const RowRange& range : rowRanges(rows))
        Q_EMIT dataChanged(index(range.first, State), index(range.last, State));
}

void InstanceModel::jobTouched(const InstanceId& id)
{
    if (const int row = rowOf(id); row >= 0)
        Q_EMIT dataChanged(index(row, Task), index(row, Task));
}

InstanceId InstanceModel::instanceAt(int row) const
{
    const Instance* found = instance(row);
    return found == nullptr ? InstanceId{} : found->id;
}

int InstanceModel::rowOf(const InstanceId& instance) const
{
    return m_index.value(instance, -1);
}

const Instance* InstanceModel::instance(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].get() : nullptr;
}

int InstanceModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int InstanceModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant InstanceModel::display(const Instance& instance, int column) const
{
    const DomainStatus& status = instance.domain.status;
    switch (column) {
    case Name:
        return instance.name();
    case HostColumn: {
        if (!instance.inConflict())
            return instance.host.value;
        QStringList all;
        for (const Place& place : instance.places)
            all += place.host.value;
        return all.join(QStringLiteral(", "));
    }
    case State: {
        const Host* host = m_snapshot->host(instance.host);
        const bool lastKnown = host != nullptr && host->connection == ConnectionState::Down;
        const QString state = words::powerState(status.state);
        return lastKnown ? tr("%1?").arg(state) : state;
    }
    case Task:
        return words::task(instance, m_jobOf ? m_jobOf(instance.id) : nullptr);
    case Vcpus:
        return QString::number(status.vcpus);
    case Memory:
        return formatMib(tileMemory(instance));
    case Disks:
        return storageSummary(*instance.domain.definition);
    case Project:
        return instance.domain.definition->project.isEmpty() ? tr("(none)")
                                                             : instance.domain.definition->project;
    case DirtyRate:
        return status.dirtyRate ? formatRate(*status.dirtyRate) : unknownMark();
    default:
        return {};
    }
}

QVariant InstanceModel::sortValue(const Instance& instance, int column) const
{
    switch (column) {
    case Vcpus:
        return instance.domain.status.vcpus;
    case Memory:
        return static_cast<qlonglong>(tileMemory(instance).value);
    case DirtyRate:
        return instance.domain.status.dirtyRate ? instance.domain.status.dirtyRate->bytesPerSecond : -1.0;
    default:
        return display(instance, column);
    }
}

QVariant InstanceModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Instance& instance = *m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return display(instance, index.column());
    case Qt::TextAlignmentRole: {
        const bool isNumber =
            index.column() == Vcpus || index.column() == Memory || index.column() == DirtyRate;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    case Qt::ToolTipRole:
        return index.column() == Name ? toString(instance.id) : display(instance, index.column());
    case Qt::AccessibleTextRole:
        return index.column() == Name ? tr("instance %1").arg(instance.name())
                                      : display(instance, index.column());
    case HostIdRole:
        return QVariant::fromValue(instance.host);
    case InstanceIdRole:
        return QVariant::fromValue(instance.id);
    case SortRole:
        return sortValue(instance, index.column());
    case SignRole:
        return index.column() == Name ? QVariant(static_cast<int>(signOf(instance))) : QVariant();
    case ToneRole:
        return static_cast<int>(instance.inConflict() ? Tone::Error : Tone::Plain);
    case ProgressRole: {
        const auto progress =
            index.column() == Task && m_jobOf ? progressOf(m_jobOf(instance.id)) : std::nullopt;
        return progress ? QVariant(*progress) : QVariant();
    }
    default:
        return {};
    }
}

QVariant InstanceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section == Vcpus || section == Memory || section == DirtyRate;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Instance");
    case HostColumn:
        return tr("Host");
    case State:
        return tr("State");
    case Task:
        return tr("Task");
    case Vcpus:
        return tr("vCPUs");
    case Memory:
        return tr("Memory");
    case Disks:
        return tr("Disks");
    case Project:
        return tr("Project");
    case DirtyRate:
        return tr("Dirty rate");
    default:
        return {};
    }
}

Qt::ItemFlags InstanceModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled | Qt::ItemNeverHasChildren;
}

QStringList InstanceModel::mimeTypes() const
{
    return {instanceMimeType()};
}

QMimeData* InstanceModel::mimeData(const QModelIndexList& indexes) const
{
    std::vector<InstanceId> ids;
    QStringList names;
    for (const QModelIndex& index : indexes) {
        const Instance* found = instance(index.row());
        if (found == nullptr || std::find(ids.begin(), ids.end(), found->id) != ids.end())
            continue;
        ids.push_back(found->id);
        names += found->name();
    }
    return ids.empty() ? nullptr : instanceMimeData(ids, names).release();
}

} // namespace drover
