// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/migrator.h"

#include "core/base/lane.h"
#include "core/base/log.h"
#include "core/libvirt/connection.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/host_control.h"
#include "core/libvirt/migrate_params.h"
#include "core/libvirt/migration_job.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

#include <future>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

constexpr Milliseconds qemuDefaultDowntime{300};
constexpr std::chrono::seconds autostartPatience{10};

/// The autostart mark does not travel. Failing it must not make a move that succeeded look failed: it is
/// logged.
void carryAutostart(const MigrationSpec& spec)
{
    const auto done = std::make_shared<std::promise<Result<void>>>();
    std::future<Result<void>> answer = done->get_future();
    // On a thread of its own: opening the destination may hang where only the hosts can reach each other.
    runDetached(QStringLiteral("autostart"), [done, destination = spec.destination, id = spec.instance] {
        done->set_value(LibvirtHostControl(destination).setAutostart(id, true));
    });
    const QString failed =
        Text::tr("%1 was started with %2 and is not yet started with %3: set its autostart there")
            .arg(spec.name, spec.source.id.value, spec.destination.id.value);
    if (answer.wait_for(autostartPatience) != std::future_status::ready) {
        qCWarning(logMove).noquote() << failed;
        return;
    }
    if (const Result<void> set = answer.get(); !set)
        qCWarning(logMove).noquote() << failed << set.error().message;
}

/// The call itself, to the end. VIR_ERR_OK: it succeeded.
RawError carry(const DomainHandle& domain, const MigrationSpec& spec, const MigrateCall& call)
{
    if (spec.options.carrier == Carrier::Hosts) {
        const QByteArray peer = spec.peerUri.toUtf8();
        return virDomainMigrateToURI3(domain.get(), peer.constData(), call.params.data(), call.params.size(),
                                      call.flags) < 0
                   ? takeLastError()
                   : RawError{};
    }
    const Result<Connection> destination = openConnection(spec.destination);
    if (!destination)
        return {VIR_ERR_NO_CONNECT, VIR_FROM_REMOTE, destination.error().message};
    const DomainHandle arrived(virDomainMigrate3(domain.get(), destination->get(), call.params.data(),
                                                 call.params.size(), call.flags));
    return arrived ? RawError{} : takeLastError();
}

} // namespace

Result<void> LibvirtMigrator::prepare(const DomainHandle& domain, const MigrationSpec& spec) const
{
    const QString host = m_source.id.value;
    const Place place{host, spec.name, Text::tr("Preparing the move of %1").arg(spec.name)};
    int state = 0;
    int reason = 0;
    if (virDomainGetState(domain.get(), &state, &reason, 0) < 0)
        return fail(lastError(place));
    const auto refuse = [&](ErrorCode code, const QString& why) {
        return fail(Error{code, why, {}, host, spec.name});
    };
    if (spec.kind == MigrationKind::Offline) {
        // libvirt would take a running guest too, and leave a second definition of it at the destination.
        if (state != VIR_DOMAIN_SHUTOFF)
            return refuse(
                ErrorCode::Refused,
                Text::tr("%1 is not shut off on %2: an offline move would make a second instance of it")
                    .arg(spec.name, host));
        return {};
    }
    if (state != VIR_DOMAIN_RUNNING && state != VIR_DOMAIN_PAUSED && state != VIR_DOMAIN_BLOCKED)
        return refuse(ErrorCode::Refused,
                      Text::tr("%1 does not run on %2: there is nothing to move live").arg(spec.name, host));
    const JobAnswer job = askJob(domain);
    if (job.holder != JobHolder::Nobody && job.holder != JobHolder::Unknown)
        return refuse(
            ErrorCode::Busy,
            Text::tr("%1 on %2 is busy with a migration or another job already").arg(spec.name, host));
    // The limit belongs to the guest, not to the migration: one that was set for an earlier attempt is still
    // there.
    const Milliseconds wanted = spec.options.maxDowntime.value_or(qemuDefaultDowntime);
    unsigned long long now = 0;
    const bool known = virDomainMigrateGetMaxDowntime(domain.get(), &now, 0) == 0;
    if (known && now == static_cast<unsigned long long>(wanted.count()))
        return {};
    if (virDomainMigrateSetMaxDowntime(domain.get(), static_cast<unsigned long long>(wanted.count()), 0) < 0)
        return fail(
            lastError({host, spec.name, Text::tr("Setting the longest downtime of %1").arg(spec.name)}));
    return {};
}

Result<MigrationReturn> LibvirtMigrator::migrate(const MigrationSpec& spec, std::stop_token stop)
{
    const Result<MigrateCall> call = migrateCallOf(spec);
    if (!call)
        return fail(call.error());
    const Result<Connection> connection = openConnection(m_source);
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, spec.instance, m_source.id.value, spec.name);
    if (!domain)
        return fail(domain.error());
    if (const Result<void> ready = prepare(*domain, spec); !ready)
        return fail(ready.error());
    int autostart = 0;
    if (spec.persistent && virDomainGetAutostart(domain->get(), &autostart) < 0)
        autostart = 0;
    if (stop.stop_requested())
        return fail(Error{ErrorCode::Cancelled,
                          Text::tr("The move of %1 was stopped before it began").arg(spec.name),
                          {},
                          m_source.id.value,
                          spec.name});

    if (const RawError raw = carry(*domain, spec, *call); raw.code != VIR_ERR_OK) {
        Place place{m_source.id.value, spec.name,
                    Text::tr("The move of %1 to %2").arg(spec.name, spec.destination.id.value)};
        if (isAlive(*connection)) // then a broken connection is one between the two hosts
            place.peer = spec.destination.id.value;
        return fail(toError(raw, place));
    }
    MigrationReturn result;
    if (spec.kind != MigrationKind::Offline)
        result.completed = askCompletedJob(*domain); // nothing where the source has forgotten the instance
    if (autostart == 1 && !spec.options.noPersist)
        carryAutostart(spec);
    // A definition that stays behind must not start a second copy when the source boots.
    if (autostart == 1 && spec.options.keepSource && virDomainSetAutostart(domain->get(), 0) < 0)
        qCWarning(logMove).noquote() << lastError(
                                            {m_source.id.value, spec.name,
                                             Text::tr("Taking the autostart mark off %1").arg(spec.name)})
                                            .message;
    return result;
}

} // namespace drover::libvirt
