// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QObject>

#include <vector>

class QAction;
class QWidget;

namespace drover {

/// What can be done to the selected migration, as actions that say beforehand what they will do. Those that
/// cannot be done now are greyed and say why.
class JobActions final : public QObject
{
    Q_OBJECT
public:
    /// @param window what dialogs belong to; it outlives this
    JobActions(Session& session, QWidget* window);

    void setJob(const JobId& id);
    [[nodiscard]] const JobId& job() const { return m_job; }

    [[nodiscard]] QAction* pauseLimit() const { return m_pauseLimit; }
    [[nodiscard]] QAction* speed() const { return m_speed; }
    [[nodiscard]] QAction* cancel() const { return m_cancel; }
    [[nodiscard]] QAction* forget() const { return m_forget; }
    [[nodiscard]] std::vector<QAction*> all() const { return {m_pauseLimit, m_speed, m_cancel, m_forget}; }

private:
    void update();
    void askSpeed();
    void askPauseLimit();
    void cancelNow();
    [[nodiscard]] Session::ControlCallback tell(const QString& failure);

    Session& m_session;
    QWidget* m_window;
    JobId m_job;
    QAction* m_pauseLimit;
    QAction* m_speed;
    QAction* m_cancel;
    QAction* m_forget;
};

} // namespace drover
