// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_model.h"

#include <algorithm>
#include <chrono>

namespace drover {

JobModel::JobModel(Session& session, QObject* parent) : QAbstractTableModel(parent), m_session(session)
{
    for (const JobId& id : session.jobs()) {
        if (const Job* job = session.job(id))
            m_rows.insert(m_rows.begin(), rowFor(*job));
    }
    connect(&session, &Session::jobAdded, this, &JobModel::add);
    connect(&session, &Session::jobRemoved, this, &JobModel::remove);
    connect(&session, &Session::jobChanged, this, &JobModel::noteChange);
    connect(&session, &Session::jobEnded, this, &JobModel::noteChange);
    m_tick.setInterval(std::chrono::seconds(1));
    m_tick.setSingleShot(true);
    connect(&m_tick, &QTimer::timeout, this, &JobModel::tellChanges);
}

int JobModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int JobModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant JobModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case InstanceColumn:
            return row.name;
        case VerdictColumn:
            return row.verdict.text;
        case LeftColumn:
            return row.left;
        case ProgressColumn:
            return row.progress ? tr("%1 %").arg(static_cast<int>(*row.progress)) : unknownMark();
        case PhaseColumn:
            return row.phase;
        default:
            return {};
        }
    case Qt::TextAlignmentRole:
        return index.column() == LeftColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::ToolTipRole:
        return QStringLiteral("%1  %2\n%3").arg(row.name, row.route, row.sentence);
    case Qt::AccessibleTextRole:
        return index.column() == InstanceColumn ? QVariant(row.spoken) : data(index, Qt::DisplayRole);
    case RouteRole:
        return row.route;
    case SignRole:
        return static_cast<int>(row.verdict.sign);
    case ToneRole:
        return static_cast<int>(row.verdict.tone);
    case ProgressRole:
        return row.progress ? QVariant(*row.progress) : QVariant();
    case JobIdRole:
        return QVariant::fromValue(row.id);
    case EndedRole:
        return isEnded(row.state);
    default:
        return {};
    }
}

JobModel::Row JobModel::rowFor(const Job& job)
{
    return {job.id,
            job.state,
            job.cancelling,
            job.instanceName,
            jobRoute(job),
            tr("%1 from %2 to %3").arg(job.instanceName, job.source.value, job.destination.value),
            jobVerdict(job),
            jobLeft(job),
            jobProgress(job),
            jobPhase(job),
            jobSentence(job)};
}

QVariant JobModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == LeftColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case InstanceColumn:
        return tr("Instance");
    case VerdictColumn:
        return tr("Verdict");
    case LeftColumn:
        return tr("Left");
    case ProgressColumn:
        return tr("Progress");
    case PhaseColumn:
        return tr("Phase");
    default:
        return {};
    }
}

JobId JobModel::jobAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].id : JobId{};
}

int JobModel::rowOf(const JobId& id) const
{
    const auto found = std::ranges::find(m_rows, id, &Row::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int JobModel::running() const
{
    return static_cast<int>(std::ranges::count_if(
        m_rows, [](const Row& row) { return row.state != JobState::Queued && !isEnded(row.state); }));
}

int JobModel::waiting() const
{
    return static_cast<int>(std::ranges::count(m_rows, JobState::Queued, &Row::state));
}

void JobModel::add(const JobId& id)
{
    const Job* job = m_session.job(id);
    if (job == nullptr || rowOf(id) >= 0)
        return;
    beginInsertRows({}, 0, 0);
    m_rows.insert(m_rows.begin(), rowFor(*job));
    endInsertRows();
    Q_EMIT countsChanged();
}

void JobModel::remove(const JobId& id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_rows.erase(m_rows.begin() + row);
    m_changed.remove(id);
    endRemoveRows();
    Q_EMIT countsChanged();
}

void JobModel::noteChange(const JobId& id)
{
    const int row = rowOf(id);
    const Job* job = m_session.job(id);
    if (row < 0 || job == nullptr)
        return;
    Row& known = m_rows[static_cast<std::size_t>(row)];
    // What an operator waits for is shown at once; figures that only grow can wait for the tick.
    const bool firstProgress = !known.progress && jobProgress(*job);
    if (known.state != job->state || known.cancelling != job->cancelling || firstProgress) {
        known = rowFor(*job);
        m_changed.remove(id);
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        Q_EMIT countsChanged();
        return;
    }
    m_changed.insert(id);
    if (!m_tick.isActive())
        m_tick.start();
}

void JobModel::tellChanges()
{
    int first = rowCount();
    int last = -1;
    for (const JobId& id : std::as_const(m_changed)) {
        const int row = rowOf(id);
        const Job* job = m_session.job(id);
        if (row < 0 || job == nullptr)
            continue;
        m_rows[static_cast<std::size_t>(row)] = rowFor(*job);
        first = std::min(first, row);
        last = std::max(last, row);
    }
    m_changed.clear();
    if (last >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
}

} // namespace drover
