// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/board/board_card.h"
#include "ui/models/fleet_filter.h"
#include "ui/views/fleet_selection.h"

#include <QAbstractScrollArea>
#include <QTimer>

#include <memory>

namespace drover {

class BoardLayout;
struct BoardZone;
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

    /// What lies there in viewport coordinates; null between the cards.
    [[nodiscard]] BoardItem itemAt(const QPoint& viewportPosition) const;
    [[nodiscard]] QRect rectInViewport(const BoardItem& item) const;
    [[nodiscard]] const BoardItem& focusItem() const;
    /// Moves the focus there, selects it alone and scrolls to it.
    void goTo(const BoardItem& item);
    void unfold(const HostId& host); ///< shows all instances of a card, or folds them again
    /// A card in words: state, verdict while something is dragged, capacity.
    [[nodiscard]] QString describe(const BoardCard& card) const;
    [[nodiscard]] const Job* jobOf(const InstanceId& instance) const;

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
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void startFollowing();
    void scheduleArrange();
    void arrangeNow();
    void dragBegan();
    void dragEnded();
    void fillLines();
    void hover(const HostId& host);
    void setFocusItem(const BoardItem& item);
    void ensureVisible(const BoardItem& item);
    void selectOnly(const BoardItem& item);
    void toggle(const InstanceId& instance);
    void selectUpTo(const BoardItem& item);
    void activate(const BoardItem& item);
    void openMenu(const QPoint& globalPosition);
    void paintHeading(QPainter& painter, const BoardZone& zone) const;
    void paintLines(QPainter& painter, const QRect& visible) const;
    [[nodiscard]] int scrolled() const;

    struct Private;
    std::unique_ptr<BoardLayout> m_layout;
    std::unique_ptr<Private> d;
};

} // namespace drover
