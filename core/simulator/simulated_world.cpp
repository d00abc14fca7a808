// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_world.h"

#include "core/base/lane.h"
#include "core/simulator/simulator_text.h"

#include <algorithm>
#include <utility>

namespace drover {
namespace {

constexpr std::chrono::milliseconds tickLength{25};
constexpr std::chrono::milliseconds lookAtManualClock{3};
constexpr std::chrono::milliseconds lookAtStop{50};
constexpr Milliseconds noRoute{3000}; ///< until a connection to a host that is cut off is given up

} // namespace

SimulatedWorld::SimulatedWorld(Scenario scenario, std::shared_ptr<Clock> clock, double speed)
    : m_clock(std::move(clock)), m_speed(speed), m_begin(m_clock->now()), m_model(std::move(scenario))
{
}

void SimulatedWorld::moveToNow()
{
    const Milliseconds before = m_model.now();
    m_model.advanceTo(m_clock->now() - m_begin);
    std::vector<WorldEvent> events = m_model.takeEvents();
    std::move(events.begin(), events.end(), std::back_inserter(m_untold));
    if (m_model.now() != before)
        m_changed.notify_all();
}

void SimulatedWorld::catchUp()
{
    {
        const std::scoped_lock lock(m_mutex);
        moveToNow();
    }
    tellEvents();
}

void SimulatedWorld::tellEvents()
{
    const std::scoped_lock telling(m_telling);
    std::vector<WorldEvent> events;
    {
        const std::scoped_lock lock(m_mutex);
        events.swap(m_untold);
    }
    for (const WorldEvent& event : events) {
        // A sink may end listeners, its own too: what is told now lives until it is told.
        std::vector<std::shared_ptr<Listener>> concerned;
        for (const auto& [id, listener] : m_listeners) {
            if (listener->host == event.host && listener->connection == event.connection)
                concerned.push_back(listener);
        }
        for (const auto& listener : concerned)
            listener->sink(event.event);
    }
}

SimulatedWorld::ListenerId SimulatedWorld::listen(const HostId& host, quint64 connection, HostEventSink sink)
{
    std::optional<std::size_t> index;
    {
        const std::scoped_lock lock(m_mutex);
        index = m_model.hostIndex(host);
    }
    const std::scoped_lock telling(m_telling);
    if (index)
        m_listeners.emplace(++m_lastListener,
                            std::make_shared<Listener>(Listener{*index, connection, std::move(sink)}));
    return m_lastListener;
}

void SimulatedWorld::stopListening(ListenerId id)
{
    const std::scoped_lock telling(m_telling);
    m_listeners.erase(id);
}

void SimulatedWorld::wake()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_woken = true;
    }
    m_wakeTicker.notify_one();
}

void SimulatedWorld::run(const std::stop_token& stop)
{
    nameThisThread(QStringLiteral("simulator"));
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        moveToNow();
        if (!m_untold.empty()) {
            lock.unlock();
            tellEvents();
            lock.lock();
            continue;
        }
        const auto woken = [&] { return m_woken || stop.stop_requested(); };
        if (m_model.moving()) {
            m_woken = false;
            m_wakeTicker.wait_for(lock, tickLength, [&] { return stop.stop_requested(); });
            continue;
        }
        if (const auto next = m_model.nextEvent()) {
            const auto left = static_cast<double>((*next - m_model.now()).count()) / m_speed;
            const auto rounded = std::chrono::milliseconds(static_cast<qint64>(left) + 1);
            m_wakeTicker.wait_for(lock, std::max(rounded, std::chrono::milliseconds(1)), woken);
        } else {
            m_wakeTicker.wait(lock, woken);
        }
        m_woken = false;
    }
}

void SimulatedWorld::waitForChange(std::unique_lock<std::mutex>& lock)
{
    // Whoever waits for a clock that is moved by hand has to look at it, and nobody wakes one who is asked to
    // stop.
    m_changed.wait_for(lock, m_speed > 0 ? lookAtStop : lookAtManualClock);
    moveToNow();
    if (m_untold.empty())
        return;
    lock.unlock();
    tellEvents();
    lock.lock();
}

Error SimulatedWorld::unreachable(std::size_t host) const
{
    const QString name = m_model.hostConfigs()[host].id.value;
    const QString why = m_model.reachText(host);
    const QString message = why.isEmpty() ? SimulatorText::tr("The connection to %1 was lost").arg(name)
                                          : SimulatorText::tr("%1 cannot be reached: %2").arg(name, why);
    return {ErrorCode::Unreachable, message, why, name, {}};
}

