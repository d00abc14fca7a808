// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/models/fleet_filter.h"
#include "ui/views/fleet_selection.h"

#include <QAbstractScrollArea>
#include <QTimer>

#include <memory>

namespace drover {

class BoardLayout;
class DragJudge;

/// The placement board: hosts as cards by zone, instances as tiles sized by memory. Tiles are dragged from
/// it, and instances from any view are dropped on its cards; it moves nothing by itself. Paints only what is
/// seen, and lays out again only what changed.
class BoardView final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    BoardView(Session& session, DragJudge& judge, QWidget* parent = nullptr);
    ~BoardView() override;

    [[nodiscard]] FleetSelection selection() const;
    void selectInstance(const InstanceId& instance); ///< and scrolls to it
    void selectHost(const HostId& host);             ///< and scrolls to it
    void setFilter(const FleetFilter& filter);
    [[nodiscard]] const BoardLayout& layoutOf() const { return *m_layout; } ///< for tests and accessibility

    /// Where a card or tile lies in viewport coordinates; empty when there is none (folded, filtered,
    /// unknown).
    [[nodiscard]] QRect hostRect(const HostId& host) const;
    [[nodiscard]] QRect instanceRect(const InstanceId& instance, const HostId& host) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void fleetSelectionChanged();
    /// Instances were dropped on a host that does not refuse them. Nothing has happened yet.
    void moveRequested(const std::vector<drover::InstanceId>& instances, const drover::HostId& destination);
    void moveToRequested(const std::vector<drover::InstanceId>& instances); ///< Ctrl+M, Move to…
    void menuRequested(QMenu* menu, const drover::FleetSelection& selection);
    void hostActivated(const drover::HostId& host);             ///< Enter or double click
    void instanceActivated(const drover::InstanceId& instance); ///< Enter or double click

protected:
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    friend class BoardAccessible;
    struct Private;
    std::unique_ptr<BoardLayout> m_layout;
    std::unique_ptr<Private> d;
};

} // namespace drover
