// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"
#include "core/fleet/migration_options.h"

#include <optional>
#include <vector>

namespace drover {

/// One option of a migration that an operator can set.
enum class OptionId {
    Bandwidth,
    MaxDowntime,
    AutoConverge,
    AutoConvergeInitial,
    AutoConvergeIncrement,
    PostCopy,
    PostCopyBandwidth,
    Parallel,
    Compression,
    Tls,
    Tunnelled,
    Direct,
    Disks,
    KeepSource,
    NoPersist,
    Timeout,
    OnTimeout,
};

/// Whether an option can be used beside the others as they are set.
struct OptionAnswer
{
    OptionId id = OptionId::Bandwidth;
    bool set = false;       ///< it is used
    bool available = false; ///< where it is set as well: false means that the options contradict each other
    QString reason;         ///< why it is not available; a sentence
    bool operator==(const OptionAnswer&) const = default;
};

/// What options are judged against.
struct OptionContext
{
    MigrationKind kind = MigrationKind::Auto; ///< Auto: not chosen yet, nothing is refused for the kind
    const Host* source = nullptr;             ///< null: not chosen yet
    const Host* destination = nullptr;
    std::optional<PowerState> state; ///< of the instance; nothing: not known
};

/// An answer for every option, in the order of OptionId. Refuses what the hosts cannot do, what libvirt
/// refuses, and what it accepts and then loses the guest by. Pure.
[[nodiscard]] std::vector<OptionAnswer> judgeOptions(const MigrationOptions& options,
                                                     const OptionContext& context);
/// Why these options cannot be used together; nothing: they can.
[[nodiscard]] std::optional<QString> contradiction(const MigrationOptions& options,
                                                   const OptionContext& context = {});

} // namespace drover
