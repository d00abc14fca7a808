// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/fleet_tree_model.h"

#include "core/session/session.h"
#include "ui/drag/instance_drag.h"
#include "ui/models/fleet_roles.h"
#include "ui/models/fleet_words.h"
#include "ui/models/natural_order.h"
#include "ui/theme/signs.h"

#include <QMimeData>

#include <algorithm>

namespace drover {

struct FleetTreeModel::Node
{
    Kind kind = Kind::Root;
    QString zone;
    HostId host;
    InstanceId instance;
    Capacity capacity; ///< of a host
    Node* parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;

    [[nodiscard]] bool sameThing(const Node& other) const
    {
        return kind == other.kind && zone == other.zone && host == other.host && instance == other.instance;
    }
    [[nodiscard]] size_t key() const { return qHashMulti(0, zone, host, instance); }
    void renumber(std::size_t from)
    {
        for (std::size_t i = from; i < children.size(); ++i)
            children[i]->row = static_cast<int>(i);
    }
};

FleetTreeModel::FleetTreeModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_snapshot(std::make_shared<const Inventory>())
    , m_root(std::make_unique<Node>())
{
}

FleetTreeModel::~FleetTreeModel() = default;

void FleetTreeModel::follow(const Session& session)
{
    InventoryChange all;
    all.hostListChanged = true;
    apply(session.inventory(), all, session.clock().now());
    connect(&session, &Session::inventoryChanged, this, [this, &session](const InventoryChange& change) {
        apply(session.inventory(), change, session.clock().now());
    });
}

void FleetTreeModel::apply(const Snapshot& snapshot, const InventoryChange& change, Instant now)
{
    const Snapshot before = m_snapshot;
    m_snapshot = snapshot;
    m_now = now;
    std::set<HostId> touched;
    bool order = change.hostListChanged;
    if (change.hostListChanged) {
        for (const auto& host : snapshot->hosts())
            touched.insert(host->id());
    }
    for (const HostId& id : change.hostsChanged) {
        touched.insert(id);
        const Host* was = before->hosts().empty() ? nullptr : before->host(id);
        const Host* is = snapshot->host(id);
        order = order || was == nullptr || is == nullptr ||
                (was->connection == ConnectionState::Down) != (is->connection == ConnectionState::Down);
    }
    const auto touchPlaces = [&](const Inventory& inventory, const std::vector<InstanceId>& ids) {
        if (inventory.instanceCount() == 0)
            return;
        for (const InstanceId& id : ids) {
            if (const Instance* instance = inventory.instance(id)) {
                for (const Place& place : instance->places)
                    touched.insert(place.host);
            }
        }
    };
    for (const auto* ids : {&change.instancesAdded, &change.instancesChanged, &change.instancesRemoved}) {
        touchPlaces(*before, *ids);
        touchPlaces(*snapshot, *ids);
    }
    if (order)
        syncHosts();
    for (const HostId& id : touched)
        syncInstances(id);
    std::set<Node*> zones;
    for (const HostId& id : touched) {
        Node* node = m_hosts.value(id, nullptr);
        if (node == nullptr)
            continue;
        zones.insert(node->parent);
        Q_EMIT dataChanged(indexFor(*node, 0), indexFor(*node, ColumnCount - 1));
        if (!node->children.empty())
            Q_EMIT dataChanged(indexFor(*node->children.front(), 0),
                               indexFor(*node->children.back(), ColumnCount - 1));
    }
    for (Node* zone : zones)
        Q_EMIT dataChanged(indexFor(*zone, 0), indexFor(*zone, ColumnCount - 1));
}

void FleetTreeModel::syncHosts()
{
    std::vector<QString> zones;
    for (const auto& host : m_snapshot->hosts()) {
        if (std::find(zones.begin(), zones.end(), host->config.zone) == zones.end())
            zones.push_back(host->config.zone);
    }
    std::sort(zones.begin(), zones.end(), [](const QString& a, const QString& b) {
        // Hosts without a zone come last.
        return a.isEmpty() != b.isEmpty() ? b.isEmpty() : naturalCompare(a, b) < 0;
    });
    std::vector<Node> wantedZones(zones.size());
    for (std::size_t i = 0; i < zones.size(); ++i) {
        wantedZones[i].kind = Kind::Zone;
        wantedZones[i].zone = zones[i];
    }
    sync(*m_root, std::move(wantedZones));
    for (const auto& zone : m_root->children) {
        std::vector<Node> wanted;
        for (const bool silent : {true, false}) {
            for (const auto& host : m_snapshot->hosts()) {
                if (host->config.zone != zone->zone || (host->connection == ConnectionState::Down) != silent)
                    continue;
                Node node;
                node.kind = Kind::Host;
                node.zone = zone->zone;
                node.host = host->id();
                wanted.push_back(std::move(node));
            }
        }
        sync(*zone, std::move(wanted));
    }
    m_hosts.clear();
    for (const auto& zone : m_root->children) {
        for (const auto& host : zone->children)
            m_hosts.insert(host->host, host.get());
    }
}

void FleetTreeModel::syncInstances(const HostId& host)
{
    Node* node = m_hosts.value(host, nullptr);
    const Host* known = m_snapshot->host(host);
    if (node == nullptr || known == nullptr)
        return;
    node->capacity = capacityOf(*known);
    std::vector<const Instance*> instances = m_snapshot->instancesAt(host);
    std::erase_if(instances, [&](const Instance* instance) { return placeAt(*instance, host) == nullptr; });
    std::sort(instances.begin(), instances.end(), [](const Instance* a, const Instance* b) {
        const int order = naturalCompare(a->name(), b->name());
        return order != 0 ? order < 0 : a->id < b->id;
    });
    // A host that names one instance twice shows it once.
    instances.erase(std::unique(instances.begin(), instances.end()), instances.end());
    std::vector<Node> wanted(instances.size());
    for (std::size_t i = 0; i < instances.size(); ++i) {
        wanted[i].kind = Kind::Instance;
        wanted[i].zone = node->zone;
        wanted[i].host = host;
        wanted[i].instance = instances[i]->id;
    }
    sync(*node, std::move(wanted));
}

void FleetTreeModel::sync(Node& parent, std::vector<Node> wanted)
{
    const QModelIndex parentIndex = indexFor(parent);
    auto& children = parent.children;
    const auto same = [&] {
        return children.size() == wanted.size() &&
               std::equal(children.begin(), children.end(), wanted.begin(),
                          [](const auto& child, const Node& want) { return child->sameThing(want); });
    };
    if (same())
        return;
    QSet<size_t> keep;
    for (const Node& want : wanted)
        keep.insert(want.key());
    for (std::size_t end = children.size(); end > 0;) {
        std::size_t begin = end;
        while (begin > 0 && !keep.contains(children[begin - 1]->key()))
            --begin;
        if (begin == end) {
            --end;
            continue;
        }
        beginRemoveRows(parentIndex, static_cast<int>(begin), static_cast<int>(end) - 1);
        for (std::size_t i = begin; i < end; ++i) {
            if (children[i]->kind == Kind::Host)
                m_hosts.remove(children[i]->host);
            for (const auto& below : children[i]->children) {
                if (below->kind == Kind::Host)
                    m_hosts.remove(below->host);
            }
        }
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(begin),
                       children.begin() + static_cast<std::ptrdiff_t>(end));
        parent.renumber(begin);
        endRemoveRows();
        end = begin;
    }
    QSet<size_t> present;
    for (const auto& child : children)
        present.insert(child->key());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i < children.size() && children[i]->sameThing(wanted[i]))
            continue;
        const auto here = static_cast<std::ptrdiff_t>(i);
        if (present.contains(wanted[i].key())) {
            const auto at = std::find_if(children.begin() + here, children.end(),
                                         [&](const auto& child) { return child->sameThing(wanted[i]); });
            if (at != children.end()) {
                const int from = static_cast<int>(at - children.begin());
                beginMoveRows(parentIndex, from, from, parentIndex, static_cast<int>(i));
                std::rotate(children.begin() + here, at, at + 1);
                parent.renumber(i);
                endMoveRows();
                continue;
            }
        }
        // A run of new ones at once.
        std::size_t last = i;
        while (last + 1 < wanted.size() && !present.contains(wanted[last + 1].key()))
            ++last;
        beginInsertRows(parentIndex, static_cast<int>(i), static_cast<int>(last));
        std::vector<std::unique_ptr<Node>> fresh;
        for (std::size_t k = i; k <= last; ++k) {
            auto node = std::make_unique<Node>(std::move(wanted[k]));
            node->parent = &parent;
            if (node->kind == Kind::Host)
                m_hosts.insert(node->host, node.get());
            wanted[k].kind = node->kind;
            wanted[k].zone = node->zone;
            wanted[k].host = node->host;
            wanted[k].instance = node->instance;
            fresh.push_back(std::move(node));
        }
        children.insert(children.begin() + here, std::make_move_iterator(fresh.begin()),
                        std::make_move_iterator(fresh.end()));
        parent.renumber(i);
        endInsertRows();
        i = last;
    }
}