SimulatedWorld::Answer SimulatedWorld::answers(std::size_t host, Milliseconds callBegan) const
{
    switch (m_model.reach(host)) {
    case WorldModel::Reach::Up:
        return Answer::Yes;
    case WorldModel::Reach::Refused:
        return Answer::Never;
    case WorldModel::Reach::OpenHangs:
        return Answer::NotYet;
    case WorldModel::Reach::Silent:
        break;
    }
    // A connection that was there when the host fell silent is given up by keepalive, a new one by the
    // network.
    const bool known = m_model.silentFor(host) >= m_model.keepalive();
    const Milliseconds waited = m_model.now() - callBegan;
    return known || waited >= m_model.keepalive() ? Answer::Never : Answer::NotYet;
}

Result<std::size_t> SimulatedWorld::answering(const HostId& host, const std::stop_token& stop,
                                              std::unique_lock<std::mutex>& lock)
{
    moveToNow();
    const auto index = m_model.hostIndex(host);
    if (!index)
        return fail(Error{ErrorCode::NotFound,
                          SimulatorText::tr("There is no host %1 in this fleet").arg(host.value),
                          {},
                          host.value,
                          {}});
    const Milliseconds began = m_model.now();
    for (;;) {
        switch (answers(*index, began)) {
        case Answer::Yes:
            return *index;
        case Answer::Never:
            return fail(unreachable(*index));
        case Answer::NotYet:
            break;
        }
        if (stop.stop_requested())
            return fail(
                Error{ErrorCode::Cancelled,
                      SimulatorText::tr("%1 did not answer before the question was given up").arg(host.value),
                      {},
                      host.value,
                      {}});
        waitForChange(lock);
    }
}

Result<quint64> SimulatedWorld::connectTo(const HostId& host, const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    moveToNow();
    const auto index = m_model.hostIndex(host);
    const Milliseconds began = m_model.now();
    while (index && m_model.reach(*index) == WorldModel::Reach::Silent && m_model.now() - began < noRoute &&
           !stop.stop_requested())
        waitForChange(lock);
    if (index && m_model.reach(*index) == WorldModel::Reach::Silent && !stop.stop_requested())
        return fail(unreachable(*index));
    const Result<std::size_t> answered = answering(host, stop, lock);
    if (!answered)
        return fail(answered.error());
    return m_model.connection(*answered);
}

Result<CopyResult> SimulatedWorld::copy(const HostId& source, const HostId& destination, const QString& from,
                                        const QString& to, const VolumeTransfer::Progress& progress,
                                        const std::stop_token& stop)
{
    using Started = Result<WorldModel::RunId>;
    const Result<std::size_t> here =
        onHost(source, stop, [](WorldModel&, std::size_t index) { return Result<std::size_t>(index); });
    if (!here)
        return fail(here.error());
    const Started started = onHost(destination, stop, [&](WorldModel& model, std::size_t there) {
        return model.startCopy(*here, there, from, to);
    });
    if (!started)
        return fail(started.error());
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (auto result = m_model.takeCopy(*started))
            return std::move(*result);
        if (stop.stop_requested()) {
            m_model.cancelCopy(*started);
            return fail(Error{ErrorCode::Cancelled,
                              SimulatorText::tr("The copy of %1 was cancelled").arg(from),
                              {},
                              source.value,
                              {}});
        }
        if (const auto now = m_model.copyProgress(*started)) {
            lock.unlock();
            progress(*now);
            lock.lock();
        }
        waitForChange(lock);
    }
}

Result<MigrationReturn> SimulatedWorld::migrate(const MigrationSpec& spec, const std::stop_token& stop)
{
    const Result<WorldModel::RunId> run = onHost(
        spec.source.id, stop, [&](WorldModel& model, std::size_t) { return model.startMigration(spec); });
    if (!run)
        return fail(run.error());
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (auto result = m_model.takeResult(*run)) {
            lock.unlock();
            tellEvents(); // the record comes before the call returns
            return std::move(*result);
        }
        const std::size_t source = m_model.sourceOf(*run);
        if (m_model.silentFor(source) >= m_model.keepalive()) {
            m_model.forget(*run);
            Error lost = unreachable(source);
            lost.instance = spec.name;
            return fail(std::move(lost));
        }
        if (stop.stop_requested()) {
            m_model.forget(*run);
            return fail(
                Error{ErrorCode::Cancelled,
                      SimulatorText::tr("No longer watching %1: its hosts carry the move on").arg(spec.name),
                      {},
                      spec.source.id.value,
                      spec.name});
        }
        waitForChange(lock);
    }
}

} // namespace drover
