// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exit_status.h"
#include "app/ctl/options.h"
#include "app/ctl/output.h"
#include "core/session/session.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <functional>
#include <optional>

namespace drover::ctl {

/// What a command works with: the session, the output, and waiting without blocking. One main loop, no nested
/// ones. Main thread only.
class Context final : public QObject
{
    Q_OBJECT
public:
    Context(const Invocation& invocation, Output& output, Session& session);

    [[nodiscard]] const Invocation& invocation() const { return m_invocation; }
    [[nodiscard]] Output& output() const { return m_output; }
    [[nodiscard]] Session& session() const { return m_session; }
    [[nodiscard]] Snapshot inventory() const { return m_session.inventory(); }

    /// Ends the program with this status, once. What is called after it has no effect.
    void finish(ExitStatus status);
    /// Tells the error and ends with the status that belongs to it.
    void fail(const Error& error);

    /// Calls @p then from the main loop once @p ready says yes, or after @p limit whatever it says. Looked at
    /// after everything the session tells. One at a time.
    void when(std::function<bool()> ready, Milliseconds limit, std::function<void()> then);
    /// What is left of the time that a host may stay silent, counted from the start of the program.
    [[nodiscard]] Milliseconds patience() const;

    /// The host has answered or failed: nothing more is to be waited for.
    [[nodiscard]] bool hasAnswered(const HostId& host) const;
    [[nodiscard]] bool allHaveAnswered() const;
    /// Waits until these hosts have answered, and a short while for all others.
    void whenAnswered(const std::vector<HostId>& needed, std::function<void()> then);
    /// Why this host counts as down, once waiting is over; nothing when it is up.
    [[nodiscard]] std::optional<Error> whyDown(const Host& host) const;

    /// Finds the instance a word means, as soon as it is certain, with @p destination up where one is given.
    /// An error ends the program: no such host or instance, an ambiguous name, a host that does not answer.
    using Found = std::function<void(const Instance&)>;
    void findInstance(const QString& word, const std::optional<HostId>& destination, Found then);

    /// Asks on the terminal and goes on with yes; ends the program with no. With --yes it goes on at once.
    void confirm(const QString& question, std::function<void()> then);

Q_SIGNALS:
    void finished(int status);

private:
    void look();
    struct Search;
    [[nodiscard]] std::vector<const Instance*> matches(const Search& search) const;
    [[nodiscard]] bool isDecided(Search& search);
    void decide(const Search& search, const Found& then);
    [[nodiscard]] Error noSuchInstance(const Search& search) const;
    void readAnswer();

    const Invocation& m_invocation;
    Output& m_output;
    Session& m_session;
    bool m_finished = false;
    Instant m_begun;
    std::function<bool()> m_ready;
    std::function<void()> m_then;
    QTimer m_limit;
    std::unique_ptr<QSocketNotifier> m_answer;
    std::function<void()> m_onYes;
};

/// A change is asked about; where nobody can be asked, --yes is needed. Looked at before anything is
/// connected.
[[nodiscard]] Result<void> mayAsk(const Invocation& invocation);

} // namespace drover::ctl
