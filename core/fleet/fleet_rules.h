// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet_document.h"
#include "core/fleet/placement_rules.h"

namespace drover {

/// One entry of "rules". Faults go to the document.
[[nodiscard]] PlacementRule readRule(const FleetDocument::Node& node);
/// One entry of "accepted". Refuses checks whose warnings can lose data, and those that do not exist.
[[nodiscard]] StandingAcceptance readAcceptance(const FleetDocument::Node& node);

} // namespace drover
