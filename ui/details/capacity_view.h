// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/models/fleet_filter.h"

#include <QTableView>

namespace drover {

class CapacityProxy;

/// The capacity tables of all hosts that match the search.
class CapacityView final : public QTableView
{
    Q_OBJECT
public:
    explicit CapacityView(Session& session, QWidget* parent = nullptr);
    ~CapacityView() override;
    void setFilter(const FleetFilter& filter);

private:
    CapacityProxy* m_proxy;
};

} // namespace drover
