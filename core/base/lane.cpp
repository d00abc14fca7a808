// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"

#include "core/base/log.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>

namespace drover {
namespace {

using Steady = std::chrono::steady_clock;

/// Lane threads that run now. Never destroyed: a thread may outlive main().
struct Census
{
    std::mutex mutex;
    std::condition_variable changed;
    int running = 0;

    void add(int n)
    {
        const std::scoped_lock lock(mutex);
        running += n;
        changed.notify_all();
    }
};

Census& census()
{
    static Census* theCensus = new Census;
    return *theCensus;
}

void runGuarded(const QString& name, const std::function<void()>& task)
{
    try {
        task();
    } catch (const std::exception& e) {
        qCCritical(logCore).noquote() << QStringLiteral("A task on thread %1 ended with an exception: %2")
                                             .arg(name, QString::fromUtf8(e.what()));
    } catch (...) {
        qCCritical(logCore).noquote()
            << QStringLiteral("A task on thread %1 ended with an unknown exception").arg(name);
    }
}

} // namespace

/// What a lane and its thread share; the thread keeps it alive when it is left behind.
struct LaneState
{
    using Task = Lane::Task;
    mutable std::mutex mutex;
    std::condition_variable_any wake;
    std::multimap<Steady::time_point, Task> queue; // equal keys keep their order of arrival
    std::optional<Steady::time_point> runningSince;
    std::stop_source stop;
    QString name;

    void loop()
    {
        nameThisThread(name);
        const std::stop_token token = stop.get_token();
        std::unique_lock lock(mutex);
        while (!token.stop_requested()) {
            if (queue.empty()) {
                wake.wait(lock, token, [this] { return !queue.empty(); });
                continue;
            }
            const auto due = queue.begin()->first;
            if (due > Steady::now()) {
                wake.wait_until(lock, token, due,
                                [this, due] { return queue.empty() || queue.begin()->first < due; });
                continue;
            }
            Task task = std::move(queue.begin()->second);
            queue.erase(queue.begin());
            runningSince = Steady::now();
            lock.unlock();
            runGuarded(name, [&] { task(token); });
            task = nullptr; // what the task owns ends here, not under the lock
            lock.lock();
            runningSince.reset();
        }
        auto dropped = std::move(queue);
        queue.clear();
        lock.unlock();
        dropped.clear();
    }
};

Lane::Lane(const QString& name) : m_state(std::make_shared<LaneState>())
{
    m_state->name = name;
    // Detached, with its state shared: the only way to give up a thread that hangs inside a foreign call.
    census().add(1);
    std::thread([state = m_state]() mutable {
        state->loop();
        state.reset(); // what it owns ends before it counts as ended
        census().add(-1);
    }).detach();
}

Lane::~Lane()
{
    stop();
}

void Lane::post(Task task)
{
    postDelayed(std::chrono::milliseconds(0), std::move(task));
}

void Lane::postDelayed(std::chrono::milliseconds delay, Task task)
{
    poster().postDelayed(delay, std::move(task));
}

Lane::Poster Lane::poster() const
{
    Poster result;
    result.m_state = m_state;
    return result;
}

void Lane::Poster::postDelayed(std::chrono::milliseconds delay, Task task) const
{
    const std::shared_ptr<LaneState> state = m_state.lock();
    if (!state)
        return;
    const std::scoped_lock lock(state->mutex);
    if (state->stop.stop_requested())
        return; // the task is dropped, as those that still wait are
    state->queue.emplace(Steady::now() + delay, std::move(task));
    state->wake.notify_one();
}

void Lane::stop()
{
    m_state->stop.request_stop();
}

std::optional<std::chrono::milliseconds> Lane::runningFor() const
{
    const std::scoped_lock lock(m_state->mutex);
    if (!m_state->runningSince)
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - *m_state->runningSince);
}

std::size_t Lane::queued() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->queue.size();
}

int Lane::waitForEnded(std::chrono::milliseconds timeout)
{
    Census& all = census();
    std::unique_lock lock(all.mutex);
    all.changed.wait_for(lock, timeout, [&all] { return all.running == 0; });
    return all.running;
}

void runDetached(const QString& name, std::function<void()> task)
{
    std::thread([name, task = std::move(task)]() mutable {
        nameThisThread(name);
        runGuarded(name, task);
    }).detach();
}

void nameThisThread(const QString& name)
{
    pthread_setname_np(pthread_self(), name.toUtf8().left(15).constData());
}

} // namespace drover
