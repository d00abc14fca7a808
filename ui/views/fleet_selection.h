// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <vector>

class QMenu;

namespace drover {

/// What is selected in the board, a table or the tree. A zone counts as its hosts.
struct FleetSelection
{
    std::vector<InstanceId> instances; ///< the current one first
    std::vector<HostId> hosts;         ///< the current one first
    [[nodiscard]] bool empty() const { return instances.empty() && hosts.empty(); }
    bool operator==(const FleetSelection&) const = default;
};

} // namespace drover
