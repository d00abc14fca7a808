// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulator/scenario.h"

#include <memory>

namespace drover {

/// The definition a simulated instance has: UUID from the scenario's seed and its name, disks, interface,
/// XML.
[[nodiscard]] std::shared_ptr<const DomainDefinition> makeDefinition(const ScenarioInstance& instance,
                                                                     quint64 seed, bool withXml);
/// What a simulated host says of itself.
[[nodiscard]] std::shared_ptr<const HostFacts> makeFacts(const ScenarioHost& host, quint64 seed);
/// The model in a <cpu> element; empty when there is none.
[[nodiscard]] QString cpuModelOf(const DomainDefinition& definition);

} // namespace drover