FleetTreeModel::Node* FleetTreeModel::nodeOf(const QModelIndex& index)
{
    return static_cast<Node*>(index.internalPointer());
}

QModelIndex FleetTreeModel::indexFor(const Node& node, int column) const
{
    return node.parent == nullptr ? QModelIndex() : createIndex(node.row, column, &node);
}

FleetTreeModel::Kind FleetTreeModel::kindOf(const QModelIndex& index) const
{
    return index.isValid() ? nodeOf(index)->kind : Kind::Root;
}

HostId FleetTreeModel::hostOf(const QModelIndex& index) const
{
    return index.isValid() ? nodeOf(index)->host : HostId{};
}

InstanceId FleetTreeModel::instanceOf(const QModelIndex& index) const
{
    return index.isValid() ? nodeOf(index)->instance : InstanceId{};
}

QModelIndex FleetTreeModel::indexOf(const HostId& host) const
{
    const Node* node = m_hosts.value(host, nullptr);
    return node == nullptr ? QModelIndex() : indexFor(*node);
}

QModelIndex FleetTreeModel::indexOf(const InstanceId& instance, const HostId& host) const
{
    HostId at = host;
    if (at.value.isEmpty()) {
        const Instance* known = m_snapshot->instanceCount() == 0 ? nullptr : m_snapshot->instance(instance);
        if (known != nullptr && !known->places.empty())
            at = known->inConflict() ? known->places.front().host : known->host;
    }
    if (const Node* node = m_hosts.value(at, nullptr)) {
        for (const auto& child : node->children) {
            if (child->instance == instance)
                return indexFor(*child);
        }
    }
    return {};
}

