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
        [this](const InstanceId& instance, const HostId& host) { return d->cachedEvidence(instance, host); });
}

PairEvidence Session::Private::cachedEvidence(const InstanceId& instance, const HostId& destination) const
{
    const auto it = evidence.find({instance, destination});
    if (it == evidence.end() || q.clock().now() - it->second.at > evidenceLife)
        return {};
    return it->second.evidence;
}

void Session::gatherEvidence(const std::vector<InstanceId>& instances)
{
    const Snapshot now = inventory();
    for (const InstanceId& id : instances) {
        const Instance* instance = now->instance(id);
        if (instance == nullptr || !instance->domain.isActive())
            continue;
        for (const auto& host : now->hosts()) {
            if (!host->isUp() || host->id() == instance->host || d->cachedEvidence(id, host->id()).cpu)
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
            lane->second->ask(ticket, instance->domain.definition, false, true);
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
                      chooseKind(*instance, request.options), moves[request.destination], asked});
}

std::vector<CheckResult> Session::checkNow(const MoveRequest& request) const
{
    return d->runAll(request, d->cachedEvidence(request.instance, request.destination))
        .value_or(std::vector<CheckResult>{});
}

void Session::check(const MoveRequest& request, CheckCallback done)
{
    const quint64 ticket = ++d->lastTicket;
    PendingCheck& pending = d->checks[ticket];
    pending.request = request;
    pending.done = std::move(done);
    const Instance* instance = inventory()->instance(request.instance);
    const auto ask = [&](const HostId& host, bool destination, bool& answered) {
        const Host* known = inventory()->host(host);
        const auto lane = d->lanes.find(host);
        if (instance == nullptr || known == nullptr || !known->isUp() || lane == d->lanes.end())
            answered = true; // the check for it says so from the snapshot
        else
            lane->second->ask(ticket, instance->domain.definition, true,
                              destination && instance->domain.isActive());
    };
    ask(request.source, false, pending.sourceAnswered);
    ask(request.destination, true, pending.destinationAnswered);
    if (pending.sourceAnswered && pending.destinationAnswered) {
        QTimer::singleShot(0, this, [this, ticket] { d->finishCheck(ticket); });
        return;
    }
    QTimer::singleShot(checkPatience, this, [this, ticket] {
        const auto it = d->checks.find(ticket);
        if (it == d->checks.end())
            return;
        const QString late = tr("no answer for %1").arg(formatDuration(checkPatience));
        if (!it->second.sourceAnswered)
            it->second.evidence.sourceError = late;
        if (!it->second.destinationAnswered)
            it->second.evidence.destinationError = late;
        d->finishCheck(ticket);
    });
}

void Session::Private::handleAsked(const Asked& answer)
{
    if (auto node = judgements.extract(answer.ticket); !node.empty()) {
        const std::pair pair{node.mapped().instance, node.mapped().destination};
        questions.erase(pair);
        CachedEvidence& cached = evidence[pair];
        cached.at = q.clock().now();
        cached.evidence.cpu = answer.cpu;
        if (!std::exchange(judgementPosted, true)) {
            QTimer::singleShot(judgementPause, &q, [this] {
                judgementPosted = false;
                Q_EMIT q.judgementChanged();
            });
        }
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
        if (answer.found)
            pending.evidence.atSource = *answer.found;
    }
    if (answer.host == pending.request.destination) {
        pending.destinationAnswered = true;
        pending.evidence.destinationError = said;
        pending.evidence.cpu = answer.cpu;
        if (answer.found)
            pending.evidence.atDestination = *answer.found;
    }
    if (pending.sourceAnswered && pending.destinationAnswered)
        finishCheck(answer.ticket);
}

void Session::Private::finishCheck(quint64 ticket)
{
    auto node = checks.extract(ticket);
    if (node.empty())
        return;
    PendingCheck& pending = node.mapped();
    pending.evidence.complete = true;
    if (pending.evidence.cpu) {
        CachedEvidence& cached = evidence[{pending.request.instance, pending.request.destination}];
        cached.at = q.clock().now();
        cached.evidence.cpu = pending.evidence.cpu;
    }
    if (pending.done)
        pending.done(runAll(pending.request, pending.evidence));
}

} // namespace drover
