// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/capacity_view.h"

#include "ui/details/capacity_model.h"
#include "ui/theme/colours.h"

#include <QHeaderView>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

namespace drover {

/// Keeps the rows of hosts that match, or whose project is named as it was typed.
class CapacityProxy final : public QSortFilterProxyModel
{
public:
    CapacityProxy(Session& session, QObject* parent) : QSortFilterProxyModel(parent), m_session(session) {}
    void setFleetFilter(const FleetFilter& filter)
    {
        m_filter = filter;
        invalidateFilter();
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        if (m_filter.empty())
            return true;
        const QModelIndex index = sourceModel()->index(row, CapacityModel::RowColumn, parent);
        const Host* host = m_session.inventory()->host({index.data(CapacityModel::HostRole).toString()});
        return (host != nullptr && m_filter.matches(*host)) ||
               index.data().toString().contains(m_filter.text(), Qt::CaseInsensitive);
    }

private:
    Session& m_session;
    FleetFilter m_filter;
};

namespace {

/// Draws a line above the first row of each host.
class CapacityDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        if (index.data(CapacityModel::FirstOfHostRole).toBool() && index.row() > 0) {
            painter->setPen(themeColours(option.palette).border);
            painter->drawLine(option.rect.topLeft(), option.rect.topRight());
        }
    }
};

} // namespace

CapacityView::CapacityView(Session& session, QWidget* parent)
    : QTableView(parent), m_proxy(new CapacityProxy(session, this))
{
    setAccessibleName(tr("Capacity of each host"));
    m_proxy->setSourceModel(new CapacityModel(session, this));
    setModel(m_proxy);
    setItemDelegate(new CapacityDelegate(this));
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setTabKeyNavigation(false);
    setWordWrap(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setAccessibleName(tr("Columns of the capacity table"));
    horizontalHeader()->setSectionResizeMode(CapacityModel::RowColumn, QHeaderView::Stretch);
    for (int column = 0; column < CapacityModel::ColumnCount; ++column)
        setColumnWidth(column, column <= CapacityModel::RowColumn ? 160 : 110);
}

CapacityView::~CapacityView() = default;

void CapacityView::setFilter(const FleetFilter& filter)
{
    m_proxy->setFleetFilter(filter);
}

} // namespace drover
