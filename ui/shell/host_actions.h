// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QObject>

class QAction;
class QWidget;

namespace drover {

/// Closing a host to new instances and opening it again, for the selected host.
class HostActions final : public QObject
{
    Q_OBJECT
public:
    /// @param window what dialogs belong to; it outlives this
    HostActions(Session& session, QWidget* window);

    void setHost(const HostId& host); ///< an empty id: none is selected
    /// "Disable h1…" or "Enable h1", whichever changes something.
    [[nodiscard]] QAction* service() const { return m_service; }

private:
    void update();
    void change();
    void set(const HostId& host, ServiceState state, const QString& reason);

    Session& m_session;
    QWidget* m_window;
    HostId m_host;
    QAction* m_service;
};

} // namespace drover
