// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/host_actions.h"

#include "ui/dialogs/error_message.h"
#include "ui/dialogs/reason_dialog.h"

#include <QAction>
#include <QPointer>
#include <QWidget>

namespace drover {

HostActions::HostActions(Session& session, QWidget* window)
    : QObject(window), m_session(session), m_window(window), m_service(new QAction(this))
{
    connect(m_service, &QAction::triggered, this, &HostActions::change);
    connect(&session, &Session::inventoryChanged, this, &HostActions::update);
    update();
}

void HostActions::setHost(const HostId& host)
{
    m_host = host;
    update();
}

void HostActions::update()
{
    const Host* host = m_session.inventory()->host(m_host);
    const bool closed = host != nullptr && host->service().state != ServiceState::Enabled;
    QString says;
    bool possible = false;
    if (host == nullptr) {
        says = tr("Select a host first");
    } else if (m_session.readOnly() || host->config.readOnly ||
               (host->reading && host->reading->facts->readOnly)) {
        says = tr("This connection only reads");
    } else if (!host->isUp()) {
        says = tr("%1 does not answer").arg(m_host.value);
    } else {
        possible = true;
        says = closed ? tr("Opens %1 to new instances again").arg(m_host.value)
                      : tr("Drover places nothing more on %1; what runs there goes on").arg(m_host.value);
    }
    const QString name = host == nullptr ? tr("host") : m_host.value;
    m_service->setText(closed ? tr("Enable %1").arg(name) : tr("Disable %1…").arg(name));
    m_service->setEnabled(possible);
    m_service->setToolTip(says);
    m_service->setStatusTip(says);
}

void HostActions::change()
{
    const Host* host = m_session.inventory()->host(m_host);
    if (host == nullptr)
        return;
    const HostId id = m_host;
    if (host->service().state != ServiceState::Enabled) {
        set(id, ServiceState::Enabled, {});
        return;
    }
    auto* dialog = new ReasonDialog(tr("Disable %1").arg(id.value),
                                    tr("Drover places nothing more on %1. Its instances go on, and other "
                                       "programs can still place some there. "
                                       "The reason is kept on the host and seen by every console.")
                                        .arg(id.value),
                                    tr("Disable %1").arg(id.value), m_window);
    connect(dialog, &ReasonDialog::chosen, this,
            [this, id](const QString& reason) { set(id, ServiceState::Disabled, reason); });
    dialog->open();
}

void HostActions::set(const HostId& host, ServiceState state, const QString& reason)
{
    const QString failure = state == ServiceState::Enabled ? tr("%1 was not enabled").arg(host.value)
                                                           : tr("%1 was not disabled").arg(host.value);
    m_session.setService(
        host, state, reason,
        [window = QPointer<QWidget>(m_window), failure](const Result<ServiceRecord>& result) {
            if (!result && window)
                showError(window, failure, result.error());
        });
}

} // namespace drover
