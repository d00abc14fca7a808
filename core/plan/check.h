// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"
#include "core/fleet/evidence.h"
#include "core/fleet/fleet_file.h"
#include "core/fleet/inventory.h"
#include "core/fleet/migration_options.h"
#include "core/plan/rules.h"

#include <QDate>

#include <span>

namespace drover {

enum class Severity { Pass, Info, Warning, Error };

/// One answer of one check.
struct CheckResult
{
    QString id;
    Severity severity = Severity::Pass;
    QString message; ///< names the fact found on each side
    QString fix;     ///< what would mend it; empty when there is nothing to say
    bool needsAcknowledgement = false;
    QString acceptedBy;     ///< who accepted it; empty: nobody
    bool losesData = false; ///< what it warns of can lose data: no standing acceptance counts
    bool pending = false;   ///< the host is still being asked; the message says what is known
    bool operator==(const CheckResult&) const = default;
};

/// What every front end makes of a gesture: move this instance there, like so.
struct MoveRequest
{
    InstanceId instance;
    HostId source; ///< where it ran when the request was made
    HostId destination;
    MigrationOptions options;
};

/// Everything a check may look at. Pure: the same context gives the same answer.
struct CheckContext
{
    const Inventory& inventory;
    const Instance& instance;
    const Host& source;
    const Host& destination;
    const MigrationOptions& options;
    MigrationKind kind;             ///< the chosen one, never Auto
    MovesUnderWay destinationMoves; ///< moves accepted towards the destination, without this one
    const PairEvidence& evidence;
    /// The destination's capacity before any move, where the caller has summed it up already; null: it is
    /// summed up.
    const Capacity* destinationSums = nullptr;
    const FleetFile* fleet = nullptr; ///< its rules and standing acceptances; null: there are none
    /// What those rules mean for the instance, where the caller has worked it out; null: it is worked out.
    const InstanceRules* rules = nullptr;
    QDate today; ///< standing acceptances hold to their day; invalid: none holds
};

/// One check: a function, its id, and when it can be answered without asking a host.
struct CheckDefinition
{
    const char* id;
    CheckResult (*run)(const CheckContext&);
};

/// In the order they are shown. Add a check here, with its function in checks_*.cpp.
[[nodiscard]] std::span<const CheckDefinition> allChecks();

/// Runs all of them. Acknowledgements are applied: those of the options, and standing ones, which turn a
/// warning into an info that says by whom, until when and why. Errors are never accepted.
[[nodiscard]] std::vector<CheckResult> runChecks(const CheckContext& context);

/// No error, and nothing left to accept. What is pending does not hinder: it is asked again before the start.
[[nodiscard]] bool mayStart(const std::vector<CheckResult>& checks);
[[nodiscard]] QString severityName(Severity severity); ///< JSON name

} // namespace drover
