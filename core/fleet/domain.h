// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/units.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace drover {

/// libvirt's domain states, in the words the field uses.
enum class PowerState { Unknown, Running, Paused, ShuttingDown, ShutOff, Crashed, Suspended };

/// Why a domain is in its state, as far as Drover tells reasons apart (libvirt's reason numbers, by name).
enum class StateReason {
    Unknown,
    Booted,
    Migrated,
    Unpaused,
    MigrationCanceled,
    PostCopy,
    PostCopyFailed,
    User,
    Migration,
    IoError,
    Shutdown,
    Destroyed,
    Crashed,
    Saved,
    Failed,
    Other,
};

/// Where a disk's data live, by evidence (see the storage check). Unknown is a real answer.
enum class StorageClass { Shared, Network, Local, ReadOnly, None, Unknown };

/// One image below a disk in its backing chain.
struct BackingImage
{
    QString source;
    QString format;
    bool operator==(const BackingImage&) const = default;
};

struct Disk
{
    QString target; ///< vda
    QString device; ///< disk, cdrom, floppy
    QString type;   ///< file, block, network, volume
    QString source; ///< path, or protocol:name for a network disk; empty for an empty drive
    QString format; ///< qcow2, raw
    bool readOnly = false;
    bool shareable = false;
    StorageClass storageClass = StorageClass::Unknown;
    std::optional<Bytes> capacity;   ///< virtual size
    std::optional<Bytes> allocation; ///< blocks really used
    std::vector<BackingImage> backing;
    bool operator==(const Disk&) const = default;
};

struct Interface
{
    QString target; ///< vnet0; empty while shut off
    QString mac;
    QString type;   ///< network, bridge, user, …
    QString source; ///< network or bridge name
    QString model;
    bool operator==(const Interface&) const = default;
};

/// The part of a domain that comes from its XML. Shared between snapshots until the XML is read again.
struct DomainDefinition
{
    InstanceId id;
    QString name;
    QString title;
    QString domainType; ///< kvm, qemu, test
    QString emulator;
    QString arch;
    QString machine; ///< canonical
    int maxVcpus = 1;
    Bytes maxMemory;
    std::vector<Disk> disks;
    std::vector<Interface> interfaces;
    QStringList devices; ///< pass-through and other devices worth a line, in words
    QString project;     ///< empty: none known
    QString managedBy;   ///< "nova" or empty
    QString cpuXml;      ///< the <cpu> element as the running guest has it; empty when there is none
    QString xml;         ///< the whole document, without secrets
    bool operator==(const DomainDefinition&) const = default;
};

/// The part of a domain that changes all the time.
struct DomainStatus
{
    PowerState state = PowerState::Unknown;
    StateReason reason = StateReason::Unknown;
    bool persistent = true;
    std::optional<bool> autostart;
    int vcpus = 1;                     ///< current
    Bytes memory;                      ///< current balloon
    std::optional<Bytes> memoryRss;    ///< of the hypervisor's process
    std::optional<qint64> cpuTimeNs;   ///< since the start of the guest
    std::optional<double> cpuPercent;  ///< of one host CPU, over the last interval
    std::optional<Bytes> diskPhysical; ///< blocks used by its disks
    std::optional<Rate> dirtyRate;     ///< last measured; nothing when never
    /// True for the half-arrived guest of a migration: it must be asked nothing but its state.
    bool incoming = false;
    /// True when a migration out of this host holds the domain's job.
    bool outgoing = false;
    bool operator==(const DomainStatus&) const = default;
};

/// A domain as one host knows it.
struct Domain
{
    std::shared_ptr<const DomainDefinition> definition; ///< never null
    DomainStatus status;

    /// Full size for capacity: maximum memory and maximum vCPUs count, whatever the balloon says.
    [[nodiscard]] bool isActive() const
    {
        return status.state == PowerState::Running || status.state == PowerState::Paused ||
               status.state == PowerState::ShuttingDown || status.state == PowerState::Suspended ||
               (status.state == PowerState::Crashed && status.reason == StateReason::Other);
    }
};

[[nodiscard]] QString powerStateName(PowerState state);     ///< JSON name: running, paused, shutoff, …
[[nodiscard]] QString stateReasonName(StateReason reason);  ///< JSON name: booted, migrated, …
[[nodiscard]] QString storageClassName(StorageClass value); ///< JSON name: shared, network, …
/// One word for all disks: "shared", "local", "mixed", "none", "unknown", …
[[nodiscard]] QString storageSummary(const DomainDefinition& definition);

} // namespace drover
