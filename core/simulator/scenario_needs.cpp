// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/scenario_needs.h"

#include <array>
#include <utility>

namespace drover {
namespace {

using Node = FleetDocument::Node;
using Kind = Device::Kind;

Device deviceOf(const Node& node)
{
    struct Known
    {
        const char* name;
        Device device;
    };
    static const std::array<Known, 8> known{{
        {"pci", {Kind::Pci, QStringLiteral("PCI device 0000:3b:00.1 of the host"), {}, {}}},
        {"mdev", {Kind::Mediated, QStringLiteral("mediated device of the host"), {}, {}}},
        {"usb", {Kind::Usb, QStringLiteral("USB device 046d:c52b of the host"), {}, {}}},
        {"virtiofs",
         {Kind::Virtiofs,
          QStringLiteral("shared folder /srv/share (virtiofs)"),
          QStringLiteral("/srv/share"),
          {}}},
        {"9p",
         {Kind::Plan9, QStringLiteral("shared folder /srv/nine (9p)"), QStringLiteral("/srv/nine"), {}}},
        {"socket",
         {Kind::Socket, QStringLiteral("serial port on the socket /run/app.sock"),
          QStringLiteral("/run/app.sock"), QStringLiteral("bind")}},
        {"tpm", {Kind::Tpm, QStringLiteral("TPM (emulator)"), {}, QStringLiteral("emulator")}},
        {"nvram",
         {Kind::Nvram, QStringLiteral("firmware variables"),
          QStringLiteral("/var/lib/libvirt/qemu/nvram/x.fd"),
          QStringLiteral("/usr/share/OVMF/OVMF_VARS.fd")}},
    }};
    const QString name = node.choice({"pci", "mdev", "usb", "virtiofs", "9p", "socket", "tpm", "nvram"});
    for (const Known& one : known) {
        if (name == QLatin1String(one.name))
            return one.device;
    }
    return {};
}

std::vector<int> numbers(const Node& node)
{
    std::vector<int> found;
    for (const Node& item : node.items())
        found.push_back(static_cast<int>(item.notNegative()));
    return found;
}

NovaFacts readNova(const Node& node)
{
    NovaFacts nova;
    if (!node.isObjectOf({"name", "flavor", "project", "project_uuid", "user"}))
        return nova;
    const auto text = [&](const char* field, QString& into) {
        if (const auto f = node.field(field))
            into = f->text();
    };
    text("name", nova.name);
    text("flavor", nova.flavor);
    text("project", nova.project);
    text("project_uuid", nova.projectUuid);
    text("user", nova.user);
    return nova;
}

} // namespace

ScenarioHost::Fittings readFittings(const Node& node)
{
    ScenarioHost::Fittings made;
    if (!node.isObjectOf({"bridges", "mtu", "machines", "huge_pages_mib", "numa_cells", "way",
                          "ports_filtered", "tls", "claimed_by"}))
        return made;
    if (const auto f = node.field("bridges"))
        made.bridges = f->texts();
    if (const auto f = node.field("mtu"))
        made.mtu = f->count();
    if (const auto f = node.field("machines"))
        made.machines = f->texts();
    if (const auto f = node.field("huge_pages_mib"))
        made.hugePages = Bytes::fromMib(f->notNegative());
    if (const auto f = node.field("numa_cells"))
        made.numaCells = f->count();
    if (const auto f = node.field("way")) {
        using Way = ScenarioHost::Fittings::Way;
        const QString way = f->choice({"open", "refused", "filtered"});
        made.way = way == QLatin1String("refused")    ? Way::Refused
                   : way == QLatin1String("filtered") ? Way::Filtered
                                                      : Way::Open;
    }
    if (const auto f = node.field("ports_filtered"))
        made.portsFiltered = f->flag();
    if (const auto f = node.field("tls"))
        made.tls = f->flag();
    if (const auto f = node.field("claimed_by"))
        made.claimedBy = f->text();
    return made;
}

void readNeeds(const Node& node, ScenarioInstance& instance)
{
    if (!node.isObjectOf({"bridge", "machine", "cpu_mode", "huge_pages", "numa_nodes", "pinned_cpus",
                          "devices", "snapshots", "checkpoints", "managed_save", "nova"}))
        return;
    if (const auto f = node.field("bridge"))
        instance.bridge = f->text();
    if (const auto f = node.field("machine"))
        instance.machine = f->text();
    if (const auto f = node.field("cpu_mode"))
        instance.cpuMode = f->choice({"custom", "host-model", "maximum"});
    if (const auto f = node.field("huge_pages"); f && f->flag())
        instance.placement.hugePages = {{Bytes::fromMib(2), {}}};
    if (const auto f = node.field("numa_nodes")) {
        instance.placement.hostNodes = numbers(*f);
        instance.placement.strictNodes = true;
    }
    if (const auto f = node.field("pinned_cpus"))
        instance.placement.hostCpus = numbers(*f);
    if (const auto f = node.field("devices")) {
        for (const Node& item : f->items())
            instance.devices.push_back(deviceOf(item));
    }
    instance.holds.snapshots = 0;
    instance.holds.checkpoints = 0;
    instance.holds.managedSave = false;
    if (const auto f = node.field("snapshots"))
        instance.holds.snapshots = static_cast<int>(f->notNegative());
    if (const auto f = node.field("checkpoints"))
        instance.holds.checkpoints = static_cast<int>(f->notNegative());
    if (const auto f = node.field("managed_save"))
        instance.holds.managedSave = f->flag();
    if (const auto f = node.field("nova"))
        instance.nova = readNova(*f);
}

} // namespace drover
