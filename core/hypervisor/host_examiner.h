// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/host.h"
#include "core/fleet/host_survey.h"

#include <stop_token>

namespace drover {

/// Examines one host for the doctor. Rules as in backend.h: calls may block and are made on a thread of their
/// own; one thread at a time.
class HostExaminer
{
public:
    virtual ~HostExaminer() = default;
    /// Changes nothing but for a marker file in one of the host's pools, whose time is the host's clock; it
    /// is removed again. @param mayWrite false: not even that
    virtual Result<HostSurvey> survey(bool mayWrite, std::stop_token stop) = 0;
    /// Starts a tiny throw-away instance here, moves it to @p destination through @p peerUri, and removes it
    /// and whatever it came with on both hosts. An error: it could not even be started here.
    virtual Result<ProbeMove> probeMove(const HostConfig& destination, const QString& peerUri,
                                        std::stop_token stop) = 0;
};

} // namespace drover
