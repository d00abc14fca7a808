// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/fleet_tree.h"

#include "ui/delegates/fleet_delegate.h"
#include "ui/drag/drag_auto_scroll.h"
#include "ui/drag/drag_judge.h"
#include "ui/drag/drop_target.h"
#include "ui/drag/instance_drag.h"
#include "ui/models/fleet_proxies.h"
#include "ui/models/fleet_tree_model.h"
#include "ui/theme/metrics.h"
#include "ui/views/fleet_menu.h"

#include <QDragEnterEvent>
#include <QHeaderView>
#include <QKeyEvent>

#include <algorithm>

namespace drover {

FleetTree::FleetTree(Session& session, DragJudge& judge, QWidget* parent)
    : QTreeView(parent)
    , m_session(session)
    , m_judge(judge)
    , m_model(new FleetTreeModel(this))
    , m_proxy(new FleetTreeProxy(this))
    , m_delegate(new FleetDelegate(judge, FleetTreeModel::Count, this))
    , m_autoScroll(std::make_unique<DragAutoScroll>(*this))
{
    setAccessibleName(tr("Fleet"));
    m_delegate->setSignOnly(true);
    m_proxy->setSourceModel(m_model);
    setModel(m_proxy);
    setItemDelegate(m_delegate);
    setHeaderHidden(true);
    setUniformRowHeights(true);
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setAllColumnsShowFocus(true);
    setFrameShape(QFrame::NoFrame);
    setIndentation(3 * metrics::step);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDragDropMode(DragDrop);
    setDropIndicatorShown(false);
    setExpandsOnDoubleClick(false);
    setVerticalScrollMode(ScrollPerPixel);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(0);
    header()->setSectionResizeMode(QHeaderView::Fixed);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &FleetTree::expandZones);
    m_model->follow(session);
    expandZones({}, 0, m_proxy->rowCount() - 1);
    const auto repaint = [this] { viewport()->update(); };
    connect(&judge, &DragJudge::began, this, repaint);
    connect(&judge, &DragJudge::changed, this, repaint);
    connect(&judge, &DragJudge::ended, this, [this] { hover({}); });
}

FleetTree::~FleetTree() = default;

void FleetTree::expandZones(const QModelIndex& parent, int first, int last)
{
    if (parent.isValid())
        return;
    for (int row = first; row <= last; ++row)
        expand(m_proxy->index(row, 0));
}

FleetSelection FleetTree::selection() const
{
    FleetSelection found;
    if (selectionModel() == nullptr)
        return found;
    const auto add = [](auto& list, const auto& id, bool first) {
        if (std::find(list.begin(), list.end(), id) != list.end())
            return;
        list.insert(first ? list.begin() : list.end(), id);
    };
    const QModelIndex current = currentIndex().siblingAtColumn(0);
    const QModelIndexList rows = selectionModel()->selectedRows();
    for (const QModelIndex& row : rows) {
        const QModelIndex index = m_proxy->mapToSource(row);
        switch (m_model->kindOf(index)) {
        case FleetTreeModel::Kind::Zone:
            for (int i = 0; i < m_model->rowCount(index); ++i)
                add(found.hosts, m_model->hostOf(m_model->index(i, 0, index)), false);
            break;
        case FleetTreeModel::Kind::Host:
            add(found.hosts, m_model->hostOf(index), row == current);
            break;
        case FleetTreeModel::Kind::Instance:
            add(found.instances, m_model->instanceOf(index), row == current);
            break;
        case FleetTreeModel::Kind::Root:
            break;
        }
    }
    return found;
}

void FleetTree::selectHost(const HostId& host)
{
    const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(host));
    if (!index.isValid())
        return;
    setCurrentIndex(index);
    scrollTo(index);
}

void FleetTree::selectInstance(const InstanceId& instance)
{
    const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(instance));
    if (!index.isValid())
        return;
    setCurrentIndex(index);
    scrollTo(index);
}

void FleetTree::setFilter(const FleetFilter& filter)
{
    const bool wasEmpty = m_proxy->filter().empty();
    m_proxy->setFilter(filter);
    // What was found is to be seen; what was folded before is folded again afterwards.
    if (!filter.empty())
        expandAll();
    else if (!wasEmpty)
        collapseAll();
    expandZones({}, 0, m_proxy->rowCount() - 1);
    viewport()->update();
}

