// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/judge.h"
#include "tests/support/fleet_maker.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <rapidcheck.h>
#include <set>

using namespace drover;
using namespace drover::testing;

namespace {

constexpr int hostCount = 4;
constexpr int instanceCount = 12;

QString nameOf(int host)
{
    return QStringLiteral("h%1").arg(host);
}

Domain anyDomain(int number)
{
    Domain made = *rc::gen::element(runningDomain(number), shutOffDomain(number), incomingDomain(number),
                                    domain(definition(number), PowerState::Paused, StateReason::Migration),
                                    domain(definition(number), PowerState::Running, StateReason::PostCopy));
    made.status.outgoing = *rc::gen::weightedElement<bool>({{5, false}, {1, true}});
    return made;
}

HostUpdate anyUpdate(Milliseconds at)
{
    const int host = *rc::gen::inRange(0, hostCount);
    if (*rc::gen::inRange(0, 6) == 0)
        return down(nameOf(host), QStringLiteral("gone"), at);
    const int known = *rc::gen::inRange(0, 1 << instanceCount); // one bit each
    std::vector<Domain> domains;
    for (int number = 1; number <= instanceCount; ++number) {
        if ((known & (1 << (number - 1))) != 0)
            domains.push_back(anyDomain(number));
    }
    // Now and then the machine turns out to be another entry's.
    const int machine = *rc::gen::weightedElement<int>({{8, host}, {1, 0}, {1, 1}});
    auto made = reading(nameOf(machine), std::move(domains));
    return up(nameOf(host), made, at);
}

/// What an observer sees of one instance.
QString described(const Instance& instance)
{
    QStringList words = {toString(instance.id).left(8), instance.host.value, instance.movingTo.value,
                         powerStateName(instance.domain.status.state)};
    for (const Place& place : instance.places)
        words.append(QStringLiteral("%1:%2:%3:%4")
                         .arg(place.host.value, placeRoleName(place.role), powerStateName(place.state))
                         .arg(place.activeSince.time_since_epoch().count()));
    return words.join(QLatin1Char(' '));
}

std::map<InstanceId, QString> described(const Inventory& inventory)
{
    std::map<InstanceId, QString> all;
    inventory.forEachInstance([&](const Instance& instance) { all[instance.id] = described(instance); });
    return all;
}

std::vector<HostConfig> configs()
{
    std::vector<HostConfig> list;
    for (int host = 0; host < hostCount; ++host)
        list.push_back(hostConfig(nameOf(host)));
    return list;
}

/// What the change says is what differs, no more and no less.
void verifyChange(const Inventory& before, const Inventory& after, const InventoryChange& change)
{
    std::set<InstanceId> added;
    std::set<InstanceId> removed;
    std::set<InstanceId> changed;
    before.forEachInstance([&](const Instance& old) {
        const Instance* now = after.instance(old.id);
        if (now == nullptr)
            removed.insert(old.id);
        else if (now != &old)
            changed.insert(old.id);
    });
    after.forEachInstance([&](const Instance& now) {
        if (before.instance(now.id) == nullptr)
            added.insert(now.id);
    });
    RC_ASSERT(std::set<InstanceId>(change.instancesAdded.begin(), change.instancesAdded.end()) == added);
    RC_ASSERT(std::set<InstanceId>(change.instancesRemoved.begin(), change.instancesRemoved.end()) ==
              removed);
    RC_ASSERT(std::set<InstanceId>(change.instancesChanged.begin(), change.instancesChanged.end()) ==
              changed);
    RC_ASSERT(change.instancesAdded.size() == added.size());
    RC_ASSERT(change.instancesRemoved.size() == removed.size());
    RC_ASSERT(change.instancesChanged.size() == changed.size());
    std::set<HostId> hosts;
    for (std::size_t i = 0; i < after.hosts().size(); ++i) {
        if (before.hosts()[i] != after.hosts()[i])
            hosts.insert(after.hosts()[i]->id());
    }
    RC_ASSERT(std::set<HostId>(change.hostsChanged.begin(), change.hostsChanged.end()) == hosts);
    RC_ASSERT(change.hostsChanged.size() == hosts.size());
    RC_ASSERT(after.instances().size() == after.instanceCount());
    RC_ASSERT(after.revision() > before.revision());
}

/// What a fresh fold of the same readings must tell too. Since when an instance has been active is history,
/// which a fresh fold cannot know, and with it who is preferred of two that both claim it: of those only the
/// places.
std::map<InstanceId, QString> withoutHistory(const Inventory& inventory)
{
    std::map<InstanceId, QString> all;
    inventory.forEachInstance([&](const Instance& instance) {
        const auto claims =
            std::count_if(instance.places.begin(), instance.places.end(), [](const Place& place) {
                return place.state != PowerState::ShutOff && place.role != PlaceRole::Incoming;
            });
        QStringList words;
        if (claims <= 1)
            words = {instance.host.value, instance.movingTo.value,
                     powerStateName(instance.domain.status.state)};
        for (const Place& place : instance.places) {
            words.append(place.host.value + powerStateName(place.state));
            if (claims <= 1)
                words.append(placeRoleName(place.role));
        }
        all[instance.id] = words.join(QLatin1Char(' '));
    });
    return all;
}

/// The latest of each host, folded at once into an empty fleet.
std::map<InstanceId, QString> fresh(const std::map<QString, HostUpdate>& latest)
{
    InventoryBuilder builder;
    (void)builder.setHosts(configs());
    std::vector<HostUpdate> updates;
    for (const auto& [name, update] : latest)
        updates.push_back(update);
    (void)builder.fold(updates);
    return withoutHistory(*builder.snapshot());
}

void randomWalk()
{
    InventoryBuilder stepwise;
    (void)stepwise.setHosts(configs());
    std::map<QString, HostUpdate> latest;
    Milliseconds at{1000};
    const int steps = *rc::gen::inRange(1, 12);
    for (int step = 0; step < steps; ++step) {
        std::vector<HostUpdate> batch;
        const int size = *rc::gen::inRange(1, 4);
        for (int i = 0; i < size; ++i) {
            at += Milliseconds(10);
            batch.push_back(anyUpdate(at));
            if (batch.back().reading)
                latest.insert_or_assign(batch.back().host.value, batch.back());
        }
        const Snapshot before = stepwise.snapshot();
        const auto memory = described(*before);
        const InventoryChange change = stepwise.fold(batch);
        verifyChange(*before, *stepwise.snapshot(), change);
        RC_ASSERT(described(*before) == memory); // a snapshot that was handed out stays as it was
    }
    stepwise.snapshot()->forEachInstance([&](const Instance& instance) {
        RC_ASSERT(!instance.places.empty());
        int conflicts = 0;
        for (const Place& place : instance.places)
            conflicts += place.role == PlaceRole::Conflict ? 1 : 0;
        RC_ASSERT(instance.inConflict() == (conflicts > 0));
        RC_ASSERT(conflicts != 1);
        if (!instance.inConflict())
            RC_ASSERT(stepwise.snapshot()->host(instance.host) != nullptr);
    });
    RC_ASSERT(withoutHistory(*stepwise.snapshot()) == fresh(latest));
}

/// Nothing is lost or kept by folding again what is there already.
void foldingAgainChangesNothing()
{
    InventoryBuilder builder;
    (void)builder.setHosts(configs());
    std::vector<HostUpdate> updates;
    for (int i = 0; i < 6; ++i)
        updates.push_back(anyUpdate(Milliseconds(1000 + i)));
    (void)builder.fold(updates);
    std::vector<HostUpdate> again;
    for (const auto& host : builder.snapshot()->hosts()) {
        if (!host->reading)
            continue;
        HostUpdate update;
        update.host = host->id();
        update.connection = host->connection;
        update.error = host->error;
        update.reading = host->reading;
        update.at = *host->lastAnswer;
        again.push_back(update);
    }
    const auto before = described(*builder.snapshot());
    const InventoryChange change = builder.fold(again);
    RC_ASSERT(change.instancesAdded.empty() && change.instancesRemoved.empty());
    RC_ASSERT(change.instancesChanged.empty());
    RC_ASSERT(described(*builder.snapshot()) == before);
}

/// Whatever judgeHosts says fits is within the effective total after all of it has arrived.
void nothingOverfills()
{
    InventoryBuilder builder;
    auto hosts = configs();
    for (HostConfig& host : hosts) {
        host.memoryRatio = *rc::gen::element(0.5, 1.0, 1.5);
        host.reservedMemory = Bytes::fromMib(*rc::gen::inRange(0, 4096));
        host.cpuRatio = *rc::gen::element(0.25, 1.0, 4.0);
    }
    (void)builder.setHosts(hosts);
    std::vector<InstanceId> running;
    for (int host = 0; host < hostCount; ++host) {
        std::vector<Domain> domains;
        for (int i = 0; i < 4; ++i) {
            const int number = host * 4 + i + 1;
            auto made = definition(number);
            made->maxMemory = Bytes::fromMib(*rc::gen::inRange(64, 8192));
            made->maxVcpus = *rc::gen::inRange(1, 9);
            domains.push_back(domain(made, PowerState::Running));
            running.push_back(made->id);
        }
        auto told = reading(nameOf(host), std::move(domains));
        auto facts = hostFacts(nameOf(host));
        facts->memory = Bytes::fromMib(*rc::gen::inRange(4096, 40000));
        facts->cpus = *rc::gen::inRange(2, 33);
        told->facts = facts;
        told->memoryFreeNow = Bytes::fromMib(*rc::gen::inRange(0, 40000));
        (void)builder.fold({up(nameOf(host), told, Milliseconds(1000 + host))});
    }
    std::vector<InstanceId> chosen;
    for (const InstanceId& id : running) {
        if (*rc::gen::inRange(0, 3) == 0)
            chosen.push_back(id);
    }
    RC_PRE(!chosen.empty());
    MovesByHost moves;
    moves[hostId(nameOf(0))].arriving = {
        static_cast<double>(*rc::gen::inRange(0, 8)), Bytes::fromMib(*rc::gen::inRange(0, 8192)), {}};
    const Snapshot snapshot = builder.snapshot();
    for (const HostVerdict& verdict : judgeHosts(*snapshot, chosen, {}, moves, {})) {
        if (verdict.level == HostVerdict::Level::Cannot)
            continue;
        const Host* host = snapshot->host(verdict.host);
        Resources after = moves[verdict.host].arriving;
        Bytes uses;
        for (const Instance* there : snapshot->instancesAt(verdict.host))
            after += fullSize(there->domain);
        for (const InstanceId& id : chosen) {
            const Instance* instance = snapshot->instance(id);
            if (instance->host != verdict.host) {
                after += fullSize(instance->domain);
                uses += instance->domain.status.memory;
            }
        }
        const Resources effective = capacityOf(*host).effective;
        RC_ASSERT(after.memory <= effective.memory);
        RC_ASSERT(after.vcpus <= effective.vcpus);
        RC_ASSERT(after == verdict.committedAfter);
        RC_ASSERT(uses + moves[verdict.host].arriving.memory <= *host->reading->memoryFreeNow);
    }
}

} // namespace

class TestInventoryProperty : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void walk() { QVERIFY(rc::check("a random walk of readings", randomWalk)); }
    void again() { QVERIFY(rc::check("folding again changes nothing", foldingAgainChangesNothing)); }
    void capacity() { QVERIFY(rc::check("what fits does not overfill", nothingOverfills)); }
};

void TestInventoryProperty::initTestCase()
{
    // The same cases each time; RC_PARAMS="seed=… max_success=…" looks further.
    if (!qEnvironmentVariableIsSet("RC_PARAMS"))
        qputenv("RC_PARAMS", "seed=20260101 max_success=200");
}

QTEST_GUILESS_MAIN(TestInventoryProperty)
#include "tst_inventory_property.moc"
