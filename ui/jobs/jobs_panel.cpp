// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobs_panel.h"

#include "ui/jobs/job_actions.h"
#include "ui/jobs/job_delegate.h"
#include "ui/jobs/job_model.h"
#include "ui/theme/metrics.h"

#include <QAction>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace drover {

namespace {

constexpr int phaseLeast = 100; // narrower, the phase says nothing any more

} // namespace

JobsPanel::JobsPanel(Session& session, JobActions& actions, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
    , m_model(new JobModel(session, this))
    , m_delegate(new JobDelegate(this))
    , m_table(new QTableView(this))
    , m_empty(new QLabel(tr("No migrations yet.\nDrag an instance onto a host, or press Ctrl+M."), this))
    , m_stack(new QStackedLayout)
{
    setAccessibleName(tr("Migrations"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(m_delegate);
    m_table->setAccessibleName(tr("Migrations"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setMinimumSectionSize(40);
    m_table->horizontalHeader()->setAccessibleName(tr("Columns of the migrations"));
    static_cast<QLabel*>(m_empty)->setAlignment(Qt::AlignCenter);
    static_cast<QLabel*>(m_empty)->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setBackgroundRole(QPalette::Base);
    m_empty->setAutoFillBackground(true);
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_table);
    setLayout(m_stack);
    setCompact(false);
    showEmptyOrTable();

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                const JobId id = m_model->jobAt(current.row());
                m_actions.setJob(id);
                Q_EMIT selectionChanged(id);
            });
    connect(m_table, &QTableView::customContextMenuRequested, this, &JobsPanel::showMenu);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex& under, int first) {
        showEmptyOrTable();
        m_table->selectRow(m_model->index(first, 0, under).row());
        fitColumns();
    });
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &JobsPanel::showEmptyOrTable);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &JobsPanel::fitColumns);
    connect(m_model, &JobModel::countsChanged, this, &JobsPanel::summaryChanged);
    if (m_model->rowCount() > 0)
        m_table->selectRow(0);
}

JobId JobsPanel::selected() const
{
    return m_model->jobAt(m_table->currentIndex().row());
}

void JobsPanel::select(const JobId& id)
{
    const int row = m_model->rowOf(id);
    if (row >= 0)
        m_table->selectRow(row);
}

void JobsPanel::setCompact(bool compact)
{
    m_compactWanted = compact;
    useRows(compact);
    fitColumns();
}

void JobsPanel::useRows(bool compact)
{
    m_compact = compact;
    m_widest = {};
    m_delegate->setCompact(compact);
    const int line = fontMetrics().height();
    m_table->verticalHeader()->setDefaultSectionSize(compact ? line + 8 : line * 2 + 10);
    m_table->viewport()->update();
}

QString JobsPanel::summary() const
{
    if (m_model->rowCount() == 0)
        return {};
    const int running = m_model->running();
    const int waiting = m_model->waiting();
    if (running == 0 && waiting == 0)
        return tr("none running");
    return waiting == 0 ? tr("%1 running").arg(running)
                        : tr("%1 running, %2 waiting").arg(running).arg(waiting);
}

void JobsPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (m_compactWanted && !m_compact)
        useRows(true); // there may be room for it now
    fitColumns();
}

void JobsPanel::showMenu(const QPoint& position)
{
    if (!m_table->currentIndex().isValid())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    menu->setAccessibleName(tr("What can be done to this migration"));
    for (QAction* action : m_actions.all()) {
        if (!action->isVisible())
            continue;
        // A menu has room to say at once what would happen, or why it cannot.
        auto* entry = menu->addAction(QStringLiteral("%1   %2").arg(action->text(), action->toolTip()),
                                      action, &QAction::trigger);
        entry->setEnabled(action->isEnabled());
    }
    menu->popup(m_table->viewport()->mapToGlobal(position));
}

int JobsPanel::measure()
{
    QHeaderView* header = m_table->horizontalHeader();
    QStyleOptionViewItem option;
    option.font = m_table->font();
    int used = 0;
    const int rows = std::min(m_model->rowCount(), 200);
    for (int column = 0; column < JobModel::ColumnCount; ++column) {
        int wanted = header->sectionSizeHint(column) + 8;
        for (int row = 0; row < rows; ++row)
            wanted = std::max(wanted, m_delegate->sizeHint(option, m_model->index(row, column)).width());
        // A column that has been wide stays so: figures that come and go must not make the table tremble.
        int& widest = m_widest[static_cast<std::size_t>(column)];
        widest = column == JobModel::PhaseColumn ? wanted : std::max(widest, wanted);
        used += widest;
    }
    return used;
}

void JobsPanel::fitColumns()
{
    if (m_model->rowCount() == 0)
        return;
    const int room = m_table->viewport()->width();
    int used = measure();
    if (m_compact && used - m_widest[JobModel::PhaseColumn] > room) {
        useRows(false);
        used = measure();
    }
    std::array<int, JobModel::ColumnCount> widths = m_widest;
    int& phase = widths[JobModel::PhaseColumn];
    const int left = room - used;
    if (left > 0) {
        // What is left over goes to the bar, up to what still reads as one, and then to the phase.
        const int bar = std::min(left / 2, 120);
        widths[JobModel::ProgressColumn] += bar;
        phase += left - bar;
    } else {
        phase = phase + left;
    }
    // The chart names the phase too: where there is no room for it, the verdict and the bar keep theirs.
    const bool hidden = phase < phaseLeast;
    if (hidden)
        widths[JobModel::ProgressColumn] +=
            std::max(0, std::min(120, left + m_widest[JobModel::PhaseColumn]));
    m_table->setColumnHidden(JobModel::PhaseColumn, hidden);
    for (int column = 0; column < JobModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
}

void JobsPanel::showEmptyOrTable()
{
    m_stack->setCurrentWidget(m_model->rowCount() == 0 ? m_empty : static_cast<QWidget*>(m_table));
}

} // namespace drover
