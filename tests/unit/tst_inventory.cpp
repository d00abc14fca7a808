// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fleet_maker.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;
using namespace std::chrono_literals;

namespace {

const QString h1 = QStringLiteral("h1");
const QString h2 = QStringLiteral("h2");
const QString h3 = QStringLiteral("h3");

Domain withReason(Domain domain, StateReason reason)
{
    domain.status.reason = reason;
    return domain;
}

Domain pausedDomain(int number, StateReason reason)
{
    return domain(definition(number), PowerState::Paused, reason);
}

Domain outgoingDomain(int number)
{
    Domain made = runningDomain(number);
    made.status.outgoing = true;
    return made;
}

PlaceRole roleAt(const Instance& instance, const QString& host)
{
    for (const Place& place : instance.places) {
        if (place.host.value == host)
            return place.role;
    }
    qFatal("not known there");
    return PlaceRole::Defined;
}

} // namespace

class TestInventory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void beginsEmpty();
    void runsOnOneHost();
    void shutOffIsDefined();
    void moveSeenFromBothSides();
    void moveSeenFromTheSourceOnly();
    void switchOver();
    void postCopyRunsAtTheDestination();
    void incomingFromOutside();
    void conflictOnlyWhenEachWasAskedAfterTheOther();
    void aReadingThatBeganBeforeTheSwitchProvesNothing();
    void staleReadingAtTheSwitchIsNoConflict();
    void conflictStaysWhenOneHostFallsSilent();
    void conflictEndsWhenOneStops();
    void restartElsewhereAfterSilenceIsNoConflict();
    void definedOnBoth();
    void oneMachineTwice();
    void equalUuidAloneIsNoDuplicate();
    void duplicateEndsWithItsTwin();
    void silentHostKeepsItsInstances();
    void unknownHostIsIgnored();
    void removedHostTakesItsInstances();
    void newUriForgetsTheReading();
    void onlyTouchedInstancesAreCopied();
    void changeListsHostsOnce();
    void finds();

private:
    [[nodiscard]] const Instance& vm(int number) const
    {
        const Instance* found = m_builder->snapshot()->instance(instanceId(number));
        if (found == nullptr)
            qFatal("not known");
        return *found;
    }
    InventoryChange tell(const QString& host, std::vector<Domain> domains, Milliseconds at)
    {
        return m_builder->fold({up(host, reading(host, std::move(domains)), at)});
    }
    std::unique_ptr<InventoryBuilder> m_builder;
};

void TestInventory::init()
{
    m_builder = std::make_unique<InventoryBuilder>();
    (void)m_builder->setHosts({hostConfig(h1), hostConfig(h2), hostConfig(h3)});
}

void TestInventory::beginsEmpty()
{
    const Snapshot now = m_builder->snapshot();
    QCOMPARE(now->hosts().size(), std::size_t(3));
    QCOMPARE(now->hosts()[1]->id(), hostId(h2));
    QCOMPARE(now->instanceCount(), std::size_t(0));
    QCOMPARE(now->host(hostId(h1))->connection, ConnectionState::Connecting);
    QVERIFY(!now->host(hostId(h1))->isUp());
    QVERIFY(now->host(hostId(QStringLiteral("h9"))) == nullptr);
    QVERIFY(now->instancesAt(hostId(h1)).empty());
}

void TestInventory::runsOnOneHost()
{
    const InventoryChange change = tell(h1, {runningDomain(1)}, 100ms);
    QCOMPARE(change.instancesAdded, std::vector<InstanceId>{instanceId(1)});
    QCOMPARE(change.hostsChanged, std::vector<HostId>{hostId(h1)});
    QVERIFY(!change.hostListChanged);
    QCOMPARE(vm(1).host, hostId(h1));
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Running);
    QVERIFY(!vm(1).isMoving());
    QVERIFY(!vm(1).inConflict());
    QCOMPARE(vm(1).name(), QStringLiteral("vm-1"));
}

void TestInventory::shutOffIsDefined()
{
    tell(h1, {shutOffDomain(1)}, 100ms);
    QCOMPARE(vm(1).host, hostId(h1));
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Defined);
}

void TestInventory::moveSeenFromBothSides()
{
    tell(h1, {outgoingDomain(1)}, 100ms);
    tell(h2, {incomingDomain(1)}, 110ms);
    QCOMPARE(vm(1).host, hostId(h1));
    QCOMPARE(vm(1).movingTo, hostId(h2));
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Outgoing);
    QCOMPARE(roleAt(vm(1), h2), PlaceRole::Incoming);
    QVERIFY(vm(1).isMoving());
}

