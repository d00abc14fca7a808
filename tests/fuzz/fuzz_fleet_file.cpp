// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet_file.h"

#include <QSet>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

/// Whatever the bytes are: either a fleet that keeps what it promises, or an error that names a place in the
/// file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const drover::Result<drover::FleetFile> fleet = drover::parseFleet(text, QStringLiteral("fuzz.json"));
    if (!fleet) {
        require(fleet.error().message.startsWith(QStringLiteral("fuzz.json, line ")));
        return 0;
    }
    QSet<QString> names;
    for (const drover::HostConfig& host : fleet->hosts) {
        require(!host.id.value.isEmpty() && !names.contains(host.id.value));
        names.insert(host.id.value);
        require(drover::checkUri(host.uri).has_value());
        require(host.cpuRatio > 0 && host.memoryRatio > 0 && host.diskRatio > 0);
        require(host.reservedMemory.value >= 0 && host.reservedDisk.value >= 0);
    }
    require(fleet->limits.total >= 1);
    return 0;
}
