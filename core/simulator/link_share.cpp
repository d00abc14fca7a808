// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/link_share.h"

#include <algorithm>
#include <limits>
#include <map>

namespace drover {
namespace {

struct Link
{
    double free = 0;
    int open = 0; ///< flows over it that still grow
};

} // namespace

std::vector<double> fairShares(const std::vector<Flow>& flows, const std::vector<double>& linkRates)
{
    std::vector<double> share(flows.size(), 0);
    std::vector<bool> open(flows.size(), true);
    std::map<int, Link> links;
    for (const Flow& flow : flows) {
        for (const int at : {flow.sourceOut, flow.destinationIn}) {
            Link& link = links[at];
            link.free = linkRates[static_cast<std::size_t>(at)];
            ++link.open;
        }
    }
    // All open flows grow together until a link is full or a flow has what it wanted; those stop, the rest
    // grow on.
    for (std::size_t left = flows.size(); left > 0;) {
        double grow = std::numeric_limits<double>::infinity();
        for (const auto& [at, link] : links) {
            if (link.open > 0)
                grow = std::min(grow, link.free / link.open);
        }
        for (std::size_t i = 0; i < flows.size(); ++i) {
            if (open[i] && flows[i].limit)
                grow = std::min(grow, *flows[i].limit - share[i]);
        }
        grow = std::max(grow, 0.0);
        for (std::size_t i = 0; i < flows.size(); ++i) {
            if (!open[i])
                continue;
            share[i] += grow;
            links[flows[i].sourceOut].free -= grow;
            links[flows[i].destinationIn].free -= grow;
        }
        constexpr double nothing = 1e-3;
        for (std::size_t i = 0; i < flows.size(); ++i) {
            const Flow& flow = flows[i];
            const bool full =
                links[flow.sourceOut].free <= nothing || links[flow.destinationIn].free <= nothing;
            if (!open[i] || !(full || (flow.limit && share[i] >= *flow.limit - nothing)))
                continue;
            open[i] = false;
            --links[flow.sourceOut].open;
            --links[flow.destinationIn].open;
            --left;
        }
    }
    return share;
}

} // namespace drover
