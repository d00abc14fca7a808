// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"
#include "core/fleet/evidence.h"
#include "core/fleet/inventory.h"
#include "core/fleet/migration_options.h"

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
    QString acceptedBy;   ///< who accepted it; empty: nobody
    bool pending = false; ///< the host is still being asked; the message says what is known
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
};

/// One check: a function, its id, and when it can be answered without asking a host.
struct CheckDefinition
{
    const char* id;
    CheckResult (*run)(const CheckContext&);
};

/// In the order they are shown. Add a check here, with its function in checks_*.cpp.
[[nodiscard]] std::span<const CheckDefinition> allChecks();

/// Runs all of them. Acknowledgements of the options are applied.
[[nodiscard]] std::vector<CheckResult> runChecks(const CheckContext& context);

/// No error, and nothing left to accept. What is pending does not hinder: it is asked again before the start.
[[nodiscard]] bool mayStart(const std::vector<CheckResult>& checks);
[[nodiscard]] QString severityName(Severity severity); ///< JSON name

/// Live for what runs, offline for what is shut off.
[[nodiscard]] MigrationKind chooseKind(const Instance& instance, const MigrationOptions& options);

} // namespace drover
