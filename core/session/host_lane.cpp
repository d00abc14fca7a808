// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/host_lane.h"

#include "core/base/log.h"

#include <QCoreApplication>

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

namespace drover {

/// What hears a host's events, on any thread. It must not own the connection: the last to let go of it would
/// close it, and a thread inside the hypervisor library's event loop cannot.
struct HostLane::Ear
{
    HostId host;
    SessionSink sink;
    Lane::Poster poster;
    std::weak_ptr<Shared> shared; ///< looked into on the lane's thread only
    std::atomic<bool> nudged{false};

    void onEvent(const HostEvent& event)
    {
        sink.push(LaneEvent{host, event});
        if (event.kind == HostEvent::Kind::JobIteration && event.iteration > 1)
            return; // tells nothing that the inventory holds
        nudge(Milliseconds(15), false);
    }

    void nudge(Milliseconds delay, bool fresh);
};

/// Owned by the lane's thread as much as by the lane, so that a hung call can be left behind with all it
/// touches.
struct HostLane::Shared : std::enable_shared_from_this<HostLane::Shared>
{
    quint64 serial = 0;
    HostConfig config;
    std::shared_ptr<Backend> backend;
    LaneTiming timing;
    SessionSink sink;
    Lane::Poster poster;
    std::shared_ptr<Ear> ear;

    // Below: touched by the lane's thread only.
    std::unique_ptr<InventorySource> source;
    std::unique_ptr<HostQuery> query;
    bool isOpen = false;
    int failures = 0;
    quint64 generation = 0; // a planned poll of an older generation has been overtaken
    bool freshNext = false;

    void tell(HostUpdate update) const { sink.push(LaneUpdate{serial, std::move(update)}); }

    void plan(Milliseconds delay)
    {
        const quint64 planned = ++generation;
        poster.postDelayed(delay, [self = weak_from_this(), planned](const std::stop_token& stop) {
            const auto shared = self.lock();
            if (shared && shared->generation == planned)
                shared->step(stop);
        });
    }

    void goDown(Error error)
    {
        if (isOpen)
            source->close();
        isOpen = false;
        query.reset();
        ++failures;
        const auto doubled = timing.retryFirst * (1 << std::min(failures - 1, 10));
        const auto pause = std::min<Milliseconds>(doubled, timing.retryMost);
        if (error.host.isEmpty())
            error.host = config.id.value;
        if (failures == 1)
            qCWarning(logHost).noquote() << QStringLiteral("%1: %2").arg(config.id.value, error.message);
        tell({config.id, ConnectionState::Down, std::move(error), nullptr, backend->clock().now(),
              std::nullopt});
        plan(pause);
    }

    /// A fault in the code below must not leave a host unread for ever: it is a failure like any other.
    void step(const std::stop_token& stop)
    {
        try {
            readOnce(stop);
        } catch (const std::exception& e) {
            goDown({ErrorCode::Internal,
                    QCoreApplication::translate("HostLane", "Reading %1 failed").arg(config.id.value),
                    QString::fromUtf8(e.what()),
                    config.id.value,
                    {}});
        }
    }

    void readOnce(const std::stop_token& stop)
    {
        if (stop.stop_requested())
            return;
        if (!source)
            source = backend->inventorySource(config,
                                              [own = ear](const HostEvent& event) { own->onEvent(event); });
        if (!isOpen) {
            Result<void> opened = source->open(stop);
            if (stop.stop_requested())
                return;
            if (!opened) {
                goDown(std::move(opened.error()));
                return;
            }
            isOpen = true;
            freshNext = true;
        }
        const Instant asked = backend->clock().now();
        Result<std::shared_ptr<const HostReading>> reading =
            source->read(std::exchange(freshNext, false), stop);
        if (stop.stop_requested())
            return;
        if (!reading) {
            goDown(std::move(reading.error()));
            return;
        }
        if (failures > 0)
            qCInfo(logHost).noquote() << QStringLiteral("%1 answers again").arg(config.id.value);
        failures = 0;
        tell({config.id, ConnectionState::Up, {}, std::move(*reading), backend->clock().now(), asked});
        // Hosts that were connected together must not be read together for ever.
        plan(timing.poll + Milliseconds(static_cast<qint64>(qHash(config.id.value) % 97)));
    }
};

void HostLane::Ear::nudge(Milliseconds delay, bool fresh)
{
    if (nudged.exchange(true) && !fresh)
        return;
    poster.postDelayed(delay, [self = shared, fresh](const std::stop_token& stop) {
        const auto lane = self.lock();
        if (!lane)
            return;
        lane->ear->nudged = false;
        lane->freshNext |= fresh;
        lane->step(stop);
    });
}

HostLane::HostLane(quint64 serial, HostConfig config, const std::shared_ptr<Backend>& backend,
                   LaneTiming timing, SessionSink sink)
    : m_serial(serial)
    , m_ear(std::make_shared<Ear>())
    , m_shared(std::make_shared<Shared>())
    , m_lane(QStringLiteral("host ") + config.id.value)
{
    m_shared->serial = serial;
    m_shared->config = std::move(config);
    m_shared->backend = backend;
    m_shared->timing = timing;
    m_shared->sink = std::move(sink);
    m_shared->poster = m_lane.poster();
    m_shared->ear = m_ear;
    m_ear->host = m_shared->config.id;
    m_ear->sink = m_shared->sink;
    m_ear->poster = m_shared->poster;
    m_ear->shared = m_shared;
    m_ear->nudge(Milliseconds(0), true);
}

HostLane::~HostLane()
{
    // Closing a connection asks the host, and may hang: the lane's own thread lets go last.
    m_lane.post([last = std::move(m_shared)](const std::stop_token&) {});
}

void HostLane::refresh(bool fresh)
{
    m_ear->nudge(Milliseconds(0), fresh);
}

void HostLane::ask(quint64 ticket, std::shared_ptr<const DomainDefinition> guest, const Questions& questions)
{
    m_lane.post(
        [shared = m_shared, ticket, guest = std::move(guest), questions](const std::stop_token& stop) {
            if (!shared->query)
                shared->query = shared->backend->hostQuery(shared->config);
            Asked answer;
            answer.ticket = ticket;
            answer.host = shared->config.id;
            if (questions.find)
                answer.found = shared->query->find(guest->id, guest->name, stop);
            bool lost = !answer.found;
            if (questions.compareCpu && !lost) {
                Result<CpuComparison> cpu = shared->query->compareCpu(*guest, stop);
                lost = !cpu && cpu.error().code == ErrorCode::Unreachable;
                answer.cpu = cpu ? std::move(*cpu)
                                 : CpuComparison{CpuComparison::Answer::Unknown, {}, cpu.error().message};
            }
            if (questions.details && !lost) {
                Result<HostDetails> details = shared->query->details(*guest, questions.own, stop);
                lost = !details && details.error().code == ErrorCode::Unreachable;
                if (details)
                    answer.details = std::make_shared<const HostDetails>(std::move(*details));
            }
            if (lost)
                shared->query.reset(); // its connection may be dead: the next question opens a new one
            shared->sink.push(std::move(answer));
        });
}

} // namespace drover