void TestInventory::moveSeenFromTheSourceOnly()
{
    tell(h1, {outgoingDomain(1)}, 100ms);
    QVERIFY(vm(1).isMoving());
    QCOMPARE(vm(1).movingTo, HostId{});
    QCOMPARE(vm(1).host, hostId(h1));
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Outgoing);
}

void TestInventory::switchOver()
{
    tell(h1, {outgoingDomain(1)}, 100ms);
    tell(h2, {incomingDomain(1)}, 110ms);
    tell(h2, {withReason(runningDomain(1), StateReason::Migrated)}, 200ms);
    tell(h1, {pausedDomain(1, StateReason::Migration)}, 210ms);
    QCOMPARE(vm(1).host, hostId(h2));
    QVERIFY(!vm(1).inConflict());
    QCOMPARE(roleAt(vm(1), h2), PlaceRole::Running);
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Outgoing);
    tell(h1, {}, 300ms);
    QCOMPARE(vm(1).places.size(), std::size_t(1));
    QCOMPARE(vm(1).host, hostId(h2));
    QVERIFY(!vm(1).isMoving());
}

void TestInventory::postCopyRunsAtTheDestination()
{
    tell(h1, {pausedDomain(1, StateReason::PostCopy)}, 100ms);
    tell(h2, {withReason(runningDomain(1), StateReason::PostCopy)}, 110ms);
    tell(h1, {pausedDomain(1, StateReason::PostCopy)}, 200ms);
    tell(h2, {withReason(runningDomain(1), StateReason::PostCopy)}, 210ms);
    QCOMPARE(vm(1).host, hostId(h2));
    QCOMPARE(vm(1).movingTo, hostId(h2));
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Outgoing);
    QCOMPARE(roleAt(vm(1), h2), PlaceRole::Running);
    QVERIFY(!vm(1).inConflict());
}

void TestInventory::incomingFromOutside()
{
    tell(h2, {incomingDomain(1)}, 100ms);
    QCOMPARE(roleAt(vm(1), h2), PlaceRole::Incoming);
    QVERIFY(vm(1).isMoving());
    QVERIFY(!vm(1).inConflict());
}

void TestInventory::conflictOnlyWhenEachWasAskedAfterTheOther()
{
    tell(h1, {runningDomain(1)}, 100ms);
    tell(h2, {runningDomain(1)}, 200ms);
    QVERIFY2(!vm(1).inConflict(), "h1 was not asked since h2 began to claim it");
    tell(h1, {runningDomain(1)}, 300ms);
    QVERIFY(vm(1).inConflict());
    QCOMPARE(vm(1).host, HostId{});
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Conflict);
    QCOMPARE(roleAt(vm(1), h2), PlaceRole::Conflict);
    QCOMPARE(vm(1).movingTo, HostId{});
}

void TestInventory::aReadingThatBeganBeforeTheSwitchProvesNothing()
{
    tell(h1, {runningDomain(1)}, 100ms);
    tell(h2, {runningDomain(1)}, 200ms);
    // A slow host: asked at 150, before h2 had it, and the answer is complete at 400 only.
    HostUpdate slow = up(h1, reading(h1, {runningDomain(1)}), 400ms);
    slow.asked = Instant(150ms);
    (void)m_builder->fold({slow});
    QVERIFY(!vm(1).inConflict());
    tell(h1, {runningDomain(1)}, 500ms);
    QVERIFY(vm(1).inConflict());
}

void TestInventory::staleReadingAtTheSwitchIsNoConflict()
{
    tell(h1, {outgoingDomain(1)}, 100ms);
    tell(h2, {incomingDomain(1)}, 120ms);
    tell(h2, {withReason(runningDomain(1), StateReason::Migrated)}, 200ms);
    QVERIFY(!vm(1).inConflict());
    QCOMPARE(vm(1).host, hostId(h2)); // the newer claim
    tell(h1, {shutOffDomain(1)}, 300ms);
    QVERIFY(!vm(1).inConflict());
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Defined);
}

void TestInventory::conflictStaysWhenOneHostFallsSilent()
{
    tell(h1, {runningDomain(1)}, 100ms);
    tell(h2, {runningDomain(1)}, 200ms);
    tell(h1, {runningDomain(1)}, 300ms);
    QVERIFY(vm(1).inConflict());
    (void)m_builder->fold({down(h1, QStringLiteral("gone"), 400ms)});
    QVERIFY2(vm(1).inConflict(), "no answer is not proof of off");
}

