// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QEvent>
#include <QObject>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace drover {

/// The only way a value passes from one thread to another.
///
/// push() may be called from any thread; the receiver runs on the thread that owns the mailbox (the one it
/// was made on), once for each batch that has gathered. A value that is pushed after the mailbox's end is not
/// possible: whoever pushes must end first, or hold the mailbox through a MailboxHandle (see below).
template <class T>
class Mailbox final : public QObject
{
public:
    using Receiver = std::function<void(std::vector<T>)>;

    explicit Mailbox(Receiver receiver) : m_receiver(std::move(receiver)) {}

    void push(T value)
    {
        const std::scoped_lock lock(m_mutex);
        m_queue.push_back(std::move(value));
        // One event for all that gathers until it is handled. Posted under the lock, so that the drain below
        // orders every push before the receiver that sees it.
        if (!m_posted) {
            m_posted = true;
            QCoreApplication::postEvent(this, new QEvent(QEvent::User));
        }
    }

protected:
    /// Nobody but push() sends it events, so it looks at none: what orders them with their sender is the lock
    /// below.
    void customEvent(QEvent*) override
    {
        std::vector<T> batch;
        {
            const std::scoped_lock lock(m_mutex);
            m_posted = false;
            batch.swap(m_queue);
        }
        if (!batch.empty())
            m_receiver(std::move(batch));
    }

private:
    Receiver m_receiver;
    std::mutex m_mutex;
    std::vector<T> m_queue;
    bool m_posted = false;
};

/// What a producer of uncertain life holds: pushes while the mailbox lives, and is silent after it was
/// closed. Copyable, safe from any thread.
template <class T>
class MailboxHandle
{
public:
    MailboxHandle() = default;
    explicit MailboxHandle(Mailbox<T>& mailbox) : m_state(std::make_shared<State>())
    {
        m_state->mailbox = &mailbox;
    }

    void push(T value) const
    {
        if (!m_state)
            return;
        const std::scoped_lock lock(m_state->mutex);
        if (m_state->mailbox != nullptr)
            m_state->mailbox->push(std::move(value));
    }

    /// After this no push reaches the mailbox any more. Called by the mailbox's owner before it goes.
    void close() const
    {
        if (!m_state)
            return;
        const std::scoped_lock lock(m_state->mutex);
        m_state->mailbox = nullptr;
    }

private:
    struct State
    {
        std::mutex mutex;
        Mailbox<T>* mailbox = nullptr;
    };
    std::shared_ptr<State> m_state;
};

} // namespace drover
