// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/fleet/fleet_file.h"

#include <QString>

#include <vector>

namespace drover {

/// One move as the queue sees it.
struct QueuedMove
{
    JobId id;
    QString name;
    HostId source;
    HostId destination;
    bool running = false; ///< started already (by this console or by another)
};

/// What may start now, and what each of the others waits for.
struct QueueDecision
{
    std::vector<JobId> start; ///< in order of arrival
    struct Waiting
    {
        JobId id;
        QString waitsFor; ///< "web-03 (h1 sends 2 already)"
    };
    std::vector<Waiting> waiting;
};

/// Decides by the limits of the fleet file which queued moves start. First come, first served, but a move
/// that has to wait does not hold back one behind it that need not. Pure.
/// @param moves in order of arrival, running ones too
[[nodiscard]] QueueDecision decideQueue(const std::vector<QueuedMove>& moves, const FleetLimits& limits);

} // namespace drover
