// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/models/fleet_filter.h"
#include "ui/views/fleet_selection.h"

#include <QTableView>

namespace drover {

class DragJudge;
class InstanceModel;
class InstanceProxy;

/// All instances of the fleet: sorted, filtered, several can be selected and dragged onto a host.
class InstanceTable final : public QTableView
{
    Q_OBJECT
public:
    InstanceTable(Session& session, DragJudge& judge, QWidget* parent = nullptr);
    ~InstanceTable() override;

    [[nodiscard]] FleetSelection selection() const;
    void selectInstance(const InstanceId& instance);
    void setFilter(const FleetFilter& filter);
    [[nodiscard]] InstanceModel& instanceModel() { return *m_model; }

Q_SIGNALS:
    void fleetSelectionChanged();
    void moveToRequested(const std::vector<drover::InstanceId>& instances); ///< Ctrl+M, Move to…
    void menuRequested(QMenu* menu, const drover::FleetSelection& selection);
    void instanceActivated(const drover::InstanceId& instance); ///< Enter or double click

protected:
    void startDrag(Qt::DropActions actions) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

private:
    Session& m_session;
    DragJudge& m_judge;
    InstanceModel* m_model;
    InstanceProxy* m_proxy;
};

} // namespace drover
