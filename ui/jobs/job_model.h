// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/jobs/job_words.h"

#include <QAbstractTableModel>
#include <QSet>
#include <QTimer>

#include <optional>
#include <vector>

namespace drover {

/// The migrations of this session, newest first. Jobs that come or go appear at once; what changes within
/// them is told once a second, as one range, and a change of state at once.
class JobModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { InstanceColumn, VerdictColumn, LeftColumn, ProgressColumn, PhaseColumn, ColumnCount };
    enum Role {
        RouteRole = Qt::UserRole + 1, ///< QString: "h1 → h2"
        SignRole,                     ///< int: Sign
        ToneRole,                     ///< int: Tone
        ProgressRole,                 ///< double, invalid when not known
        JobIdRole,                    ///< JobId
        EndedRole,                    ///< bool
    };

    explicit JobModel(Session& session, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] JobId jobAt(int row) const;
    [[nodiscard]] int rowOf(const JobId& id) const; ///< -1 when there is none
    [[nodiscard]] int running() const;              ///< started and not ended
    [[nodiscard]] int waiting() const;

Q_SIGNALS:
    void countsChanged(); ///< jobs began, ended, came or went

private:
    void add(const JobId& id);
    void remove(const JobId& id);
    void noteChange(const JobId& id);
    void tellChanges();

    /// What a row shows, as it was last told to views: cells never change behind their back.
    struct Row
    {
        JobId id;
        JobState state = JobState::Queued;
        bool cancelling = false;
        QString name;
        QString route;
        QString spoken;
        JobVerdict verdict;
        QString left;
        std::optional<double> progress;
        QString phase;
        QString sentence;
    };
    [[nodiscard]] static Row rowFor(const Job& job);
    Session& m_session;
    std::vector<Row> m_rows;
    QSet<JobId> m_changed;
    QTimer m_tick;
};

} // namespace drover
