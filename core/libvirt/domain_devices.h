// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/domain.h"

#include <pugixml.hpp>

namespace drover::libvirt {

/// What of a <domain> may tie it to its host. Pure.
[[nodiscard]] std::vector<Device> readDevices(const pugi::xml_node& domain);
/// Addresses that its displays listen on, as written; a display on a socket or a network has none.
[[nodiscard]] QStringList readGraphicsAddresses(const pugi::xml_node& domain);
/// Huge pages, NUMA nodes and pinned CPUs.
[[nodiscard]] Placement readPlacement(const pugi::xml_node& domain);
/// "0-3,^2,7" → 0, 1, 3, 7. What cannot be read is left out; numbers above 65535 too.
[[nodiscard]] std::vector<int> readSet(const QString& text);

} // namespace drover::libvirt
