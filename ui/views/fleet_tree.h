// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/models/fleet_filter.h"
#include "ui/views/fleet_selection.h"

#include <QTreeView>

namespace drover {

class DragAutoScroll;
class DragJudge;
class FleetDelegate;
class FleetTreeModel;
class FleetTreeProxy;

/// Zones, their hosts with a memory bar and the number of instances, and the instances below. Hosts that do
/// not answer stand first. Instances can be dragged from it and dropped on its hosts.
class FleetTree final : public QTreeView
{
    Q_OBJECT
public:
    FleetTree(Session& session, DragJudge& judge, QWidget* parent = nullptr);
    ~FleetTree() override;

    [[nodiscard]] FleetSelection selection() const;
    void selectHost(const HostId& host);
    void selectInstance(const InstanceId& instance);
    void setFilter(const FleetFilter& filter);
    [[nodiscard]] FleetTreeModel& treeModel() { return *m_model; }

Q_SIGNALS:
    void fleetSelectionChanged();
    void moveRequested(const std::vector<drover::InstanceId>& instances, const drover::HostId& destination);
    void moveToRequested(const std::vector<drover::InstanceId>& instances); ///< Ctrl+M, Move to…
    void menuRequested(QMenu* menu, const drover::FleetSelection& selection);
    void hostActivated(const drover::HostId& host);
    void instanceActivated(const drover::InstanceId& instance);

protected:
    void startDrag(Qt::DropActions actions) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

private:
    [[nodiscard]] HostId hostAt(const QPoint& position) const;
    void hover(const HostId& host);
    void activate(const QModelIndex& index);
    void expandZones(const QModelIndex& parent, int first, int last);

    Session& m_session;
    DragJudge& m_judge;
    FleetTreeModel* m_model;
    FleetTreeProxy* m_proxy;
    FleetDelegate* m_delegate;
    std::unique_ptr<DragAutoScroll> m_autoScroll;
};

} // namespace drover
