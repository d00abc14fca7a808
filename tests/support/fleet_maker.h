// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/inventory.h"

/// Makes hosts, readings and instances for tests, with every value that a test does not care about filled in
/// soundly.
namespace drover::testing {

/// The same id for the same number; ordered as the numbers are.
[[nodiscard]] InstanceId instanceId(int number);
[[nodiscard]] HostConfig hostConfig(const QString& name, const QString& zone = QStringLiteral("z1"));
/// Facts of a machine of its own for each name: 16 CPUs, 64 GiB.
[[nodiscard]] std::shared_ptr<HostFacts> hostFacts(const QString& name);
/// "vm-NUMBER" with 2 vCPUs, 2 GiB and no disk.
[[nodiscard]] std::shared_ptr<DomainDefinition> definition(int number);
[[nodiscard]] Disk disk(const QString& target, StorageClass storageClass, double gib = 10);
[[nodiscard]] Domain domain(std::shared_ptr<const DomainDefinition> definition, PowerState state,
                            StateReason reason = StateReason::Booted);
[[nodiscard]] Domain runningDomain(int number);
[[nodiscard]] Domain shutOffDomain(int number);
/// The half-arrived guest of a migration.
[[nodiscard]] Domain incomingDomain(int number);
/// 60 GiB free at this moment; domains are put into order.
[[nodiscard]] std::shared_ptr<HostReading> reading(const QString& host, std::vector<Domain> domains);
[[nodiscard]] HostUpdate up(const QString& host, std::shared_ptr<const HostReading> reading, Milliseconds at);
[[nodiscard]] HostUpdate down(const QString& host, const QString& message, Milliseconds at);
[[nodiscard]] inline HostId hostId(const QString& name)
{
    return {name};
}

} // namespace drover::testing
