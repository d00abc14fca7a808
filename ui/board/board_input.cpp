// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board/board_view.h"
#include "ui/board/board_view_p.h"
#include "ui/drag/drop_target.h"
#include "ui/drag/instance_drag.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include <algorithm>

// The board's pointer, keys and drags; what it shows is in board_view.cpp.
namespace drover {

void BoardView::mousePressEvent(QMouseEvent* event)
{
    if (d->arrange.isActive())
        arrangeNow();
    d->byKeyboard = false;
    const BoardItem item = itemAt(event->position().toPoint());
    d->pressed = {};
    d->selectOnRelease = false;
    if (event->button() != Qt::LeftButton) {
        // The menu concerns what is under the pointer.
        const bool within =
            std::find(d->selected.begin(), d->selected.end(), item.instance) != d->selected.end();
        if (!item.isNull() && !within)
            selectOnly(item);
        return;
    }
    d->pressed = item;
    d->pressedAt = event->position().toPoint();
    if (item.isNull()) {
        d->selected.clear();
        d->focus = {};
        viewport()->update();
        Q_EMIT fleetSelectionChanged();
        return;
    }
    const bool isSelected =
        std::find(d->selected.begin(), d->selected.end(), item.instance) != d->selected.end();
    if (event->modifiers().testFlag(Qt::ControlModifier) && item.isInstance()) {
        toggle(item.instance);
        d->rangeStart = item;
        setFocusItem(item);
    } else if (event->modifiers().testFlag(Qt::ShiftModifier) && !d->rangeStart.isNull()) {
        selectUpTo(item);
    } else if (isSelected && d->selected.size() > 1) {
        // It may be the start of a drag of all of them.
        d->selectOnRelease = true;
        setFocusItem(item);
    } else if (!item.more) {
        selectOnly(item);
    }
}

void BoardView::mouseMoveEvent(QMouseEvent* event)
{
    if (!event->buttons().testFlag(Qt::LeftButton) || !d->pressed.isInstance() || d->session.readOnly())
        return;
    if ((event->position().toPoint() - d->pressedAt).manhattanLength() < QApplication::startDragDistance())
        return;
    if (std::find(d->selected.begin(), d->selected.end(), d->pressed.instance) == d->selected.end())
        selectOnly(d->pressed);
    d->pressed = {};
    d->selectOnRelease = false;
    const std::vector<InstanceId> instances = d->selected;
    runInstanceDrag(*viewport(), d->session, d->judge, instances);
}

void BoardView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const BoardItem item = itemAt(event->position().toPoint());
    if (d->selectOnRelease && item == d->pressed)
        selectOnly(item);
    else if (item.more && item == d->pressed)
        unfold(item.host);
    d->selectOnRelease = false;
    d->pressed = {};
}

void BoardView::mouseDoubleClickEvent(QMouseEvent* event)
{
    const BoardItem item = itemAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && !item.more)
        activate(item);
}

void BoardView::contextMenuEvent(QContextMenuEvent* event)
{
    if (event->reason() == QContextMenuEvent::Keyboard) {
        const QRect at = rectInViewport(d->focus);
        openMenu(viewport()->mapToGlobal(at.isEmpty() ? QPoint(16, 16) : at.center()));
    } else {
        openMenu(event->globalPos());
    }
    event->accept();
}

