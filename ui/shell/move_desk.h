// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QObject>

#include <vector>

class QWidget;

namespace drover {

/// Where every wish to move ends up, whether dropped, chosen from a menu or typed: opens the list of hosts or
/// the confirmation. Asked twice for the same, it shows what is open already.
class MoveDesk final : public QObject
{
    Q_OBJECT
public:
    /// @param window what the sheets belong to; it outlives this
    MoveDesk(Session& session, QWidget* window);

    void askWhere(const std::vector<InstanceId>& instances);
    void confirm(const std::vector<InstanceId>& instances, const HostId& destination);

Q_SIGNALS:
    void started(const std::vector<drover::JobId>& jobs);

private:
    Session& m_session;
    QWidget* m_window;
};

} // namespace drover
