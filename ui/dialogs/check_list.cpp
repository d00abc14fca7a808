// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/check_list.h"

#include "ui/dialogs/check_row.h"
#include "ui/theme/metrics.h"

#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace drover {

namespace {

bool isProblem(const CheckList::Entry& entry)
{
    return entry.result.pending || entry.accepted || entry.result.needsAcknowledgement ||
           entry.result.severity >= Severity::Info;
}

/// Worst first; what is only being asked stands after what is known.
int rank(const CheckList::Entry& entry)
{
    if (entry.result.pending)
        return 1;
    return entry.result.severity == Severity::Error ? 4 : entry.result.severity == Severity::Warning ? 3 : 0;
}

} // namespace

CheckList::CheckList(QWidget* parent)
    : QWidget(parent)
    , m_problems(new QVBoxLayout)
    , m_passes(new QVBoxLayout)
    , m_folded(new QWidget(this))
    , m_unfold(new QToolButton(this))
{
    setAccessibleName(tr("Checks"));
    m_problems->setSpacing(metrics::wideGap);
    m_passes->setSpacing(metrics::step);
    m_passes->setContentsMargins(metrics::signSize + metrics::gap, 0, 0, 0);
    m_folded->setLayout(m_passes);
    m_folded->hide();
    m_unfold->setCheckable(true);
    m_unfold->setAutoRaise(true);
    m_unfold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_unfold->setFocusPolicy(Qt::StrongFocus);
    m_unfold->setIconSize({metrics::signSize, metrics::signSize});
    connect(m_unfold, &QToolButton::toggled, this, [this](bool on) {
        m_folded->setVisible(on);
        arrange();
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::wideGap);
    layout->addLayout(m_problems);
    layout->addWidget(m_unfold, 0, Qt::AlignLeft);
    layout->addWidget(m_folded);
    layout->addStretch();
}

void CheckList::setEntries(std::vector<Entry> entries)
{
    std::ranges::stable_sort(entries, [](const Entry& a, const Entry& b) { return rank(a) > rank(b); });
    m_entries = std::move(entries);
    arrange();
}

void CheckList::arrange()
{
    std::map<Key, CheckRow*> gone = m_rows;
    int passed = 0;
    int problem = 0;
    for (const Entry& entry : m_entries) {
        const Key key{entry.move, entry.result.id};
        gone.erase(key);
        CheckRow*& row = m_rows[key];
        if (row == nullptr) {
            row = new CheckRow(this);
            connect(row, &CheckRow::acceptedChanged, this,
                    [this, key](bool accepted) { Q_EMIT acceptedChanged(key.first, key.second, accepted); });
        }
        row->show(entry.instance, entry.result, entry.accepted);
        QVBoxLayout* target = isProblem(entry) ? m_problems : m_passes;
        const int place = isProblem(entry) ? problem++ : passed++;
        if (target->indexOf(row) != place) {
            m_problems->removeWidget(row);
            m_passes->removeWidget(row);
            target->insertWidget(place, row);
            row->setVisible(true);
        }
    }
    for (const auto& [key, row] : gone) {
        m_rows.erase(key);
        row->deleteLater();
        row->hide();
    }
    const QString arrow = m_unfold->isChecked() ? QStringLiteral("▾") : QStringLiteral("▸");
    const QString count =
        problem == 0 ? tr("%n checks passed", nullptr, passed) : tr("%n more checks passed", nullptr, passed);
    m_unfold->setText(QStringLiteral("%1 %2").arg(count, arrow));
    m_unfold->setAccessibleName(count);
    m_unfold->setIcon(signIcon(Sign::Pass, themeColours(palette()).good));
    m_unfold->setVisible(passed > 0);
    m_folded->setVisible(passed > 0 && m_unfold->isChecked());
}

} // namespace drover
