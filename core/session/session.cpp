// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session.h"

#include "core/base/log.h"
#include "core/session/session_private.h"

#include <algorithm>
#include <utility>

namespace drover {
namespace {

/// How long the program's end waits for threads that are just finishing a call.
constexpr Milliseconds exitPatience{1500};

template <class... Ts>
struct Overloaded : Ts...
{
    using Ts::operator()...;
};

} // namespace

Session::Private::Private(Session& session)
    : q(session)
    , mailbox([this](std::vector<SessionMessage> batch) { handle(std::move(batch)); })
    , sink(mailbox)
    , proofs(std::make_shared<ProofCache>(session.m_backend->clock()))
{
}

Session::Session(std::shared_ptr<Backend> backend, SessionOptions options, QObject* parent)
    : QObject(parent), m_backend(std::move(backend)), m_options(options), d(std::make_unique<Private>(*this))
{
    qRegisterMetaType<InventoryChange>();
    connect(&d->watch, &QTimer::timeout, this, [this] { d->watchLanes(); });
    d->watch.start(std::chrono::seconds(1));
}

Session::~Session()
{
    // Shutdown in one place: no new message, every lane asked to end, then a short wait for those that just
    // finish. What hangs is left behind; peer-to-peer moves go on without us.
    d->sink.close();
    for (auto& [id, running] : d->jobs)
        running->lane.reset();
    d->lanes.clear();
    const int hung = Lane::waitForEnded(exitPatience);
    if (hung > 0)
        qCInfo(logCore).noquote()
            << QStringLiteral("%1 threads are left inside a call that does not end").arg(hung);
}

void Session::setFleet(const FleetFile& fleet)
{
    m_fleet = fleet;
    std::map<HostId, HostConfig> wanted;
    for (const HostConfig& config : fleet.hosts)
        wanted.emplace(config.id, config);
    for (auto it = d->lanes.begin(); it != d->lanes.end();) {
        const auto keep = wanted.find(it->first);
        const Host* known = inventory()->host(it->first);
        const bool same = keep != wanted.end() && known != nullptr && known->config == keep->second;
        if (same) {
            ++it;
        } else {
            d->heardOf.erase(it->first);
            it = d->lanes.erase(it);
        }
    }
    const InventoryChange change = m_builder.setHosts(fleet.hosts);
    std::erase_if(d->hung, [&](const auto& entry) { return !d->lanes.contains(entry.first); });
    for (const HostConfig& config : fleet.hosts) {
        if (!d->lanes.contains(config.id))
            d->startLane(config);
    }
    Q_EMIT inventoryChanged(change);
    d->tellSettled();
}

void Session::Private::tellSettled()
{
    if (wasSettled || !q.settled())
        return;
    wasSettled = true;
    Q_EMIT q.settledChanged();
}

bool Session::settled() const
{
    return d->heardOf.size() >= m_fleet.hosts.size();
}

void Session::refresh(const HostId& host)
{
    const auto it = d->lanes.find(host);
    if (it != d->lanes.end())
        it->second->refresh(true);
}

void Session::Private::startLane(const HostConfig& config)
{
    lanes[config.id] = std::make_unique<HostLane>(++lastLane, asOpened(config), q.m_backend,
                                                  LaneTiming{q.m_options.pollInterval}, sinkCopy());
}

HostConfig Session::Private::asOpened(HostConfig host) const
{
    host.readOnly = host.readOnly || q.m_options.readOnly;
    return host;
}

const HostConfig* Session::Private::config(const HostId& host) const
{
    const Host* known = q.inventory()->host(host);
    return known == nullptr ? nullptr : &known->config;
}

void Session::Private::watchLanes()
{
    std::vector<HostUpdate> silent;
    for (auto& [host, lane] : lanes) {
        const std::optional<Milliseconds> busy = lane->busyFor();
        // Twice as long for each that hung before: a reading that needs its time gets through in the end, and
        // a rack that swallows packets does not gather threads.
        if (!busy || *busy < q.m_options.openTimeout * (1 << std::min(hung[host], 4)))
            continue;
        ++hung[host];
        Error error{
            ErrorCode::Timeout,
            tr("%1 has not answered for %2; it is asked again").arg(host.value, formatDuration(*busy)),
            {},
            host.value,
            {}};
        qCWarning(logHost).noquote() << error.message;
        silent.push_back(
            {host, ConnectionState::Down, std::move(error), nullptr, q.clock().now(), std::nullopt});
    }
    for (const HostUpdate& update : silent) {
        const HostConfig* known = config(update.host);
        if (known != nullptr)
            startLane(*known); // the hung one is left behind with its thread
        std::erase_if(questions, [&](const auto& entry) { return entry.first.second == update.host; });
    }
    if (!silent.empty())
        foldUpdates(silent);
}

void Session::Private::handle(std::vector<SessionMessage> batch)
{
    // Readings that gathered are folded together: one new snapshot for all of them. The order against other
    // messages is kept by folding what has gathered before anything else is handled.
    std::vector<HostUpdate> updates;
    const auto flush = [&] {
        if (!updates.empty())
            foldUpdates(std::exchange(updates, {}));
    };
    for (SessionMessage& message : batch) {
        if (auto* told = std::get_if<LaneUpdate>(&message)) {
            const auto lane = lanes.find(told->update.host);
            if (lane != lanes.end() && lane->second->serial() == told->lane) {
                if (told->update.reading)
                    hung.erase(told->update.host);
                updates.push_back(std::move(told->update));
            }
            continue;
        }
        flush();
        std::visit(Overloaded{[](LaneUpdate&) {}, [this](LaneEvent& m) { handleEvent(m); },
                              [this](Asked& m) { handleAsked(m); },
                              [this](ChannelTried& m) { handleTried(m); },
                              [this](StorageAsked& m) { handleStorage(std::move(m)); },
                              [this](JobCopying& m) { handleCopying(m); },
                              [this](JobDecided& m) {
                                  if (RunningJob* running = find(m.job);
                                      running != nullptr && !isEnded(running->job.state))
                                      decide(*running, m.action, m.reason);
                              },
                              [this](JobPolled& m) { handlePoll(std::move(m)); },
                              [this](JobReturned& m) { handleReturn(std::move(m)); },
                              [this](JobVerified& m) { handleVerified(std::move(m)); },
                              [this](ControlDone& m) {
                                  auto node = controls.extract(m.ticket);
                                  if (!node.empty() && node.mapped().done)
                                      node.mapped().done(std::move(m.result));
                              },
                              [this](ServiceDone& m) {
                                  if (m.result && !m.result->keptOnHost)
                                      ownServices[m.host] = *m.result;
                                  q.refresh(m.host);
                                  auto node = services.extract(m.ticket);
                                  if (!node.empty() && node.mapped())
                                      node.mapped()(std::move(m.result));
                              }},
                   message);
    }
    flush();
}

void Session::Private::foldUpdates(std::vector<HostUpdate> updates)
{
    for (HostUpdate& update : updates) {
        heardOf.insert(update.host);
        const auto own = ownServices.find(update.host);
        if (own == ownServices.end() || update.reading == nullptr || update.reading->service.keptOnHost)
            continue;
        auto closed = std::make_shared<HostReading>(*update.reading);
        closed->service = own->second;
        update.reading = std::move(closed);
    }
    forgetChannels(updates);
    const InventoryChange change = q.m_builder.fold(updates);
    followInventory(change);
    Q_EMIT q.inventoryChanged(change);
    tellSettled();
}

void Session::setService(const HostId& host, ServiceState state, const QString& reason, ServiceCallback done)
{
    const HostConfig* config = d->config(host);
    const quint64 ticket = ++d->lastTicket;
    d->services[ticket] = std::move(done);
    if (config == nullptr || m_options.readOnly) {
        Error error =
            config == nullptr
                ? Error{ErrorCode::NotFound, tr("There is no host %1").arg(host.value), {}, host.value, {}}
                : Error{ErrorCode::PermissionDenied, tr("This session only reads"), {}, host.value, {}};
        d->mailbox.push(ServiceDone{ticket, host, fail(std::move(error))});
        return;
    }
    ServiceRecord record;
    record.state = state;
    record.reason = reason;
    record.by = qEnvironmentVariable("USER", QStringLiteral("root"));
    record.since = clock().wallTime();
    runDetached(QStringLiteral("service"), [backend = m_backend, config = *config, record, ticket,
                                            sink = d->sinkCopy()] {
        sink.push(ServiceDone{ticket, config.id, backend->hostControl(config)->setService(record)});
    });
}

void Session::power(const InstanceId& id, HostControl::PowerAction action, ControlCallback done)
{
    const Instance* instance = inventory()->instance(id);
    const HostConfig* config = instance == nullptr ? nullptr : d->config(instance->host);
    const quint64 ticket = ++d->lastTicket;
    d->controls[ticket].done = std::move(done);
    if (config == nullptr || m_options.readOnly) {
        d->mailbox.push(
            ControlDone{ticket, fail(config == nullptr ? ErrorCode::NotFound : ErrorCode::PermissionDenied,
                                     config == nullptr ? tr("The instance is on no host that is known")
                                                       : tr("This session only reads"))});
        return;
    }
    runDetached(QStringLiteral("power"),
                [backend = m_backend, config = *config, id, action, ticket, sink = d->sinkCopy()] {
                    sink.push(ControlDone{ticket, backend->hostControl(config)->power(id, action)});
                });
}

} // namespace drover
