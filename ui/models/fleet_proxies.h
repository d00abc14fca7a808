// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/fleet_filter.h"

#include <QSortFilterProxyModel>

namespace drover {

/// Sorts by the models' own sort values and keeps what a filter lets through.
class FleetProxy : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit FleetProxy(QObject* parent = nullptr);
    void setFilter(const FleetFilter& filter);
    [[nodiscard]] const FleetFilter& filter() const { return m_filter; }

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    FleetFilter m_filter;
};

/// Over a HostModel: hosts that match, or on which an instance matches.
class HostProxy final : public FleetProxy
{
    Q_OBJECT
public:
    using FleetProxy::FleetProxy;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
};

/// Over an InstanceModel.
class InstanceProxy final : public FleetProxy
{
    Q_OBJECT
public:
    using FleetProxy::FleetProxy;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
};

/// Over a FleetTreeModel: what matches, with what it stands under. Keeps the model's order.
class FleetTreeProxy final : public FleetProxy
{
    Q_OBJECT
public:
    explicit FleetTreeProxy(QObject* parent = nullptr);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
};

} // namespace drover
