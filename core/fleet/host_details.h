// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"

#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

/// What one host is asked about one instance when somebody wants to move it: too much for an inventory.
/// Everywhere a value that is missing means that the host did not say, never "none".
namespace drover {

/// A virtual network that an interface of the instance names.
struct NetworkFacts
{
    QString name;
    bool exists = true; ///< false: the host has none of this name
    bool active = false;
    QString bridge; ///< empty: it has none (a pool of cards, an isolated one of another kind)
    std::optional<int> mtu;
    QStringList portgroups;
    bool operator==(const NetworkFacts&) const = default;
};

/// A card or bridge of the host that an interface of the instance names.
struct LinkFacts
{
    QString name;
    bool exists = false;
    std::optional<int> mtu;
    bool operator==(const LinkFacts&) const = default;
};

struct NumaCell
{
    int id = 0;
    std::optional<Bytes> free;
    bool operator==(const NumaCell&) const = default;
};

/// Free huge pages of one size on the whole host.
struct PagePool
{
    Bytes size;
    Bytes free;
    bool operator==(const PagePool&) const = default;
};

/// Whether this host's hypervisor knows the instance's machine type, under its emulator.
struct MachineAnswer
{
    enum class Known { Yes, No, NotTold };
    Known known = Known::NotTold;
    QString reason; ///< the host's own words, when No or NotTold
    bool operator==(const MachineAnswer&) const = default;
};

/// The CPU that "host-model" stands for on this host.
struct HostCpuModel
{
    QString model;
    QStringList features; ///< all that it has, sorted; empty: not told
    bool operator==(const HostCpuModel&) const = default;
};

/// What the source knows of the instance beyond its definition.
struct GuestHoldings
{
    std::optional<int> snapshots;
    std::optional<int> checkpoints;
    std::optional<bool> managedSave;
    QStringList blockJobs; ///< targets of disks with a job
    QString nextCpuMode;   ///< its CPU mode when it is started again; empty: not told, or no CPU element
    bool operator==(const GuestHoldings&) const = default;
};

struct HostDetails
{
    std::vector<NetworkFacts> networks; ///< one for each name that was asked for
    std::vector<LinkFacts> links;       ///< likewise; a list that cannot be had is empty
    std::map<QString, bool> filters;    ///< nwfilter name → exists
    MachineAnswer machine;
    std::optional<Bytes> memoryFree;
    std::optional<std::vector<PagePool>> pages;
    std::optional<std::vector<NumaCell>> cells;
    std::optional<int> cpus;            ///< that the host has, on line or not
    std::optional<QStringList> loaders; ///< firmware images that its libvirt knows
    std::optional<HostCpuModel> hostModel;
    std::optional<QStringList> secrets; ///< UUIDs
    std::optional<GuestHoldings> guest; ///< at the source
    QString denied; ///< what the host refused this connection while it was asked; empty: nothing
    bool operator==(const HostDetails&) const = default;
};

} // namespace drover
