// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/domain_xml.h"

#include "core/libvirt/xml_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

QString sourceText(const pugi::xml_node& source, const QString& type)
{
    if (type == QLatin1String("network")) {
        const QString name = attribute(source, "name");
        return attribute(source, "protocol") + (name.isEmpty() ? QString() : QLatin1Char(':') + name);
    }
    if (type == QLatin1String("volume")) {
        const QString volume = attribute(source, "volume");
        return volume.isEmpty() ? QString() : attribute(source, "pool") + QLatin1Char('/') + volume;
    }
    for (const char* name : {"file", "dev", "dir", "path"}) {
        if (const pugi::xml_attribute found = source.attribute(name))
            return QString::fromUtf8(found.value());
    }
    // A socket or PCI address: named well enough to show that there is something.
    return source.first_attribute() ? QString::fromUtf8(source.first_attribute().value()) : QString();
}

StorageClass classify(const Disk& disk, bool chainIsNetwork)
{
    if (disk.source.isEmpty())
        return StorageClass::None;
    if (disk.type == QLatin1String("network"))
        return chainIsNetwork ? StorageClass::Network : StorageClass::Unknown;
    if (disk.readOnly)
        return StorageClass::ReadOnly;
    // Whether other hosts see the same file cannot be told from here: local until somebody proves otherwise.
    if (disk.type == QLatin1String("file") || disk.type == QLatin1String("dir"))
        return StorageClass::Local;
    return StorageClass::Unknown;
}

Disk parseDisk(const pugi::xml_node& node)
{
    Disk disk;
    disk.type = attribute(node, "type");
    disk.device = node.attribute("device") ? attribute(node, "device") : QStringLiteral("disk");
    disk.target = attribute(node.child("target"), "dev");
    disk.source = sourceText(node.child("source"), disk.type);
    disk.format = attribute(node.child("driver"), "type");
    disk.readOnly = node.child("readonly") || disk.device == QLatin1String("cdrom");
    disk.shareable = bool(node.child("shareable"));
    bool chainIsNetwork = true;
    for (pugi::xml_node below = node.child("backingStore"); below && below.attribute("type");
         below = below.child("backingStore")) {
        const QString type = attribute(below, "type");
        disk.backing.push_back(
            {sourceText(below.child("source"), type), attribute(below.child("format"), "type")});
        chainIsNetwork = chainIsNetwork && type == QLatin1String("network");
    }
    disk.storageClass = classify(disk, chainIsNetwork);
    return disk;
}

Interface parseInterface(const pugi::xml_node& node)
{
    Interface nic;
    nic.type = attribute(node, "type");
    nic.target = attribute(node.child("target"), "dev");
    nic.mac = attribute(node.child("mac"), "address");
    nic.model = attribute(node.child("model"), "type");
    const pugi::xml_node source = node.child("source");
    for (const char* name : {"network", "bridge", "dev", "path", "name"}) {
        if (const pugi::xml_attribute found = source.attribute(name)) {
            nic.source = QString::fromUtf8(found.value());
            break;
        }
    }
    return nic;
}

/// "0000:3b:00.1" from <address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/>
QString pciAddress(const pugi::xml_node& address)
{
    const auto part = [&](const char* name, int width) {
        return QStringLiteral("%1").arg(address.attribute(name).as_uint(), width, 16, QLatin1Char('0'));
    };
    return QStringLiteral("%1:%2:%3.%4")
        .arg(part("domain", 4), part("bus", 2), part("slot", 2), part("function", 1));
}

QString hostDevice(const pugi::xml_node& node)
{
    const QString type = attribute(node, "type");
    const pugi::xml_node source = node.child("source");
    if (type == QLatin1String("pci"))
        return Text::tr("PCI device %1 of the host").arg(pciAddress(source.child("address")));
    if (type == QLatin1String("mdev"))
        return Text::tr("mediated device %1 of the host").arg(attribute(source.child("address"), "uuid"));
    if (type == QLatin1String("usb")) {
        const QString vendor = attribute(source.child("vendor"), "id").remove(QLatin1String("0x"));
        const QString product = attribute(source.child("product"), "id").remove(QLatin1String("0x"));
        return vendor.isEmpty() ? Text::tr("USB device of the host")
                                : Text::tr("USB device %1:%2 of the host").arg(vendor, product);
    }
    return Text::tr("%1 device of the host").arg(type.isEmpty() ? attribute(node, "mode") : type.toUpper());
}

