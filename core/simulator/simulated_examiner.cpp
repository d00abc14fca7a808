// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_examiner.h"

#include "core/simulator/simulator_text.h"

#include <algorithm>

namespace drover {
namespace {

constexpr double probeBytes = 48.0 * 1048576.0;
constexpr double preparation = 0.4; ///< s, as a real host takes to start the arriving process

} // namespace

HostSurvey WorldModel::survey(std::size_t index) const
{
    const SimHost& host = m_hosts[index];
    HostSurvey survey;
    survey.networks.emplace();
    survey.bridges = host.fittings.bridges;
    survey.cpuModel = host.facts->cpuModel;
    const auto guest = std::make_shared<DomainDefinition>();
    guest->domainType = QStringLiteral("kvm");
    guest->arch = host.facts->arch;
    guest->cpuMode = QStringLiteral("custom");
    guest->cpuXml =
        QStringLiteral("<cpu mode='custom' match='exact'><model>%1</model></cpu>").arg(host.facts->cpuModel);
    survey.modelGuest = guest;
    survey.clockAhead = Milliseconds(0);
    survey.clockDoubt = Milliseconds(1);
    return survey;
}

Result<HostSurvey> SimulatedExaminer::survey(bool /*mayWrite*/, std::stop_token stop)
{
    return m_world->onHost(m_host, stop,
                           [](WorldModel& m, std::size_t h) { return Result<HostSurvey>(m.survey(h)); });
}

Result<ProbeMove> SimulatedExaminer::probeMove(const HostConfig& destination, const QString& peerUri,
                                               std::stop_token stop)
{
    return m_world->onHost(m_host, stop, [&](WorldModel& m, std::size_t h) -> Result<ProbeMove> {
        ProbeMove move;
        const HostConfig source = m.hostConfigs()[h];
        const ChannelEvidence way = m.channel({source, destination, peerUri, true});
        const std::optional<std::size_t> to = m.hostIndex(destination.id);
        if (way.daemon != ChannelEvidence::Daemon::Reached || way.port != ChannelEvidence::Port::Reachable ||
            !to) {
            move.error = way.daemonReason.isEmpty()
                             ? SimulatorText::tr("unable to connect to %1").arg(destination.id.value)
                             : way.daemonReason;
            return move;
        }
        const Rate rate{std::min(m.linkOf(h).bytesPerSecond, m.linkOf(*to).bytesPerSecond)};
        move.arrived = true;
        move.rate = rate;
        move.total =
            Milliseconds(static_cast<qint64>((preparation + probeBytes / rate.bytesPerSecond) * 1000));
        move.pause = Milliseconds(20);
        return move;
    });
}

} // namespace drover
