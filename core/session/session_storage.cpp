// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/storage_gather.h"
#include "core/session/session_private.h"

#include <exception>
#include <utility>

/// What the session asks about disks: on threads of their own, because pools are refreshed, markers written
/// and files read for it.
namespace drover {
namespace {

/// How long evidence holds for a judgement; before a start it is made anew.
constexpr Milliseconds storageLife{600000};
/// Pairs of hosts that are asked at once for a judgement.
constexpr int mostAtOnce = 4;

} // namespace

std::optional<StorageEvidence> Session::Private::cachedStorage(const InstanceId& instance,
                                                               const HostId& destination) const
{
    const auto it = storage.find({instance, destination});
    if (it == storage.end() || q.clock().now() - it->second.at > storageLife)
        return std::nullopt;
    return it->second.evidence;
}

void Session::Private::askStorage(quint64 ticket, const Instance& instance, const HostConfig& from,
                                  const HostConfig& to, bool afresh)
{
    // The backend owns the clock that the proofs are dated by.
    const auto cache = afresh ? std::make_shared<ProofCache>(q.clock()) : proofs;
    runDetached(QStringLiteral("storage"), [backend = q.m_backend, cache,
                                            definition = instance.domain.definition, from = asOpened(from),
                                            to = asOpened(to), ticket, sink = sinkCopy()] {
        StorageAsked answer{ticket, definition->id, to.id, StorageEvidence{}};
        try {
            const auto source = backend->storageAccess(from);
            const auto destination = backend->storageAccess(to);
            answer.found =
                gatherStorage(*definition, {from.id, *source}, {to.id, *destination}, *cache, {}, {});
        } catch (const std::exception& e) {
            answer.found = fail(ErrorCode::Internal, QString::fromUtf8(e.what()));
        }
        sink.push(std::move(answer));
    });
}

void Session::Private::gatherStorageFor(const Instance& instance, const Host& destination)
{
    const std::pair pair{instance.id, destination.id()};
    if (!needsStorageEvidence(*instance.domain.definition) || !destination.isUp() ||
        destination.id() == instance.host || cachedStorage(pair.first, pair.second) ||
        storageWanted.contains(pair))
        return;
    storageWanted.insert(pair);
    storageQueue.push_back(pair);
    pumpStorage();
}

void Session::Private::pumpStorage()
{
    while (storageRunning < mostAtOnce && !storageQueue.empty()) {
        const auto pair = storageQueue.front();
        storageQueue.pop_front();
        const Instance* instance = q.inventory()->instance(pair.first);
        const HostConfig* from = instance == nullptr ? nullptr : config(instance->host);
        const HostConfig* to = config(pair.second);
        if (from == nullptr || to == nullptr) {
            storageWanted.erase(pair);
            continue;
        }
        ++storageRunning;
        askStorage(0, *instance, *from, *to, false);
    }
}

void Session::Private::handleStorage(StorageAsked message)
{
    const std::pair pair{message.instance, message.destination};
    if (message.found)
        storage[pair] = {*message.found, q.clock().now()};
    if (message.ticket == 0) {
        --storageRunning;
        storageWanted.erase(pair);
        tellJudgement();
        pumpStorage();
        return;
    }
    const auto it = checks.find(message.ticket);
    if (it == checks.end())
        return;
    it->second.storageAnswered = true;
    if (message.found)
        it->second.evidence.storage = *message.found;
    finishWhenAnswered(message.ticket);
}

KindChoice Session::kindFor(const MoveRequest& request) const
{
    const Snapshot now = inventory();
    const Instance* instance = now->instance(request.instance);
    if (instance == nullptr)
        return {};
    return chooseKind(*instance, request.options, now->host(request.source), now->host(request.destination),
                      d->cachedEvidence(request.instance, request.destination));
}

} // namespace drover