void TestInventory::conflictEndsWhenOneStops()
{
    tell(h1, {runningDomain(1)}, 100ms);
    tell(h2, {runningDomain(1)}, 200ms);
    tell(h1, {runningDomain(1)}, 300ms);
    QVERIFY(vm(1).inConflict());
    const InventoryChange change = tell(h1, {shutOffDomain(1)}, 400ms);
    QCOMPARE(change.instancesChanged, std::vector<InstanceId>{instanceId(1)});
    QCOMPARE(vm(1).host, hostId(h2));
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Defined);
    QCOMPARE(roleAt(vm(1), h2), PlaceRole::Running);
}

void TestInventory::restartElsewhereAfterSilenceIsNoConflict()
{
    tell(h1, {runningDomain(1)}, 100ms);
    (void)m_builder->fold({down(h1, QStringLiteral("gone"), 200ms)});
    tell(h2, {runningDomain(1)}, 300ms);
    tell(h2, {runningDomain(1)}, 400ms);
    QVERIFY(!vm(1).inConflict());
    QCOMPARE(vm(1).host, hostId(h2));
    QCOMPARE(vm(1).places.size(), std::size_t(2));
    tell(h1, {runningDomain(1)}, 500ms); // it is back, and still runs it
    QVERIFY(vm(1).inConflict());
}

void TestInventory::definedOnBoth()
{
    tell(h1, {shutOffDomain(1)}, 100ms);
    tell(h2, {shutOffDomain(1)}, 200ms);
    QVERIFY(!vm(1).inConflict());
    QCOMPARE(vm(1).host, hostId(h1));
    QCOMPARE(vm(1).places.size(), std::size_t(2));
    QCOMPARE(roleAt(vm(1), h2), PlaceRole::Defined);
    tell(h2, {runningDomain(1)}, 300ms);
    QCOMPARE(vm(1).host, hostId(h2));
    QCOMPARE(roleAt(vm(1), h1), PlaceRole::Defined);
}

void TestInventory::oneMachineTwice()
{
    const auto facts = hostFacts(h1);
    auto first = reading(h1, {runningDomain(1)});
    first->facts = facts;
    auto second = std::make_shared<HostReading>(*first);
    second->facts = std::make_shared<HostFacts>(*facts);
    (void)m_builder->fold({up(h1, first, 100ms)});
    (void)m_builder->fold({up(h2, second, 200ms)});
    QCOMPARE(m_builder->snapshot()->host(hostId(h2))->duplicateOf, h1);
    QVERIFY(m_builder->snapshot()->host(hostId(h1))->duplicateOf.isEmpty());
    QCOMPARE(vm(1).places.size(), std::size_t(1));
    (void)m_builder->fold({up(h1, first, 300ms), up(h2, second, 310ms)});
    QVERIFY2(!vm(1).inConflict(), "one machine is no second host");
    QCOMPARE(m_builder->snapshot()->instanceCount(), std::size_t(1));
}

void TestInventory::equalUuidAloneIsNoDuplicate()
{
    auto twin = reading(h2, {runningDomain(2)});
    auto facts = hostFacts(h2);
    facts->hostUuid = hostFacts(h1)->hostUuid;
    twin->facts = facts;
    tell(h1, {runningDomain(1)}, 100ms);
    (void)m_builder->fold({up(h2, twin, 200ms)});
    QVERIFY(m_builder->snapshot()->host(hostId(h2))->duplicateOf.isEmpty());
    QCOMPARE(vm(2).host, hostId(h2));
}

void TestInventory::duplicateEndsWithItsTwin()
{
    auto first = reading(h1, {runningDomain(1)});
    auto second = std::make_shared<HostReading>(*first);
    (void)m_builder->fold({up(h1, first, 100ms), up(h2, second, 110ms)});
    QCOMPARE(m_builder->snapshot()->host(hostId(h2))->duplicateOf, h1);
    const InventoryChange change = m_builder->setHosts({hostConfig(h2), hostConfig(h3)});
    QVERIFY(change.hostListChanged);
    QVERIFY(m_builder->snapshot()->host(hostId(h2))->duplicateOf.isEmpty());
    QCOMPARE(vm(1).host, hostId(h2));
    QCOMPARE(change.instancesChanged, std::vector<InstanceId>{instanceId(1)});
}

