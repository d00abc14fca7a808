// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/sound_answers.h"

namespace drover::testing {

HostDetails soundDetails(const DomainDefinition& guest, bool own)
{
    HostDetails made;
    for (const Interface& nic : guest.interfaces) {
        if (nic.type == QLatin1String("network"))
            made.networks.push_back({nic.source, true, true, nic.bridge, 1500,
                                     nic.portgroup.isEmpty() ? QStringList() : QStringList(nic.portgroup)});
        else if (nic.type == QLatin1String("bridge") || nic.type == QLatin1String("direct"))
            made.links.push_back({nic.source, true, 1500});
        if (!nic.filter.isEmpty())
            made.filters[nic.filter] = true;
    }
    made.machine.known = MachineAnswer::Known::Yes;
    made.pages = std::vector<PagePool>{{Bytes::fromMib(2), Bytes::fromGib(32)}};
    made.cells = std::vector<NumaCell>{{0, Bytes::fromGib(30)}, {1, Bytes::fromGib(30)}};
    made.cpus = 16;
    made.secrets = QStringList();
    if (own)
        made.guest = GuestHoldings{0, 0, false, {}, QStringLiteral("custom")};
    return made;
}

ChannelEvidence soundChannel(const QString& destination)
{
    ChannelEvidence made;
    made.daemon = ChannelEvidence::Daemon::Reached;
    made.port = ChannelEvidence::Port::Reachable;
    made.portAddress = destination + QStringLiteral(":49215");
    return made;
}

} // namespace drover::testing
