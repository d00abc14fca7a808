// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/domain.h"

#include <QByteArray>

namespace drover::libvirt {

/// Reads a domain's XML as libvirt writes it. Pure. Sizes of disks are not in it and stay unset.
/// A document that cannot be read gives an error that names @p host and @p domain.
[[nodiscard]] Result<DomainDefinition> parseDomainXml(const QByteArray& xml, const QString& host,
                                                      const QString& domain);

} // namespace drover::libvirt