void BoardView::keyPressEvent(QKeyEvent* event)
{
    if (d->arrange.isActive())
        arrangeNow();
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    const int key = event->key();
    d->byKeyboard = true;
    if (modifiers == Qt::ControlModifier && key == Qt::Key_M) {
        if (!d->selected.empty())
            Q_EMIT moveToRequested(d->selected);
        return;
    }
    if (modifiers == Qt::ShiftModifier && key == Qt::Key_F10) {
        const QRect at = rectInViewport(d->focus);
        openMenu(viewport()->mapToGlobal(at.isEmpty() ? QPoint(16, 16) : at.center()));
        return;
    }
    if (modifiers == Qt::ControlModifier && key == Qt::Key_A) {
        d->selected.clear();
        if (const BoardCard* card = m_layout->card(d->focus.host)) {
            for (const BoardTile& tile : card->tiles)
                d->selected.push_back(tile.id);
        }
        viewport()->update();
        Q_EMIT fleetSelectionChanged();
        return;
    }
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        activate(d->focus);
        return;
    }
    if (key == Qt::Key_Space) {
        if (d->focus.more)
            unfold(d->focus.host);
        else if (d->focus.isInstance())
            toggle(d->focus.instance);
        return;
    }
    if (key == Qt::Key_Escape && !d->selected.empty()) {
        d->selected.clear();
        viewport()->update();
        Q_EMIT fleetSelectionChanged();
        return;
    }
    if (const auto next = d->navigation.go(d->focus, key, viewport()->height())) {
        if (modifiers == Qt::ShiftModifier && !d->rangeStart.isNull())
            selectUpTo(*next);
        else if (modifiers == Qt::ControlModifier)
            setFocusItem(*next);
        else
            selectOnly(*next);
        ensureVisible(*next);
        return;
    }
    const QString text = event->text();
    if (!text.isEmpty() && text.at(0).isPrint() &&
        (modifiers == Qt::NoModifier || modifiers == Qt::ShiftModifier)) {
        const BoardItem found = d->navigation.type(d->focus, text, QApplication::keyboardInputInterval());
        if (!found.isNull())
            goTo(found);
        return;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void BoardView::focusInEvent(QFocusEvent* event)
{
    const Qt::FocusReason reason = event->reason();
    d->byKeyboard = reason != Qt::MouseFocusReason && reason != Qt::PopupFocusReason;
    if (d->focus.isNull() && reason != Qt::MouseFocusReason) {
        const std::vector<BoardItem> all = d->navigation.items();
        if (!all.empty())
            selectOnly(all.front());
    }
    viewport()->update();
    QAbstractScrollArea::focusInEvent(event);
}

void BoardView::focusOutEvent(QFocusEvent* event)
{
    viewport()->update();
    QAbstractScrollArea::focusOutEvent(event);
}

void BoardView::hover(const HostId& host)
{
    if (host == d->dropHost)
        return;
    d->dropHost = host;
    viewport()->update();
}

void BoardView::dragEnterEvent(QDragEnterEvent* event)
{
    enterDrop(*event, d->judge);
}

void BoardView::dragMoveEvent(QDragMoveEvent* event)
{
    const QPoint position = event->position().toPoint();
    d->autoScroll.moved(position);
    const HostId host = itemAt(position).host;
    hover(offerDrop(*event, host, d->judge) ? host : HostId{});
}

void BoardView::dragLeaveEvent(QDragLeaveEvent* /*event*/)
{
    d->autoScroll.stop();
    hover({});
    leaveDrop(d->judge);
}

void BoardView::dropEvent(QDropEvent* event)
{
    d->autoScroll.stop();
    const HostId host = itemAt(event->position().toPoint()).host;
    const std::vector<InstanceId> instances = takeDrop(*event, host, d->judge);
    hover({});
    if (!instances.empty())
        Q_EMIT moveRequested(instances, host);
}

void BoardView::dragBegan()
{
    d->scrollBefore = scrolled();
    if (m_layout->hostCount() > BoardLayout::largeFleet) {
        d->typed.clear();
        fillLines();
        m_layout->setDragging(true);
        arrangeNow();
        verticalScrollBar()->setValue(0);
        // Qt's drag takes every key for itself; asked before it, typing can filter the lines.
        QTimer::singleShot(0, this, [this] {
            if (d->judge.isActive())
                qApp->installEventFilter(this);
        });
        return;
    }
    // Cards grow by the room for their verdict; the one the drag comes from stays under the pointer.
    const Instance* first = m_layout->snapshot()->instanceCount() == 0
                                ? nullptr
                                : m_layout->snapshot()->instance(d->judge.instances().front());
    const HostId source = first == nullptr ? HostId{} : first->host;
    const QRect before = hostRect(source);
    m_layout->setDragging(true);
    arrangeNow();
    if (const QRect after = hostRect(source); !before.isEmpty() && !after.isEmpty())
        verticalScrollBar()->setValue(scrolled() + after.top() - before.top());
}

void BoardView::dragEnded()
{
    qApp->removeEventFilter(this);
    d->autoScroll.stop();
    d->typed.clear();
    hover({});
    if (m_layout->mode() == BoardLayout::Mode::Lines)
        m_layout->showCards();
    m_layout->setDragging(false);
    arrangeNow();
    verticalScrollBar()->setValue(d->scrollBefore);
}

void BoardView::fillLines()
{
    std::vector<HostVerdict> verdicts = d->judge.verdicts();
    sortBestFirst(verdicts);
    std::vector<HostId> order;
    int folded = 0;
    for (const HostVerdict& verdict : verdicts) {
        if (verdict.isSource)
            continue;
        if (verdict.level == HostVerdict::Level::Cannot)
            ++folded;
        else if (d->typed.isEmpty() || verdict.host.value.contains(d->typed, Qt::CaseInsensitive))
            order.push_back(verdict.host);
    }
    m_layout->showLines(order, folded);
}

bool BoardView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress || m_layout->mode() != BoardLayout::Mode::Lines)
        return QAbstractScrollArea::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Backspace)
        d->typed.chop(1);
    else if (!key->text().isEmpty() && key->text().at(0).isPrint())
        d->typed += key->text();
    else
        return false;
    fillLines();
    arrangeNow();
    return true;
}

} // namespace drover
