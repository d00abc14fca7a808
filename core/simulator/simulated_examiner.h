// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/host_examiner.h"
#include "core/simulator/simulated_world.h"

#include <memory>

namespace drover {

/// A simulated host for the doctor: it tells what its scenario gave it.
class SimulatedExaminer final : public HostExaminer
{
public:
    SimulatedExaminer(std::shared_ptr<SimulatedWorld> world, HostId host)
        : m_world(std::move(world)), m_host(std::move(host))
    {
    }
    Result<HostSurvey> survey(bool mayWrite, std::stop_token stop) override;
    /// Goes by the way's state and the slower of both links; the world's clock does not wait for it.
    Result<ProbeMove> probeMove(const HostConfig& destination, const QString& peerUri,
                                std::stop_token stop) override;

private:
    std::shared_ptr<SimulatedWorld> m_world;
    HostId m_host;
};

} // namespace drover
