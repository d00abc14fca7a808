// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/host.h"
#include "core/fleet/placement_rules.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace drover {

struct FleetLimits
{
    int perSource = 2;
    int perDestination = 2;
    std::optional<int> perLink;
    int total = 8;
    bool operator==(const FleetLimits&) const = default;
};

/// The fleet file as read: hosts, rules, limits, and the parts that later readers use, kept as they were
/// written.
struct FleetFile
{
    std::vector<HostConfig> hosts;
    FleetLimits limits;
    std::vector<PlacementRule> rules;         ///< in the order of the file
    std::vector<StandingAcceptance> accepted; ///< likewise
    QByteArray raw; ///< the whole document, so that an edit keeps what it does not touch
};

/// Reads a fleet document. Every error names @p fileName, line, column and field, and what to do:
/// not JSON, a field given twice, an unknown field, a wrong type, two hosts of one name, a ratio ≤ 0, a bad
/// URI.
[[nodiscard]] Result<FleetFile> parseFleet(const QByteArray& text, const QString& fileName);
/// Reads the file from disk. Blocks; not for the GUI thread.
[[nodiscard]] Result<FleetFile> loadFleet(const QString& fileName);
/// A libvirt URI this program can use, or a sentence that says what is wrong with it. Asks no host.
[[nodiscard]] Result<void> checkUri(const QString& uri);

} // namespace drover
