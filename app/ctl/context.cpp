// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/context.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace drover::ctl {
namespace {

/// A name that one host knows may belong to another instance on a host that has not answered yet: so long
/// that host is waited for.
constexpr Milliseconds otherHostsGrace{2000};

Instant machineNow()
{
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::steady_clock::now());
}

} // namespace

Context::Context(const Invocation& invocation, Output& output, Session& session)
    : m_invocation(invocation), m_output(output), m_session(session), m_begun(machineNow())
{
    m_limit.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, [this] {
        m_ready = [] { return true; };
        look();
    });
    connect(&session, &Session::inventoryChanged, this, &Context::look);
    connect(&session, &Session::judgementChanged, this, &Context::look);
    connect(&session, &Session::jobAdded, this, &Context::look);
    connect(&session, &Session::jobChanged, this, &Context::look);
    connect(&session, &Session::jobEnded, this, &Context::look);
}

void Context::finish(ExitStatus status)
{
    if (std::exchange(m_finished, true))
        return;
    m_output.endProgress();
    Q_EMIT finished(status);
}

void Context::fail(const Error& error)
{
    if (m_finished)
        return;
    m_output.error(error);
    finish(exitStatusOf(error.code));
}

void Context::when(std::function<bool()> ready, Milliseconds limit, std::function<void()> then)
{
    m_ready = std::move(ready);
    m_then = std::move(then);
    m_limit.start(std::max(limit, Milliseconds(0)));
    look();
}

void Context::look()
{
    if (!m_then || !m_ready())
        return;
    m_limit.stop();
    m_ready = nullptr;
    // Not from inside a signal of the session: what follows may change the session.
    QTimer::singleShot(0, this, [this, then = std::exchange(m_then, nullptr)] {
        if (!m_finished)
            then();
    });
}

Milliseconds Context::patience() const
{
    return std::max(Milliseconds(0), m_invocation.wait - (machineNow() - m_begun));
}

bool Context::hasAnswered(const HostId& host) const
{
    const Host* known = inventory()->host(host);
    return known == nullptr || known->isUp() || known->connection == ConnectionState::Down;
}

bool Context::allHaveAnswered() const
{
    const Snapshot now = inventory();
    return std::all_of(now->hosts().begin(), now->hosts().end(),
                       [this](const auto& host) { return hasAnswered(host->id()); });
}

void Context::whenAnswered(const std::vector<HostId>& needed, std::function<void()> then)
{
    const auto neededHave = [this, needed] {
        return std::all_of(needed.begin(), needed.end(),
                           [this](const HostId& host) { return hasAnswered(host); });
    };
    when(neededHave, patience(), [this, then = std::move(then)] {
        when([this] { return allHaveAnswered(); }, std::min(patience(), otherHostsGrace), then);
    });
}

std::optional<Error> Context::whyDown(const Host& host) const
{
    if (host.isUp())
        return std::nullopt;
    if (host.connection == ConnectionState::Down) {
        Error error = host.error;
        error.host = host.id().value;
        return error;
    }
    return Error{ErrorCode::Timeout,
                 QStringLiteral("%1 has not answered for %2 (%3)")
                     .arg(host.id().value, formatDuration(m_invocation.wait), host.config.uri),
                 {},
                 host.id().value,
                 {}};
}

Result<void> mayAsk(const Invocation& invocation)
{
    if (invocation.yes || (::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1))
        return {};
    return ::drover::fail(
        ErrorCode::InvalidInput,
        QStringLiteral("droverctl %1 changes something and there is no terminal to ask on: add --yes")
            .arg(QLatin1String(invocation.command->name)));
}

void Context::confirm(const QString& question, std::function<void()> then)
{
    if (m_invocation.yes) {
        then();
        return;
    }
    m_onYes = std::move(then);
    std::fprintf(stderr, "%s [y/N] ", question.toUtf8().constData());
    std::fflush(stderr);
    m_answer = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
    connect(m_answer.get(), &QSocketNotifier::activated, this, &Context::readAnswer);
}

void Context::readAnswer()
{
    char line[256];
    const ssize_t size =
        ::read(STDIN_FILENO, line, sizeof line); // a terminal gives one line, or nothing at its end
    m_answer->setEnabled(false);
    const QString answer = QString::fromUtf8(line, std::max<ssize_t>(size, 0)).trimmed().toLower();
    if (answer == QLatin1String("y") || answer == QLatin1String("yes")) {
        std::exchange(m_onYes, nullptr)();
        return;
    }
    m_output.note(QStringLiteral("Nothing was changed."));
    finish(NotDone);
}

} // namespace drover::ctl
