// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/fleet/domain.h"

#include <optional>
#include <vector>

namespace drover {

/// What a host's knowledge of an instance means once all hosts are looked at together.
enum class PlaceRole { Running, Outgoing, Incoming, Defined, Conflict };

struct Place
{
    HostId host;
    PowerState state = PowerState::Unknown;
    StateReason reason = StateReason::Unknown;
    bool persistent = true;
    PlaceRole role = PlaceRole::Defined;
    /// When the reading was taken in which this host first told that the instance is active there; meaningful
    /// for active places only. Two hosts that both claim it are a conflict only once each was asked after the
    /// other had begun: readings are not taken at the same moment.
    Instant activeSince{};
    bool operator==(const Place&) const = default;
};

/// One instance of the fleet: a UUID, with every host that knows it.
struct Instance
{
    InstanceId id;
    std::vector<Place> places; ///< in the order of the fleet file
    /// Where it runs (the source until the destination runs), or where it is defined when it runs nowhere;
    /// empty in a conflict.
    HostId host;
    HostId movingTo; ///< host that is receiving it; empty when it is not moving
    Domain domain;   ///< as its host (in a conflict: the first place) tells it

    [[nodiscard]] const QString& name() const { return domain.definition->name; }
    [[nodiscard]] bool isMoving() const { return !movingTo.value.isEmpty() || domain.status.outgoing; }
    [[nodiscard]] bool inConflict() const { return host.value.isEmpty(); }
};

[[nodiscard]] QString placeRoleName(PlaceRole role); ///< JSON name

} // namespace drover
