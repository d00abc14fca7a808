// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"
#include "core/session/session_private.h"

#include <algorithm>

namespace drover {
namespace {

/// How long the answer of a trial holds.
constexpr Milliseconds channelLife{600000};
/// A trial that has not come back is given up for good, and may be begun again.
constexpr Milliseconds trialLife{30000};

} // namespace

const ChannelEvidence* Session::Private::channelOf(const HostPair& pair, bool arriving) const
{
    const auto it = channels.find(pair);
    if (it == channels.end() || q.clock().now() - it->second.at > channelLife)
        return nullptr;
    const ChannelEvidence& found = it->second.evidence;
    // The port was left alone because guests were arriving: once they have arrived it can be tried.
    const bool owed =
        found.daemon == ChannelEvidence::Daemon::Reached && found.port == ChannelEvidence::Port::NotTried;
    return owed && !arriving ? nullptr : &found;
}

bool Session::Private::guestsArriveAt(const HostId& host) const
{
    const Host* known = q.inventory()->host(host);
    if (known != nullptr && known->reading != nullptr) {
        const std::vector<Domain>& domains = known->reading->domains;
        if (std::any_of(domains.begin(), domains.end(), [](const Domain& d) { return d.status.incoming; }))
            return true;
    }
    return std::any_of(jobs.begin(), jobs.end(), [&](const auto& entry) {
        const Job& job = entry.second->job;
        return job.destination == host && !isEnded(job.state) && entry.second->launched;
    });
}

bool Session::Private::tryChannel(const MoveRequest& request)
{
    const Host* source = q.inventory()->host(request.source);
    const Host* destination = q.inventory()->host(request.destination);
    if (source == nullptr || destination == nullptr || request.source == request.destination ||
        !source->isUp() || !destination->isUp() || source->config.readOnly || q.m_options.readOnly ||
        source->reading->facts->readOnly)
        return false;
    const Result<QString> peer = peerUriOf(destination->config);
    if (!peer)
        return false; // the check says so without a trial
    const HostPair pair{request.source, request.destination};
    const bool arriving = guestsArriveAt(request.destination);
    if (channelOf(pair, arriving) != nullptr)
        return false;
    const Instant now = q.clock().now();
    const auto [trial, isNew] = channelsInTrial.try_emplace(pair, now);
    if (!isNew && now - trial->second < trialLife)
        return true;
    trial->second = now;
    // On a thread of its own: into a network that swallows it the call outlives every patience.
    runDetached(QStringLiteral("channel"),
                [backend = q.m_backend, sink = sinkCopy(),
                 asked = ChannelRequest{source->config, destination->config, *peer, !arriving}] {
                    const Result<ChannelEvidence> found =
                        backend->channelProbe(asked.source)->probe(asked, {});
                    ChannelTried message{asked.source.id, asked.destination.id, {}};
                    if (found) {
                        message.evidence = *found;
                    } else {
                        message.evidence.daemonReason = found.error().message;
                        message.evidence.denied = found.error().code == ErrorCode::PermissionDenied;
                    }
                    sink.push(std::move(message));
                });
    return true;
}

void Session::Private::handleTried(const ChannelTried& message)
{
    const HostPair pair{message.source, message.destination};
    channelsInTrial.erase(pair);
    channels[pair] = {message.evidence, q.clock().now()};
    std::vector<quint64> waiting;
    for (auto& [ticket, check] : checks) {
        if (check.request.source == message.source && check.request.destination == message.destination) {
            check.channelAnswered = true;
            waiting.push_back(ticket);
        }
    }
    for (const quint64 ticket : waiting)
        finishWhenAnswered(ticket);
}

void Session::Private::forgetChannels(const std::vector<HostUpdate>& updates)
{
    for (const HostUpdate& update : updates) {
        const Host* known = q.inventory()->host(update.host);
        if (known != nullptr && known->connection == ConnectionState::Up &&
            update.connection == ConnectionState::Up)
            continue;
        std::erase_if(channels, [&](const auto& entry) {
            return entry.first.first == update.host || entry.first.second == update.host;
        });
    }
}

} // namespace drover
