// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/check.h"
#include "tests/support/fleet_maker.h"

#include <functional>

namespace drover::testing {

/// Everything that the checks look at, sound in every respect: vm-1 runs on h1 and is to go to h2. A test
/// changes what it is about and runs all checks.
struct CheckCase
{
    CheckCase();
    [[nodiscard]] static DomainPresence presence(int number, PowerState state = PowerState::Running);
    [[nodiscard]] std::vector<CheckResult> run();
    /// Shut off, and to be moved so.
    void offline();
    /// Facts of one of the two hosts, to be changed and put back.
    [[nodiscard]] static std::shared_ptr<HostFacts> factsOf(const std::shared_ptr<HostReading>& reading);

    std::shared_ptr<DomainDefinition> instance;
    Instance vm;
    Host source;
    Host destination;
    std::shared_ptr<HostReading> sourceReading;
    std::shared_ptr<HostReading> destinationReading;
    MigrationOptions options;
    MovesUnderWay moves;
    PairEvidence evidence; ///< atSource, atDestination, cpu, channel and complete are used as they stand
    HostDetails here;  ///< what the source says; made sound for the definition as it is when run() is called
    HostDetails there; ///< likewise of the destination
    std::function<void(CheckCase&)> details; ///< changes here and there after they were made
    bool askedDetails = true;
    FleetFile fleet;
    InstanceRules rules;
    std::vector<HostUpdate> others; ///< further hosts of the fleet, as they were heard of last
    QDate today{2027, 1, 15};
    bool keepState = false;
};

using ArrangeCheck = std::function<void(CheckCase&)>;

/// Columns of a table of checks, a row of it, and what is to hold for each row: that check gives this
/// severity and sentence, in which thin spaces between digits are written as spaces.
void checkColumns();
void checkRow(const char* name, const char* id, Severity severity, const QString& message,
              ArrangeCheck arrange);
void runCheckRow();
[[nodiscard]] const CheckResult* resultOf(const std::vector<CheckResult>& results, const char* id);

} // namespace drover::testing

Q_DECLARE_METATYPE(drover::testing::ArrangeCheck)
