// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log/log_view.h"

#include "ui/log/log_model.h"
#include "ui/theme/metrics.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace drover {

namespace {

/// Shows entries from a level on.
class LevelProxy final : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setLeast(int level)
    {
        m_least = level;
        invalidateFilter();
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        return sourceModel()->index(row, 0, parent).data(LogModel::LevelRole).toInt() >= m_least;
    }

private:
    int m_least = static_cast<int>(LogLevel::Info);
};

} // namespace

LogView::LogView(QWidget* parent)
    : QWidget(parent)
    , m_model(new LogModel(this))
    , m_proxy(new LevelProxy(this))
    , m_least(new QComboBox(this))
    , m_table(new QTableView(this))
{
    setAccessibleName(tr("Log"));
    m_proxy->setSourceModel(m_model);
    m_table->setModel(m_proxy);
    m_table->setAccessibleName(tr("Log entries"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->setIconSize({metrics::signSize, metrics::signSize});
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setColumnWidth(LogModel::TimeColumn,
                            fontMetrics().horizontalAdvance(QStringLiteral("00:00:00.000")) + 20);
    m_table->setColumnWidth(LogModel::LevelColumn, fontMetrics().horizontalAdvance(tr("warning")) + 40);
    m_table->setColumnWidth(LogModel::CategoryColumn,
                            fontMetrics().horizontalAdvance(QStringLiteral("simulator")) + 20);

    m_least->addItem(tr("Everything"), static_cast<int>(LogLevel::Debug));
    m_least->addItem(tr("From information"), static_cast<int>(LogLevel::Info));
    m_least->addItem(tr("From warnings"), static_cast<int>(LogLevel::Warning));
    m_least->addItem(tr("Errors only"), static_cast<int>(LogLevel::Error));
    m_least->setCurrentIndex(1);
    m_least->setAccessibleName(tr("Least level that is shown"));
    auto* caption = new QLabel(tr("Show"), this);
    caption->setBuddy(m_least);
    auto* copyAction = new QAction(tr("Copy"), this);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    copyAction->setToolTip(tr("Copies the selected lines, or all that are shown"));
    addAction(copyAction);
    auto* copyButton = new QToolButton(this);
    copyButton->setDefaultAction(copyAction);
    copyButton->setAccessibleName(tr("Copy log lines"));
    copyButton->setFocusPolicy(Qt::TabFocus);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(metrics::gap, metrics::step, metrics::gap, metrics::step);
    head->setSpacing(metrics::gap);
    head->addWidget(caption);
    head->addWidget(m_least);
    head->addStretch();
    head->addWidget(copyButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_table, 1);

    connect(m_least, &QComboBox::currentIndexChanged, this,
            [this] { static_cast<LevelProxy*>(m_proxy)->setLeast(m_least->currentData().toInt()); });
    connect(copyAction, &QAction::triggered, this, &LogView::copy);
    connect(m_proxy, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar* bar = m_table->verticalScrollBar();
        m_table->setProperty("followsEnd", bar->value() >= bar->maximum());
    });
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_table->property("followsEnd").toBool())
            m_table->scrollToBottom();
    });
    m_table->scrollToBottom();
}

void LogView::setLeast(LogLevel level)
{
    m_least->setCurrentIndex(m_least->findData(static_cast<int>(level)));
}

void LogView::copy()
{
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    QStringList lines;
    if (rows.isEmpty()) {
        for (int row = 0; row < m_proxy->rowCount(); ++row)
            lines.append(m_model->line(m_proxy->mapToSource(m_proxy->index(row, 0)).row()));
    }
    for (const QModelIndex& row : std::as_const(rows))
        lines.append(m_model->line(m_proxy->mapToSource(row).row()));
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

} // namespace drover
