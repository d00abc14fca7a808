// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/host_examiner.h"
#include "core/libvirt/handles.h"

namespace drover::libvirt {

class LibvirtHostExaminer final : public HostExaminer
{
public:
    explicit LibvirtHostExaminer(HostConfig host) : m_host(std::move(host)) {}
    Result<HostSurvey> survey(bool mayWrite, std::stop_token stop) override;
    Result<ProbeMove> probeMove(const HostConfig& destination, const QString& peerUri,
                                std::stop_token stop) override;

private:
    HostConfig m_host;
};

} // namespace drover::libvirt
