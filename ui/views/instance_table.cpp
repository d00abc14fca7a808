// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/instance_table.h"

#include "ui/delegates/fleet_delegate.h"
#include "ui/drag/drag_judge.h"
#include "ui/drag/instance_drag.h"
#include "ui/models/fleet_proxies.h"
#include "ui/models/instance_model.h"
#include "ui/theme/metrics.h"
#include "ui/views/fleet_menu.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>

namespace drover {

InstanceTable::InstanceTable(Session& session, DragJudge& judge, QWidget* parent)
    : QTableView(parent)
    , m_session(session)
    , m_judge(judge)
    , m_model(new InstanceModel(this))
    , m_proxy(new InstanceProxy(this))
{
    setAccessibleName(tr("Instances"));
    m_proxy->setSourceModel(m_model);
    setModel(m_proxy);
    setItemDelegate(new FleetDelegate(judge, -1, this));
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setFrameShape(QFrame::NoFrame);
    setDragEnabled(true);
    setDragDropMode(DragOnly);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 3 * metrics::step);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    const int em = fontMetrics().horizontalAdvance(QLatin1Char('M'));
    setColumnWidth(InstanceModel::Name, 16 * em);
    setColumnWidth(InstanceModel::HostColumn, 9 * em);
    setColumnWidth(InstanceModel::State, 8 * em);
    setColumnWidth(InstanceModel::Task, 13 * em);
    setColumnWidth(InstanceModel::Vcpus, 5 * em);
    setColumnWidth(InstanceModel::Memory, 9 * em);
    setColumnWidth(InstanceModel::Disks, 7 * em);
    setColumnWidth(InstanceModel::Project, 8 * em);
    setColumnWidth(InstanceModel::DirtyRate, 8 * em);
    m_model->follow(session);
    setSortingEnabled(true);
    sortByColumn(InstanceModel::Name, Qt::AscendingOrder);
}

InstanceTable::~InstanceTable() = default;

FleetSelection InstanceTable::selection() const
{
    FleetSelection found;
    if (selectionModel() == nullptr)
        return found;
    const QModelIndex current = currentIndex();
    const QModelIndexList rows = selectionModel()->selectedRows();
    for (const QModelIndex& row : rows) {
        const InstanceId id = m_model->instanceAt(m_proxy->mapToSource(row).row());
        if (row.row() == current.row())
            found.instances.insert(found.instances.begin(), id);
        else
            found.instances.push_back(id);
    }
    return found;
}

void InstanceTable::selectInstance(const InstanceId& instance)
{
    const int row = m_model->rowOf(instance);
    const QModelIndex index = row < 0 ? QModelIndex() : m_proxy->mapFromSource(m_model->index(row, 0));
    if (!index.isValid())
        return;
    setCurrentIndex(index);
    scrollTo(index);
}

void InstanceTable::setFilter(const FleetFilter& filter)
{
    m_proxy->setFilter(filter);
    viewport()->update();
}

void InstanceTable::startDrag(Qt::DropActions /*actions*/)
{
    const FleetSelection chosen = selection();
    if (!chosen.instances.empty() && !m_session.readOnly())
        runInstanceDrag(*this, m_session, m_judge, chosen.instances);
}

void InstanceTable::contextMenuEvent(QContextMenuEvent* event)
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

void InstanceTable::keyPressEvent(QKeyEvent* event)
{
    const FleetSelection chosen = selection();
    if (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_M) {
        if (!chosen.instances.empty())
            Q_EMIT moveToRequested(chosen.instances);
        event->accept();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        Q_EMIT instanceActivated(m_model->instanceAt(m_proxy->mapToSource(currentIndex()).row()));
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void InstanceTable::mouseDoubleClickEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index.isValid())
        Q_EMIT instanceActivated(m_model->instanceAt(m_proxy->mapToSource(index).row()));
}

void InstanceTable::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (m_proxy->rowCount() > 0)
        return;
    if (m_model->snapshot()->hosts().empty())
        paintEmptyState(*viewport(), tr("No hosts yet."), tr("Add one, or look at the demo fleet."));
    else if (m_model->rowCount() == 0)
        paintEmptyState(*viewport(), tr("No instances here yet."),
                        tr("Instances appear as soon as a host that runs some has answered."));
    else
        paintEmptyState(*viewport(), tr("No instance matches “%1”.").arg(m_proxy->filter().text()),
                        tr("Clear the search to see all %n instance(s).", nullptr, m_model->rowCount()));
}

void InstanceTable::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTableView::selectionChanged(selected, deselected);
    Q_EMIT fleetSelectionChanged();
}

} // namespace drover
