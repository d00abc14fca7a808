// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"
#include "core/plan/kind_choice.h"

#include <algorithm>

namespace drover::checks {
QString channelRemedy(const QString& reason, const QString& here, const QString& there)
{
    const auto has = [&](const char* part) {
        return reason.contains(QLatin1String(part), Qt::CaseInsensitive);
    };
    if (has("resolve"))
        return Text::tr("Make %1's name known on %2, or set peer_uri of %1 to an address").arg(there, here);
    if (has("certificate"))
        return Text::tr("Give %1 and %2 certificates of one issuer, in the names that peer_uri uses")
            .arg(here, there);
    if (has("authenticat") || has("Permission denied") || has("host key"))
        return Text::tr(
                   "Give the daemon of %1 credentials for %2: root's SSH key, auth.conf or a certificate")
            .arg(here, there);
    if (has("refused"))
        return Text::tr("Let the daemon of %1 listen on the address in its peer_uri").arg(there);
    return Text::tr("Open the way from %1 to %2, or set peer_uri of %2 to an address that %1 reaches")
        .arg(here, there);
}

namespace {

void lookAtPort(const CheckContext& context, const ChannelEvidence& found, Findings& findings)
{
    const QString here = context.source.id().value;
    const QString there = context.destination.id().value;
    if (!isLive(context.kind) || context.options.tunnelled)
        return; // no memory, or through the daemons' own connection
    switch (found.port) {
    case ChannelEvidence::Port::Reachable:
        return;
    case ChannelEvidence::Port::NoAnswer:
        findings.add(
            Severity::Error,
            Text::tr("%1 reaches the daemon of %2, but what it sends to its migration port %3 is swallowed")
                .arg(here, there, found.portAddress),
            Text::tr("Open TCP ports 49152 to 49215 of %1 for %2").arg(there, here));
        return;
    case ChannelEvidence::Port::Failed:
        findings.add(Severity::Error,
                     Text::tr("%1 reaches the daemon of %2, but not its migration port: %3")
                         .arg(here, there, found.portReason),
                     context.destination.config.dataAddress.isEmpty()
                         ? Text::tr("Open the way from %1 to %2").arg(here, there)
                         : Text::tr("Set data_address of %1 to an address that %2 reaches").arg(there, here));
        return;
    case ChannelEvidence::Port::NotTried:
        findings.add(
            Severity::Info,
            Text::tr("The migration ports of %1 were not tried: guests are arriving there").arg(there));
        return;
    }
}

void lookAtEncryption(const CheckContext& context, const ChannelEvidence* found, Findings& findings)
{
    const QString here = context.source.id().value;
    const QString there = context.destination.id().value;
    if (!isLive(context.kind))
        return;
    if (!context.options.tls) {
        const QString peer =
            context.options.tunnelled ? peerUriOf(context.destination.config).value_or(QString()) : QString();
        if (!peer.isEmpty() && !peer.contains(QLatin1String("+tcp:")))
            return; // the daemons' own connection is encrypted
        const QString clear =
            Text::tr("Not encrypted: memory crosses the network to %1 in the clear").arg(there);
        // While hosts are compared every one of them would wear this mark, and it would tell nothing.
        if (context.evidence.complete)
            findings.add(Severity::Warning, clear,
                         Text::tr("Ask for TLS, where both hosts have certificates for it"));
        else
            findings.add(Severity::Info, clear);
        return;
    }
    if (found == nullptr)
        return;
    for (const auto& [has, host] :
         {std::pair(found->tlsAtSource, here), std::pair(found->tlsAtDestination, there)}) {
        if (has == std::optional(false))
            findings.add(Severity::Error,
                         Text::tr("TLS was asked for, and %1 has no certificates for it").arg(host),
                         Text::tr("Put certificates into /etc/pki/qemu on %1").arg(host));
    }
    if (!found->tlsAtSource || !found->tlsAtDestination)
        findings.add(
            Severity::Warning,
            Text::tr("TLS was asked for; whether %1 and %2 have certificates for it shows only at the start")
                .arg(here, there));
}

} // namespace

CheckResult channel(const CheckContext& context)
{
    const QString here = context.source.id().value;
    const QString there = context.destination.id().value;
    const Result<QString> peer = peerUriOf(context.destination.config);
    const bool byConsole = carrierOf(context.kind, context.options, &context.destination) == Carrier::Console;
    if (byConsole && !isLive(context.kind))
        return result("channel", Severity::Info,
                      Text::tr("This computer carries it: no way from %1 to %2 is needed").arg(here, there));
    if (!peer && !byConsole)
        return result("channel", Severity::Error, peer.error().message,
                      Text::tr("Set peer_uri of %1 in the fleet file to a URI that %2's daemon can open")
                          .arg(there, here));
    Findings findings;
    const ChannelEvidence* found = context.evidence.channel ? &*context.evidence.channel : nullptr;
    if (found == nullptr) {
        // A drag goes by what is known; only who asks now waits for the trial.
        if (context.evidence.complete)
            findings.add(
                Severity::Warning,
                Text::tr("Whether the daemon of %1 reaches that of %2 could not be tried").arg(here, there));
    } else if (!byConsole) {
        switch (found->daemon) {
        case ChannelEvidence::Daemon::Failed:
            findings.add(Severity::Error,
                         Text::tr("The daemon of %1 cannot reach %2 (%3): %4")
                             .arg(here, there, *peer, found->daemonReason),
                         channelRemedy(found->daemonReason, here, there));
            break;
        case ChannelEvidence::Daemon::NoAnswer:
            findings.add(Severity::Error,
                         Text::tr("The daemon of %1 gets no answer from %2 (%3): what it sends is swallowed")
                             .arg(here, there, *peer),
                         channelRemedy({}, here, there));
            break;
        case ChannelEvidence::Daemon::Unknown:
            findings.add(Severity::Warning,
                         Text::tr("Whether the daemon of %1 reaches that of %2 is not known: %3")
                             .arg(here, there, found->daemonReason));
            break;
        case ChannelEvidence::Daemon::Reached:
            lookAtPort(context, *found, findings);
            break;
        }
    }
    lookAtEncryption(context, found, findings);
    if (findings.worst() != Severity::Pass)
        return findings.answer("channel", {});
    const QString way = peer ? *peer : there;
    if (context.options.tls)
        return findings.answer("channel", Text::tr("Memory is sent encrypted to %1").arg(way));
    return findings.answer("channel", Text::tr("The daemon of %1 reaches %2").arg(here, way));
}

} // namespace drover::checks
