// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace drover {

/// A named thread with a queue of tasks that run one after another.
///
/// A task may block. stop() asks the running one to end through its stop_token and drops those that wait. A task
/// that does not end cannot be ended from outside: abandon() lets its thread go on alone (it touches only what it
/// owns through shared pointers) so that neither the program's exit nor the host's next lane waits for it.
/// Thread-safe.
class Lane {
public:
    using Task = std::function<void(std::stop_token)>;

    /// @param name shown by debuggers and in the log; at most 15 bytes reach the kernel
    explicit Lane(const QString& name);
    ~Lane(); ///< stop(), then waits at most joinTimeout for the running task, else abandons it
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void post(Task task);
    /// Runs the task after everything that is queued, but not before @p delay has passed.
    void postDelayed(std::chrono::milliseconds delay, Task task);
    void stop();
    /// How long the task that runs now has been running; nothing when idle.
    [[nodiscard]] std::optional<std::chrono::milliseconds> runningFor() const;
    [[nodiscard]] std::size_t queued() const;

    static constexpr std::chrono::milliseconds joinTimeout{2000};
    /// Threads that were left behind by lanes and are still inside a call.
    [[nodiscard]] static int abandonedCount();

private:
    struct State;
    std::shared_ptr<State> m_state;
};

/// Runs one blocking task on a named thread of its own and forgets it. For calls that may hang for minutes and must
/// not hold a lane (an abort, for example). The task must own all it touches.
void runDetached(const QString& name, std::function<void()> task);

/// Gives the calling thread a name. First 15 bytes count.
void nameThisThread(const QString& name);

} // namespace drover
