// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/domain_devices.h"

#include "core/libvirt/xml_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

using Kind = Device::Kind;

/// "0000:3b:00.1" from <address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/>
QString pciAddress(const pugi::xml_node& address)
{
    const auto part = [&](const char* name, int width) {
        return QStringLiteral("%1").arg(address.attribute(name).as_uint(), width, 16, QLatin1Char('0'));
    };
    return QStringLiteral("%1:%2:%3.%4")
        .arg(part("domain", 4), part("bus", 2), part("slot", 2), part("function", 1));
}

Device hostDevice(const pugi::xml_node& node)
{
    const QString type = attribute(node, "type");
    const pugi::xml_node source = node.child("source");
    if (type == QLatin1String("pci"))
        return {node.child("teaming") ? Kind::PciTeamed : Kind::Pci,
                Text::tr("PCI device %1 of the host").arg(pciAddress(source.child("address"))),
                {},
                {}};
    if (type == QLatin1String("mdev"))
        return {Kind::Mediated,
                Text::tr("mediated device %1 of the host").arg(attribute(source.child("address"), "uuid")),
                {},
                {}};
    if (type == QLatin1String("usb")) {
        const QString vendor = attribute(source.child("vendor"), "id").remove(QLatin1String("0x"));
        const QString product = attribute(source.child("product"), "id").remove(QLatin1String("0x"));
        return {Kind::Usb,
                vendor.isEmpty() ? Text::tr("USB device of the host")
                                 : Text::tr("USB device %1:%2 of the host").arg(vendor, product),
                {},
                {}};
    }
    const bool scsi = type.startsWith(QLatin1String("scsi"));
    return {scsi ? Kind::ScsiHost : Kind::Pci,
            Text::tr("%1 device of the host").arg(type.isEmpty() ? attribute(node, "mode") : type.toUpper()),
            {},
            {}};
}

Device sharedFolder(const pugi::xml_node& node)
{
    const bool virtiofs = attribute(node.child("driver"), "type") == QLatin1String("virtiofs");
    const pugi::xml_node source = node.child("source");
    const QString folder = source.attribute("dir") ? attribute(source, "dir") : attribute(source, "socket");
    return {virtiofs ? Kind::Virtiofs : Kind::Plan9,
            Text::tr("shared folder %1 (%2)")
                .arg(folder, virtiofs ? QStringLiteral("virtiofs") : QStringLiteral("9p")),
            folder,
            {}};
}

/// libvirt makes paths in its own folders anew at the destination.
bool isLibvirtsOwn(const QString& path)
{
    return path.startsWith(QLatin1String("/var/lib/libvirt/qemu/")) ||
           path.startsWith(QLatin1String("/run/libvirt/qemu/")) ||
           path.startsWith(QLatin1String("/var/run/libvirt/qemu/"));
}

/// A serial port, console, parallel port or channel, when it leads to a path of the host.
std::optional<Device> characterDevice(const pugi::xml_node& node)
{
    const QString type = attribute(node, "type");
    const pugi::xml_node source = node.child("source");
    const QString path = attribute(source, "path");
    if (path.isEmpty() || isLibvirtsOwn(path))
        return std::nullopt;
    const QString what =
        node.name() == std::string_view("channel") ? Text::tr("channel") : Text::tr("serial port");
    if (type == QLatin1String("unix"))
        return Device{Kind::Socket, Text::tr("%1 on the socket %2").arg(what, path), path,
                      attribute(source, "mode")};
    if (type == QLatin1String("file") || type == QLatin1String("pipe"))
        return Device{Kind::File, Text::tr("%1 on the file %2").arg(what, path), path, {}};
    if (type == QLatin1String("dev"))
        return Device{Kind::HostCharacter, Text::tr("%1 on the device %2").arg(what, path), path, {}};
    return std::nullopt;
}

std::optional<Device> deviceOf(const pugi::xml_node& node)
{
    const std::string_view name = node.name();
    const QString type = attribute(node, "type");
    if (name == "hostdev")
        return hostDevice(node);
    if (name == "filesystem")
        return sharedFolder(node);
    if (name == "tpm") {
        const QString backend = attribute(node.child("backend"), "type");
        return Device{Kind::Tpm, Text::tr("TPM (%1)").arg(backend), {}, backend};
    }
    if (name == "shmem") {
        // Without a word libvirt takes a plain one for a peer: such a guest does not migrate.
        const QString role = attribute(node, "role");
        return Device{Kind::SharedMemory,
                      Text::tr("shared memory %1").arg(attribute(node, "name")),
                      {},
                      role.isEmpty() ? QStringLiteral("peer") : role};
    }
    if (name == "redirdev")
        return Device{Kind::RedirectedUsb, Text::tr("redirected USB device"), {}, {}};
    if (name == "interface" && type == QLatin1String("hostdev"))
        return Device{node.child("teaming") ? Kind::PciTeamed : Kind::Pci,
                      Text::tr("network device of the host (%1)").arg(type),
                      {},
                      {}};
    if (name == "interface" && type == QLatin1String("vdpa"))
        return Device{
            Kind::Vdpa, Text::tr("network device of the host (%1)").arg(type), attribute(node, "dev"), {}};
    if (name == "disk" && node.child("transient")) {
        const QString target = attribute(node.child("target"), "dev");
        return Device{Kind::TransientDisk, Text::tr("transient disk %1").arg(target), target, {}};
    }
    if (name == "serial" || name == "console" || name == "parallel" || name == "channel")
        return characterDevice(node);
    return std::nullopt;
}

} // namespace

