// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QStatusBar>
#include <QTimer>

class QLabel;
class QToolButton;

namespace drover {

class LogModel;

/// How many hosts are up, how old the data are, what is being moved, and how many errors the log holds.
class StatusLine final : public QStatusBar
{
    Q_OBJECT
public:
    StatusLine(Session& session, LogModel& log, QWidget* parent = nullptr);
    [[nodiscard]] QString fleetText() const; ///< "3 hosts up · data 0.4 s old"

Q_SIGNALS:
    void logRequested();

private:
    void update();

    Session& m_session;
    LogModel& m_log;
    QLabel* m_fleet;
    QToolButton* m_logButton;
    QTimer m_tick;
};

} // namespace drover
