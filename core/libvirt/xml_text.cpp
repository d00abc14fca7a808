// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/xml_text.h"

#include <limits>
#include <sstream>
#include <string>

namespace drover::libvirt {
namespace {

/// libvirt's own table: KB is a thousand bytes, K and KiB are 1,024.
qint64 unitBytes(std::string_view unit)
{
    if (unit == "b" || unit == "bytes")
        return 1;
    qint64 power = 1;
    switch (unit.empty() ? 'K' : unit.front()) {
    case 'T':
    case 't':
        power = 4;
        break;
    case 'G':
    case 'g':
        power = 3;
        break;
    case 'M':
    case 'm':
        power = 2;
        break;
    default:
        break;
    }
    const qint64 base = unit.size() == 2 && unit[1] == 'B' ? 1000 : 1024;
    qint64 bytes = 1;
    for (qint64 i = 0; i < power; ++i)
        bytes *= base;
    return bytes;
}

std::string_view prefixOf(const pugi::xml_node& node)
{
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

} // namespace

std::string_view localName(const pugi::xml_node& node)
{
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view namespaceOf(const pugi::xml_node& node)
{
    const std::string_view prefix = prefixOf(node);
    const std::string wanted = prefix.empty() ? std::string("xmlns") : "xmlns:" + std::string(prefix);
    for (pugi::xml_node at = node; at; at = at.parent()) {
        if (const pugi::xml_attribute declared = at.attribute(wanted.c_str()))
            return declared.value();
    }
    return {};
}

pugi::xml_node childNamed(const pugi::xml_node& parent, std::string_view local)
{
    return parent.find_child([local](const pugi::xml_node& child) {
        return child.type() == pugi::node_element && localName(child) == local;
    });
}

QString outerXml(const pugi::xml_node& node)
{
    std::ostringstream out;
    node.print(out, "", pugi::format_raw);
    return QString::fromStdString(out.str());
}

Bytes sizeOf(const pugi::xml_node& node)
{
    constexpr qint64 most = std::numeric_limits<qint64>::max();
    const qint64 unit = unitBytes(node.attribute("unit").value());
    const qint64 count = node.text().as_llong();
    if (count <= 0)
        return {};
    return {count > most / unit ? most : count * unit};
}

} // namespace drover::libvirt
