// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/check.h"

#include <functional>
#include <map>

namespace drover {

/// One host judged for one or several instances.
struct HostVerdict
{
    enum class Level { Fits, Warning, Cannot };
    HostId host;
    Level level = Level::Fits;
    QString reason;       ///< one line; never empty
    bool pending = false; ///< something is still being asked of the host
    MigrationKind kind = MigrationKind::Live;
    std::vector<CheckResult> checks; ///< of the worst instance when there are several
    Capacity before;                 ///< without the table of projects
    Resources usedAfter;             ///< used now after the drop
    Resources committedAfter;        ///< full sizes after the drop
    bool isSource = false;           ///< all of the instances run here already
};

using MovesByHost = std::map<HostId, MovesUnderWay>;
/// Evidence gathered so far for (instance, destination); an empty value where nothing was asked yet.
using EvidenceLookup = std::function<PairEvidence(const InstanceId&, const HostId&)>;

/// Judges every host of the snapshot for these instances together, in fleet order. Pure and quick.
/// @param fleet whose rules and standing acceptances hold; null: there are none
[[nodiscard]] std::vector<HostVerdict> judgeHosts(const Inventory& inventory,
                                                  const std::vector<InstanceId>& instances,
                                                  const MigrationOptions& options, const MovesByHost& moves,
                                                  const EvidenceLookup& evidence,
                                                  const FleetFile* fleet = nullptr, const QDate& today = {});

/// Best first: fits, then warnings, then the rest; within each by free memory after the drop.
void sortBestFirst(std::vector<HostVerdict>& verdicts);

[[nodiscard]] QString verdictName(HostVerdict::Level level); ///< JSON name: fits, warning, cannot

} // namespace drover
