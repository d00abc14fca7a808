// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/domain_xml.h"

#include "core/libvirt/domain_devices.h"
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

/// A network disk whose server is the host itself: under the same name another host has another disk, or
/// none.
bool isServedLocally(const pugi::xml_node& source)
{
    for (const pugi::xml_node server : source.children("host")) {
        const QString name = attribute(server, "name");
        if (attribute(server, "transport") == QLatin1String("unix") || name == QLatin1String("localhost") ||
            name.startsWith(QLatin1String("127.")) || name == QLatin1String("::1"))
            return true;
    }
    return false;
}

StorageClass classify(const Disk& disk, bool chainIsNetwork, bool servedLocally)
{
    if (disk.source.isEmpty())
        return StorageClass::None;
    if (disk.type == QLatin1String("network"))
        return chainIsNetwork && !servedLocally ? StorageClass::Network : StorageClass::Unknown;
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
    disk.storageClass = classify(disk, chainIsNetwork, isServedLocally(node.child("source")));
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
    nic.portgroup = attribute(source, "portgroup");
    if (nic.type == QLatin1String("network"))
        nic.bridge = attribute(source, "bridge");
    nic.filter = attribute(node.child("filterref"), "filter");
    return nic;
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
            const pugi::xml_node owner = childNamed(node, "owner");
            const pugi::xml_node project = childNamed(owner, "project");
            definition.managedBy = QStringLiteral("nova");
            definition.project = textOf(project);
            definition.nova =
                NovaFacts{textOf(childNamed(node, "name")), attribute(childNamed(node, "flavor"), "name"),
                          textOf(project), attribute(project, "uuid"), textOf(childNamed(owner, "user"))};
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
    definition.devices = readDevices(root);
    definition.graphicsAddresses = readGraphicsAddresses(root);
    definition.placement = readPlacement(root);
    definition.loader = textOf(root.child("os").child("loader"));
    readMetadata(root.child("metadata"), definition);
    if (const pugi::xml_node cpu = root.child("cpu")) {
        definition.cpuXml = outerXml(cpu);
        definition.cpuMode = attribute(cpu, "mode");
    }
    definition.xml = QString::fromUtf8(xml);
    return definition;
}

} // namespace drover::libvirt