QModelIndex FleetTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (row < 0 || column < 0 || column >= ColumnCount || (parent.isValid() && parent.column() != 0))
        return {};
    const Node* above = parent.isValid() ? nodeOf(parent) : m_root.get();
    if (static_cast<std::size_t>(row) >= above->children.size())
        return {};
    return createIndex(row, column, above->children[static_cast<std::size_t>(row)].get());
}

QModelIndex FleetTreeModel::parent(const QModelIndex& index) const
{
    return index.isValid() ? indexFor(*nodeOf(index)->parent) : QModelIndex();
}

int FleetTreeModel::rowCount(const QModelIndex& parent) const
{
    if (parent.column() > 0)
        return 0;
    return static_cast<int>((parent.isValid() ? nodeOf(parent) : m_root.get())->children.size());
}

int FleetTreeModel::columnCount(const QModelIndex& /*parent*/) const
{
    return ColumnCount;
}

QVariant FleetTreeModel::zoneData(const Node& node, int column, int role) const
{
    if (role == Qt::DisplayRole && column == Name)
        return words::zoneName(node.zone);
    if (role == Qt::AccessibleTextRole && column == Name)
        return tr("zone %1").arg(words::zoneName(node.zone));
    return {};
}

QVariant FleetTreeModel::hostData(const Node& node, int column, int role) const
{
    const Host* host = m_snapshot->host(node.host);
    if (host == nullptr)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        if (column == Name)
            return node.host.value;
        if (column == Count) {
            if (host->connection == ConnectionState::Down)
                return tr("down");
            if (host->connection == ConnectionState::Connecting)
                return tr("…");
            return host->service().state == ServiceState::Enabled ? QString::number(node.capacity.instances)
                                                                  : tr("closed");
        }
        return {};
    case Qt::AccessibleTextRole:
        return column == Name ? tr("host %1").arg(node.host.value) : hostData(node, column, Qt::DisplayRole);
    case Qt::AccessibleDescriptionRole:
    case Qt::ToolTipRole: {
        const QString state = words::hostState(*host, m_now);
        const BarFigures memory = barFigures(node.capacity, ResourceKind::Memory, host->reading != nullptr);
        return tr("%1: %2. Memory: %3")
            .arg(node.host.value, state, barDescription(memory, ResourceKind::Memory));
    }
    case BarRole:
        return column == Memory ? QVariant::fromValue(barFigures(node.capacity, ResourceKind::Memory,
                                                                 host->reading != nullptr))
                                : QVariant();
    case BarKindRole:
        return column == Memory ? QVariant(static_cast<int>(ResourceKind::Memory)) : QVariant();
    case SignRole:
        return column == Name ? QVariant(static_cast<int>(signOf(*host))) : QVariant();
    case ToneRole:
        return static_cast<int>(toneOf(*host));
    default:
        return {};
    }
}

