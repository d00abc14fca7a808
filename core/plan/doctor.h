// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/channel_evidence.h"
#include "core/fleet/host_survey.h"
#include "core/plan/judge.h"

#include <optional>
#include <vector>

namespace drover {

/// Everything that was found out about moving any instance from one host to another. Pure values.
struct PairEvidenceOfHosts
{
    const Host& source;
    const Host& destination;
    const HostSurvey* sourceSurvey = nullptr;      ///< null: the host did not answer
    const HostSurvey* destinationSurvey = nullptr; ///< likewise
    std::optional<CpuComparison> cpu;              ///< the destination about the source's own CPU model
    std::optional<ChannelEvidence> channel;
    std::optional<ProbeMove> probe; ///< nothing: not asked for
    QString probeError;             ///< why it could not even begin
};

/// What stands in the way between two hosts, for instances in general. Ids: same-host, versions, cpu,
/// channel, encryption, storage, network, clock, permission, probe.
[[nodiscard]] std::vector<CheckResult> examinePair(const PairEvidenceOfHosts& evidence);
/// The worst of them: cannot with an error, warning with a warning, else fits.
[[nodiscard]] HostVerdict::Level pairVerdict(const std::vector<CheckResult>& checks);
/// The sentence of the worst one; a word of praise where there is none.
[[nodiscard]] QString pairReason(const std::vector<CheckResult>& checks);

} // namespace drover
