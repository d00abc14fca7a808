// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_private.h"

#include <QTimer>

#include <algorithm>
#include <utility>

namespace drover {
namespace {

/// How long a host may take to answer the questions of one check.
constexpr Milliseconds checkPatience{10000};
/// How long the trial of a way may take: its own limits are below it.
constexpr Milliseconds channelPatience{14000};
/// How long both hosts may take to say where disks live.
constexpr Milliseconds storagePatience{30000};
/// How long an answer for the judgement of a drag holds.
constexpr Milliseconds evidenceLife{60000};
/// Answers that come close together are told together.
constexpr Milliseconds judgementPause{40};

} // namespace

MovesByHost Session::movesUnderWay() const
{
    return d->movesWithout({});
}

MovesByHost Session::Private::movesWithout(const std::vector<InstanceId>& without) const
{
    MovesByHost moves;
    for (const auto& [id, running] : jobs) {
        const Job& job = running->job;
        if (isEnded(job.state) || job.destination.value.isEmpty() || job.kind == MigrationKind::Offline ||
            std::find(without.begin(), without.end(), job.instance) != without.end())
            continue;
        const Instance* instance = q.inventory()->instance(job.instance);
        if (instance == nullptr)
            continue;
        const bool visibleThere =
            std::any_of(instance->places.begin(), instance->places.end(), [&](const Place& place) {
                return place.host == job.destination &&
                       (place.role == PlaceRole::Incoming || place.role == PlaceRole::Running);
            });
        if (!visibleThere) // else the host's own reading counts it
            moves[job.destination].arriving += fullSize(instance->domain);
    }
    return moves;
}

std::vector<HostVerdict> Session::judge(const std::vector<InstanceId>& instances,
                                        const MigrationOptions& options) const
{
    return judgeHosts(
        *inventory(), instances, options, d->movesWithout(instances),
        [this](const InstanceId& instance, const HostId& host) { return d->cachedEvidence(instance, host); },
        &m_fleet, clock().wallTime().date());
}

PairEvidence Session::Private::cachedEvidence(const InstanceId& instance, const HostId& destination) const
{
    const auto it = evidence.find({instance, destination});
    PairEvidence known;
    if (it != evidence.end() && q.clock().now() - it->second.at <= evidenceLife)
        known = it->second.evidence;
    if (const auto own = holdings.find(instance);
        own != holdings.end() && q.clock().now() - own->second.at <= evidenceLife) {
        known.source = own->second.details;
        if (const ChannelEvidence* channel = channelOf({own->second.host, destination}, true))
            known.channel = *channel;
    }
    known.storage = cachedStorage(instance, destination);
    return known;
}

void Session::gatherEvidence(const std::vector<InstanceId>& instances)
{
    const Snapshot now = inventory();
    for (const InstanceId& id : instances) {
        const Instance* instance = now->instance(id);
        if (instance == nullptr)
            continue;
        for (const auto& host : now->hosts())
            d->gatherStorageFor(*instance, *host);
        const bool active = instance->domain.isActive();
        for (const auto& host : now->hosts()) {
            const bool own = host->id() == instance->host;
            const PairEvidence known = d->cachedEvidence(id, host->id());
            const bool enough =
                own ? known.source != nullptr : known.destination != nullptr && (known.cpu || !active);
            if (!host->isUp() || enough)
                continue;
            const auto lane = d->lanes.find(host->id());
            if (lane == d->lanes.end())
                continue;
            // A question that waits in the lane's queue is not put a second time.
            const auto [asked, isNew] = d->questions.try_emplace({id, host->id()}, clock().now());
            if (!isNew && clock().now() - asked->second < evidenceLife)
                continue;
            asked->second = clock().now();
            const quint64 ticket = ++d->lastTicket;
            d->judgements[ticket] = {id, host->id()};
            lane->second->ask(ticket, instance->domain.definition,
                              {.find = false, .compareCpu = !own && active, .details = true, .own = own});
        }
    }
}

Result<std::vector<CheckResult>> Session::Private::runAll(const MoveRequest& request,
                                                          const PairEvidence& asked) const
{
    const Snapshot now = q.inventory();
    const Instance* instance = now->instance(request.instance);
    if (instance == nullptr)
        return fail(ErrorCode::NotFound, Session::tr("The instance is no longer known on any host"));
    // In a conflict it has no host of its own: the check for the state says so.
    const HostId from = request.source.value.isEmpty() ? instance->places.front().host : request.source;
    const Host* source = now->host(from);
    const Host* destination = now->host(request.destination);
    if (source == nullptr || destination == nullptr)
        return fail(ErrorCode::NotFound,
                    Session::tr("There is no host %1 in the fleet")
                        .arg(source == nullptr ? from.value : request.destination.value));
    MovesByHost moves = movesWithout({request.instance});
    return runChecks({*now, *instance, *source, *destination, request.options,
                      chooseKind(*instance, request.options, source, destination, asked).kind,
                      moves[request.destination], asked, nullptr, &q.m_fleet, nullptr,
                      q.clock().wallTime().date()});
}

std::vector<CheckResult> Session::checkNow(const MoveRequest& request) const
{
    return d->runAll(request, d->cachedEvidence(request.instance, request.destination))
        .value_or(std::vector<CheckResult>{});
}

void Session::check(const MoveRequest& request, CheckCallback done)
{
    d->startCheck(request, false, std::move(done));
}

void Session::Private::startCheck(const MoveRequest& request, bool afresh, Session::CheckCallback done)
{
    const quint64 ticket = ++lastTicket;
    PendingCheck& pending = checks[ticket];
    pending.request = request;
    pending.done = std::move(done);
    const Snapshot now = q.inventory();
    const Instance* instance = now->instance(request.instance);
    const auto ask = [&](const HostId& host, bool destination, bool& answered) {
        const Host* known = now->host(host);
        const auto lane = lanes.find(host);
        if (instance == nullptr || known == nullptr || !known->isUp() || lane == lanes.end())
            answered = true; // the check for it says so from the snapshot
        else
            lane->second->ask(ticket, instance->domain.definition,
                              {.find = true,
                               .compareCpu = destination && instance->domain.isActive(),
                               .details = true,
                               .own = !destination});
    };
    ask(request.source, false, pending.sourceAnswered);
    ask(request.destination, true, pending.destinationAnswered);
    const HostConfig* from = config(request.source);
    const HostConfig* to = config(request.destination);
    if (!pending.sourceAnswered && !pending.destinationAnswered && from != nullptr && to != nullptr &&
        needsStorageEvidence(*instance->domain.definition)) {
        pending.storageAnswered = false;
        askStorage(ticket, *instance, *from, *to, afresh);
    }
    pending.channelAnswered = !tryChannel(request);
    if (!pending.channelAnswered)
        QTimer::singleShot(channelPatience, &q, [this, ticket] {
            if (const auto it = checks.find(ticket); it != checks.end()) {
                it->second.channelAnswered = true; // what is not known is said
                finishWhenAnswered(ticket);
            }
        });
    if (pending.sourceAnswered && pending.destinationAnswered && pending.channelAnswered) {
        QTimer::singleShot(0, &q, [this, ticket] { finishCheck(ticket); });
        return;
    }
    QTimer::singleShot(checkPatience, &q, [this, ticket] {
        const auto it = checks.find(ticket);
        if (it == checks.end() || (it->second.sourceAnswered && it->second.destinationAnswered))
            return; // disks have a time of their own
        const QString late = Session::tr("no answer for %1").arg(formatDuration(checkPatience));
        if (!it->second.sourceAnswered)
            it->second.evidence.sourceError = late;
        if (!it->second.destinationAnswered)
            it->second.evidence.destinationError = late;
        finishCheck(ticket);
    });
    if (!pending.storageAnswered)
        QTimer::singleShot(storagePatience, &q, [this, ticket] { finishCheck(ticket); });
}

void Session::Private::finishWhenAnswered(quint64 ticket)
{
    const auto it = checks.find(ticket);
    if (it != checks.end() && it->second.sourceAnswered && it->second.destinationAnswered &&
        it->second.storageAnswered && it->second.channelAnswered)
        finishCheck(ticket);
}

void Session::Private::tellJudgement()
{
    if (std::exchange(judgementPosted, true))
        return;
    QTimer::singleShot(judgementPause, &q, [this] {
        judgementPosted = false;
        Q_EMIT q.judgementChanged();
    });
}

void Session::Private::handleAsked(const Asked& answer)
{
    if (auto node = judgements.extract(answer.ticket); !node.empty()) {
        const std::pair pair{node.mapped().instance, node.mapped().destination};
        questions.erase(pair);
        const Instance* instance = q.inventory()->instance(pair.first);
        if (instance != nullptr && instance->host == pair.second) {
            holdings[pair.first] = {answer.details, pair.second, q.clock().now()};
        } else {
            CachedEvidence& cached = evidence[pair];
            cached.at = q.clock().now();
            cached.evidence.cpu = answer.cpu;
            cached.evidence.destination = answer.details;
        }
        tellJudgement();
        return;
    }
    const auto it = checks.find(answer.ticket);
    if (it == checks.end())
        return;
    PendingCheck& pending = it->second;
    const QString said = answer.found ? QString() : answer.found.error().message;
    if (answer.host == pending.request.source) {
        pending.sourceAnswered = true;
        pending.evidence.sourceError = said;
        pending.evidence.source = answer.details;
        if (answer.found)
            pending.evidence.atSource = *answer.found;
    }
    if (answer.host == pending.request.destination) {
        pending.destinationAnswered = true;
        pending.evidence.destinationError = said;
        pending.evidence.cpu = answer.cpu;
        pending.evidence.destination = answer.details;
        if (answer.found)
            pending.evidence.atDestination = *answer.found;
    }
    finishWhenAnswered(answer.ticket);
}

void Session::Private::finishCheck(quint64 ticket)
{
    auto node = checks.extract(ticket);
    if (node.empty())
        return;
    PendingCheck& pending = node.mapped();
    pending.evidence.complete = true;
    if (const ChannelEvidence* channel =
            channelOf({pending.request.source, pending.request.destination}, true))
        pending.evidence.channel = *channel;
    if (pending.evidence.source != nullptr)
        holdings[pending.request.instance] = {pending.evidence.source, pending.request.source,
                                              q.clock().now()};
    if (pending.evidence.cpu || pending.evidence.destination != nullptr) {
        CachedEvidence& cached = evidence[{pending.request.instance, pending.request.destination}];
        cached.at = q.clock().now();
        cached.evidence.cpu = pending.evidence.cpu;
        cached.evidence.destination = pending.evidence.destination;
    }
    if (pending.done)
        pending.done(runAll(pending.request, pending.evidence));
}

} // namespace drover
