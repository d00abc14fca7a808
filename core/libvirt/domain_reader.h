// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"
#include "core/libvirt/handles.h"
#include "core/libvirt/host_events.h"
#include "core/libvirt/rate_meter.h"
#include "core/libvirt/typed_params.h"

#include <QHash>
#include <QSet>

#include <memory>
#include <stop_token>

namespace drover::libvirt {

/// Reads all domains of one host with a handful of calls, and a definition only where it may have changed.
/// Belongs to one connection; used by one thread.
class DomainReader
{
public:
    explicit DomainReader(HostConfig host);

    struct Wish
    {
        bool fresh = false;           ///< every definition again
        bool everyJob = false;        ///< whether a migration holds any running domain
        QSet<InstanceId> definitions; ///< these definitions again
        QSet<InstanceId> migrating;   ///< a migration of these out of this host has been heard of
    };
    struct Reading
    {
        std::vector<Domain> domains; ///< sorted by id
        std::optional<Rate> network; ///< of all domains, in and out
    };
    [[nodiscard]] Result<Reading> read(const Connection& connection, const Wish& wish,
                                       const std::stop_token& stop);

    static constexpr std::chrono::minutes definitionAge{10};

private:
    using Time = std::chrono::steady_clock::time_point;
    struct Known
    {
        std::shared_ptr<const DomainDefinition> definition;
        Time readAt{};
        int runId =
            0; ///< libvirt's id of the running guest, which changes with each start; -1 when it is off
        bool stub = false; ///< made up without asking, because the guest was arriving
        RateMeter cpu;
    };
    /// What a list of domains can be filtered by: known to the daemon without asking any guest.
    struct Lists
    {
        QSet<InstanceId> persistent;
        std::optional<QSet<InstanceId>> autostart;
    };

    [[nodiscard]] Result<Lists> readLists(const Connection& connection) const;
    [[nodiscard]] std::optional<Domain> readDomain(const DomainHandle& handle, const TypedParams& stats,
                                                   const Wish& wish, const Lists& lists);
    void judgeMigration(const DomainHandle& handle, const InstanceId& id, bool everyJob,
                        DomainStatus& status);
    [[nodiscard]] bool refreshDefinition(const DomainHandle& handle, const InstanceId& id,
                                         const TypedParams& stats, bool wanted, bool incoming);
    [[nodiscard]] std::shared_ptr<const DomainDefinition>
    readDefinition(const DomainHandle& handle, const InstanceId& id, const TypedParams& stats) const;

    void clearProbes(const InstanceId& id, const QString& name);

    HostConfig m_host;
    QSet<InstanceId> m_cleared; ///< left-over definitions of probes that were seen to
    QHash<InstanceId, Known> m_known;
    QSet<InstanceId> m_outgoing; ///< heard of, and not yet seen to be over
    RateMeter m_network;
};

} // namespace drover::libvirt
