// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/domain.h"

namespace drover {

QString powerStateName(PowerState state)
{
    switch (state) {
    case PowerState::Running:
        return QStringLiteral("running");
    case PowerState::Paused:
        return QStringLiteral("paused");
    case PowerState::ShuttingDown:
        return QStringLiteral("shutting-down");
    case PowerState::ShutOff:
        return QStringLiteral("shutoff");
    case PowerState::Crashed:
        return QStringLiteral("crashed");
    case PowerState::Suspended:
        return QStringLiteral("suspended");
    case PowerState::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

QString stateReasonName(StateReason reason)
{
    switch (reason) {
    case StateReason::Booted:
        return QStringLiteral("booted");
    case StateReason::Migrated:
        return QStringLiteral("migrated");
    case StateReason::Unpaused:
        return QStringLiteral("unpaused");
    case StateReason::MigrationCanceled:
        return QStringLiteral("migration-canceled");
    case StateReason::PostCopy:
        return QStringLiteral("postcopy");
    case StateReason::PostCopyFailed:
        return QStringLiteral("postcopy-failed");
    case StateReason::User:
        return QStringLiteral("user");
    case StateReason::Migration:
        return QStringLiteral("migration");
    case StateReason::IoError:
        return QStringLiteral("io-error");
    case StateReason::Shutdown:
        return QStringLiteral("shutdown");
    case StateReason::Destroyed:
        return QStringLiteral("destroyed");
    case StateReason::Crashed:
        return QStringLiteral("crashed");
    case StateReason::Saved:
        return QStringLiteral("saved");
    case StateReason::Failed:
        return QStringLiteral("failed");
    case StateReason::Other:
        return QStringLiteral("other");
    case StateReason::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

QString storageClassName(StorageClass value)
{
    switch (value) {
    case StorageClass::Shared:
        return QStringLiteral("shared");
    case StorageClass::Network:
        return QStringLiteral("network");
    case StorageClass::Local:
        return QStringLiteral("local");
    case StorageClass::ReadOnly:
        return QStringLiteral("readonly");
    case StorageClass::None:
        return QStringLiteral("none");
    case StorageClass::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

QStringList deviceWords(const DomainDefinition& definition)
{
    QStringList words;
    for (const Device& device : definition.devices)
        words.append(device.text);
    return words;
}

QString storageSummary(const DomainDefinition& definition)
{
    // Read-only media and empty drives say nothing about where an instance's data are.
    std::optional<StorageClass> all;
    for (const Disk& disk : definition.disks) {
        if (disk.storageClass == StorageClass::ReadOnly || disk.storageClass == StorageClass::None)
            continue;
        if (disk.storageClass == StorageClass::Unknown)
            return storageClassName(StorageClass::Unknown);
        if (all && *all != disk.storageClass)
            return QStringLiteral("mixed");
        all = disk.storageClass;
    }
    return storageClassName(all.value_or(StorageClass::None));
}

} // namespace drover
