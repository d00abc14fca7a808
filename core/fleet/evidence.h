// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/fleet/channel_evidence.h"
#include "core/fleet/domain.h"
#include "core/fleet/host_details.h"
#include "core/fleet/storage_evidence.h"

#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace drover {

/// What a host said about running a guest's CPU.
struct CpuComparison
{
    enum class Answer { Compatible, Incompatible, Unknown };
    Answer answer = Answer::Unknown;
    QStringList missing; ///< features, when Incompatible
    QString reason;      ///< why Unknown, or the host's own words
};

/// What a host answered when it was asked about one domain just now.
struct DomainPresence
{
    InstanceId id;
    QString name;
    PowerState state = PowerState::Unknown;
    StateReason reason = StateReason::Unknown;
    bool persistent = false;
    bool jobActive = false; ///< any job; a migration's for certain
};

/// What was asked of both hosts for one move, right now. A field without a value was not asked or not
/// answered.
struct PairEvidence
{
    std::optional<CpuComparison> cpu;                         ///< destination about the instance's CPU
    std::optional<std::vector<DomainPresence>> atSource;      ///< same UUID or name at the source
    std::optional<std::vector<DomainPresence>> atDestination; ///< same UUID or name at the destination
    std::optional<StorageEvidence> storage;                   ///< both hosts about the instance's disks
    std::shared_ptr<const HostDetails> source; ///< about what the instance uses; null: not asked or answered
    std::shared_ptr<const HostDetails> destination; ///< likewise
    std::optional<ChannelEvidence> channel;         ///< the source's daemon on the way there
    QString sourceError;      ///< why the source did not answer; empty: it did, or was not asked
    QString destinationError; ///< likewise
    bool complete = false;    ///< everything was asked; what is missing is not known, not "still being asked"
};

} // namespace drover
