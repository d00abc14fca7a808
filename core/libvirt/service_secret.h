// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"

#include <QByteArray>
#include <QUuid>

#include <optional>

namespace drover::libvirt {

/// Usage names of the value-less secrets that carry what all consoles share about a host. Everybody who may
/// read the host reads them: they are no place for anything secret.
inline constexpr char serviceUsage[] = "drover:service";
inline constexpr char claimUsage[] = "drover:claim";

/// XML of a secret without a value whose description carries @p text.
[[nodiscard]] QByteArray secretXml(const QUuid& uuid, const char* usage, const QString& text);
/// The description in a secret's XML; nothing when it is no such XML.
[[nodiscard]] std::optional<QString> secretText(const QByteArray& xml);

[[nodiscard]] QString serviceText(const ServiceRecord& record);
/// Nothing when the text is not one of ours.
[[nodiscard]] std::optional<ServiceRecord> serviceFromText(const QString& text);
/// Who claims the host; empty when the text is not one of ours.
[[nodiscard]] QString claimantFromText(const QString& text);

} // namespace drover::libvirt
