// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/inventory.h"
#include "core/job/job.h"

#include <QString>

namespace drover {

/// The words the fleet views share, so that one thing is called the same everywhere.
namespace words {

/// "up", "connecting", "closed: new DIMMs", "maintenance: new DIMMs", "no answer for 40 s".
[[nodiscard]] QString hostState(const Host& host, Instant now);
/// What stands at the right of a card's head: "14 instances", "closed: new DIMMs", "last seen 40 s ago".
[[nodiscard]] QString hostCorner(const Host& host, int instances, Instant now);
/// "No answer from here for 40 s. Its 6 instances may still be running."
[[nodiscard]] QString silentHost(const Host& host, int instances, Instant now);
/// "0.4 s ago"; a dash before the first answer.
[[nodiscard]] QString hostAge(const Host& host, Instant now);
[[nodiscard]] QString instances(int count);         ///< "1 instance", "14 instances"
[[nodiscard]] QString powerState(PowerState state); ///< running, paused, shut off, …
/// "→ h2, 62 %", "waits", "leaving", "on two hosts"; empty when there is nothing to say.
[[nodiscard]] QString task(const Instance& instance, const Job* job);
[[nodiscard]] QString zoneName(const QString& zone); ///< "no zone" for an empty one
/// "QEMU 7.2.22, libvirt 9.0.0"; a dash before the first answer.
[[nodiscard]] QString versions(const Host& host);

} // namespace words

/// The place of an instance on one host; null when that host does not know it.
[[nodiscard]] const Place* placeAt(const Instance& instance, const HostId& host);
/// Its own size for a tile: current memory, or the full size while it does not run.
[[nodiscard]] Bytes tileMemory(const Instance& instance);
/// Progress of a running move, 0…100; nothing when it is not known.
[[nodiscard]] std::optional<double> progressOf(const Job* job);

} // namespace drover
