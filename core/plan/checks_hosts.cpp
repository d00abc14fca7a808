// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <array>
#include <utility>

namespace drover::checks {
namespace {

CheckResult unreachable(const Host& host, const QString& said)
{
    if (host.connection == ConnectionState::Connecting)
        return result("same-host", Severity::Error, Text::tr("%1 has not answered yet").arg(host.id().value),
                      Text::tr("Wait until it is connected"));
    return result("same-host", Severity::Error,
                  said.isEmpty() ? Text::tr("%1 does not answer").arg(host.id().value)
                                 : Text::tr("%1 does not answer: %2").arg(host.id().value, said),
                  Text::tr("Bring %1 back, or choose another host").arg(host.id().value));
}

} // namespace

CheckResult sameHost(const CheckContext& context)
{
    const Host& source = context.source;
    const Host& destination = context.destination;
    if (source.id() == destination.id())
        return result("same-host", Severity::Error,
                      Text::tr("%1 runs here already").arg(context.instance.name()));
    if (!source.isUp() || !context.evidence.sourceError.isEmpty())
        return unreachable(source, source.isUp() ? context.evidence.sourceError : source.error.message);
    if (!destination.isUp() || !context.evidence.destinationError.isEmpty())
        return unreachable(destination, destination.isUp() ? context.evidence.destinationError
                                                           : destination.error.message);
    if (!destination.duplicateOf.isEmpty() && destination.duplicateOf != source.id().value)
        return result(
            "same-host", Severity::Error,
            Text::tr("%1 is the same machine as %2").arg(destination.id().value, destination.duplicateOf),
            Text::tr("Choose %1").arg(destination.duplicateOf));
    const HostFacts& s = *source.reading->facts;
    const HostFacts& d = *destination.reading->facts;
    if (!s.hostUuid.isNull() && s.hostUuid == d.hostUuid) {
        if (s.hostname == d.hostname)
            return result("same-host", Severity::Error,
                          Text::tr("%1 and %2 are one machine (%3)")
                              .arg(source.id().value, destination.id().value, s.hostname));
        return result(
            "same-host", Severity::Error,
            Text::tr("%1 and %2 report the same host UUID, libvirt refuses to move between them")
                .arg(source.id().value, destination.id().value),
            Text::tr("Set a host_uuid of its own in libvirtd.conf on %1").arg(destination.id().value));
    }
    return result(
        "same-host", Severity::Pass,
        Text::tr("%1 and %2 are up, and two machines").arg(source.id().value, destination.id().value));
}

CheckResult placement(const CheckContext& context)
{
    const Host& destination = context.destination;
    const QString name = destination.id().value;
    const ServiceRecord service = destination.service();
    const QString why = service.reason.isEmpty() ? QString() : QStringLiteral(": ") + service.reason;
    if (service.state == ServiceState::Maintenance)
        return result("placement", Severity::Error, Text::tr("%1 is closed for maintenance%2").arg(name, why),
                      Text::tr("Enable %1, or choose another host").arg(name));
    if (service.state == ServiceState::Disabled)
        return result("placement", Severity::Error, Text::tr("%1 is disabled%2").arg(name, why),
                      Text::tr("Enable %1, or choose another host").arg(name));
    if (destination.reading && !destination.reading->claimedBy.isEmpty())
        return result("placement", Severity::Error,
                      Text::tr("%1 is claimed by %2").arg(name, destination.reading->claimedBy),
                      Text::tr("Wait for that plan to end, or choose another host"));
    if (context.source.config.zone != destination.config.zone) {
        CheckResult r =
            result("placement", Severity::Warning,
                   Text::tr("Another zone: %1 → %2").arg(context.source.config.zone, destination.config.zone),
                   Text::tr("Choose a host of %1, or accept it").arg(context.source.config.zone));
        r.needsAcknowledgement = true;
        return r;
    }
    return result("placement", Severity::Pass, Text::tr("%1 is enabled and in the same zone").arg(name));
}

CheckResult permission(const CheckContext& context)
{
    for (const Host* host : {&context.source, &context.destination}) {
        const bool readOnly = host->config.readOnly || (host->reading && host->reading->facts->readOnly);
        if (readOnly)
            return result(
                "permission", Severity::Error,
                Text::tr("The connection to %1 may only read").arg(host->id().value),
                Text::tr("Connect with rights to migrate: take read_only away, or use another user"));
    }
    // libvirt has no question for it. What it refused while it was asked tells of access control; what it let
    // the trial of the way do is as much as a move needs.
    const std::optional<ChannelEvidence>& channel = context.evidence.channel;
    if (channel && channel->denied)
        return result("permission", Severity::Error,
                      Text::tr("%1 does not allow this account to migrate: %2")
                          .arg(context.source.id().value, channel->daemonReason),
                      Text::tr("Allow it domain:migrate there, or use another user"));
    const std::array<std::pair<const Host*, const HostDetails*>, 2> asked{
        {{&context.source, context.evidence.source.get()},
         {&context.destination, context.evidence.destination.get()}}};
    for (const auto& [host, details] : asked) {
        const bool proven = host == &context.source && channel.has_value();
        if (details != nullptr && !details->denied.isEmpty() && !proven)
            return result(
                "permission", Severity::Warning,
                Text::tr("%1 refused this account a question (%2): whether it may migrate is not known")
                    .arg(host->id().value, details->denied));
    }
    return result("permission", Severity::Pass, Text::tr("Both connections may migrate"));
}

} // namespace drover::checks