HostId FleetTree::hostAt(const QPoint& position) const
{
    return m_model->hostOf(m_proxy->mapToSource(indexAt(position)));
}

void FleetTree::hover(const HostId& host)
{
    m_delegate->setDropHost(host);
    viewport()->update();
}

void FleetTree::startDrag(Qt::DropActions /*actions*/)
{
    const FleetSelection chosen = selection();
    if (!chosen.instances.empty() && !m_session.readOnly())
        runInstanceDrag(*this, m_session, m_judge, chosen.instances);
}

void FleetTree::dragEnterEvent(QDragEnterEvent* event)
{
    enterDrop(*event, m_judge);
}

void FleetTree::dragMoveEvent(QDragMoveEvent* event)
{
    const QPoint position = event->position().toPoint();
    m_autoScroll->moved(position);
    const HostId host = hostAt(position);
    hover(offerDrop(*event, host, m_judge) ? host : HostId{});
}

void FleetTree::dragLeaveEvent(QDragLeaveEvent* /*event*/)
{
    m_autoScroll->stop();
    hover({});
    leaveDrop(m_judge);
}

void FleetTree::dropEvent(QDropEvent* event)
{
    m_autoScroll->stop();
    const HostId host = hostAt(event->position().toPoint());
    const std::vector<InstanceId> instances = takeDrop(*event, host, m_judge);
    hover({});
    if (!instances.empty())
        Q_EMIT moveRequested(instances, host);
}

void FleetTree::contextMenuEvent(QContextMenuEvent* event)
{
    const FleetSelection chosen = selection();
    const QPoint at = event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid()
                          ? viewport()->mapToGlobal(visualRect(currentIndex()).center())
                          : event->globalPos();
    if (!chosen.empty())
        popupFleetMenu(
            *this, at, chosen, m_session, [this, chosen] { Q_EMIT moveToRequested(chosen.instances); },
            [&](QMenu* menu) { Q_EMIT menuRequested(menu, chosen); });
    event->accept();
}

void FleetTree::activate(const QModelIndex& index)
{
    const QModelIndex source = m_proxy->mapToSource(index);
    switch (m_model->kindOf(source)) {
    case FleetTreeModel::Kind::Zone:
        setExpanded(index, !isExpanded(index));
        break;
    case FleetTreeModel::Kind::Host:
        Q_EMIT hostActivated(m_model->hostOf(source));
        break;
    case FleetTreeModel::Kind::Instance:
        Q_EMIT instanceActivated(m_model->instanceOf(source));
        break;
    case FleetTreeModel::Kind::Root:
        break;
    }
}

void FleetTree::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_M) {
        const FleetSelection chosen = selection();
        if (!chosen.instances.empty())
            Q_EMIT moveToRequested(chosen.instances);
        event->accept();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        activate(currentIndex().siblingAtColumn(0));
        event->accept();
        return;
    }
    QTreeView::keyPressEvent(event);
}

void FleetTree::mouseDoubleClickEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index.isValid())
        activate(index.siblingAtColumn(0));
}

void FleetTree::resizeEvent(QResizeEvent* event)
{
    const int width = viewport()->width();
    const int count = fontMetrics().horizontalAdvance(QStringLiteral("closed")) + 4 * metrics::step;
    const int bar = std::clamp(width * 30 / 100, 48, 120);
    setColumnWidth(FleetTreeModel::Count, count);
    setColumnWidth(FleetTreeModel::Memory, bar);
    setColumnWidth(FleetTreeModel::Name, std::max(40, width - count - bar));
    QTreeView::resizeEvent(event);
}

void FleetTree::paintEvent(QPaintEvent* event)
{
    QTreeView::paintEvent(event);
    if (m_proxy->rowCount() > 0)
        return;
    if (m_model->rowCount() == 0)
        paintEmptyState(*viewport(), tr("No hosts yet."), tr("Add one, or look at the demo fleet."));
    else
        paintEmptyState(*viewport(), tr("Nothing matches."), tr("Clear the search to see the whole fleet."));
}

void FleetTree::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTreeView::selectionChanged(selected, deselected);
    Q_EMIT fleetSelectionChanged();
}

} // namespace drover
