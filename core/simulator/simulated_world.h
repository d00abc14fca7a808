// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/simulator/world_model.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

namespace drover {

/// The simulated fleet in time: moves the model as its clock goes, lets calls wait and tells events.
/// Thread-safe.
///
/// In real time a thread (WorldTicker) moves the world while a migration runs or a fault is due, and sleeps
/// otherwise. With a clock given from outside there is no such thread: the world moves when somebody calls
/// it, that is in each call of a backend object, in a call that waits (it looks at the clock every few
/// milliseconds) and in catchUp(). It then goes through every step in between, so the course does not depend
/// on how often it is called.
class SimulatedWorld
{
public:
    /// @param clock must outlive this; @param speed how much faster than real time it goes; 0: it is moved by
    /// hand
    SimulatedWorld(Scenario scenario, std::shared_ptr<Clock> clock, double speed);
    ~SimulatedWorld() = default;
    SimulatedWorld(const SimulatedWorld&) = delete;
    SimulatedWorld& operator=(const SimulatedWorld&) = delete;

    [[nodiscard]] const Clock& clock() const { return *m_clock; }
    /// Moves the world to its clock's time and tells the events of that time, on this thread.
    void catchUp();

    /// Asks or changes the model, at the present time. @p f gets a WorldModel&; what it returns is returned.
    template <class F>
    auto with(F&& f) -> decltype(f(std::declval<WorldModel&>()));

    /// As with(), for a call to one host: waits while it does not answer, and fails once it is known to be
    /// lost.
    /// @p f gets the model and the host's index and returns a Result.
    template <class F>
    auto onHost(const HostId& host, const std::stop_token& stop, F&& f)
        -> decltype(f(std::declval<WorldModel&>(), std::size_t{0}));

    /// Connects to a host. @return the number of its connections' present life
    Result<quint64> connectTo(const HostId& host, const std::stop_token& stop);
    Result<MigrationReturn> migrate(const MigrationSpec& spec, const std::stop_token& stop);

    Result<CopyResult> copy(const HostId& source, const HostId& destination, const QString& from,
                            const QString& to, const VolumeTransfer::Progress& progress,
                            const std::stop_token& stop);

    using ListenerId = quint64;
    /// The sink may be called on any thread, never after stopListening() has returned (but by itself).
    ListenerId listen(const HostId& host, quint64 connection, HostEventSink sink);
    void stopListening(ListenerId id);

    /// Moves the world until it is asked to stop; for WorldTicker.
    void run(const std::stop_token& stop);
    void wake(); ///< so that run() looks at its stop token

private:
    struct Listener
    {
        std::size_t host = 0;
        quint64 connection = 0;
        HostEventSink sink;
    };
    enum class Answer { Yes, NotYet, Never };

    void moveToNow(); // with the lock held
    void tellEvents();
    /// Sleeps until the world has moved, with the lock held by @p lock.
    void waitForChange(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] Answer answers(std::size_t host, Milliseconds callBegan) const;
    [[nodiscard]] Result<std::size_t> answering(const HostId& host, const std::stop_token& stop,
                                                std::unique_lock<std::mutex>& lock);
    [[nodiscard]] Error unreachable(std::size_t host) const;

    std::shared_ptr<Clock> m_clock;
    double m_speed;
    Instant m_begin;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::condition_variable m_wakeTicker;
    bool m_woken = false;
    WorldModel m_model;
    std::vector<WorldEvent> m_untold;
    /// Held while events are told, so that they are told in order and to nobody who has left. A sink may
    /// leave.
    std::recursive_mutex m_telling;
    std::map<ListenerId, std::shared_ptr<Listener>> m_listeners; // under m_telling
    ListenerId m_lastListener = 0;
};

template <class F>
auto SimulatedWorld::with(F&& f) -> decltype(f(std::declval<WorldModel&>()))
{
    const auto finally = [this](auto&& result) {
        tellEvents();
        return std::forward<decltype(result)>(result);
    };
    return finally([&] {
        const std::scoped_lock lock(m_mutex);
        moveToNow();
        auto result = f(m_model);
        moveToNow(); // takes what f() gave rise to
        m_woken = true;
        m_wakeTicker.notify_one();
        return result;
    }());
}

template <class F>
auto SimulatedWorld::onHost(const HostId& host, const std::stop_token& stop, F&& f)
    -> decltype(f(std::declval<WorldModel&>(), std::size_t{0}))
{
    using Answered = decltype(f(std::declval<WorldModel&>(), std::size_t{0}));
    const auto ask = [&]() -> Answered {
        std::unique_lock lock(m_mutex);
        const Result<std::size_t> index = answering(host, stop, lock);
        if (!index)
            return fail(index.error());
        Answered result = f(m_model, *index);
        moveToNow();
        m_woken = true;
        m_wakeTicker.notify_one();
        return result;
    };
    Answered result = ask();
    tellEvents();
    return result;
}

} // namespace drover
