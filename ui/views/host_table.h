// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/models/fleet_filter.h"
#include "ui/views/fleet_selection.h"

#include <QTableView>

namespace drover {

class DragAutoScroll;
class DragJudge;
class FleetDelegate;
class HostModel;
class HostProxy;

/// All hosts with their capacity bars: sorted, filtered, several can be selected; instances can be dropped on
/// a row. While instances are dragged its state column says each host's verdict and the bars show it after
/// the drop.
class HostTable final : public QTableView
{
    Q_OBJECT
public:
    HostTable(Session& session, DragJudge& judge, QWidget* parent = nullptr);
    ~HostTable() override;

    [[nodiscard]] FleetSelection selection() const;
    void selectHost(const HostId& host);
    void setFilter(const FleetFilter& filter);
    [[nodiscard]] HostModel& hostModel() { return *m_model; }

Q_SIGNALS:
    void fleetSelectionChanged();
    /// Instances were dropped on a host that does not refuse them. Nothing has happened yet.
    void moveRequested(const std::vector<drover::InstanceId>& instances, const drover::HostId& destination);
    /// The menu of the selection is about to open: add to it what concerns it.
    void menuRequested(QMenu* menu, const drover::FleetSelection& selection);
    void hostActivated(const drover::HostId& host); ///< Enter or double click

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

private:
    [[nodiscard]] HostId hostAt(const QPoint& position) const;
    void hover(const HostId& host);

    Session& m_session;
    DragJudge& m_judge;
    HostModel* m_model;
    HostProxy* m_proxy;
    FleetDelegate* m_delegate;
    std::unique_ptr<DragAutoScroll> m_autoScroll;
};

} // namespace drover