QString sharedFolder(const pugi::xml_node& node)
{
    const QString kind = attribute(node.child("driver"), "type") == QLatin1String("virtiofs")
                             ? QStringLiteral("virtiofs")
                             : QStringLiteral("9p");
    const pugi::xml_node source = node.child("source");
    const QString folder = source.attribute("dir") ? attribute(source, "dir") : attribute(source, "socket");
    return Text::tr("shared folder %1 (%2)").arg(folder, kind);
}

QStringList notableDevices(const pugi::xml_node& domain)
{
    QStringList found;
    const pugi::xml_node devices = domain.child("devices");
    for (const pugi::xml_node& node : devices.children()) {
        const std::string_view name = node.name();
        const QString type = attribute(node, "type");
        if (name == "hostdev")
            found.append(hostDevice(node));
        else if (name == "filesystem")
            found.append(sharedFolder(node));
        else if (name == "tpm")
            found.append(Text::tr("TPM (%1)").arg(attribute(node.child("backend"), "type")));
        else if (name == "shmem")
            found.append(Text::tr("shared memory %1").arg(attribute(node, "name")));
        else if (name == "redirdev")
            found.append(Text::tr("redirected USB device"));
        else if (name == "interface" && (type == QLatin1String("hostdev") || type == QLatin1String("vdpa")))
            found.append(Text::tr("network device of the host (%1)").arg(type));
    }
    if (const pugi::xml_node security = domain.child("launchSecurity"))
        found.append(Text::tr("encrypted memory (%1)").arg(attribute(security, "type")));
    return found;
}

void readMetadata(const pugi::xml_node& metadata, DomainDefinition& definition)
{
    QString own;
    for (const pugi::xml_node& node : metadata.children()) {
        if (node.type() != pugi::node_element || localName(node) != "instance")
            continue;
        const std::string_view space = namespaceOf(node);
        if (space == "http://openstack.org/xmlns/libvirt/nova/1.0" ||
            space == "http://openstack.org/xmlns/libvirt/nova/1.1") {
            definition.managedBy = QStringLiteral("nova");
            definition.project = textOf(childNamed(childNamed(node, "owner"), "project"));
        } else if (space == "urn:drover:instance:1") {
            own = textOf(childNamed(node, "project"));
        }
    }
    if (definition.project.isEmpty())
        definition.project = own;
}

} // namespace

Result<DomainDefinition> parseDomainXml(const QByteArray& xml, const QString& host, const QString& domain)
{
    const auto refuse = [&](const QString& why, const QString& detail = {}) {
        return fail(Error{ErrorCode::InvalidInput,
                          Text::tr("The definition of %1 on %2 cannot be read: %3").arg(domain, host, why),
                          detail, host, domain});
    };
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(
        xml.constData(), static_cast<std::size_t>(xml.size()), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed) {
        const auto line = 1 + xml.left(static_cast<int>(parsed.offset)).count('\n');
        return refuse(Text::tr("it is no XML from line %1 on").arg(line),
                      QString::fromUtf8(parsed.description()));
    }
    const pugi::xml_node root = document.child("domain");
    if (!root)
        return refuse(Text::tr("it holds no <domain>"));
    DomainDefinition definition;
    definition.id = {QUuid::fromString(textOf(root.child("uuid")).trimmed())};
    if (definition.id.value.isNull())
        return refuse(Text::tr("it has no UUID"));
    definition.name = textOf(root.child("name"));
    if (definition.name.isEmpty())
        return refuse(Text::tr("it has no name"));
    definition.title = textOf(root.child("title"));
    definition.domainType = attribute(root, "type");
    definition.emulator = textOf(root.child("devices").child("emulator"));
    const pugi::xml_node type = root.child("os").child("type");
    definition.arch = attribute(type, "arch");
    definition.machine = attribute(type, "machine");
    definition.maxVcpus = std::max(1, root.child("vcpu").text().as_int(1));
    definition.maxMemory = sizeOf(root.child("memory"));
    for (const pugi::xml_node& node : root.child("devices").children("disk"))
        definition.disks.push_back(parseDisk(node));
    for (const pugi::xml_node& node : root.child("devices").children("interface"))
        definition.interfaces.push_back(parseInterface(node));
    definition.devices = notableDevices(root);
    readMetadata(root.child("metadata"), definition);
    if (const pugi::xml_node cpu = root.child("cpu"))
        definition.cpuXml = outerXml(cpu);
    definition.xml = QString::fromUtf8(xml);
    return definition;
}

} // namespace drover::libvirt
