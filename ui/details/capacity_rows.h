// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"

#include <QString>

#include <optional>
#include <vector>

namespace drover {

/// One row of a host's capacity table, as Nova's host-describe had it.
struct CapacityRow
{
    QString name; ///< "(total)", "(used_now)", "(used_max)", or a project
    Resources resources;
    std::optional<int> instances; ///< nothing where a number of instances means nothing
    QString about;                ///< what the row counts, for a tooltip
    bool operator==(const CapacityRow&) const = default;
};

/// Total, used now, used max, and one row a project. Empty for a host that was never read.
[[nodiscard]] std::vector<CapacityRow> capacityRows(const Host& host);

[[nodiscard]] QString vcpusText(double vcpus); ///< "64", "2.5"
[[nodiscard]] QString gibText(Bytes bytes);    ///< whole GiB, digits grouped: "2 048"

} // namespace drover
