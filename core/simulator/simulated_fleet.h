// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/fleet/fleet_file.h"
#include "core/hypervisor/backend.h"

#include <QStringList>

#include <memory>

namespace drover {

class SimulatedWorld;

/// A simulated fleet: hosts, instances and their workloads, links, and a script of faults.
struct SimulatedFleet
{
    std::shared_ptr<Backend> backend;
    FleetFile fleet;
    std::shared_ptr<SimulatedWorld> world; ///< behind the backend; for tests (SimulatedWorld::catchUp)
};

/// Names of the fleets that are built in: small, datacenter, large.
[[nodiscard]] QStringList scenarioNames();
[[nodiscard]] QString scenarioAbout(const QString& name); ///< one line

/// Reads a built-in fleet by name, or a scenario file by path, and starts it at its time 0.
/// @param clock null: real time, sped up by @p speed; else the world moves only as this clock is advanced
[[nodiscard]] Result<SimulatedFleet> loadScenario(const QString& nameOrFile, double speed = 1.0,
                                                  std::shared_ptr<Clock> clock = nullptr);
/// The same from a text. @param fileName named by errors
[[nodiscard]] Result<SimulatedFleet> startScenario(const QByteArray& text, const QString& fileName,
                                                   double speed = 1.0,
                                                   std::shared_ptr<Clock> clock = nullptr);

} // namespace drover
