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
    QString source; ///< network or bridge name, or the host's card for a direct interface
    QString model;
    QString portgroup = {}; ///< of its network; empty: the network's default
    QString bridge = {};    ///< behind its network, as the running guest has it; empty: not told
    QString filter = {};    ///< nwfilter that guards it; empty: none
    bool operator==(const Interface&) const = default;
};

/// Something of a definition that may tie the instance to its host.
struct Device
{
    enum class Kind {
        Pci,            ///< pass-through
        PciTeamed,      ///< pass-through that the guest lets go of for a move
        Mediated,       ///< mdev
        ScsiHost,       ///< SCSI or vhost-SCSI of the host
        Usb,            ///< USB device of the host
        RedirectedUsb,  ///< of a viewer, not of the host
        Vdpa,           ///< network device of the host
        Virtiofs,       ///< shared folder
        Plan9,          ///< shared folder by 9p
        SharedMemory,   ///< ivshmem; detail: its role
        Socket,         ///< serial port or channel on a socket; detail: bind or connect
        File,           ///< serial port or channel on a file or pipe
        HostCharacter,  ///< serial port or channel on a device of the host
        Tpm,            ///< detail: emulator, passthrough, external
        LaunchSecurity, ///< encrypted memory
        Nvram,          ///< path of its variables; detail: the template
        TransientDisk,  ///< forgets what was written; path: its target
        Other,
    };
    Kind kind = Kind::Other;
    QString text; ///< in words, names no host
    QString path; ///< on its host; empty: it has none
    QString detail;
    bool operator==(const Device&) const = default;
};

/// Huge pages that back the memory of a guest.
struct HugePages
{
    Bytes size;        ///< of one page; 0: the host's default
    QString guestNode; ///< which of the guest's nodes, as written; empty: all
    bool operator==(const HugePages&) const = default;
};

/// What binds a guest's memory and vCPUs to parts of its host.
struct Placement
{
    std::vector<HugePages> hugePages;
    std::vector<int> hostNodes; ///< NUMA nodes of the host that it names
    bool strictNodes = false;   ///< memory comes from those nodes alone
    std::vector<int> hostCpus;  ///< CPUs of the host that vCPUs, emulator or I/O threads are pinned to
    bool operator==(const Placement&) const = default;
};

/// What OpenStack Nova wrote about an instance that it manages.
struct NovaFacts
{
    QString name; ///< as Nova's users know it
    QString flavor;
    QString project;
    QString projectUuid;
    QString user;
    bool operator==(const NovaFacts&) const = default;
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
    std::vector<Device> devices;     ///< what may tie it to its host
    QStringList graphicsAddresses{}; ///< that its displays listen on, as written
    Placement placement;
    QString loader;                ///< firmware image; empty: the hypervisor's own
    QString project;               ///< empty: none known
    QString managedBy;             ///< "nova" or empty
    std::optional<NovaFacts> nova; ///< what Nova says of it
    QString cpuXml;  ///< the <cpu> element as the running guest has it; empty when there is none
    QString cpuMode; ///< of that element: custom, maximum, …; empty: none
    QString xml;     ///< the whole document, without secrets
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
/// What an operator is shown of its devices, a line each.
[[nodiscard]] QStringList deviceWords(const DomainDefinition& definition);
/// One word for all disks: "shared", "local", "mixed", "none", "unknown", …
[[nodiscard]] QString storageSummary(const DomainDefinition& definition);

} // namespace drover
