// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"

#include <QByteArray>
#include <QString>

#include <pugixml.hpp>
#include <string_view>

namespace drover::libvirt {

[[nodiscard]] inline QString textOf(const pugi::xml_node& node)
{
    return QString::fromUtf8(node.text().get());
}

[[nodiscard]] inline QString attribute(const pugi::xml_node& node, const char* name)
{
    return QString::fromUtf8(node.attribute(name).value());
}

/// The element's name without its prefix.
[[nodiscard]] std::string_view localName(const pugi::xml_node& node);
/// The namespace that the element's prefix stands for where it is used; empty without one.
[[nodiscard]] std::string_view namespaceOf(const pugi::xml_node& node);
/// First child element of that local name, whatever its prefix.
[[nodiscard]] pugi::xml_node childNamed(const pugi::xml_node& parent, std::string_view local);
/// The element and all in it, as text.
[[nodiscard]] QString outerXml(const pugi::xml_node& node);
/// <memory unit='KiB'>65536</memory>; KiB where no unit is given.
[[nodiscard]] Bytes sizeOf(const pugi::xml_node& node);

} // namespace drover::libvirt
