// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/host_control.h"

#include "core/libvirt/error_map.h"
#include "core/libvirt/host_reader.h"
#include "core/libvirt/migration_job.h"
#include "core/libvirt/service_secret.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

#include <array>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

/// The secret's own UUID where there is one, else a fresh one.
QUuid secretId(const Connection& connection)
{
    const SecretHandle existing(
        virSecretLookupByUsage(connection.get(), VIR_SECRET_USAGE_TYPE_ISCSI, serviceUsage));
    std::array<char, VIR_UUID_STRING_BUFLEN> text{};
    if (existing && virSecretGetUUIDString(existing.get(), text.data()) == 0)
        return QUuid::fromString(QLatin1String(text.data()));
    return QUuid::createUuid();
}

/// The host cannot or may not keep it: no secret driver, or no right to define one.
bool hostKeepsNone(int code)
{
    return code == VIR_ERR_NO_SUPPORT || code == VIR_ERR_OPERATION_DENIED || code == VIR_ERR_ACCESS_DENIED ||
           code == VIR_ERR_OPERATION_UNSUPPORTED;
}

QString wordsFor(HostControl::PowerAction action)
{
    using Action = HostControl::PowerAction;
    switch (action) {
    case Action::Start:
        return Text::tr("Starting %1");
    case Action::Shutdown:
        return Text::tr("Shutting down %1");
    case Action::PowerOff:
        return Text::tr("Powering off %1");
    case Action::Pause:
        return Text::tr("Pausing %1");
    case Action::Resume:
        return Text::tr("Resuming %1");
    case Action::Reboot:
        return Text::tr("Rebooting %1");
    }
    return {};
}

int act(virDomainPtr domain, HostControl::PowerAction action)
{
    using Action = HostControl::PowerAction;
    switch (action) {
    case Action::Start:
        return virDomainCreate(domain);
    case Action::Shutdown:
        return virDomainShutdown(domain);
    case Action::PowerOff:
        return virDomainDestroy(domain);
    case Action::Pause:
        return virDomainSuspend(domain);
    case Action::Resume:
        return virDomainResume(domain);
    case Action::Reboot:
        return virDomainReboot(domain, 0);
    }
    return -1;
}

/// Two actions that libvirt allows and that end in harm while a migration is about.
Result<void> guardMigration(const DomainHandle& domain, HostControl::PowerAction action, const QString& host)
{
    using Action = HostControl::PowerAction;
    const QString name = nameOf(domain);
    int state = 0;
    int reason = 0;
    if (action == Action::Resume && virDomainGetState(domain.get(), &state, &reason, 0) == 0 &&
        state == VIR_DOMAIN_PAUSED &&
        (reason == VIR_DOMAIN_PAUSED_MIGRATION || reason == VIR_DOMAIN_PAUSED_POSTCOPY ||
         reason == VIR_DOMAIN_PAUSED_POSTCOPY_FAILED)) {
        return fail(
            Error{ErrorCode::Refused,
                  Text::tr("%1 on %2 was paused by a migration and may run elsewhere: resumed here it could "
                           "run twice")
                      .arg(name, host),
                  {},
                  host,
                  name});
    }
    if (action == Action::Pause && askJob(domain).holder == JobHolder::Outgoing) {
        return fail(
            Error{ErrorCode::Busy,
                  Text::tr("%1 is being moved out of %2: a pause would end the move, and %1 would run at its "
                           "destination")
                      .arg(name, host),
                  {},
                  host,
                  name});
    }
    return {};
}

} // namespace

Result<ServiceRecord> LibvirtHostControl::setService(const ServiceRecord& record)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const QString text = serviceText(record);
    constexpr int attempts = 3; // another console may define the secret for the first time at the same moment
    RawError error;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const QByteArray xml = secretXml(secretId(*connection), serviceUsage, text);
        const SecretHandle written(virSecretDefineXML(connection->get(), xml.constData(), 0));
        if (written) {
            // What the host has now counts, be it another console's word that came right after ours.
            return readSharedRecords(*connection).service;
        }
        error = takeLastError();
        if (hostKeepsNone(error.code)) {
            ServiceRecord local = record;
            local.keptOnHost = false;
            return local;
        }
        if (!error.message.contains(QLatin1String("already defined")))
            break;
    }
    return fail(toError(error, {m_connection.hostName(), {}, Text::tr("Writing the service state")}));
}

Result<void> LibvirtHostControl::power(const InstanceId& id, PowerAction action)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, id, m_connection.hostName());
    if (!domain)
        return fail(domain.error());
    const QString name = nameOf(*domain);
    if (const Result<void> safe = guardMigration(*domain, action, m_connection.hostName()); !safe)
        return safe;
    if (act(domain->get(), action) < 0)
        return fail(lastError({m_connection.hostName(), name, wordsFor(action).arg(name)}));
    return {};
}

Result<void> LibvirtHostControl::setAutostart(const InstanceId& id, bool on)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, id, m_connection.hostName());
    if (!domain)
        return fail(domain.error());
    const QString name = nameOf(*domain);
    if (virDomainSetAutostart(domain->get(), on ? 1 : 0) < 0)
        return fail(
            lastError({m_connection.hostName(), name, Text::tr("Setting the autostart of %1").arg(name)}));
    return {};
}

} // namespace drover::libvirt