std::vector<Device> readDevices(const pugi::xml_node& domain)
{
    std::vector<Device> found;
    for (const pugi::xml_node& node : domain.child("devices").children()) {
        const std::optional<Device> device = deviceOf(node);
        // The first console repeats the first serial port.
        if (device && std::find(found.begin(), found.end(), *device) == found.end())
            found.push_back(*device);
    }
    if (const pugi::xml_node security = domain.child("launchSecurity"))
        found.push_back({Kind::LaunchSecurity,
                         Text::tr("encrypted memory (%1)").arg(attribute(security, "type")),
                         {},
                         {}});
    if (const pugi::xml_node nvram = domain.child("os").child("nvram"))
        found.push_back({Kind::Nvram, Text::tr("firmware variables %1").arg(textOf(nvram)), textOf(nvram),
                         attribute(nvram, "template")});
    return found;
}

QStringList readGraphicsAddresses(const pugi::xml_node& domain)
{
    QStringList found;
    for (const pugi::xml_node& graphics : domain.child("devices").children("graphics")) {
        QStringList own;
        for (const pugi::xml_node& listen : graphics.children("listen")) {
            if (attribute(listen, "type") == QLatin1String("address") && listen.attribute("address"))
                own.append(attribute(listen, "address"));
        }
        if (own.isEmpty() && !graphics.child("listen") && graphics.attribute("listen"))
            own.append(attribute(graphics, "listen"));
        found += own;
    }
    found.removeDuplicates();
    return found;
}

std::vector<int> readSet(const QString& text)
{
    constexpr int most = 65535;
    std::set<int> set;
    for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        QString range = part.trimmed();
        const bool without = range.startsWith(QLatin1Char('^'));
        if (without)
            range.remove(0, 1);
        bool good = false;
        bool goodEnd = true;
        const int first = range.section(QLatin1Char('-'), 0, 0).toInt(&good);
        const int last =
            range.contains(QLatin1Char('-')) ? range.section(QLatin1Char('-'), 1).toInt(&goodEnd) : first;
        if (!good || !goodEnd || first < 0 || last > most)
            continue;
        for (int i = first; i <= last; ++i) {
            if (without)
                set.erase(i);
            else
                set.insert(i);
        }
    }
    return {set.begin(), set.end()};
}

Placement readPlacement(const pugi::xml_node& domain)
{
    Placement placement;
    if (const pugi::xml_node huge = domain.child("memoryBacking").child("hugepages")) {
        for (const pugi::xml_node& page : huge.children("page")) {
            // Unlike <memory>, the size stands in an attribute.
            pugi::xml_document one;
            pugi::xml_node size = one.append_child("size");
            size.append_attribute("unit") = page.attribute("unit").value();
            size.text() = page.attribute("size").value();
            placement.hugePages.push_back({sizeOf(size), attribute(page, "nodeset")});
        }
        if (placement.hugePages.empty())
            placement.hugePages.push_back({});
    }
    std::set<int> nodes;
    const pugi::xml_node tune = domain.child("numatune");
    for (const pugi::xml_node& node : tune.children()) {
        const std::vector<int> named = readSet(attribute(node, "nodeset"));
        nodes.insert(named.begin(), named.end());
        // Without a mode libvirt means strict.
        if (!named.empty() && (!node.attribute("mode") || attribute(node, "mode") == QLatin1String("strict")))
            placement.strictNodes = true;
    }
    placement.hostNodes.assign(nodes.begin(), nodes.end());
    std::set<int> cpus;
    const auto pin = [&](const QString& text) {
        const std::vector<int> named = readSet(text);
        cpus.insert(named.begin(), named.end());
    };
    pin(attribute(domain.child("vcpu"), "cpuset"));
    for (const pugi::xml_node& node : domain.child("cputune").children())
        pin(attribute(node, "cpuset"));
    placement.hostCpus.assign(cpus.begin(), cpus.end());
    return placement;
}

} // namespace drover::libvirt
