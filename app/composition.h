// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/fleet_file.h"
#include "core/hypervisor/backend.h"

#include <QStringList>

#include <memory>

namespace drover {

/// What both programs are told on the command line about where their hosts come from.
struct SourceOptions
{
    QString fleetFile; ///< empty: $XDG_CONFIG_HOME/drover/fleet.json
    bool demo = false; ///< a simulated fleet instead of the file
    QString scenario;  ///< name of a demo fleet or a scenario file; empty with demo: small
    double demoSpeed = 1.0;
};

/// A backend and the fleet that goes with it.
struct Composition
{
    std::shared_ptr<Backend> backend;
    FleetFile fleet;
    QString title; ///< for the window: the file's name, or the demo's
};

/// Chooses the backend and reads the fleet. Blocks on the local disk only: before the event loop starts.
/// A default fleet file that does not exist gives an empty fleet; one that was named and does not exist is an
/// error.
[[nodiscard]] Result<Composition> compose(const SourceOptions& options);

/// A fleet without hosts, for a window that has to say why the fleet could not be read.
[[nodiscard]] Composition composeNothing(const SourceOptions& options);

/// Names of the demo fleets, with a line about each.
struct DemoFleet
{
    QString name;
    QString about;
};
[[nodiscard]] std::vector<DemoFleet> demoFleets();

/// $XDG_CONFIG_HOME/drover/fleet.json
[[nodiscard]] QString defaultFleetFile();

} // namespace drover
