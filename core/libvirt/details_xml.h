// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host_details.h"

#include <QByteArray>

namespace drover::libvirt {

/// Reads what hosts answer about a guest. Pure; what cannot be read gives what is not known.

/// A <network>: bridge, MTU, portgroups. Name and activity are not in it.
void readNetwork(const QByteArray& xml, NetworkFacts& network);
/// The MTU of an <interface> of a host.
[[nodiscard]] std::optional<int> readMtu(const QByteArray& xml);

struct DomainCapabilities
{
    std::optional<QStringList> loaders;
    QByteArray hostModel; ///< a <cpu> element for the baseline call; empty: not supported
};
[[nodiscard]] DomainCapabilities readDomainCapabilities(const QByteArray& xml);
/// A <cpu> with all its features written out.
[[nodiscard]] std::optional<HostCpuModel> readHostModel(const QByteArray& xml);

struct HostTopology
{
    std::vector<int> cells;
    std::vector<Bytes> hugePages; ///< page sizes, without the ordinary one
};
/// From a host's <capabilities>.
[[nodiscard]] HostTopology readTopology(const QByteArray& xml);
/// The mode of a domain's <cpu>; empty: it has none.
[[nodiscard]] QString readCpuMode(const QByteArray& domainXml);

} // namespace drover::libvirt
