// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/storage_access.h"
#include "core/simulator/simulated_world.h"

namespace drover {

/// The files of one host of a simulated fleet. Contents are told apart by a digest and are never read.
[[nodiscard]] std::unique_ptr<StorageAccess> simulatedStorage(std::shared_ptr<SimulatedWorld> world,
                                                              HostId host);
/// Copies files over the same links as migrations, in the world's time.
[[nodiscard]] std::unique_ptr<VolumeTransfer> simulatedTransfer(std::shared_ptr<SimulatedWorld> world,
                                                                HostId source, HostId destination);

} // namespace drover
