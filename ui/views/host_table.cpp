// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/host_table.h"

#include "ui/delegates/fleet_delegate.h"
#include "ui/drag/drag_auto_scroll.h"
#include "ui/drag/drag_judge.h"
#include "ui/drag/drop_target.h"
#include "ui/models/fleet_proxies.h"
#include "ui/models/host_model.h"
#include "ui/theme/metrics.h"
#include "ui/views/fleet_menu.h"

#include <QDragEnterEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QScrollBar>

namespace drover {

HostTable::HostTable(Session& session, DragJudge& judge, QWidget* parent)
    : QTableView(parent)
    , m_session(session)
    , m_judge(judge)
    , m_model(new HostModel(this))
    , m_proxy(new HostProxy(this))
    , m_delegate(new FleetDelegate(judge, HostModel::State, this))
    , m_autoScroll(std::make_unique<DragAutoScroll>(*this))
{
    setAccessibleName(tr("Hosts"));
    m_proxy->setSourceModel(m_model);
    setModel(m_proxy);
    setItemDelegate(m_delegate);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setFrameShape(QFrame::NoFrame);
    setAcceptDrops(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 3 * metrics::step);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    const int em = fontMetrics().horizontalAdvance(QLatin1Char('M'));
    setColumnWidth(HostModel::Name, 10 * em);
    setColumnWidth(HostModel::State, 26 * em);
    setColumnWidth(HostModel::Zone, 6 * em);
    for (const int bar : {HostModel::Cpu, HostModel::Memory, HostModel::Disk})
        setColumnWidth(bar, bar == HostModel::Cpu ? 15 * em : 19 * em);
    setColumnWidth(HostModel::Instances, 7 * em);
    setColumnWidth(HostModel::Moves, 8 * em);
    setColumnWidth(HostModel::Load, 7 * em);
    setColumnWidth(HostModel::Network, 8 * em);
    setColumnWidth(HostModel::Versions, 18 * em);
    setColumnWidth(HostModel::Age, 7 * em);
    m_model->follow(session);
    m_proxy->sort(-1);
    setSortingEnabled(true);
    horizontalHeader()->setSortIndicator(HostModel::Name, Qt::AscendingOrder);
    const auto repaint = [this] { viewport()->update(); };
    connect(&judge, &DragJudge::began, this, repaint);
    connect(&judge, &DragJudge::changed, this, repaint);
    connect(&judge, &DragJudge::ended, this, [this] { hover({}); });
}

HostTable::~HostTable() = default;

FleetSelection HostTable::selection() const
{
    FleetSelection found;
    if (selectionModel() == nullptr)
        return found;
    const QModelIndex current = currentIndex();
    const QModelIndexList rows = selectionModel()->selectedRows();
    for (const QModelIndex& row : rows) {
        const HostId host = m_model->hostAt(m_proxy->mapToSource(row).row());
        if (row.row() == current.row())
            found.hosts.insert(found.hosts.begin(), host);
        else
            found.hosts.push_back(host);
    }
    return found;
}

void HostTable::selectHost(const HostId& host)
{
    const int row = m_model->rowOf(host);
    const QModelIndex index = row < 0 ? QModelIndex() : m_proxy->mapFromSource(m_model->index(row, 0));
    if (!index.isValid())
        return;
    setCurrentIndex(index);
    scrollTo(index);
}

void HostTable::setFilter(const FleetFilter& filter)
{
    m_proxy->setFilter(filter);
    viewport()->update();
}

HostId HostTable::hostAt(const QPoint& position) const
{
    const QModelIndex index = indexAt(position);
    return index.isValid() ? m_model->hostAt(m_proxy->mapToSource(index).row()) : HostId{};
}

void HostTable::hover(const HostId& host)
{
    m_delegate->setDropHost(host);
    viewport()->update();
}

void HostTable::dragEnterEvent(QDragEnterEvent* event)
{
    enterDrop(*event, m_judge);
}

void HostTable::dragMoveEvent(QDragMoveEvent* event)
{
    const QPoint position = event->position().toPoint();
    m_autoScroll->moved(position);
    const HostId host = hostAt(position);
    hover(offerDrop(*event, host, m_judge) ? host : HostId{});
}

void HostTable::dragLeaveEvent(QDragLeaveEvent* /*event*/)
{
    m_autoScroll->stop();
    hover({});
    leaveDrop(m_judge);
}

void HostTable::dropEvent(QDropEvent* event)
{
    m_autoScroll->stop();
    const HostId host = hostAt(event->position().toPoint());
    const std::vector<InstanceId> instances = takeDrop(*event, host, m_judge);
    hover({});
    if (!instances.empty())
        Q_EMIT moveRequested(instances, host);
}

void HostTable::contextMenuEvent(QContextMenuEvent* event)
{
    const FleetSelection chosen = selection();
    const QPoint at = event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid()
                          ? viewport()->mapToGlobal(visualRect(currentIndex()).center())
                          : event->globalPos();
    if (!chosen.empty())
        popupFleetMenu(*this, at, chosen, m_session, {},
                       [&](QMenu* menu) { Q_EMIT menuRequested(menu, chosen); });
    event->accept();
}

void HostTable::keyPressEvent(QKeyEvent* event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        Q_EMIT hostActivated(m_model->hostAt(m_proxy->mapToSource(currentIndex()).row()));
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void HostTable::mouseDoubleClickEvent(QMouseEvent* event)
{
    const HostId host = hostAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && !host.value.isEmpty())
        Q_EMIT hostActivated(host);
}

void HostTable::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (m_proxy->rowCount() > 0)
        return;
    if (m_model->rowCount() == 0)
        paintEmptyState(*viewport(), tr("No hosts yet."), tr("Add one, or look at the demo fleet."));
    else
        paintEmptyState(*viewport(), tr("No host matches “%1”.").arg(m_proxy->filter().text()),
                        tr("Clear the search to see all %n host(s).", nullptr, m_model->rowCount()));
}

void HostTable::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTableView::selectionChanged(selected, deselected);
    Q_EMIT fleetSelectionChanged();
}

} // namespace drover
