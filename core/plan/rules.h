// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/inventory.h"
#include "core/fleet/placement_rules.h"

#include <vector>

namespace drover {

/// Another instance that a rule puts together with, or apart from, the one that is looked at.
struct RulePeer
{
    QString name;
    HostId host; ///< where it runs, or will once it has arrived
};

/// A rule that concerns an instance.
struct InstanceRule
{
    PlacementRule rule;
    std::vector<RulePeer> peers; ///< of affinity and anti-affinity: active ones, without the instance itself
};
using InstanceRules = std::vector<InstanceRule>;

/// The rules that concern this instance, with its peers. Looks at every instance of the fleet where it has
/// peers: to be made once for all hosts. Pure.
[[nodiscard]] InstanceRules rulesFor(const Inventory& inventory, const std::vector<PlacementRule>& rules,
                                     const Instance& instance);

} // namespace drover
