// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/domain.h"
#include "core/fleet/fleet_file.h"
#include "core/fleet/host_details.h"
#include "core/fleet/migration_options.h"
#include "core/simulator/guest_memory.h"

#include <optional>
#include <vector>

namespace drover {

/// A host of a scenario, after groups were written out.
struct ScenarioHost
{
    HostConfig config;
    int cpus = 16;
    Bytes memory;
    Bytes disk; ///< its local pool
    QString cpuModel;
    Rate link; ///< of its one network card, each way
    quint64 hypervisorVersion = 7002000;
    quint64 libvirtVersion = 9000000;
    ServiceRecord service;
    /// What instances may need of it beyond size.
    struct Fittings
    {
        QStringList bridges{QStringLiteral("br0")};
        int mtu = 1500;       ///< of its bridges
        QStringList machines; ///< machine types its hypervisor knows; empty: the usual ones
        Bytes hugePages;      ///< of 2 MiB, free and in use
        int numaCells = 1;
        enum class Way { Open, Refused, Filtered } way = Way::Open; ///< of other hosts to its daemon
        bool portsFiltered = false;                                 ///< of other hosts to its migration ports
        bool tls = true;                                            ///< has certificates for encrypted memory
        QString claimedBy; ///< who holds it for a plan; empty: nobody
    } fittings;
};

/// An instance of a scenario, after groups were written out. Texts that are equal share their memory.
struct ScenarioInstance
{
    QString name;
    QString title;
    QString project;
    std::size_t host = 0;
    std::size_t workload = 0;
    int vcpus = 1;
    Bytes memory;
    Bytes disk; ///< 0: it has none
    bool localDisk = false;
    bool sharedDisk = false; ///< in a folder that all hosts have in common
    bool onBase = false;     ///< its file stands on a base image of its folder
    bool persistent = true;
    bool autostart = false;
    PowerState state = PowerState::Running;
    QString cpuModel;
    QString cpuMode = QStringLiteral("custom"); ///< or maximum
    QString bridge = QStringLiteral("br0");
    QString machine;             ///< empty: the usual one
    std::vector<Device> devices; ///< what ties it to its host
    Placement placement;
    std::optional<NovaFacts> nova;
    GuestHoldings holds; ///< snapshots and the like
};

/// A migration that someone began before the scenario's time 0, or that begins by itself later.
struct ScenarioMigration
{
    QString instance;
    HostId to;
    MigrationOptions options;
    Milliseconds at{0}; ///< before 0: under way at time 0
};

/// One entry of the fault script.
struct ScenarioFault
{
    enum class Kind {
        Silent,       ///< the host is cut off: nothing comes back, memory streams stand still
        Refused,      ///< its daemon refuses connections; guests and streams go on
        DaemonKilled, ///< the daemon dies, and with it the migrations to and from it; it refuses until it is
                      ///< back
        OpenHangs,    ///< a connection is taken and never answered
        LinkRate,     ///< its network card gets another rate
        PowerOff,     ///< the instance powers itself off
        Fail,         ///< the instance's migration fails with this text
        NoStart,      ///< the host starts and resumes no instance, with this text
    };
    Kind kind = Kind::Silent;
    HostId host;
    QString instance; ///< of PowerOff and Fail, and of the condition
    QString watched;  ///< the instance whose migration triggers it; empty: by time
    Milliseconds at{0};
    int iteration = 0; ///< of the watched migration; 0: not by this
    double percent = 0;
    std::optional<Milliseconds> lasts; ///< nothing: for good
    Rate rate;
    QString text;
};

/// Everything a simulated fleet begins with.
struct Scenario
{
    QString about;
    quint64 seed = 1;
    double churn = 0; ///< share of the running instances whose load changes in a second
    bool xml = true;  ///< instances have an XML document
    Milliseconds keepalive{12000};
    FleetLimits limits;
    std::vector<PlacementRule> rules;
    std::vector<StandingAcceptance> accepted;
    std::vector<Workload> workloads;
    std::vector<ScenarioHost> hosts;
    std::vector<ScenarioInstance> instances;
    std::vector<ScenarioMigration> migrations;
    std::vector<ScenarioFault> faults;
};

/// Reads a scenario document. Every error names @p fileName, line, column and field.
[[nodiscard]] Result<Scenario> parseScenario(const QByteArray& text, const QString& fileName);

} // namespace drover
