// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_actions.h"

#include "ui/dialogs/amount_dialog.h"
#include "ui/dialogs/error_message.h"
#include "ui/jobs/job_words.h"

#include <QAction>
#include <QPointer>
#include <QWidget>

#include <cmath>

namespace drover {

namespace {

void offer(QAction& action, bool possible, const QString& says)
{
    action.setEnabled(possible);
    action.setToolTip(says);
    action.setStatusTip(says);
    action.setWhatsThis(says);
}

} // namespace

JobActions::JobActions(Session& session, QWidget* window)
    : QObject(window)
    , m_session(session)
    , m_window(window)
    , m_pauseLimit(new QAction(tr("Pause limit…"), this))
    , m_speed(new QAction(tr("Speed…"), this))
    , m_cancel(new QAction(tr("Cancel"), this))
    , m_forget(new QAction(tr("Remove from the list"), this))
{
    connect(m_pauseLimit, &QAction::triggered, this, &JobActions::askPauseLimit);
    connect(m_speed, &QAction::triggered, this, &JobActions::askSpeed);
    connect(m_cancel, &QAction::triggered, this, &JobActions::cancelNow);
    connect(m_forget, &QAction::triggered, this, [this] { m_session.forgetEnded(m_job); });
    const auto mine = [this](const JobId& id) {
        if (id == m_job)
            update();
    };
    connect(&session, &Session::jobChanged, this, mine);
    connect(&session, &Session::jobEnded, this, mine);
    connect(&session, &Session::jobRemoved, this, mine);
    update();
}

void JobActions::setJob(const JobId& id)
{
    m_job = id;
    update();
}

void JobActions::update()
{
    const Job* job = m_session.job(m_job);
    if (job == nullptr) {
        for (QAction* action : all())
            offer(*action, false, tr("No migration is selected"));
        return;
    }
    const bool ended = isEnded(job->state);
    const bool readOnly = m_session.readOnly();
    m_forget->setVisible(ended);
    m_cancel->setVisible(!ended);
    m_speed->setVisible(!ended);
    m_pauseLimit->setVisible(!ended);
    m_cancel->setText(job->cancelling ? tr("Cancelling…") : tr("Cancel"));
    if (readOnly) {
        for (QAction* action : {m_pauseLimit, m_speed, m_cancel})
            offer(*action, false, tr("This console only reads"));
    } else {
        const bool steer = mayBeSteered(*job);
        const QString notNow = job->cancelling ? tr("It is being cancelled") : tr("It has not started yet");
        offer(*m_speed, steer,
              steer ? tr("Sets how fast the memory of %1 may be sent; disks keep their speed")
                          .arg(job->instanceName)
                    : notNow);
        offer(*m_pauseLimit, steer,
              steer ? tr("Sets how long %1 may stand still at the switch-over; more of it converges sooner")
                          .arg(job->instanceName)
                    : notNow);
        if (job->state == JobState::PostCopy)
            offer(*m_cancel, false,
                  tr("%1 already runs on %2: it cannot be called back")
                      .arg(job->instanceName, job->destination.value));
        else if (job->state == JobState::Verifying)
            offer(*m_cancel, false, tr("It has ended; both hosts are being asked"));
        else if (job->cancelling)
            offer(*m_cancel, false, tr("Asked for; it has not taken effect yet"));
        else
            offer(*m_cancel, true,
                  tr("Stops the move: %1 stays on %2 and goes on running there")
                      .arg(job->instanceName, job->source.value));
    }
    offer(*m_forget, ended,
          tr("Takes the ended move of %1 off the list; nothing else changes").arg(job->instanceName));
}

Session::ControlCallback JobActions::tell(const QString& failure)
{
    return [window = QPointer<QWidget>(m_window), failure](const Result<void>& result) {
        if (!result && window)
            showError(window, failure, result.error());
    };
}

void JobActions::askSpeed()
{
    const Job* job = m_session.job(m_job);
    if (job == nullptr)
        return;
    const JobId id = m_job;
    AmountDialog::Question question;
    question.title = tr("Speed of %1").arg(job->instanceName);
    question.prompt = tr("Send at most");
    question.suffix = tr(" MiB/s");
    question.verb = tr("Set speed");
    question.step = 10;
    question.value = job->options.bandwidth ? static_cast<int>(std::lround(job->options.bandwidth->mib()))
                     : job->last.transfer
                         ? std::max(1, static_cast<int>(std::lround(job->last.transfer->mib())))
                         : 100;
    question.consequence = [&session = m_session, id](int mib) -> AmountDialog::Consequence {
        const Job* now = session.job(id);
        if (now == nullptr || isEnded(now->state))
            return {tr("This migration has ended."), Tone::Warning};
        const QString only = now->last.diskTotal > Bytes{}
                                 ? tr(" Only memory follows it: the speed of disks is fixed at the start.")
                                 : QString();
        if (now->last.dirty && now->last.dirty->mib() >= mib)
            return {tr("%1 dirties %2: at %3 MiB/s it will not converge.")
                            .arg(now->instanceName, formatRate(*now->last.dirty))
                            .arg(mib) +
                        only,
                    Tone::Warning};
        const double seconds = now->last.memoryRemaining.mib() / mib;
        return {tr("The %1 left take at least %2 at that speed.")
                        .arg(formatBytes(now->last.memoryRemaining),
                             formatDuration(Milliseconds(static_cast<qint64>(seconds * 1000)))) +
                    only,
                Tone::Plain};
    };
    auto* dialog = new AmountDialog(std::move(question), m_window);
    connect(dialog, &AmountDialog::chosen, this, [this, id](int mib) {
        m_session.setBandwidth(id, Rate::fromMib(mib), tell(tr("The speed was not changed")));
    });
    dialog->open();
}

void JobActions::askPauseLimit()
{
    const Job* job = m_session.job(m_job);
    if (job == nullptr)
        return;
    const JobId id = m_job;
    AmountDialog::Question question;
    question.title = tr("Pause limit of %1").arg(job->instanceName);
    question.prompt = tr("Pause at most");
    question.suffix = tr(" ms");
    question.verb = tr("Set limit");
    question.most = 2000000; // the most that QEMU takes
    question.step = 50;
    question.value = static_cast<int>(
        job->last.downtimeLimit.value_or(job->options.maxDowntime.value_or(Milliseconds(300))).count());
    question.consequence = [&session = m_session, id](int ms) -> AmountDialog::Consequence {
        const Job* now = session.job(id);
        if (now == nullptr || isEnded(now->state))
            return {tr("This migration has ended."), Tone::Warning};
        QString text = tr("%1 may stand still for %2 while it switches over.")
                           .arg(now->instanceName, formatDuration(Milliseconds(ms)));
        if (now->last.transfer)
            text += tr(" It does so once less than %1 are left (%2 × %3).")
                        .arg(formatBytes(
                                 Bytes{static_cast<qint64>(now->last.transfer->bytesPerSecond * ms / 1000)}),
                             formatRate(*now->last.transfer), formatDuration(Milliseconds(ms)));
        return {text, ms > 2000 ? Tone::Warning : Tone::Plain};
    };
    auto* dialog = new AmountDialog(std::move(question), m_window);
    connect(dialog, &AmountDialog::chosen, this, [this, id](int ms) {
        m_session.setMaxDowntime(id, Milliseconds(ms), tell(tr("The pause limit was not changed")));
    });
    dialog->open();
}

void JobActions::cancelNow()
{
    const Job* job = m_session.job(m_job);
    if (job != nullptr)
        m_session.cancel(m_job, tell(tr("The move of %1 was not cancelled").arg(job->instanceName)));
}

} // namespace drover