QVariant FleetTreeModel::instanceData(const Node& node, int column, int role) const
{
    const Instance* instance = m_snapshot->instance(node.instance);
    const Host* host = m_snapshot->host(node.host);
    if (instance == nullptr || host == nullptr)
        return {};
    const Place* place = placeAt(*instance, node.host);
    const bool lastKnown = host->connection == ConnectionState::Down;
    switch (role) {
    case Qt::DisplayRole:
        if (column == Name)
            return lastKnown ? tr("%1 ?").arg(instance->name()) : instance->name();
        if (column == Memory) {
            if (place != nullptr && place->role == PlaceRole::Incoming)
                return tr("arriving");
            return formatMib(tileMemory(*instance));
        }
        return {};
    case Qt::AccessibleTextRole:
        return column == Name ? tr("instance %1").arg(instance->name())
                              : instanceData(node, column, Qt::DisplayRole);
    case Qt::ToolTipRole:
        return tr("%1: %2, %3, %n vCPU(s)", nullptr, instance->domain.status.vcpus)
            .arg(instance->name(), words::powerState(instance->domain.status.state),
                 formatMib(tileMemory(*instance)));
    case SignRole:
        return column == Name ? QVariant(static_cast<int>(signOf(*instance))) : QVariant();
    case ToneRole:
        return static_cast<int>(instance->inConflict() ? Tone::Error : Tone::Plain);
    case InstanceIdRole:
        return QVariant::fromValue(node.instance);
    default:
        return {};
    }
}

QVariant FleetTreeModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node& node = *nodeOf(index);
    switch (role) {
    case Qt::TextAlignmentRole:
        return static_cast<int>((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case HostIdRole:
        return node.host.value.isEmpty() ? QVariant() : QVariant::fromValue(node.host);
    case ZoneRole:
        return node.zone;
    default:
        break;
    }
    switch (node.kind) {
    case Kind::Zone:
        return zoneData(node, index.column(), role);
    case Kind::Host:
        return hostData(node, index.column(), role);
    case Kind::Instance:
        return instanceData(node, index.column(), role);
    case Kind::Root:
        break;
    }
    return {};
}

QVariant FleetTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Fleet");
    case Memory:
        return tr("Memory");
    case Count:
        return tr("Instances");
    default:
        return {};
    }
}

Qt::ItemFlags FleetTreeModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    switch (nodeOf(index)->kind) {
    case Kind::Host:
        return flags | Qt::ItemIsDropEnabled;
    case Kind::Instance:
        return flags | Qt::ItemIsDragEnabled | Qt::ItemNeverHasChildren;
    default:
        return flags;
    }
}

QStringList FleetTreeModel::mimeTypes() const
{
    return {instanceMimeType()};
}

QMimeData* FleetTreeModel::mimeData(const QModelIndexList& indexes) const
{
    std::vector<InstanceId> ids;
    QStringList names;
    for (const QModelIndex& index : indexes) {
        if (kindOf(index) != Kind::Instance)
            continue;
        const InstanceId id = instanceOf(index);
        const Instance* instance = m_snapshot->instance(id);
        if (instance == nullptr || std::find(ids.begin(), ids.end(), id) != ids.end())
            continue;
        ids.push_back(id);
        names += instance->name();
    }
    return ids.empty() ? nullptr : instanceMimeData(ids, names).release();
}

bool FleetTreeModel::canDropMimeData(const QMimeData* /*data*/, Qt::DropAction /*action*/, int /*row*/,
                                     int /*column*/, const QModelIndex& /*parent*/) const
{
    return false;
}

} // namespace drover
