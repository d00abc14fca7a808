// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/models/fleet_filter.h"
#include "ui/views/fleet_selection.h"

#include <QStackedWidget>

class QLabel;
class QMenu;
class QTabWidget;

namespace drover {

class BoardView;
class CapacityView;
class DragJudge;
class HostTable;
class InstanceTable;

/// The middle of the window: board, hosts, instances and capacity as tabs; or, while there is nothing to show
/// in them, what to do about it.
class FleetTabs final : public QStackedWidget
{
    Q_OBJECT
public:
    FleetTabs(Session& session, DragJudge& judge, QWidget* parent = nullptr);

    void setFilter(const FleetFilter& filter);
    void select(const FleetSelection& selection); ///< in the board and the tables
    /// The fleet file could not be read: says so instead of the fleet.
    void showFleetError(const Error& error);
    [[nodiscard]] QTabWidget& tabs() { return *m_tabs; }
    [[nodiscard]] BoardView& board() { return *m_board; }
    [[nodiscard]] HostTable& hosts() { return *m_hosts; }
    [[nodiscard]] InstanceTable& instances() { return *m_instances; }
    [[nodiscard]] QWidget& currentView();

Q_SIGNALS:
    void fleetSelectionChanged(const drover::FleetSelection& selection);
    void moveRequested(const std::vector<drover::InstanceId>& instances, const drover::HostId& destination);
    void moveToRequested(const std::vector<drover::InstanceId>& instances);
    void menuRequested(QMenu* menu, const drover::FleetSelection& selection);
    void activated(); ///< Enter or a double click on something: it wants to be read about
    void demoRequested();

private:
    QWidget* makeEmptyPage();
    void showPage();

    Session& m_session;
    QTabWidget* m_tabs;
    BoardView* m_board;
    HostTable* m_hosts;
    InstanceTable* m_instances;
    CapacityView* m_capacity;
    QLabel* m_emptyTitle;
    QLabel* m_emptyText;
    QWidget* m_emptyPage;
    bool m_failed = false;
    bool m_selecting = false; ///< a selection is being passed on: what the views tell meanwhile is no news
};

} // namespace drover
