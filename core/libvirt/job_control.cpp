// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/job_control.h"

#include "core/libvirt/error_map.h"
#include "core/libvirt/migration_job.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QThread>

#include <libvirt/virterror.h>

#include <algorithm>
#include <cmath>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

/// "speed 0 … 8796093022207" is the range that QEMU's 64 bits of bytes leave.
constexpr double mostMibPerSecond = 8796093022207.0;
constexpr Milliseconds abortPause{20};

} // namespace

unsigned long long wholeMibPerSecond(Rate rate)
{
    return static_cast<unsigned long long>(std::clamp(std::ceil(rate.mib()), 1.0, mostMibPerSecond));
}

Result<void> LibvirtJobControl::steer(const InstanceId& id, const QString& doing,
                                      const std::function<int(virDomainPtr)>& call)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, id, m_connection.hostName());
    if (!domain)
        return fail(domain.error());
    const QString name = nameOf(*domain); // before the call: even this wipes its error out
    if (call(domain->get()) < 0)
        return fail(lastError({m_connection.hostName(), name, doing.arg(name)}));
    return {};
}

Result<std::optional<JobStats>> LibvirtJobControl::stats(const InstanceId& id, std::stop_token)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, id, m_connection.hostName());
    if (!domain) {
        if (domain.error().code == ErrorCode::NotFound) // it has left, definition and all
            return std::optional<JobStats>();
        return fail(domain.error());
    }
    const JobAnswer answer = askJob(*domain);
    if (answer.holder == JobHolder::Unknown)
        return fail(
            toError(answer.error, {m_connection.hostName(), nameOf(*domain),
                                   Text::tr("Asking how the migration of %1 gets on").arg(nameOf(*domain))}));
    return answer.holder == JobHolder::Outgoing ? std::optional<JobStats>(answer.stats) : std::nullopt;
}

Result<std::optional<JobStats>> LibvirtJobControl::completed(const InstanceId& id, std::stop_token)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, id, m_connection.hostName());
    if (!domain) {
        if (domain.error().code == ErrorCode::NotFound)
            return std::optional<JobStats>();
        return fail(domain.error());
    }
    return askCompletedJob(*domain);
}

Result<void> LibvirtJobControl::abort(const InstanceId& id)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    const Result<DomainHandle> domain = lookUp(*connection, id, host);
    if (!domain)
        return fail(domain.error());
    const Place place{host, nameOf(*domain), Text::tr("Cancelling the migration of %1").arg(nameOf(*domain))};
    const QDeadlineTimer deadline(abortPatience);
    for (;;) {
        if (virDomainAbortJob(domain->get()) == 0)
            return {};
        const RawError raw = takeLastError();
        if (raw.code != VIR_ERR_OPERATION_INVALID || deadline.hasExpired())
            return fail(toError(raw, place));
        // "no job is active": either it has not begun yet and would go on, or it is over. Any other refusal
        // (post-copy) has a job to show.
        const JobHolder holder = askJob(*domain).holder;
        if (holder == JobHolder::Outgoing && raw.message.contains(QLatin1String("post-copy")))
            return fail(toError(raw, place));
        if (virDomainIsActive(domain->get()) != 1)
            return fail(Error{ErrorCode::OperationFailed,
                              Text::tr("%1 does not run on %2 any more: there is nothing to cancel")
                                  .arg(place.instance, host),
                              raw.message, host, place.instance});
        QThread::msleep(static_cast<unsigned long>(abortPause.count()));
    }
}

Result<void> LibvirtJobControl::setBandwidth(const InstanceId& id, Rate rate)
{
    return steer(id, Text::tr("Setting the bandwidth of %1"), [&](virDomainPtr domain) {
        return virDomainMigrateSetMaxSpeed(domain, static_cast<unsigned long>(wholeMibPerSecond(rate)), 0);
    });
}

Result<void> LibvirtJobControl::setMaxDowntime(const InstanceId& id, Milliseconds limit)
{
    return steer(id, Text::tr("Setting the longest downtime of %1"), [&](virDomainPtr domain) {
        return virDomainMigrateSetMaxDowntime(
            domain, static_cast<unsigned long long>(std::max<qint64>(0, limit.count())), 0);
    });
}

Result<Milliseconds> LibvirtJobControl::maxDowntime(const InstanceId& id)
{
    unsigned long long value = 0;
    const Result<void> asked =
        steer(id, Text::tr("Asking for the longest downtime of %1"),
              [&](virDomainPtr domain) { return virDomainMigrateGetMaxDowntime(domain, &value, 0); });
    if (!asked)
        return fail(asked.error());
    return Milliseconds(static_cast<qint64>(value));
}

Result<void> LibvirtJobControl::startPostCopy(const InstanceId& id)
{
    return steer(id, Text::tr("Switching %1 to post-copy"),
                 [](virDomainPtr domain) { return virDomainMigrateStartPostCopy(domain, 0); });
}

Result<void> LibvirtJobControl::pauseToFinish(const InstanceId& id)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, id, m_connection.hostName());
    if (!domain)
        return fail(domain.error());
    const QString name = nameOf(*domain);
    // Without a migration a suspend is just that: the guest would stand still until somebody noticed.
    if (askJob(*domain).holder != JobHolder::Outgoing)
        return fail(Error{ErrorCode::Refused,
                          Text::tr("%1 is not being migrated out of %2: it is not paused")
                              .arg(name, m_connection.hostName()),
                          {},
                          m_connection.hostName(),
                          name});
    if (virDomainSuspend(domain->get()) < 0)
        return fail(
            lastError({m_connection.hostName(), name, Text::tr("Pausing %1 to finish its move").arg(name)}));
    return {};
}

} // namespace drover::libvirt
