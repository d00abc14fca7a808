// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/verdict_model.h"

#include "ui/delegates/capacity_bar.h"
#include "ui/theme/colours.h"
#include "ui/theme/signs.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>
#include <chrono>

namespace drover {

VerdictModel::VerdictModel(Session& session, std::vector<InstanceId> instances, QObject* parent)
    : QAbstractTableModel(parent), m_session(session), m_instances(std::move(instances))
{
    judge();
    m_again.setSingleShot(true);
    m_again.setInterval(std::chrono::milliseconds(250));
    connect(&m_again, &QTimer::timeout, this, &VerdictModel::judge);
    const auto again = [this] {
        if (!m_again.isActive())
            m_again.start();
    };
    connect(&session, &Session::judgementChanged, this, again);
    connect(&session, &Session::inventoryChanged, this, again);
}

int VerdictModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_verdicts.size());
}

int VerdictModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QString VerdictModel::word(const HostVerdict& verdict) const
{
    if (verdict.isSource)
        return tr("here now");
    switch (verdict.level) {
    case HostVerdict::Level::Fits:
        return verdict.pending ? tr("checking…") : tr("fits");
    case HostVerdict::Level::Warning:
        return tr("with a warning");
    case HostVerdict::Level::Cannot:
        return tr("cannot");
    }
    return {};
}

QVariant VerdictModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const HostVerdict& verdict = verdictAt(index.row());
    const ThemeColours& colours = themeColours(QGuiApplication::palette());
    const bool refused = verdict.isSource || verdict.level == HostVerdict::Level::Cannot;
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case HostColumn:
            return verdict.host.value;
        case VerdictColumn:
            return word(verdict);
        case MemoryColumn: {
            const Host* host = m_session.inventory()->host(verdict.host);
            return barText(
                barFigures(verdict, ResourceKind::Memory, host != nullptr && host->reading != nullptr),
                ResourceKind::Memory);
        }
        case ReasonColumn:
            return verdict.reason;
        default:
            return {};
        }
    case Qt::ToolTipRole:
        return QStringLiteral("%1: %2").arg(verdict.host.value, verdict.reason);
    case Qt::DecorationRole:
        if (index.column() != VerdictColumn)
            return {};
        return signIcon(verdict.pending && verdict.level == HostVerdict::Level::Fits ? Sign::Pending
                        : verdict.isSource                                           ? Sign::Running
                                                                                     : signOf(verdict.level),
                        verdict.isSource || (verdict.pending && !refused)
                            ? colours.mutedText
                            : colours.textOf(toneOf(verdict.level)));
    case Qt::ForegroundRole:
        if (index.column() == VerdictColumn && !verdict.isSource && (!verdict.pending || refused))
            return colours.textOf(toneOf(verdict.level));
        return refused && index.column() == MemoryColumn ? QVariant(colours.mutedText) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == MemoryColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    default:
        return {};
    }
}

QVariant VerdictModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case HostColumn:
        return tr("Host");
    case VerdictColumn:
        return tr("Verdict");
    case MemoryColumn:
        return tr("Memory after");
    case ReasonColumn:
        return tr("Why");
    default:
        return {};
    }
}

void VerdictModel::judge()
{
    std::vector<HostVerdict> next = m_session.judge(m_instances);
    sortBestFirst(next);
    // Where they are now is no destination: it stands last.
    std::ranges::stable_partition(next, [](const HostVerdict& verdict) { return !verdict.isSource; });
    const bool sameHosts =
        std::ranges::is_permutation(next, m_verdicts, {}, &HostVerdict::host, &HostVerdict::host);
    if (!sameHosts) {
        beginResetModel();
        m_verdicts = std::move(next);
        endResetModel();
        return;
    }
    if (!std::ranges::equal(next, m_verdicts, {}, &HostVerdict::host, &HostVerdict::host)) {
        Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
        const QModelIndexList before = persistentIndexList();
        QModelIndexList after;
        for (const QModelIndex& old : before) {
            const auto found = std::ranges::find(next, verdictAt(old.row()).host, &HostVerdict::host);
            after.append(index(static_cast<int>(found - next.begin()), old.column()));
        }
        m_verdicts = std::move(next);
        changePersistentIndexList(before, after);
        Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
    } else {
        m_verdicts = std::move(next);
    }
    if (!m_verdicts.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

} // namespace drover
