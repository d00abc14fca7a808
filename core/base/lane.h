// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace drover {

struct LaneState;

/// A named thread with a queue of tasks that run one after another.
///
/// A task may block. stop() asks the running one to end through its stop_token and drops those that wait. A
/// task that does not end cannot be ended from outside: the lane's end never waits for it, its thread goes on
/// alone (so a task owns all it touches, through shared pointers) and neither the window nor the host's next
/// lane is held up. Thread-safe.
class Lane
{
public:
    using Task = std::function<void(std::stop_token)>;

    /// Posts to the lane and may outlive it: after the lane's end a post is dropped. Copyable, thread-safe.
    class Poster
    {
    public:
        void post(Task task) const { postDelayed(std::chrono::milliseconds(0), std::move(task)); }
        void postDelayed(std::chrono::milliseconds delay, Task task) const;

    private:
        friend class Lane;
        std::weak_ptr<LaneState> m_state;
    };

    /// @param name shown by debuggers and in the log; at most 15 bytes reach the kernel
    explicit Lane(const QString& name);
    ~Lane(); ///< stop(); does not wait for the running task
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void post(Task task);
    /// Runs the task after everything that is queued, but not before @p delay has passed.
    void postDelayed(std::chrono::milliseconds delay, Task task);
    void stop();
    [[nodiscard]] Poster poster() const;
    /// How long the task that runs now has been running; nothing when idle.
    [[nodiscard]] std::optional<std::chrono::milliseconds> runningFor() const;
    [[nodiscard]] std::size_t queued() const;

    /// Waits until no lane's thread runs any more, but no longer than @p timeout. For the program's end.
    /// @return how many still run, hung inside a foreign call
    static int waitForEnded(std::chrono::milliseconds timeout);

private:
    std::shared_ptr<LaneState> m_state;
};

/// Runs one blocking task on a named thread of its own and forgets it. For calls that may hang for minutes
/// and must not hold a lane (an abort, for example). The task must own all it touches. Not counted by
/// Lane::waitForEnded.
void runDetached(const QString& name, std::function<void()> task);

/// Gives the calling thread a name. First 15 bytes count.
void nameThisThread(const QString& name);

} // namespace drover
