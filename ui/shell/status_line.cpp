// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.h"

#include "ui/log/log_model.h"
#include "ui/theme/metrics.h"

#include <QLabel>
#include <QToolButton>

#include <algorithm>
#include <chrono>

namespace drover {

StatusLine::StatusLine(Session& session, LogModel& log, QWidget* parent)
    : QStatusBar(parent)
    , m_session(session)
    , m_log(log)
    , m_fleet(new QLabel(this))
    , m_logButton(new QToolButton(this))
{
    setAccessibleName(tr("Status"));
    m_fleet->setContentsMargins(metrics::gap, 0, metrics::gap, 0);
    m_fleet->setTextFormat(Qt::PlainText);
    m_logButton->setAutoRaise(true);
    m_logButton->setFocusPolicy(Qt::TabFocus);
    m_logButton->setToolTip(tr("Shows the log"));
    addWidget(m_fleet, 1);
    addPermanentWidget(m_logButton);
    connect(m_logButton, &QToolButton::clicked, this, &StatusLine::logRequested);
    connect(&log, &LogModel::countsChanged, this, &StatusLine::update);
    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, &StatusLine::update);
    m_tick.start();
    update();
}

QString StatusLine::fleetText() const
{
    const Snapshot inventory = m_session.inventory();
    int up = 0;
    int down = 0;
    int connecting = 0;
    std::optional<Milliseconds> oldest;
    const Instant now = m_session.clock().now();
    for (const auto& host : inventory->hosts()) {
        if (host->isUp()) {
            ++up;
            if (host->lastAnswer)
                oldest = std::max(oldest.value_or(Milliseconds(0)), now - *host->lastAnswer);
        } else if (host->connection == ConnectionState::Down) {
            ++down;
        } else {
            ++connecting;
        }
    }
    QStringList hosts;
    if (up > 0 || inventory->hosts().empty())
        hosts.append(up == 1 ? tr("1 host up") : tr("%1 hosts up").arg(up));
    if (down > 0)
        hosts.append(tr("%1 down").arg(down));
    if (connecting > 0)
        hosts.append(tr("%1 connecting").arg(connecting));
    QStringList parts{hosts.join(QStringLiteral(", "))};
    if (oldest)
        parts.append(tr("data %1 old")
                         .arg(*oldest < Milliseconds(10000)
                                  ? tr("%1 s").arg(static_cast<double>(oldest->count()) / 1000.0, 0, 'f', 1)
                                  : formatDuration(*oldest)));
    int moving = 0;
    Rate rate;
    for (const JobId& id : m_session.jobs()) {
        const Job* job = m_session.job(id);
        if (job == nullptr || isEnded(job->state) || job->state == JobState::Queued)
            continue;
        ++moving;
        if (job->last.transfer)
            rate.bytesPerSecond += job->last.transfer->bytesPerSecond;
    }
    if (moving > 0)
        parts.append(tr("%1, %2").arg(moving == 1 ? tr("1 migration") : tr("%1 migrations").arg(moving),
                                      formatRate(rate)));
    return parts.join(QStringLiteral("  ·  "));
}

void StatusLine::update()
{
    m_fleet->setText(fleetText());
    QString log = m_log.errors() == 1 ? tr("log: 1 error") : tr("log: %1 errors").arg(m_log.errors());
    if (m_log.warnings() > 0)
        log += m_log.warnings() == 1 ? tr(", 1 warning") : tr(", %1 warnings").arg(m_log.warnings());
    m_logButton->setText(log);
    m_logButton->setAccessibleName(log);
}

} // namespace drover
