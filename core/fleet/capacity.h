// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"

#include <QString>

#include <vector>

namespace drover {

/// What moves that are under way will add to, and later take from, a host. They count at full size on the
/// destination from the moment they are accepted, and on the source until they have left.
struct MovesUnderWay
{
    Resources arriving; ///< not yet part of the host's own running instances
};

struct ProjectUse
{
    QString project; ///< empty: none
    int instances = 0;
    Resources used;
    bool operator==(const ProjectUse&) const = default;
};

/// The capacity table of one host, as Nova's host-describe had it.
struct Capacity
{
    Resources total;     ///< what nodeinfo and the pools say
    Resources effective; ///< (total − reserve) × ratio
    Resources usedNow;   ///< running and paused instances: vCPUs, balloon size, physical size of their disks
    Resources usedMax;   ///< all defined instances: maximum vCPUs and memory, disk capacity
    Resources committed; ///< full size of running and paused instances; what the checks count
    Resources free;      ///< effective − committed − moves under way; may be negative
    int instances = 0;
    int running = 0;
    std::vector<ProjectUse> projects; ///< sorted by name
};

/// Full size of a domain for placement: maximum vCPUs and maximum memory; disk is its capacity on local
/// pools.
[[nodiscard]] Resources fullSize(const Domain& domain);

/// Zero for a host that was never read.
[[nodiscard]] Capacity capacityOf(const Host& host, const MovesUnderWay& moves = {});
/// The same without the table of projects: quick enough to be asked for every host at each step of a drag.
[[nodiscard]] Capacity capacitySums(const Host& host, const MovesUnderWay& moves = {});

} // namespace drover
