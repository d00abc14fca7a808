// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/composition.h"

#include "core/libvirt/libvirt_backend.h"
#include "core/simulator/simulated_fleet.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Composition)
};

Result<Composition> composeDemo(const SourceOptions& options)
{
    const QString scenario = options.scenario.isEmpty() ? QStringLiteral("small") : options.scenario;
    Result<SimulatedFleet> simulated = loadScenario(scenario, options.demoSpeed);
    if (!simulated)
        return fail(simulated.error());
    return Composition{std::move(simulated->backend), std::move(simulated->fleet),
                       Text::tr("Demo: %1").arg(QFileInfo(scenario).completeBaseName())};
}

} // namespace

Result<Composition> compose(const SourceOptions& options)
{
    if (options.demo)
        return composeDemo(options);
    const QString fileName = options.fleetFile.isEmpty() ? defaultFleetFile() : options.fleetFile;
    Composition composition;
    composition.title = QFileInfo(fileName).fileName();
    if (!options.fleetFile.isEmpty() || QFileInfo::exists(fileName)) {
        Result<FleetFile> fleet = loadFleet(fileName);
        if (!fleet)
            return fail(fleet.error());
        composition.fleet = std::move(*fleet);
    }
    composition.backend = makeLibvirtBackend();
    return composition;
}

Composition composeNothing(const SourceOptions& options)
{
    Composition composition;
    composition.backend = makeLibvirtBackend();
    composition.title = QFileInfo(options.demo                  ? options.scenario
                                  : options.fleetFile.isEmpty() ? defaultFleetFile()
                                                                : options.fleetFile)
                            .fileName();
    return composition;
}

std::vector<DemoFleet> demoFleets()
{
    std::vector<DemoFleet> fleets;
    for (const QString& name : scenarioNames())
        fleets.push_back({name, scenarioAbout(name)});
    return fleets;
}

QString defaultFleetFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
           QStringLiteral("/drover/fleet.json");
}

} // namespace drover
