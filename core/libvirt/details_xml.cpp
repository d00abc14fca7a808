// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/details_xml.h"

#include "core/libvirt/xml_text.h"

#include <algorithm>
#include <set>

namespace drover::libvirt {
namespace {

bool load(pugi::xml_document& document, const QByteArray& xml)
{
    return static_cast<bool>(document.load_buffer(xml.constData(), static_cast<std::size_t>(xml.size()),
                                                  pugi::parse_default, pugi::encoding_utf8));
}

std::optional<int> sizeAttribute(const pugi::xml_node& mtu)
{
    const int size = mtu.attribute("size").as_int();
    return size > 0 ? std::optional(size) : std::nullopt;
}

} // namespace

void readNetwork(const QByteArray& xml, NetworkFacts& network)
{
    pugi::xml_document document;
    if (!load(document, xml))
        return;
    const pugi::xml_node root = document.child("network");
    network.bridge = attribute(root.child("bridge"), "name");
    network.mtu = sizeAttribute(root.child("mtu"));
    for (const pugi::xml_node& group : root.children("portgroup"))
        network.portgroups.append(attribute(group, "name"));
}

std::optional<int> readMtu(const QByteArray& xml)
{
    pugi::xml_document document;
    if (!load(document, xml))
        return std::nullopt;
    return sizeAttribute(document.child("interface").child("mtu"));
}

DomainCapabilities readDomainCapabilities(const QByteArray& xml)
{
    DomainCapabilities found;
    pugi::xml_document document;
    if (!load(document, xml))
        return found;
    const pugi::xml_node root = document.child("domainCapabilities");
    QStringList loaders;
    for (const pugi::xml_node& value : root.child("os").child("loader").children("value"))
        loaders.append(textOf(value));
    if (!loaders.isEmpty())
        found.loaders = loaders;
    for (const pugi::xml_node& mode : root.child("cpu").children("mode")) {
        if (attribute(mode, "name") != QLatin1String("host-model") || !mode.child("model"))
            continue;
        pugi::xml_document made;
        pugi::xml_node cpu = made.append_copy(mode);
        cpu.set_name("cpu");
        cpu.remove_attribute("name");
        cpu.remove_attribute("supported");
        cpu.append_attribute("mode") = "custom";
        cpu.append_attribute("match") = "exact";
        found.hostModel = outerXml(cpu).toUtf8();
    }
    return found;
}

std::optional<HostCpuModel> readHostModel(const QByteArray& xml)
{
    pugi::xml_document document;
    const bool good = load(document, xml);
    const pugi::xml_node cpu = document.child("cpu");
    if (!good || !cpu)
        return std::nullopt;
    HostCpuModel model;
    model.model = textOf(cpu.child("model"));
    for (const pugi::xml_node& feature : cpu.children("feature")) {
        const QString policy = attribute(feature, "policy");
        if (policy != QLatin1String("disable") && policy != QLatin1String("forbid"))
            model.features.append(attribute(feature, "name"));
    }
    model.features.sort();
    return model;
}

HostTopology readTopology(const QByteArray& xml)
{
    HostTopology found;
    pugi::xml_document document;
    if (!load(document, xml))
        return found;
    constexpr qint64 ordinary = qint64{64} * 1024; // the largest page that is not called huge anywhere
    std::set<qint64> sizes;
    const pugi::xml_node host = document.child("capabilities").child("host");
    const auto pagesOf = [&](const pugi::xml_node& parent) {
        for (const pugi::xml_node& pages : parent.children("pages")) {
            pugi::xml_document one;
            pugi::xml_node size = one.append_child("size");
            size.append_attribute("unit") = pages.attribute("unit").value();
            size.text() = pages.attribute("size").value();
            if (const Bytes bytes = sizeOf(size); bytes.value > ordinary)
                sizes.insert(bytes.value);
        }
    };
    pagesOf(host.child("cpu"));
    for (const pugi::xml_node& cell : host.child("topology").child("cells").children("cell")) {
        found.cells.push_back(cell.attribute("id").as_int());
        pagesOf(cell);
    }
    for (const qint64 size : sizes)
        found.hugePages.push_back({size});
    return found;
}

QString readCpuMode(const QByteArray& domainXml)
{
    pugi::xml_document document;
    if (!load(document, domainXml))
        return {};
    return attribute(document.child("domain").child("cpu"), "mode");
}

} // namespace drover::libvirt
