// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/signals.h"

#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>

namespace drover::ctl {

Signals::Signals()
{
    // Blocked here, before any other thread is made: they inherit it, and the descriptor gets every one of
    // them.
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&set, signal);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN); // a reader that goes away is seen at the write
    m_fd = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    m_notifier = std::make_unique<QSocketNotifier>(m_fd, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        signalfd_siginfo info{};
        while (::read(m_fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        }
        Q_EMIT interrupted();
    });
}

Signals::~Signals()
{
    m_notifier.reset();
    ::close(m_fd);
}

} // namespace drover::ctl
