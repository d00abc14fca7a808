// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

namespace drover {

/// One stream over two links: out of one host and into another. Links are numbers below the count of links.
struct Flow
{
    int sourceOut = 0;
    int destinationIn = 0;
    std::optional<double> limit; ///< its own; bytes/s
};

/// Max-min fair shares: no flow can get more without another that has no more getting less.
/// @param linkRates bytes/s
/// @return bytes/s for each flow, in their order
[[nodiscard]] std::vector<double> fairShares(const std::vector<Flow>& flows,
                                             const std::vector<double>& linkRates);

} // namespace drover
