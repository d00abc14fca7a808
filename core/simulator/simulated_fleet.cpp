// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_fleet.h"

#include "core/simulator/scaled_clock.h"
#include "core/simulator/scenario.h"
#include "core/simulator/simulated_backend.h"
#include "core/simulator/simulator_text.h"

#include <QFile>

#include <cmath>
#include <utility>

// Q_INIT_RESOURCE must stand outside of every namespace. A static library's resource is not there without it.
static void initFleets()
{
    Q_INIT_RESOURCE(fleets);
}

namespace drover {
namespace {

constexpr qint64 largestFile = qint64{64} * 1024 * 1024;

QString builtInPath(const QString& name)
{
    return QStringLiteral(":/drover/fleets/%1.json").arg(name);
}

} // namespace

QStringList scenarioNames()
{
    return {QStringLiteral("small"), QStringLiteral("datacenter"), QStringLiteral("large")};
}

QString scenarioAbout(const QString& name)
{
    if (name == QLatin1String("small"))
        return SimulatorText::tr("3 hosts, 14 instances, two moves under way");
    if (name == QLatin1String("datacenter"))
        return SimulatorText::tr("2 zones, 12 hosts, about 150 instances of several projects");
    if (name == QLatin1String("large"))
        return SimulatorText::tr("1,000 hosts, 50,000 instances, 2 % of them changing each second");
    return {};
}

Result<SimulatedFleet> startScenario(const QByteArray& text, const QString& fileName, double speed,
                                     std::shared_ptr<Clock> clock)
{
    if (!clock && !(std::isfinite(speed) && speed > 0))
        return fail(ErrorCode::InvalidInput, SimulatorText::tr("The speed of a demo must be more than 0"));
    Result<Scenario> scenario = parseScenario(text, fileName);
    if (!scenario)
        return fail(scenario.error());
    SimulatedFleet fleet;
    fleet.fleet.limits = scenario->limits;
    fleet.fleet.rules = scenario->rules;
    fleet.fleet.accepted = scenario->accepted;
    for (const ScenarioHost& host : scenario->hosts)
        fleet.fleet.hosts.push_back(host.config);
    const double pace = clock ? 0.0 : speed;
    if (!clock)
        clock = std::make_shared<ScaledClock>(speed);
    fleet.world = std::make_shared<SimulatedWorld>(std::move(*scenario), std::move(clock), pace);
    fleet.backend = std::make_shared<SimulatedBackend>(fleet.world, pace > 0);
    return fleet;
}

Result<SimulatedFleet> loadScenario(const QString& nameOrFile, double speed, std::shared_ptr<Clock> clock)
{
    initFleets();
    const bool builtIn = scenarioNames().contains(nameOrFile);
    QFile file(builtIn ? builtInPath(nameOrFile) : nameOrFile);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(file.exists() ? ErrorCode::Io : ErrorCode::NotFound,
                    SimulatorText::tr("%1 is neither a demo fleet (%2) nor a scenario file that can be read")
                        .arg(nameOrFile, scenarioNames().join(QStringLiteral(", "))),
                    file.errorString());
    }
    if (file.size() > largestFile)
        return fail(ErrorCode::InvalidInput, SimulatorText::tr("%1 is larger than any scenario: %2 MiB")
                                                 .arg(nameOrFile)
                                                 .arg(file.size() / 1048576));
    return startScenario(file.readAll(), nameOrFile, speed, std::move(clock));
}

} // namespace drover
