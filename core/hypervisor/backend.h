// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/fleet/evidence.h"
#include "core/fleet/host.h"
#include "core/fleet/migration_options.h"
#include "core/hypervisor/channel_probe.h"
#include "core/hypervisor/host_event.h"
#include "core/hypervisor/host_examiner.h"
#include "core/hypervisor/instance_control.h"
#include "core/hypervisor/storage_access.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

/// What a kind of hypervisor must offer. Values go in and out; every call may block and is made on a lane or
/// a thread of its own, never on the GUI thread. An object is used by one thread at a time and opens its own
/// connection when it is first needed. A stop_token asks a call to end early; a call that cannot is
/// abandoned. Errors name the host (Error::host) and, where one is concerned, the instance.
namespace drover {

/// Reads one host. Lives on the host's lane.
class InventorySource
{
public:
    virtual ~InventorySource() = default;
    /// Connects and starts events. After a lost connection: call it again on the same object.
    virtual Result<void> open(std::stop_token stop) = 0;
    /// One full reading. Definitions that did not change are the same shared objects as in the last reading.
    /// @param fresh read every definition again
    virtual Result<std::shared_ptr<const HostReading>> read(bool fresh, std::stop_token stop) = 0;
    virtual void close() = 0;
};

/// Steers and observes migrations out of one host. Its calls answer in milliseconds on a healthy host, but
/// abort() may hang for half a minute: call it on a thread of its own.
class JobControl
{
public:
    virtual ~JobControl() = default;
    /// Nothing: no migration out of this host holds the instance.
    virtual Result<std::optional<JobStats>> stats(const InstanceId& id, std::stop_token stop) = 0;
    /// The record of the last migration that ended well; nothing when the host keeps none.
    virtual Result<std::optional<JobStats>> completed(const InstanceId& id, std::stop_token stop) = 0;
    virtual Result<void> abort(const InstanceId& id) = 0;
    virtual Result<void> setBandwidth(const InstanceId& id,
                                      Rate rate) = 0; ///< rounded up to whole MiB/s, at least 1
    virtual Result<void> setMaxDowntime(const InstanceId& id, Milliseconds limit) = 0;
    virtual Result<Milliseconds> maxDowntime(const InstanceId& id) = 0;
    virtual Result<void> startPostCopy(const InstanceId& id) = 0;
    /// Stops the guest so that the migration ends; the guest then runs at the destination.
    virtual Result<void> pauseToFinish(const InstanceId& id) = 0;
};

/// Answers the questions that checks and the end of a move ask of a host.
class HostQuery
{
public:
    virtual ~HostQuery() = default;
    /// Every domain with this UUID or this name, asked now.
    virtual Result<std::vector<DomainPresence>> find(const InstanceId& id, const QString& name,
                                                     std::stop_token stop) = 0;
    /// Could this host run that guest's CPU?
    virtual Result<CpuComparison> compareCpu(const DomainDefinition& guest, std::stop_token stop) = 0;
    /// What this host has of all that the guest uses. @param own the guest is here: also what it holds
    virtual Result<HostDetails> details(const DomainDefinition& guest, bool own, std::stop_token stop) = 0;
};

/// Changes a host or an instance on it.
class HostControl
{
public:
    enum class PowerAction { Start, Shutdown, PowerOff, Pause, Resume, Reboot };
    virtual ~HostControl() = default;
    /// Writes the service state on the host; the answer tells whether the host took it.
    virtual Result<ServiceRecord> setService(const ServiceRecord& record) = 0;
    virtual Result<void> power(const InstanceId& id, PowerAction action) = 0;
    virtual Result<void> setAutostart(const InstanceId& id, bool on) = 0;
};

/// What a backend needs to know to start one migration.
struct MigrationSpec
{
    InstanceId instance;
    QString name;
    HostConfig source;
    HostConfig destination;
    QString peerUri; ///< how the source's daemon opens the destination
    /// Live, LiveBlock, Offline (the definition alone), or Cold: an instance that was started without running
    /// an instruction is carried with its disks and arrives paused. Never Auto.
    MigrationKind kind = MigrationKind::Live;
    MigrationOptions options;
    bool persistent = true; ///< of the instance: persist at destination and undefine at source follow from it
    /// Targets of the disks that are copied with the memory, by name; never a shared or network disk.
    QStringList disks;
    bool incremental = false;   ///< only the top layer: the base was compared on both hosts
    bool storageProven = false; ///< every disk that is not copied was proven shared in this run
};

/// What the migrate call itself returned. Where the instance runs is asked of both hosts afterwards.
struct MigrationReturn
{
    std::optional<JobStats> completed; ///< the record, where the backend has it
};

/// Runs one migration. migrate() blocks to the end on the calling thread, with a connection of its own.
class Migrator
{
public:
    virtual ~Migrator() = default;
    /// A stop request does not abort a peer-to-peer migration: it only lets go of it (the hosts go on).
    virtual Result<MigrationReturn> migrate(const MigrationSpec& spec, std::stop_token stop) = 0;
};

/// Makes the objects above for a host. Thread-safe.
class Backend
{
public:
    virtual ~Backend() = default;
    virtual std::unique_ptr<InventorySource> inventorySource(const HostConfig& host, HostEventSink sink) = 0;
    virtual std::unique_ptr<JobControl> jobControl(const HostConfig& host) = 0;
    virtual std::unique_ptr<HostQuery> hostQuery(const HostConfig& host) = 0;
    virtual std::unique_ptr<HostControl> hostControl(const HostConfig& host) = 0;
    virtual std::unique_ptr<InstanceControl> instanceControl(const HostConfig& host) = 0;
    virtual std::unique_ptr<Migrator> migrator(const HostConfig& source) = 0;
    virtual std::unique_ptr<HostExaminer> hostExaminer(const HostConfig& host) = 0;
    virtual std::unique_ptr<ChannelProbe> channelProbe(const HostConfig& source) = 0;
    virtual std::unique_ptr<StorageAccess> storageAccess(const HostConfig& host) = 0;
    /// Streams pass through this computer.
    virtual std::unique_ptr<VolumeTransfer> volumeTransfer(const HostConfig& source,
                                                           const HostConfig& destination) = 0;
    virtual const Clock& clock() const = 0;
};

} // namespace drover
