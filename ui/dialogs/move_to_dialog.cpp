// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/move_to_dialog.h"

#include "ui/dialogs/verdict_model.h"
#include "ui/shell/padded_header.h"
#include "ui/theme/metrics.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

namespace drover {

namespace {

/// Rows high enough to be hit.
class RoomyDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(metrics::wideGap, metrics::gap);
    }
};

} // namespace

MoveToDialog::MoveToDialog(Session& session, const std::vector<InstanceId>& instances, QWidget* parent)
    : QDialog(parent)
    , m_instances(instances)
    , m_model(new VerdictModel(session, instances, this))
    , m_proxy(new QSortFilterProxyModel(this))
    , m_filter(new QLineEdit(this))
    , m_list(new QTreeView(this))
    , m_hindrance(new QLabel(this))
    , m_next(new QPushButton(tr("Move…"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    const Instance* only = instances.size() == 1 ? session.inventory()->instance(instances.front()) : nullptr;
    const QString title = only != nullptr
                              ? tr("Move %1 from %2 to…").arg(only->name(), only->host.value)
                              : tr("Move %n instances to…", nullptr, static_cast<int>(instances.size()));
    setWindowTitle(title);
    auto* heading = new QLabel(title, this);
    heading->setTextFormat(Qt::PlainText);
    heading->setFont(metrics::headingFont(font()));

    m_filter->setPlaceholderText(tr("Type to filter by host or reason"));
    m_filter->setAccessibleName(tr("Filter hosts"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);

    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_proxy->setFilterKeyColumn(-1);
    m_list->setModel(m_proxy);
    m_list->setAccessibleName(tr("Hosts, best first"));
    m_list->setItemDelegate(new RoomyDelegate(m_list));
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setIconSize({metrics::signSize, metrics::signSize});
    m_list->header()->setStretchLastSection(true);
    m_list->header()->setSectionsMovable(false);
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(VerdictModel::ReasonColumn, QHeaderView::Stretch);
    m_list->header()->setAccessibleName(tr("Columns of the hosts"));

    m_hindrance->setTextFormat(Qt::PlainText);
    m_hindrance->setWordWrap(true);
    auto* cancel = new QPushButton(tr("Cancel"), this);
    m_next->setDefault(true);
    m_next->setAccessibleName(tr("Go on to the confirmation"));

    auto* foot = new QHBoxLayout;
    foot->setSpacing(metrics::gap);
    foot->addWidget(m_hindrance, 1);
    foot->addWidget(cancel);
    foot->addWidget(m_next);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, metrics::wideGap);
    layout->setSpacing(metrics::wideGap);
    layout->addWidget(heading);
    layout->addWidget(m_filter);
    layout->addWidget(m_list, 1);
    layout->addLayout(foot);
    padHeaders(*this);
    resize(760, 460);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_proxy->setFilterFixedString(text.trimmed());
        selectFirst();
    });
    connect(m_list, &QTreeView::activated, this, &MoveToDialog::choose);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &MoveToDialog::showChoice);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &MoveToDialog::showChoice);
    connect(m_model, &QAbstractItemModel::modelReset, this, &MoveToDialog::selectFirst);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_next, &QPushButton::clicked, this, &MoveToDialog::choose);
    session.gatherEvidence(instances);
    selectFirst();
    m_filter->setFocus();
}

bool MoveToDialog::eventFilter(QObject* watched, QEvent* event)
{
    // Up and down walk through the hosts while the typing goes on.
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown)
            return QCoreApplication::sendEvent(m_list, event);
    }
    return QDialog::eventFilter(watched, event);
}

void MoveToDialog::selectFirst()
{
    m_list->setCurrentIndex(m_proxy->index(0, 0));
    showChoice();
}

void MoveToDialog::showChoice()
{
    const QModelIndex current = m_proxy->mapToSource(m_list->currentIndex());
    QString why;
    if (!current.isValid()) {
        why = m_model->rowCount() == 0 ? tr("no host is known") : tr("no host matches");
    } else {
        const HostVerdict& verdict = m_model->verdictAt(current.row());
        if (verdict.isSource)
            why = tr("it runs on %1 already").arg(verdict.host.value);
        else if (verdict.level == HostVerdict::Level::Cannot)
            why = verdict.reason;
    }
    m_hindrance->setText(why);
    m_next->setEnabled(why.isEmpty());
}

void MoveToDialog::choose()
{
    const QModelIndex current = m_proxy->mapToSource(m_list->currentIndex());
    if (!current.isValid() || !m_next->isEnabled())
        return;
    Q_EMIT chosen(m_instances, m_model->verdictAt(current.row()).host);
    accept();
}

} // namespace drover
