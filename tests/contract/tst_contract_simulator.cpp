// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_fleet.h"
#include "tests/support/backend_contract.h"

#include <QTest>

#include <algorithm>

using namespace drover;

namespace {

const QByteArray fleetText = R"({ "version": 1, "seed": 4,
  "workloads": [ { "name": "busy", "hot_mib": 64, "hot_mib_per_s": 40, "cold_mib_per_s": 1 } ],
  "hosts": [ { "name": "s{n}", "count": 3, "memory_gib": 32, "link_mib_per_s": 400 } ],
  "instances": [
    { "name": "guest", "host": "s1", "memory_mib": 2048, "workload": "busy" },
    { "name": "other-{n}", "count": 5, "hosts": ["s1", "s2"], "workload": "idle" } ],
  "faults": [ { "kind": "refused", "host": "s3" } ] })";

} // namespace

/// The contract of all backends, kept by the simulator; in real time, sped up.
class TestContractSimulator : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void inventoryIsShared() { contract::inventoryIsShared(m_subject); }
    void findsByUuidAndByName() { contract::findsByUuidAndByName(m_subject); }
    void migrationEndsOnTheDestination() { contract::migrationEndsOnTheDestination(m_subject); }
    void statsAreMonotonic() { contract::statsAreMonotonic(m_subject); }
    void abortLeavesItAtTheSource() { contract::abortLeavesItAtTheSource(m_subject); }
    void eventsComeInOrder() { contract::eventsComeInOrder(m_subject); }
    void serviceRecordIsKept() { contract::serviceRecordIsKept(m_subject); }
    void unknownInstanceIsNotFound() { contract::unknownInstanceIsNotFound(m_subject); }
    void unreachableHostIsNamed() { contract::unreachableHostIsNamed(m_subject, m_refuses); }

private:
    contract::Subject m_subject;
    HostConfig m_refuses;
};

void TestContractSimulator::init()
{
    constexpr double speed = 10;
    Result<SimulatedFleet> fleet = startScenario(fleetText, QStringLiteral("contract.json"), speed);
    QVERIFY2(fleet.has_value(), qPrintable(fleet ? QString() : fleet.error().message));
    m_subject.backend = fleet->backend;
    m_subject.source = fleet->fleet.hosts.at(0);
    m_subject.destination = fleet->fleet.hosts.at(1);
    m_refuses = fleet->fleet.hosts.at(2);
    m_subject.instance = QStringLiteral("guest");
    m_subject.slowly.bandwidth = Rate::fromMib(60);
    m_subject.longest = Milliseconds(30000);
}

QTEST_GUILESS_MAIN(TestContractSimulator)
#include "tst_contract_simulator.moc"
