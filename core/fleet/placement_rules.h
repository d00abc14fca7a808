// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDate>
#include <QString>
#include <QStringList>

namespace drover {

/// Where instances may or should be, as the fleet file says it.
struct PlacementRule
{
    enum class Kind {
        Affinity,     ///< on one host together
        AntiAffinity, ///< no two on one host
        Pin,          ///< on these hosts only
        Avoid,        ///< not on these hosts
    };
    Kind kind = Kind::Affinity;
    QStringList instances; ///< names or UUIDs
    QString match;         ///< search terms; empty: those named above alone
    QStringList hosts;     ///< of Pin and Avoid
    bool hard = false;     ///< an error when broken, else a warning
    bool operator==(const PlacementRule&) const = default;
};

/// A warning that somebody accepted for a while.
struct StandingAcceptance
{
    QString check; ///< id
    QString zone;  ///< both hosts are in it; empty: anywhere
    QString from;  ///< with to: this pair of hosts alone; empty: any
    QString to;
    QString by;
    QString reason;
    QDate until; ///< the last day on which it holds
    bool operator==(const StandingAcceptance&) const = default;
};

[[nodiscard]] QString ruleKindName(PlacementRule::Kind kind); ///< as in the fleet file

} // namespace drover
