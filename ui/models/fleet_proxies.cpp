// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/fleet_proxies.h"

#include "ui/models/fleet_roles.h"
#include "ui/models/fleet_tree_model.h"
#include "ui/models/host_model.h"
#include "ui/models/instance_model.h"
#include "ui/models/natural_order.h"

namespace drover {

FleetProxy::FleetProxy(QObject* parent) : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
    setDynamicSortFilter(true);
}

void FleetProxy::setFilter(const FleetFilter& filter)
{
    if (filter.text() == m_filter.text())
        return;
    m_filter = filter;
    invalidateFilter();
}

bool FleetProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    if (a.userType() == QMetaType::QString && b.userType() == QMetaType::QString) {
        return naturalCompare(a.toString(), b.toString()) < 0;
    }
    return QSortFilterProxyModel::lessThan(left, right);
}

bool HostProxy::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    if (filter().empty() || parent.isValid())
        return true;
    const auto* model = static_cast<const HostModel*>(sourceModel());
    const Inventory& inventory = *model->snapshot();
    const HostId id = model->hostAt(row);
    const Host* host = inventory.host(id);
    if (host == nullptr || filter().matches(*host))
        return host != nullptr;
    for (const Instance* instance : inventory.instancesAt(id)) {
        if (filter().matches(*instance, inventory))
            return true;
    }
    return false;
}

bool InstanceProxy::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    if (filter().empty() || parent.isValid())
        return true;
    const auto* model = static_cast<const InstanceModel*>(sourceModel());
    const Instance* instance = model->instance(row);
    return instance != nullptr && filter().matches(*instance, *model->snapshot());
}

FleetTreeProxy::FleetTreeProxy(QObject* parent) : FleetProxy(parent)
{
    setRecursiveFilteringEnabled(true);
    setAutoAcceptChildRows(false);
}

bool FleetTreeProxy::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    if (filter().empty())
        return true;
    const auto* model = static_cast<const FleetTreeModel*>(sourceModel());
    const Inventory& inventory = *model->snapshot();
    const QModelIndex index = model->index(row, 0, parent);
    switch (model->kindOf(index)) {
    case FleetTreeModel::Kind::Host: {
        const Host* host = inventory.host(model->hostOf(index));
        return host != nullptr && filter().matches(*host);
    }
    case FleetTreeModel::Kind::Instance: {
        const Instance* instance = inventory.instance(model->instanceOf(index));
        return instance != nullptr && filter().matches(*instance, inventory);
    }
    default:
        return false; // shown for what stands below it
    }
}

} // namespace drover
