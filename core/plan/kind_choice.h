// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/evidence.h"
#include "core/fleet/inventory.h"
#include "core/plan/copy_plan.h"

namespace drover {

/// How an instance is to be moved, and why so.
struct KindChoice
{
    MigrationKind kind = MigrationKind::Live; ///< never Auto
    Carrier carrier = Carrier::Hosts;
    QString reason; ///< one sentence; says who carries it, too
    CopyPlan copies;
};

/// Picks the least harmful kind that works where the options leave it open: live where every disk is
/// reachable from both hosts, live-block where disks have to be copied, offline for what is shut off. Cold
/// only when asked for, or when it cannot move while it runs and that is allowed. Pure.
/// @param source, destination null: not chosen yet; then it goes by what is known of the instance alone
[[nodiscard]] KindChoice chooseKind(const Instance& instance, const MigrationOptions& options,
                                    const Host* source = nullptr, const Host* destination = nullptr,
                                    const PairEvidence& evidence = {});

/// What a move of this kind does with the instance's disks.
[[nodiscard]] CopyPlan copiesFor(const Instance& instance, const MigrationOptions& options,
                                 MigrationKind kind, const Host* source, const Host* destination,
                                 const PairEvidence& evidence);

/// Files that instances of this host use, but for one of them.
[[nodiscard]] QSet<QString> pathsUsedAt(const Host* host, const InstanceId& without);

/// Streams through this computer are taken where that was asked for, or where the source's daemon has no
/// address for the destination.
[[nodiscard]] Carrier carrierOf(MigrationKind kind, const MigrationOptions& options, const Host* destination);

} // namespace drover
