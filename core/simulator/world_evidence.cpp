// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/cpu_model.h"
#include "core/simulator/simulator_text.h"
#include "core/simulator/world_model.h"

#include <algorithm>

namespace drover {
namespace {

/// Takes what a running guest holds of the pages away.
Bytes hugePagesOf(const Domain& domain)
{
    return domain.isActive() && !domain.definition->placement.hugePages.empty() ? domain.definition->maxMemory
                                                                                : Bytes{};
}

} // namespace

HostDetails WorldModel::details(std::size_t index, const DomainDefinition& guest, bool own)
{
    const SimHost& host = m_hosts[index];
    const std::shared_ptr<const HostReading> now = reading(index);
    HostDetails made;
    for (const Interface& nic : guest.interfaces)
        made.links.push_back({nic.source, host.fittings.bridges.contains(nic.source), host.fittings.mtu});
    const QStringList& machines = host.facts->machines;
    made.machine.known =
        machines.contains(guest.machine) ? MachineAnswer::Known::Yes : MachineAnswer::Known::No;
    if (made.machine.known == MachineAnswer::Known::No)
        made.machine.reason = SimulatorText::tr("the machine '%1' is not supported by emulator '%2'")
                                  .arg(guest.machine, guest.emulator);
    made.memoryFree = now->memoryFreeNow;
    Bytes pages = host.fittings.hugePages;
    for (const SimDomain& domain : host.domains)
        pages -= hugePagesOf(domain.domain);
    made.pages = std::vector<PagePool>{{Bytes::fromMib(2), std::max(pages, Bytes{})}};
    std::vector<NumaCell> cells;
    for (int i = 0; i < host.fittings.numaCells; ++i) {
        NumaCell cell{i, std::nullopt};
        if (made.memoryFree)
            cell.free = Bytes{made.memoryFree->value / host.fittings.numaCells};
        cells.push_back(cell);
    }
    made.cells = std::move(cells);
    made.cpus = host.facts->cpus;
    made.hostModel = HostCpuModel{host.facts->cpuModel, cpuFeatures(host.facts->cpuModel)};
    made.hostModel->features.sort();
    made.secrets = QStringList();
    made.loaders = QStringList{guest.loader};
    if (own) {
        const SimDomain* domain = domainAt(index, guest.id);
        made.guest = domain == nullptr ? GuestHoldings{} : domain->holds;
        made.guest->snapshots = made.guest->snapshots.value_or(0);
        made.guest->checkpoints = made.guest->checkpoints.value_or(0);
        made.guest->managedSave = made.guest->managedSave.value_or(false);
        made.guest->nextCpuMode = guest.cpuMode;
    }
    return made;
}

ChannelEvidence WorldModel::channel(const ChannelRequest& request) const
{
    using Daemon = ChannelEvidence::Daemon;
    using Port = ChannelEvidence::Port;
    using Way = ScenarioHost::Fittings::Way;
    ChannelEvidence made;
    const QString to = request.destination.id.value;
    const std::optional<std::size_t> index = hostIndex(request.destination.id);
    if (!index) {
        made.daemonReason = SimulatorText::tr("there is no host %1 in this fleet").arg(to);
        return made;
    }
    const SimHost& host = m_hosts[*index];
    if (const std::optional<std::size_t> source = hostIndex(request.source.id))
        made.tlsAtSource = m_hosts[*source].fittings.tls;
    made.tlsAtDestination = host.fittings.tls;
    if (host.reach == Reach::Silent || host.reach == Reach::OpenHangs || host.fittings.way == Way::Filtered) {
        made.daemon = Daemon::NoAnswer;
        return made;
    }
    if (host.reach == Reach::Refused || host.fittings.way == Way::Refused) {
        made.daemon = Daemon::Failed;
        made.daemonReason =
            SimulatorText::tr("unable to connect to server at '%1:16514': Connection refused").arg(to);
        return made;
    }
    made.daemon = Daemon::Reached;
    if (request.tryPort) {
        made.port = host.fittings.portsFiltered ? Port::NoAnswer : Port::Reachable;
        made.portAddress = to + QStringLiteral(":49215");
    }
    return made;
}

} // namespace drover
