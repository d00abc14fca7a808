// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/fleet/domain.h"
#include "core/fleet/resources.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace drover {

/// One entry of the fleet file. Only name and uri are required there.
struct HostConfig
{
    HostId id; ///< its name
    QString uri;
    QString zone;
    QString peerUri;     ///< how other hosts' daemons reach this one; empty: derived (see peerUriOf)
    QString dataAddress; ///< where memory is sent to; empty: libvirt chooses
    double cpuRatio = 4.0;
    double memoryRatio = 1.0;
    double diskRatio = 1.0;
    Bytes reservedMemory = Bytes::fromMib(512);
    Bytes reservedDisk;
    std::optional<Rate> link; ///< set by hand; nothing: learned
    std::optional<QStringList> diskPools;
    bool readOnly = false;
    QString username;
    QStringList labels;
    bool operator==(const HostConfig&) const = default;
};

/// The URI by which another host's daemon opens this one, or a sentence that says why there is none.
/// Absent peer_uri: the uri without user and without parameters that concern only this computer, where it is
/// tls or tcp; ssh and local URIs have none.
[[nodiscard]] Result<QString> peerUriOf(const HostConfig& host);

enum class ConnectionState { Connecting, Up, Down };
enum class ServiceState { Enabled, Disabled, Maintenance };

/// The service state as it is kept on the host itself, so that every console sees it.
struct ServiceRecord
{
    ServiceState state = ServiceState::Enabled;
    QString reason;
    QString by;
    QDateTime since;        ///< UTC; invalid when never set
    bool keptOnHost = true; ///< false: the host does not take it; known to this console only
    bool operator==(const ServiceRecord&) const = default;
};

/// What does not change while a host is connected.
struct HostFacts
{
    QString hostname;
    QUuid hostUuid;
    QString hypervisor;            ///< "QEMU"
    quint64 hypervisorVersion = 0; ///< major*1000000 + minor*1000 + micro
    quint64 libvirtVersion = 0;
    QString cpuModel;
    QString arch;
    int cpus = 0;
    Bytes memory;
    bool readOnly = false; ///< the connection may only read
    QStringList machines;  ///< machine types known to this host's hypervisor
    QString capabilitiesXml;
    bool operator==(const HostFacts&) const = default;
};

struct StoragePool
{
    QString name;
    QString type; ///< dir, fs, netfs, logical, …
    QString targetPath;
    bool active = false;
    Bytes capacity;
    Bytes available;
    bool operator==(const StoragePool&) const = default;
};

/// Everything one read of a host gave. Immutable once it has left the lane.
struct HostReading
{
    std::shared_ptr<const HostFacts> facts; ///< never null
    std::vector<Domain> domains;            ///< sorted by id
    std::vector<StoragePool> pools;
    ServiceRecord service;
    QString claimedBy;                  ///< who holds the host for a plan; empty: nobody
    std::optional<Bytes> memoryFreeNow; ///< free + buffers + cached, at this moment
    std::optional<double> cpuPercent;   ///< of the whole host, over the last interval
    std::optional<Rate> network;        ///< in + out over the last interval
};

/// A host as the console knows it now.
struct Host
{
    HostConfig config;
    ConnectionState connection = ConnectionState::Connecting;
    Error error;         ///< why it is down; meaningful only when Down
    QString duplicateOf; ///< name of an earlier entry that is the same machine; empty: none
    std::shared_ptr<const HostReading> reading; ///< the last one; null before the first
    std::optional<Instant> lastAnswer;          ///< when the last reading was complete
    std::optional<Instant> lastAsked;           ///< when it was begun: what is in it may be as old as that

    [[nodiscard]] const HostId& id() const { return config.id; }
    [[nodiscard]] bool isUp() const { return connection == ConnectionState::Up && reading != nullptr; }
    [[nodiscard]] ServiceRecord service() const { return reading ? reading->service : ServiceRecord{}; }
};

[[nodiscard]] QString connectionStateName(ConnectionState state); ///< JSON name
[[nodiscard]] QString serviceStateName(ServiceState state);       ///< JSON name
[[nodiscard]] std::optional<ServiceState> serviceStateFromName(const QString& name);
/// 7002022 → "7.2.22"
[[nodiscard]] QString versionText(quint64 version);

} // namespace drover
