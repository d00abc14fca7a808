// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/jobs/job_model.h"

#include <QWidget>

#include <array>

class QLabel;
class QStackedLayout;
class QTableView;

namespace drover {

class JobActions;
class JobDelegate;

/// The migrations as a table; a move that begins becomes the selected one.
class JobsPanel final : public QWidget
{
    Q_OBJECT
public:
    JobsPanel(Session& session, JobActions& actions, QWidget* parent = nullptr);

    [[nodiscard]] QTableView& table() { return *m_table; }
    [[nodiscard]] JobModel& model() { return *m_model; }
    [[nodiscard]] JobId selected() const;
    void select(const JobId& id);
    /// One line a row, for low windows; two all the same where one line would be too wide.
    void setCompact(bool compact);
    [[nodiscard]] QString summary() const; ///< "2 running, 3 waiting"

Q_SIGNALS:
    void selectionChanged(const drover::JobId& id);
    void summaryChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showMenu(const QPoint& position);
    void fitColumns();
    [[nodiscard]] int measure();
    void useRows(bool compact);
    void showEmptyOrTable();

    JobActions& m_actions;
    JobModel* m_model;
    JobDelegate* m_delegate;
    QTableView* m_table;
    QWidget* m_empty;
    QStackedLayout* m_stack;
    std::array<int, JobModel::ColumnCount> m_widest{};
    bool m_compactWanted = false;
    bool m_compact = false;
};

} // namespace drover