void TestInventory::silentHostKeepsItsInstances()
{
    tell(h1, {runningDomain(1), runningDomain(2)}, 100ms);
    const InventoryChange change = m_builder->fold({down(h1, QStringLiteral("Connection refused"), 900ms)});
    QCOMPARE(change.hostsChanged, std::vector<HostId>{hostId(h1)});
    QVERIFY(change.instancesRemoved.empty());
    const Host* host = m_builder->snapshot()->host(hostId(h1));
    QCOMPARE(host->connection, ConnectionState::Down);
    QCOMPARE(host->error.message, QStringLiteral("Connection refused"));
    QVERIFY(!host->isUp());
    QCOMPARE(host->lastAnswer, std::optional(Instant(100ms))); // the age goes on
    QCOMPARE(vm(1).host, hostId(h1));
    QCOMPARE(m_builder->snapshot()->instancesAt(hostId(h1)).size(), std::size_t(2));
}

void TestInventory::unknownHostIsIgnored()
{
    const InventoryChange change = tell(QStringLiteral("h9"), {runningDomain(1)}, 100ms);
    QVERIFY(change.empty());
    QCOMPARE(m_builder->snapshot()->instanceCount(), std::size_t(0));
}

void TestInventory::removedHostTakesItsInstances()
{
    tell(h1, {runningDomain(1)}, 100ms);
    tell(h2, {runningDomain(2)}, 100ms);
    const InventoryChange change = m_builder->setHosts({hostConfig(h2)});
    QVERIFY(change.hostListChanged);
    QCOMPARE(change.instancesRemoved, std::vector<InstanceId>{instanceId(1)});
    QVERIFY(m_builder->snapshot()->instance(instanceId(1)) == nullptr);
    QCOMPARE(m_builder->snapshot()->instanceCount(), std::size_t(1));
    QCOMPARE(m_builder->snapshot()->host(hostId(h2))->connection, ConnectionState::Up); // stays as it was
}

void TestInventory::newUriForgetsTheReading()
{
    tell(h1, {runningDomain(1)}, 100ms);
    HostConfig changed = hostConfig(h1);
    changed.uri = QStringLiteral("qemu+tls://other.example/system");
    (void)m_builder->setHosts({changed});
    QVERIFY(m_builder->snapshot()->host(hostId(h1))->reading == nullptr);
    QCOMPARE(m_builder->snapshot()->instanceCount(), std::size_t(0));
}

void TestInventory::onlyTouchedInstancesAreCopied()
{
    std::vector<Domain> many;
    for (int i = 1; i <= 2000; ++i)
        many.push_back(runningDomain(i));
    auto first = reading(h1, many);
    (void)m_builder->fold({up(h1, first, 100ms)});
    const Snapshot before = m_builder->snapshot();
    auto next = std::make_shared<HostReading>(*first);
    next->domains[777].status.cpuPercent = 12.0;
    const InstanceId touched = next->domains[777].definition->id;
    const InventoryChange change = m_builder->fold({up(h1, next, 200ms)});
    QCOMPARE(change.instancesChanged, std::vector<InstanceId>{touched});
    const Snapshot after = m_builder->snapshot();
    int copied = 0;
    for (int i = 1; i <= 2000; ++i)
        copied += before->instance(instanceId(i)) != after->instance(instanceId(i)) ? 1 : 0;
    QCOMPARE(copied, 1);
    QCOMPARE(before->instance(touched)->domain.status.cpuPercent, std::optional<double>());
    QVERIFY(after->revision() > before->revision());
}

void TestInventory::changeListsHostsOnce()
{
    auto twin = reading(h1, {runningDomain(1)});
    auto second = std::make_shared<HostReading>(*twin);
    const InventoryChange change =
        m_builder->fold({up(h1, twin, 100ms), up(h2, second, 100ms), up(h2, second, 120ms)});
    QCOMPARE(change.hostsChanged.size(), std::size_t(2)); // h2 was told twice, and became a duplicate
}

void TestInventory::finds()
{
    auto renamed = definition(3);
    renamed->name = QStringLiteral("vm-1");
    tell(h1, {runningDomain(1), runningDomain(2), domain(renamed, PowerState::Running)}, 100ms);
    const Snapshot now = m_builder->snapshot();
    QCOMPARE(now->find(QStringLiteral("vm-2")).size(), std::size_t(1));
    QCOMPARE(now->find(QStringLiteral("vm-1")).size(), std::size_t(2)); // ambiguous
    QVERIFY(now->find(QStringLiteral("vm-9")).empty());
    const auto byUuid = now->find(toString(instanceId(3)));
    QCOMPARE(byUuid.size(), std::size_t(1));
    QVERIFY(byUuid.front()->id == instanceId(3));
    QCOMPARE(now->sharedInstance(instanceId(2))->name(), QStringLiteral("vm-2"));
    QCOMPARE(now->instances().size(), std::size_t(3));
}

QTEST_GUILESS_MAIN(TestInventory)
#include "tst_inventory.moc"
