// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/inventory.h"

#include <algorithm>
#include <utility>

namespace drover {
namespace {

const Domain* domainAt(const Host& host, const InstanceId& id)
{
    if (!host.reading || !host.duplicateOf.isEmpty())
        return nullptr;
    const auto& domains = host.reading->domains;
    const auto it =
        std::lower_bound(domains.begin(), domains.end(), id,
                         [](const Domain& d, const InstanceId& wanted) { return d.definition->id < wanted; });
    return it != domains.end() && it->definition->id == id ? &*it : nullptr;
}

struct Claim
{
    const Host* host;
    const Domain* domain;
    Place place;
    [[nodiscard]] bool active() const { return domain->isActive() && !domain->status.incoming; }
    [[nodiscard]] bool leaving() const
    {
        const StateReason reason = domain->status.reason;
        return domain->status.state == PowerState::Paused &&
               (reason == StateReason::Migration || reason == StateReason::PostCopy ||
                reason == StateReason::PostCopyFailed);
    }
};

/// Each of the two was asked after the other had begun to run: not an effect of readings at different
/// moments. Once that is so, a host that falls silent changes nothing: no answer is not proof of off.
bool bothConfirmed(const Claim& a, const Claim& b)
{
    return a.host->lastAsked > b.place.activeSince && b.host->lastAsked > a.place.activeSince &&
           a.place.activeSince != Instant{} && b.place.activeSince != Instant{} && !a.leaving() &&
           !b.leaving();
}

/// Gives each claim its role and says which one is the instance's host (null in a conflict).
const Claim* settleRoles(std::vector<Claim>& claims)
{
    const Claim* winner = nullptr;
    for (Claim& claim : claims) {
        claim.place.role = claim.domain->status.incoming ? PlaceRole::Incoming
                           : claim.active()              ? PlaceRole::Running
                                                         : PlaceRole::Defined;
    }
    const auto prefer = [](const Claim& a, const Claim& b) { // a over b
        if (a.leaving() != b.leaving())
            return !a.leaving();
        if (a.host->isUp() != b.host->isUp())
            return a.host->isUp();
        return a.place.activeSince > b.place.activeSince;
    };
    for (const Claim& claim : claims) {
        if (claim.active() && (winner == nullptr || prefer(claim, *winner)))
            winner = &claim;
    }
    if (winner == nullptr) {
        const auto incoming = std::find_if(
            claims.begin(), claims.end(), [](const Claim& c) { return c.place.role == PlaceRole::Incoming; });
        return incoming != claims.end() ? &*incoming : &claims.front();
    }
    for (const Claim& claim : claims) {
        if (&claim != winner && claim.active() && bothConfirmed(claim, *winner)) {
            for (Claim& other : claims) {
                if (other.active())
                    other.place.role = PlaceRole::Conflict;
            }
            return nullptr;
        }
    }
    const bool arriving = std::any_of(claims.begin(), claims.end(),
                                      [](const Claim& c) { return c.place.role == PlaceRole::Incoming; });
    for (Claim& claim : claims) {
        if (!claim.active())
            continue;
        if (&claim != winner || arriving || claim.domain->status.outgoing)
            claim.place.role = PlaceRole::Outgoing;
    }
    return winner;
}

HostId destinationOf(const std::vector<Claim>& claims, const Claim* winner)
{
    if (winner == nullptr)
        return {};
    for (const Claim& claim : claims) {
        if (claim.place.role == PlaceRole::Incoming)
            return claim.place.host;
    }
    // Post-copy: it runs at the destination and the source still holds what has not been sent.
    const bool sourceStillHolds = std::any_of(claims.begin(), claims.end(), [&](const Claim& c) {
        return &c != winner && c.leaving() && c.host->isUp();
    });
    return sourceStillHolds && winner->domain->status.reason == StateReason::PostCopy ? winner->place.host
                                                                                      : HostId{};
}

bool sameToTheEye(const Instance& a, const Instance& b)
{
    return a.places == b.places && a.host == b.host && a.movingTo == b.movingTo &&
           a.domain.definition == b.domain.definition && a.domain.status == b.domain.status;
}

} // namespace

InventoryBuilder::InventoryBuilder()
{
    auto empty = std::make_shared<Inventory>();
    empty->m_hostIndex = std::make_shared<QHash<HostId, std::size_t>>();
    const auto shard = std::make_shared<const Inventory::Shard>();
    empty->m_shards.assign(Inventory::shardCount, shard);
    m_snapshot = std::move(empty);
}

InventoryChange InventoryBuilder::setHosts(const std::vector<HostConfig>& hosts)
{
    InventoryChange change;
    change.hostListChanged = true;
    auto next = std::make_shared<Inventory>(*m_snapshot);
    ++next->m_revision;
    Touched touched;
    const auto touchAll = [&touched](const Host& host) {
        if (!host.reading)
            return;
        for (const Domain& domain : host.reading->domains)
            touched[domain.definition->id].push_back(host.id());
    };
    std::vector<std::shared_ptr<const Host>> list;
    auto index = std::make_shared<QHash<HostId, std::size_t>>();
    list.reserve(hosts.size());
    for (const HostConfig& config : hosts) {
        auto host = std::make_shared<Host>();
        if (const Host* old = m_snapshot->host(config.id); old != nullptr && old->config.uri == config.uri)
            *host = *old;
        host->config = config;
        touchAll(*host);
        index->insert(config.id, list.size());
        list.push_back(std::move(host));
    }
    for (const auto& old : m_snapshot->m_hosts)
        touchAll(*old);
    next->m_hosts = std::move(list);
    next->m_hostIndex = std::move(index);
    markDuplicates(*next, touched, change);
    refold(touched, *next, change);
    m_snapshot = std::move(next);
    return change;
}

InventoryChange InventoryBuilder::fold(const std::vector<HostUpdate>& updates)
{
    InventoryChange change;
    auto next = std::make_shared<Inventory>(*m_snapshot);
    ++next->m_revision;
    Touched touched;
    bool factsChanged = false;
    for (const HostUpdate& update : updates) {
        const auto at = next->m_hostIndex->constFind(update.host);
        if (at == next->m_hostIndex->constEnd())
            continue; // removed from the fleet while its lane was still speaking
        const Host& old = *next->m_hosts[*at];
        auto host = std::make_shared<Host>(old);
        const bool wasUp = old.isUp();
        host->connection = update.connection;
        host->error = update.error;
        if (update.reading) {
            factsChanged |= !old.reading || old.reading->facts != update.reading->facts;
            host->reading = update.reading;
            host->lastAnswer = update.at;
            host->lastAsked = update.asked.value_or(update.at);
            // Only what differs is looked at again; both lists are sorted by id.
            static const std::vector<Domain> none;
            const auto& before = old.reading ? old.reading->domains : none;
            const auto& after = update.reading->domains;
            auto b = before.begin();
            auto a = after.begin();
            while (b != before.end() || a != after.end()) {
                if (a == after.end() || (b != before.end() && b->definition->id < a->definition->id)) {
                    touched[b->definition->id];
                    ++b;
                } else if (b == before.end() || a->definition->id < b->definition->id) {
                    touched[a->definition->id].push_back(update.host);
                    ++a;
                } else {
                    if (a->definition != b->definition || !(a->status == b->status))
                        touched[a->definition->id].push_back(update.host);
                    ++a;
                    ++b;
                }
            }
        }
        // A conflict or a finished move may hang on this host's answer being newer now, or on it being up.
        if (host->reading && (update.reading || wasUp != host->isUp())) {
            for (const Domain& domain : host->reading->domains) {
                const Instance* known = m_snapshot->instance(domain.definition->id);
                if (known != nullptr && known->places.size() > 1)
                    touched[domain.definition->id].push_back(update.host);
            }
        }
        next->m_hosts[*at] = std::move(host);
        change.hostsChanged.push_back(update.host);
    }
    if (factsChanged)
        markDuplicates(*next, touched, change);
    std::sort(change.hostsChanged.begin(), change.hostsChanged.end());
    change.hostsChanged.erase(std::unique(change.hostsChanged.begin(), change.hostsChanged.end()),
                              change.hostsChanged.end());
    refold(touched, *next, change);
    m_snapshot = std::move(next);
    return change;
}

void InventoryBuilder::markDuplicates(Inventory& next, Touched& touched, InventoryChange& change)
{
    std::map<std::pair<QUuid, QString>, QString> machines;
    for (auto& slot : next.m_hosts) {
        if (!slot->reading)
            continue;
        const HostFacts& facts = *slot->reading->facts;
        const auto [first, isNew] = machines.try_emplace({facts.hostUuid, facts.hostname}, slot->id().value);
        const QString duplicateOf = isNew || facts.hostUuid.isNull() ? QString() : first->second;
        if (duplicateOf == slot->duplicateOf)
            continue;
        auto host = std::make_shared<Host>(*slot);
        host->duplicateOf = duplicateOf;
        for (const Domain& domain : host->reading->domains)
            touched[domain.definition->id].push_back(host->id());
        change.hostsChanged.push_back(host->id());
        slot = std::move(host);
    }
}

void InventoryBuilder::refold(const Touched& touched, Inventory& next, InventoryChange& change) const
{
    std::map<std::size_t, std::shared_ptr<Inventory::Shard>> opened;
    for (const auto& [id, newAt] : touched) {
        const std::shared_ptr<const Instance> old = m_snapshot->sharedInstance(id);
        std::vector<std::size_t> candidates;
        const auto consider = [&](const HostId& host) {
            const auto it = next.m_hostIndex->constFind(host);
            if (it != next.m_hostIndex->constEnd())
                candidates.push_back(*it);
        };
        if (old) {
            for (const Place& place : old->places)
                consider(place.host);
        }
        for (const HostId& host : newAt)
            consider(host);
        std::sort(candidates.begin(), candidates.end());
        candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());

        std::vector<Claim> claims;
        for (const std::size_t index : candidates) {
            const Host& host = *next.m_hosts[index];
            const Domain* domain = domainAt(host, id);
            if (domain == nullptr)
                continue;
            Claim claim{&host, domain, {}};
            claim.place = {host.id(),
                           domain->status.state,
                           domain->status.reason,
                           domain->status.persistent,
                           PlaceRole::Defined,
                           {}};
            if (claim.active()) {
                claim.place.activeSince = host.lastAnswer.value_or(Instant{});
                if (old) {
                    for (const Place& place : old->places) {
                        if (place.host == host.id() && place.activeSince != Instant{})
                            claim.place.activeSince = place.activeSince;
                    }
                }
            }
            claims.push_back(std::move(claim));
        }
        const std::size_t shardIndex = Inventory::shardOf(id);
        auto& shard = opened[shardIndex];
        if (!shard)
            shard = std::make_shared<Inventory::Shard>(*next.m_shards[shardIndex]);
        if (claims.empty()) {
            if (shard->remove(id)) {
                change.instancesRemoved.push_back(id);
                --next.m_instanceCount;
            }
            continue;
        }
        const Claim* winner = settleRoles(claims);
        auto instance = std::make_shared<Instance>();
        instance->id = id;
        instance->movingTo = destinationOf(claims, winner);
        instance->host = winner != nullptr ? winner->place.host : HostId{};
        instance->domain = winner != nullptr ? *winner->domain : *claims.front().domain;
        for (Claim& claim : claims)
            instance->places.push_back(std::move(claim.place));
        if (old && sameToTheEye(*old, *instance))
            continue;
        (old ? change.instancesChanged : change.instancesAdded).push_back(id);
        if (!old)
            ++next.m_instanceCount;
        shard->insert(id, std::move(instance));
    }
    for (auto& [index, shard] : opened)
        next.m_shards[index] = std::move(shard);
}

} // namespace drover
