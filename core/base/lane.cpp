// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"

#include "core/base/log.h"

#include <atomic>
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

std::atomic<int>& abandoned()
{
    static std::atomic<int> count{0};
    return count;
}

void runGuarded(const QString& name, const std::function<void()>& task)
{
    try {
        task();
    } catch (const std::exception& e) {
        qCCritical(logCore).noquote()
            << QStringLiteral("A task on thread %1 ended with an exception: %2").arg(name, QString::fromUtf8(e.what()));
    } catch (...) {
        qCCritical(logCore).noquote() << QStringLiteral("A task on thread %1 ended with an unknown exception").arg(name);
    }
}

} // namespace

struct Lane::State {
    mutable std::mutex mutex;
    std::condition_variable_any wake;
    std::condition_variable ended;
    std::multimap<Steady::time_point, Task> queue; // equal keys keep their order of arrival
    std::optional<Steady::time_point> runningSince;
    std::stop_source stop;
    bool finished = false;
    bool left = false; // the lane is gone; this thread runs alone
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
                wake.wait_until(lock, token, due, [this, due] { return queue.empty() || queue.begin()->first < due; });
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
        lock.lock();
        finished = true;
        if (left)
            --abandoned();
        ended.notify_all();
    }
};

Lane::Lane(const QString& name)
    : m_state(std::make_shared<State>())
{
    m_state->name = name;
    // Detached, with its state shared: the only way to give up a thread that hangs inside a foreign call.
    std::thread([state = m_state] { state->loop(); }).detach();
}

Lane::~Lane()
{
    stop();
    std::unique_lock lock(m_state->mutex);
    if (!m_state->ended.wait_for(lock, joinTimeout, [this] { return m_state->finished; })) {
        m_state->left = true;
        ++abandoned();
    }
}

void Lane::post(Task task)
{
    postDelayed(std::chrono::milliseconds(0), std::move(task));
}

void Lane::postDelayed(std::chrono::milliseconds delay, Task task)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->queue.emplace(Steady::now() + delay, std::move(task));
    m_state->wake.notify_one();
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

int Lane::abandonedCount()
{
    return abandoned().load();
}

void runDetached(const QString& name, std::function<void()> task)
{
    std::thread([name, task = std::move(task)]() mutable {
        nameThisThread(name);
        ++abandoned();
        runGuarded(name, task);
        task = nullptr;
        --abandoned();
    }).detach();
}

void nameThisThread(const QString& name)
{
    pthread_setname_np(pthread_self(), name.toUtf8().left(15).constData());
}

} // namespace drover
