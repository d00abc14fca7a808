// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet_document.h"
#include "core/simulator/scenario.h"

namespace drover {

/// "fittings" of a host: what instances may need of it beyond size. Faults go to the document.
[[nodiscard]] ScenarioHost::Fittings readFittings(const FleetDocument::Node& node);
/// "needs" of an instance: what ties it to a host, into @p instance.
void readNeeds(const FleetDocument::Node& node, ScenarioInstance& instance);

} // namespace drover
