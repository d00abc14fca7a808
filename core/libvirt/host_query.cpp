// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/host_query.h"

#include "core/libvirt/host_details.h"
#include "core/libvirt/migration_job.h"
#include "core/libvirt/state_map.h"
#include "core/libvirt/xml_text.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

Result<DomainPresence> presenceOf(const DomainHandle& domain, const QString& host)
{
    DomainPresence presence;
    presence.id = idOf(domain.get());
    presence.name = nameOf(domain);
    const Place place{host, presence.name, Text::tr("Asking for the state of %1").arg(presence.name)};
    int state = 0;
    int reason = 0;
    if (virDomainGetState(domain.get(), &state, &reason, 0) < 0)
        return fail(lastError(place));
    presence.state = powerStateOf(state);
    presence.reason = stateReasonOf(state, reason);
    const int persistent = virDomainIsPersistent(domain.get());
    if (persistent < 0)
        return fail(lastError(place));
    presence.persistent = persistent == 1;
    if (presence.state == PowerState::ShutOff)
        return presence;
    const JobAnswer job = askJob(domain);
    if (job.holder == JobHolder::Unknown && job.error.code != VIR_ERR_NO_SUPPORT) {
        const Error error = toError(job.error, place);
        if (error.code != ErrorCode::Busy) // the lock is held: that is an answer
            return fail(error);
        presence.jobActive = true;
        return presence;
    }
    presence.jobActive = job.holder == JobHolder::Outgoing || job.holder == JobHolder::Incoming ||
                         job.holder == JobHolder::Other;
    return presence;
}

QByteArray orNull(const QString& text)
{
    return text.isEmpty() ? QByteArray() : text.toUtf8();
}

const char* rawOrNull(const QByteArray& bytes)
{
    return bytes.isEmpty() ? nullptr : bytes.constData();
}

} // namespace

Result<std::vector<DomainPresence>> LibvirtHostQuery::find(const InstanceId& id, const QString& name,
                                                           std::stop_token stop)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const QString host = m_connection.hostName();
    std::vector<DomainPresence> found;
    const auto look = [&](virDomainPtr raw) -> Result<void> {
        if (raw == nullptr) {
            const Error error = lastError({host, name, Text::tr("Looking for %1").arg(name)});
            return error.code == ErrorCode::NotFound ? Result<void>() : Result<void>(fail(error));
        }
        const DomainHandle domain(raw);
        if (!found.empty() && found.front().id == idOf(domain.get()))
            return {};
        Result<DomainPresence> presence = presenceOf(domain, host);
        if (presence)
            found.push_back(std::move(*presence));
        else if (presence.error().code != ErrorCode::NotFound) // it may go while it is being asked about
            return fail(presence.error());
        return {};
    };
    if (!id.value.isNull()) {
        const Result<void> byId =
            look(virDomainLookupByUUIDString(connection->get(), toString(id).toUtf8().constData()));
        if (!byId)
            return fail(byId.error());
    }
    if (!name.isEmpty() && !stop.stop_requested()) {
        const Result<void> byName = look(virDomainLookupByName(connection->get(), name.toUtf8().constData()));
        if (!byName)
            return fail(byName.error());
    }
    return found;
}

QString whyNotComparable(const QString& cpuXml)
{
    if (cpuXml.isEmpty())
        return Text::tr("the instance's definition names no CPU");
    pugi::xml_document document;
    const QByteArray bytes = cpuXml.toUtf8();
    if (!document.load_buffer(bytes.constData(), static_cast<std::size_t>(bytes.size())))
        return Text::tr("the instance's CPU cannot be read");
    const QString mode = attribute(document.child("cpu"), "mode");
    // libvirt answers "yes" to these without comparing anything. Those of running guests are written out, but
    // for these modes; "maximum" is not even looked at when the guest arrives.
    if (mode == QLatin1String("maximum") || mode == QLatin1String("host-model") ||
        mode == QLatin1String("host-passthrough"))
        return Text::tr("the instance's CPU is \"%1\", which libvirt does not compare").arg(mode);
    return {};
}

std::optional<CpuComparison> comparisonOf(const RawError& raw)
{
    CpuComparison comparison;
    comparison.reason = plainWords(raw.message);
    switch (raw.code) {
    case VIR_ERR_CPU_INCOMPATIBLE: {
        comparison.answer = CpuComparison::Answer::Incompatible;
        const auto colon = raw.message.lastIndexOf(QLatin1Char(':'));
        if (raw.message.contains(QLatin1String("missing features")) ||
            raw.message.contains(QLatin1String("required features"))) {
            for (const QString& feature :
                 raw.message.mid(colon + 1).split(QLatin1Char(','), Qt::SkipEmptyParts))
                comparison.missing.append(feature.trimmed());
        }
        return comparison;
    }
    case VIR_ERR_INVALID_ARG: // machine type or emulator unknown to this host
    case VIR_ERR_CONFIG_UNSUPPORTED:
        comparison.answer = CpuComparison::Answer::Incompatible;
        return comparison;
    case VIR_ERR_OPERATION_DENIED:
    case VIR_ERR_ACCESS_DENIED:
        comparison.reason = Text::tr("the host does not let a read-only connection compare CPUs");
        return comparison;
    case VIR_ERR_NO_SUPPORT:
        comparison.reason = Text::tr("the host cannot compare CPUs");
        return comparison;
    default:
        return std::nullopt;
    }
}

Result<CpuComparison> LibvirtHostQuery::compareCpu(const DomainDefinition& guest, std::stop_token)
{
    if (QString why = whyNotComparable(guest.cpuXml); !why.isEmpty())
        return CpuComparison{CpuComparison::Answer::Unknown, {}, std::move(why)};
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const QByteArray emulator = orNull(guest.emulator);
    const QByteArray arch = orNull(guest.arch);
    const QByteArray machine = orNull(guest.machine);
    const QByteArray type = orNull(guest.domainType);
    const int answer = virConnectCompareHypervisorCPU(
        connection->get(), rawOrNull(emulator), rawOrNull(arch), rawOrNull(machine), rawOrNull(type),
        guest.cpuXml.toUtf8().constData(), VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE);
    switch (answer) {
    case VIR_CPU_COMPARE_IDENTICAL:
    case VIR_CPU_COMPARE_SUPERSET:
        return CpuComparison{CpuComparison::Answer::Compatible, {}, {}};
    case VIR_CPU_COMPARE_INCOMPATIBLE:
        return CpuComparison{
            CpuComparison::Answer::Incompatible, {}, Text::tr("the host's CPU cannot run it")};
    default:
        break;
    }
    const RawError raw = takeLastError();
    if (std::optional<CpuComparison> comparison = comparisonOf(raw))
        return std::move(*comparison);
    const Error error = toError(
        raw, {m_connection.hostName(), guest.name, Text::tr("Comparing the CPU of %1").arg(guest.name)});
    if (error.code == ErrorCode::Unreachable)
        return fail(error);
    return CpuComparison{CpuComparison::Answer::Unknown, {}, error.message};
}

Result<HostDetails> LibvirtHostQuery::details(const DomainDefinition& guest, bool own, std::stop_token)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    HostDetails details = readDetails(*connection, guest, own);
    if (!isAlive(*connection))
        return fail(Error{ErrorCode::Unreachable,
                          Text::tr("The connection to %1 was lost").arg(m_connection.hostName()),
                          {},
                          m_connection.hostName(),
                          guest.name});
    return details;
}

} // namespace drover::libvirt
