// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/host_examiner.h"

namespace drover {

/// A host that the doctor cannot examine by itself: every question is answered with why.
class NoExaminer final : public HostExaminer
{
public:
    explicit NoExaminer(HostId host) : m_host(std::move(host)) {}
    Result<HostSurvey> survey(bool /*mayWrite*/, std::stop_token /*stop*/) override { return fail(none()); }
    Result<ProbeMove> probeMove(const HostConfig& /*destination*/, const QString& /*peerUri*/,
                                std::stop_token /*stop*/) override
    {
        return fail(none());
    }

private:
    [[nodiscard]] Error none() const
    {
        return Error{ErrorCode::Unsupported,
                     m_host.value + QStringLiteral(" cannot be examined"),
                     {},
                     m_host.value,
                     {}};
    }
    HostId m_host;
};

} // namespace drover
