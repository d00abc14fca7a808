// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/definition_maker.h"

#include "core/simulator/cpu_model.h"

#include <QCryptographicHash>
#include <QHash>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>

namespace drover {
namespace {

const QString machineType = QStringLiteral("pc-q35-7.2");
const QString emulatorPath = QStringLiteral("/usr/bin/qemu-system-x86_64");
const QString x86 = QStringLiteral("x86_64");

QUuid uuidFor(quint64 seed, const char* kind, const QString& name)
{
    static const QUuid space(QStringLiteral("9d7a1a43-52b5-4c7e-9c3c-6b8f1d0e2a51"));
    return QUuid::createUuidV5(space, QStringLiteral("%1/%2/%3").arg(seed).arg(QLatin1String(kind), name));
}

QString macFor(const QUuid& uuid)
{
    const QByteArray hex = QByteArray::number(uuid.data1 & 0xffffffU, 16).rightJustified(6, '0');
    return QStringLiteral("52:54:00:%1:%2:%3")
        .arg(QLatin1String(hex.mid(0, 2)), QLatin1String(hex.mid(2, 2)), QLatin1String(hex.mid(4, 2)));
}

QString cpuElement(const QString& model)
{
    QString text;
    QXmlStreamWriter xml(&text);
    xml.writeStartElement(QStringLiteral("cpu"));
    xml.writeAttribute(QStringLiteral("mode"), QStringLiteral("custom"));
    xml.writeAttribute(QStringLiteral("match"), QStringLiteral("exact"));
    xml.writeStartElement(QStringLiteral("model"));
    xml.writeAttribute(QStringLiteral("fallback"), QStringLiteral("forbid"));
    xml.writeCharacters(model);
    xml.writeEndElement();
    xml.writeEndElement();
    return text;
}

void empty(QXmlStreamWriter& xml, const QString& element, const QString& attribute, const QString& value)
{
    xml.writeEmptyElement(element);
    xml.writeAttribute(attribute, value);
}

void writeDisk(QXmlStreamWriter& xml, const Disk& disk)
{
    xml.writeStartElement(QStringLiteral("disk"));
    xml.writeAttribute(QStringLiteral("type"), disk.type);
    xml.writeAttribute(QStringLiteral("device"), disk.device);
    xml.writeEmptyElement(QStringLiteral("driver"));
    xml.writeAttribute(QStringLiteral("name"), QStringLiteral("qemu"));
    xml.writeAttribute(QStringLiteral("type"), disk.format);
    if (disk.type == QLatin1String("network")) {
        xml.writeStartElement(QStringLiteral("source"));
        xml.writeAttribute(QStringLiteral("protocol"), disk.source.section(QLatin1Char(':'), 0, 0));
        xml.writeAttribute(QStringLiteral("name"), disk.source.section(QLatin1Char(':'), 1));
        xml.writeEmptyElement(QStringLiteral("host"));
        xml.writeAttribute(QStringLiteral("name"), QStringLiteral("ceph.demo.example"));
        xml.writeAttribute(QStringLiteral("port"), QStringLiteral("6789"));
        xml.writeEndElement();
    } else {
        empty(xml, QStringLiteral("source"), QStringLiteral("file"), disk.source);
    }
    xml.writeEmptyElement(QStringLiteral("target"));
    xml.writeAttribute(QStringLiteral("dev"), disk.target);
    xml.writeAttribute(QStringLiteral("bus"), QStringLiteral("virtio"));
    xml.writeEndElement();
}

void writeInterface(QXmlStreamWriter& xml, const Interface& interface)
{
    xml.writeStartElement(QStringLiteral("interface"));
    xml.writeAttribute(QStringLiteral("type"), interface.type);
    empty(xml, QStringLiteral("mac"), QStringLiteral("address"), interface.mac);
    empty(xml, QStringLiteral("source"), QStringLiteral("bridge"), interface.source);
    empty(xml, QStringLiteral("model"), QStringLiteral("type"), interface.model);
    xml.writeEndElement();
}

QString domainXml(const DomainDefinition& definition, const QString& cpuModel)
{
    const QString drover = QStringLiteral("urn:drover:instance:1");
    QString text;
    QXmlStreamWriter xml(&text);
    xml.setAutoFormatting(true);
    xml.setAutoFormattingIndent(2);
    xml.writeStartElement(QStringLiteral("domain"));
    xml.writeAttribute(QStringLiteral("type"), definition.domainType);
    xml.writeTextElement(QStringLiteral("name"), definition.name);
    xml.writeTextElement(QStringLiteral("uuid"), toString(definition.id));
    if (!definition.title.isEmpty())
        xml.writeTextElement(QStringLiteral("title"), definition.title);
    if (!definition.project.isEmpty()) {
        xml.writeStartElement(QStringLiteral("metadata"));
        xml.writeNamespace(drover, QStringLiteral("drover"));
        xml.writeStartElement(drover, QStringLiteral("instance"));
        xml.writeTextElement(drover, QStringLiteral("project"), definition.project);
        xml.writeEndElement();
        xml.writeEndElement();
    }
    xml.writeStartElement(QStringLiteral("memory"));
    xml.writeAttribute(QStringLiteral("unit"), QStringLiteral("KiB"));
    xml.writeCharacters(QString::number(definition.maxMemory.value / 1024));
    xml.writeEndElement();
    xml.writeTextElement(QStringLiteral("vcpu"), QString::number(definition.maxVcpus));
    xml.writeStartElement(QStringLiteral("os"));
    xml.writeStartElement(QStringLiteral("type"));
    xml.writeAttribute(QStringLiteral("arch"), definition.arch);
    xml.writeAttribute(QStringLiteral("machine"), definition.machine);
    xml.writeCharacters(QStringLiteral("hvm"));
    xml.writeEndElement();
    empty(xml, QStringLiteral("boot"), QStringLiteral("dev"), QStringLiteral("hd"));
    xml.writeEndElement();
    xml.writeStartElement(QStringLiteral("cpu"));
    xml.writeAttribute(QStringLiteral("mode"), QStringLiteral("custom"));
    xml.writeAttribute(QStringLiteral("match"), QStringLiteral("exact"));
    xml.writeStartElement(QStringLiteral("model"));
    xml.writeAttribute(QStringLiteral("fallback"), QStringLiteral("forbid"));
    xml.writeCharacters(cpuModel);
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeStartElement(QStringLiteral("devices"));
    xml.writeTextElement(QStringLiteral("emulator"), definition.emulator);
    for (const Disk& disk : definition.disks)
        writeDisk(xml, disk);
    for (const Interface& interface : definition.interfaces)
        writeInterface(xml, interface);
    empty(xml, QStringLiteral("memballoon"), QStringLiteral("model"), QStringLiteral("virtio"));
    xml.writeEndElement();
    xml.writeEndElement();
    return text;
}

QString capabilitiesXml(const HostFacts& facts)
{
    QString text;
    QXmlStreamWriter xml(&text);
    xml.setAutoFormatting(true);
    xml.setAutoFormattingIndent(2);
    xml.writeStartElement(QStringLiteral("capabilities"));
    xml.writeStartElement(QStringLiteral("host"));
    xml.writeTextElement(QStringLiteral("uuid"), facts.hostUuid.toString(QUuid::WithoutBraces));
    xml.writeStartElement(QStringLiteral("cpu"));
    xml.writeTextElement(QStringLiteral("arch"), facts.arch);
    xml.writeTextElement(QStringLiteral("model"), facts.cpuModel);
    xml.writeTextElement(QStringLiteral("vendor"), QStringLiteral("Intel"));
    for (const QString& feature : cpuFeatures(facts.cpuModel))
        empty(xml, QStringLiteral("feature"), QStringLiteral("name"), feature);
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeStartElement(QStringLiteral("guest"));
    xml.writeTextElement(QStringLiteral("os_type"), QStringLiteral("hvm"));
    xml.writeStartElement(QStringLiteral("arch"));
    xml.writeAttribute(QStringLiteral("name"), facts.arch);
    xml.writeTextElement(QStringLiteral("emulator"), emulatorPath);
    for (const QString& machine : facts.machines)
        xml.writeTextElement(QStringLiteral("machine"), machine);
    empty(xml, QStringLiteral("domain"), QStringLiteral("type"), QStringLiteral("kvm"));
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeEndElement();
    return text;
}

/// One text for all instances of a model.
QString sharedCpuElement(const QString& model)
{
    static thread_local QHash<QString, QString> made;
    QString& text = made[model];
    if (text.isEmpty())
        text = cpuElement(model);
    return text;
}

} // namespace

std::shared_ptr<const DomainDefinition> makeDefinition(const ScenarioInstance& instance, quint64 seed,
                                                       bool withXml)
{
    static const QString kvm = QStringLiteral("kvm");
    static const QString vda = QStringLiteral("vda");
    static const QString diskDevice = QStringLiteral("disk");
    static const QString network = QStringLiteral("network");
    static const QString file = QStringLiteral("file");
    static const QString raw = QStringLiteral("raw");
    static const QString qcow2 = QStringLiteral("qcow2");
    static const QString bridge = QStringLiteral("bridge");
    static const QString nova = QStringLiteral("nova");
    static const QString virtio = QStringLiteral("virtio");
    auto made = std::make_shared<DomainDefinition>();
    made->id = {uuidFor(seed, "instance", instance.name)};
    made->name = instance.name;
    made->title = instance.title;
    made->domainType = kvm;
    made->emulator = emulatorPath;
    made->arch = x86;
    made->machine = instance.machine.isEmpty() ? machineType : instance.machine;
    made->maxVcpus = instance.vcpus;
    made->maxMemory = instance.memory;
    made->project = instance.project;
    made->cpuXml = sharedCpuElement(instance.cpuModel);
    made->cpuMode = instance.cpuMode;
    made->devices = instance.devices;
    made->placement = instance.placement;
    made->nova = instance.nova;
    if (instance.nova) {
        made->managedBy = nova;
        if (!instance.nova->project.isEmpty())
            made->project = instance.nova->project;
    }
    if (instance.disk.value > 0) {
        Disk disk;
        disk.target = vda;
        disk.device = diskDevice;
        const bool isFile = instance.localDisk || instance.sharedDisk;
        const QString folder =
            instance.localDisk ? QStringLiteral("/var/lib/libvirt/images/") : QStringLiteral("/srv/shared/");
        disk.type = isFile ? file : network;
        disk.source = isFile ? folder + instance.name + QStringLiteral(".qcow2")
                             : QStringLiteral("rbd:vms/") + instance.name;
        disk.format = isFile ? qcow2 : raw;
        disk.storageClass = instance.localDisk ? StorageClass::Local
                            : instance.sharedDisk
                                ? StorageClass::Unknown // as a host has it: proven when asked
                                : StorageClass::Network;
        if (isFile && instance.onBase)
            disk.backing.push_back({folder + QStringLiteral("base.qcow2"), qcow2});
        disk.capacity = instance.disk;
        disk.allocation = Bytes{instance.disk.value / 5 * 2};
        made->disks.push_back(std::move(disk));
    }
    made->interfaces.push_back({{}, macFor(made->id.value), bridge, instance.bridge, virtio});
    if (withXml)
        made->xml = domainXml(*made, instance.cpuModel);
    return made;
}

std::shared_ptr<const HostFacts> makeFacts(const ScenarioHost& host, quint64 seed)
{
    auto facts = std::make_shared<HostFacts>();
    facts->hostname = host.config.id.value + QStringLiteral(".demo.example");
    facts->hostUuid = uuidFor(seed, "host", host.config.id.value);
    facts->hypervisor = QStringLiteral("QEMU");
    facts->hypervisorVersion = host.hypervisorVersion;
    facts->libvirtVersion = host.libvirtVersion;
    facts->cpuModel = host.cpuModel;
    facts->arch = x86;
    facts->cpus = host.cpus;
    facts->memory = host.memory;
    static const QStringList machines{machineType, QStringLiteral("pc-q35-6.2"),
                                      QStringLiteral("pc-i440fx-7.2")};
    facts->machines = host.fittings.machines.isEmpty() ? machines : host.fittings.machines;
    facts->capabilitiesXml = capabilitiesXml(*facts);
    return facts;
}

QString cpuModelOf(const DomainDefinition& definition)
{
    QXmlStreamReader xml(definition.cpuXml);
    while (!xml.atEnd()) {
        if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("model"))
            return xml.readElementText();
    }
    return {};
}

} // namespace drover
