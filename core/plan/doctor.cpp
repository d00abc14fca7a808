// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/doctor.h"

#include "core/plan/check_text.h"

#include <algorithm>
#include <cmath>

namespace drover {
namespace {

using checks::Findings;
using checks::result;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Doctor)
};

/// Certificates, leases and logs go wrong when clocks are this far apart.
constexpr Milliseconds clockTolerance{1000};

/// One pair, with the names that every sentence needs.
struct Pair
{
    const PairEvidenceOfHosts& e;
    QString here = e.source.id().value;
    QString there = e.destination.id().value;
};

CheckResult hosts(const Pair& pair)
{
    for (const Host* host : {&pair.e.source, &pair.e.destination}) {
        if (!host->isUp())
            return result("same-host", Severity::Error,
                          host->error.message.isEmpty()
                              ? Text::tr("%1 does not answer").arg(host->id().value)
                              : Text::tr("%1 does not answer: %2").arg(host->id().value, host->error.message),
                          Text::tr("Bring %1 back, then ask again").arg(host->id().value));
    }
    const HostFacts& s = *pair.e.source.reading->facts;
    const HostFacts& d = *pair.e.destination.reading->facts;
    if (!s.hostUuid.isNull() && s.hostUuid == d.hostUuid)
        return s.hostname == d.hostname
                   ? result("same-host", Severity::Error,
                            Text::tr("%1 and %2 are one machine (%3)").arg(pair.here, pair.there, s.hostname),
                            Text::tr("Remove one of the two entries"))
                   : result("same-host", Severity::Error,
                            Text::tr("%1 and %2 have one host UUID, %3: libvirt refuses to move between them")
                                .arg(pair.here, pair.there, s.hostUuid.toString(QUuid::WithoutBraces)),
                            Text::tr("Set host_uuid in libvirtd.conf of one of them"));
    if (!s.hostname.isEmpty() && s.hostname == d.hostname)
        return result("same-host", Severity::Warning,
                      Text::tr("%1 and %2 both call themselves %3").arg(pair.here, pair.there, s.hostname),
                      Text::tr("Give each host a name of its own"));
    return result("same-host", Severity::Pass, Text::tr("Both answer, and are two machines"));
}

CheckResult versions(const Pair& pair)
{
    const HostFacts& s = *pair.e.source.reading->facts;
    const HostFacts& d = *pair.e.destination.reading->facts;
    if (s.hypervisor != d.hypervisor)
        return result(
            "versions", Severity::Error,
            Text::tr("%1 runs %2, %3 runs %4").arg(pair.here, s.hypervisor, pair.there, d.hypervisor));
    Findings findings;
    const auto older = [&](quint64 from, quint64 to, const QString& what) {
        if (from > 0 && to > 0 && to < from)
            findings.add(Severity::Warning,
                         Text::tr("%1 on %2 is older: %3, on %4 %5")
                             .arg(what, pair.there, versionText(to), pair.here, versionText(from)),
                         Text::tr("Bring %1 up to date").arg(pair.there));
    };
    older(s.hypervisorVersion, d.hypervisorVersion, d.hypervisor);
    older(s.libvirtVersion, d.libvirtVersion, QStringLiteral("libvirt"));
    if (!s.machines.isEmpty() && !d.machines.isEmpty()) {
        QStringList missing;
        std::copy_if(s.machines.begin(), s.machines.end(), std::back_inserter(missing),
                     [&](const QString& machine) { return !d.machines.contains(machine); });
        if (!missing.isEmpty())
            findings.add(Severity::Warning,
                         Text::tr("%1 does not know %2 machine types of %3: %4")
                             .arg(pair.there)
                             .arg(missing.size())
                             .arg(pair.here, missing.mid(0, 4).join(QStringLiteral(", "))),
                         Text::tr("Instances with another machine type can go there"));
    }
    return findings.answer("versions", Text::tr("%1 %2 and libvirt %3, not older than %4")
                                           .arg(d.hypervisor, versionText(d.hypervisorVersion),
                                                versionText(d.libvirtVersion), pair.here));
}

CheckResult cpu(const Pair& pair)
{
    const QString model = pair.e.sourceSurvey != nullptr ? pair.e.sourceSurvey->cpuModel : QString();
    if (!pair.e.cpu || pair.e.cpu->answer == CpuComparison::Answer::Unknown)
        return result("cpu", Severity::Warning,
                      Text::tr("Whether %1 can give the CPU of %2 is not known%3")
                          .arg(pair.there, pair.here,
                               pair.e.cpu && !pair.e.cpu->reason.isEmpty()
                                   ? QStringLiteral(": ") + pair.e.cpu->reason
                                   : QString()));
    if (pair.e.cpu->answer == CpuComparison::Answer::Compatible)
        return result("cpu", Severity::Pass,
                      Text::tr("%1 can give every CPU of %2 (%3)").arg(pair.there, pair.here, model));
    return result(
        "cpu", Severity::Warning,
        pair.e.cpu->missing.isEmpty()
            ? Text::tr("%1 cannot give the whole CPU of %2 (%3)").arg(pair.there, pair.here, model)
            : Text::tr("%1 lacks of the CPU of %2 (%3): %4")
                  .arg(pair.there, pair.here, model, pair.e.cpu->missing.join(QStringLiteral(", "))),
        Text::tr("Give instances that move between them a CPU model that both have"));
}

CheckResult channel(const Pair& pair)
{
    const Result<QString> peer = peerUriOf(pair.e.destination.config);
    if (!peer)
        return result("channel", Severity::Error, peer.error().message,
                      Text::tr("Set peer_uri of %1 in the fleet file to a URI that %2's daemon can open")
                          .arg(pair.there, pair.here));
    if (!pair.e.channel)
        return result("channel", Severity::Warning,
                      Text::tr("Whether the daemon of %1 reaches that of %2 could not be tried")
                          .arg(pair.here, pair.there));
    const ChannelEvidence& found = *pair.e.channel;
    switch (found.daemon) {
    case ChannelEvidence::Daemon::Failed:
        return result("channel", Severity::Error,
                      Text::tr("The daemon of %1 cannot reach %2 (%3): %4")
                          .arg(pair.here, pair.there, *peer, found.daemonReason),
                      checks::channelRemedy(found.daemonReason, pair.here, pair.there));
    case ChannelEvidence::Daemon::NoAnswer:
        return result("channel", Severity::Error,
                      Text::tr("The daemon of %1 gets no answer from %2 (%3): what it sends is swallowed")
                          .arg(pair.here, pair.there, *peer),
                      checks::channelRemedy({}, pair.here, pair.there));
    case ChannelEvidence::Daemon::Unknown:
        return result("channel", Severity::Warning,
                      Text::tr("Whether the daemon of %1 reaches that of %2 is not known: %3")
                          .arg(pair.here, pair.there, found.daemonReason));
    case ChannelEvidence::Daemon::Reached:
        break;
    }
    switch (found.port) {
    case ChannelEvidence::Port::NoAnswer:
        return result("channel", Severity::Error,
                      Text::tr("%1 reaches the daemon of %2, but what it sends to its migration port %3 is "
                               "swallowed")
                          .arg(pair.here, pair.there, found.portAddress),
                      Text::tr("Open TCP ports 49152 to 49215 of %1 for %2").arg(pair.there, pair.here));
    case ChannelEvidence::Port::Failed:
        return result("channel", Severity::Error,
                      Text::tr("%1 reaches the daemon of %2, but not its migration port: %3")
                          .arg(pair.here, pair.there, found.portReason),
                      Text::tr("Open the way from %1 to %2").arg(pair.here, pair.there));
    case ChannelEvidence::Port::NotTried:
        return result("channel", Severity::Info,
                      Text::tr("The daemon of %1 reaches %2; the migration ports were not tried: guests are "
                               "arriving there")
                          .arg(pair.here, *peer));
    case ChannelEvidence::Port::Reachable:
        break;
    }
    return result("channel", Severity::Pass,
                  Text::tr("The daemon of %1 reaches %2, and %3").arg(pair.here, *peer, found.portAddress));
}

CheckResult encryption(const Pair& pair)
{
    const ChannelEvidence found = pair.e.channel.value_or(ChannelEvidence{});
    if (found.tlsAtSource == std::optional(true) && found.tlsAtDestination == std::optional(true))
        return result("encryption", Severity::Pass,
                      Text::tr("Both have certificates: memory can be encrypted"));
    for (const auto& [has, host] :
         {std::pair(found.tlsAtSource, pair.here), std::pair(found.tlsAtDestination, pair.there)}) {
        if (has == std::optional(false))
            return result(
                "encryption", Severity::Warning,
                Text::tr("%1 has no certificates: memory crosses the network in the clear").arg(host),
                Text::tr("Put certificates into /etc/pki/qemu on %1").arg(host));
    }
    return result(
        "encryption", Severity::Info,
        Text::tr("Whether both have certificates for encrypted memory shows only when a move asks for it"));
}

CheckResult storage(const Pair& pair)
{
    QStringList common;
    QStringList onlyHere;
    for (const StoragePool& pool : pair.e.source.reading->pools) {
        if (!pool.active)
            continue;
        const std::vector<StoragePool>& others = pair.e.destination.reading->pools;
        const bool both = std::any_of(others.begin(), others.end(), [&](const StoragePool& other) {
            return other.active && other.type == pool.type &&
                   (pool.targetPath.isEmpty() ? other.name == pool.name
                                              : other.targetPath == pool.targetPath);
        });
        (both ? common : onlyHere).append(pool.targetPath.isEmpty() ? pool.name : pool.targetPath);
    }
    if (common.isEmpty())
        return result(
            "storage", Severity::Warning,
            Text::tr("No storage pool of %1 has its like on %2: disks in files can neither be shared "
                     "nor be copied there by libvirt")
                .arg(pair.here, pair.there),
            Text::tr("Define and start a pool with the same target path on %1").arg(pair.there));
    if (!onlyHere.isEmpty())
        return result(
            "storage", Severity::Info,
            Text::tr("Both have %1; only %2 has %3")
                .arg(common.join(QStringLiteral(", ")), pair.here, onlyHere.join(QStringLiteral(", "))),
            Text::tr("Define and start pools for these paths on %1").arg(pair.there));
    return result("storage", Severity::Pass,
                  Text::tr("Both have pools at %1; whether one is shared is proven for each instance")
                      .arg(common.join(QStringLiteral(", "))));
}

CheckResult network(const Pair& pair)
{
    const HostSurvey* s = pair.e.sourceSurvey;
    const HostSurvey* d = pair.e.destinationSurvey;
    if (s == nullptr || d == nullptr || (!s->networks && !s->bridges) || (!d->networks && !d->bridges))
        return result("network", Severity::Warning,
                      Text::tr("The networks of %1 and %2 are not both known").arg(pair.here, pair.there));
    Findings findings;
    int common = 0;
    for (const NetworkFacts& net : s->networks.value_or(std::vector<NetworkFacts>{})) {
        const std::vector<NetworkFacts> others = d->networks.value_or(std::vector<NetworkFacts>{});
        const auto other = std::find_if(others.begin(), others.end(),
                                        [&](const NetworkFacts& n) { return n.name == net.name; });
        if (!net.active)
            continue;
        if (other == others.end())
            findings.add(Severity::Warning, Text::tr("%1 has no network %2").arg(pair.there, net.name),
                         Text::tr("Define it there, or move no instance that uses it"));
        else if (!other->active)
            findings.add(Severity::Warning,
                         Text::tr("Network %1 is not active on %2").arg(net.name, pair.there),
                         Text::tr("Start it there"));
        else if (other->bridge != net.bridge)
            findings.add(Severity::Warning,
                         Text::tr("Network %1 is bridge %2 on %3 and %4 on %5")
                             .arg(net.name, net.bridge, pair.here, other->bridge, pair.there));
        else
            ++common;
    }
    for (const QString& bridge : s->bridges.value_or(QStringList())) {
        if (!d->bridges || d->bridges->contains(bridge))
            ++common;
        else
            findings.add(Severity::Warning, Text::tr("%1 has no bridge %2").arg(pair.there, bridge),
                         Text::tr("Make it there, or move no instance that uses it"));
    }
    return findings.answer("network", common == 0 ? Text::tr("%1 has no networks or bridges").arg(pair.here)
                                                  : Text::tr("%1 has all %2 networks and bridges of %3")
                                                        .arg(pair.there)
                                                        .arg(common)
                                                        .arg(pair.here));
}

CheckResult clock(const Pair& pair)
{
    const HostSurvey* s = pair.e.sourceSurvey;
    const HostSurvey* d = pair.e.destinationSurvey;
    if (s == nullptr || d == nullptr || !s->clockAhead || !d->clockAhead)
        return result("clock", Severity::Info,
                      Text::tr("The clocks of %1 and %2 could not be compared: it takes a pool on each")
                          .arg(pair.here, pair.there));
    const Milliseconds apart(std::abs((*s->clockAhead - *d->clockAhead).count()));
    const Milliseconds doubt = s->clockDoubt + d->clockDoubt;
    const QString words =
        Text::tr("Clocks differ by %1, give or take %2").arg(formatDuration(apart), formatDuration(doubt));
    if (apart > clockTolerance + doubt)
        return result("clock", Severity::Warning, words, Text::tr("Set both hosts by one time server"));
    return result("clock", Severity::Pass, words);
}

CheckResult permission(const Pair& pair)
{
    for (const Host* host : {&pair.e.source, &pair.e.destination}) {
        if (host->config.readOnly || host->reading->facts->readOnly)
            return result("permission", Severity::Error,
                          Text::tr("%1 is connected read-only").arg(host->id().value),
                          Text::tr("Connect it with the right to change things"));
    }
    if (pair.e.channel && pair.e.channel->denied)
        return result("permission", Severity::Error,
                      Text::tr("%1 does not allow this connection to migrate").arg(pair.here),
                      Text::tr("Ask for the right to define and migrate instances there"));
    return result("permission", Severity::Pass, Text::tr("Both connections may change things"));
}

CheckResult probe(const Pair& pair)
{
    if (!pair.e.probe)
        return result("probe", Severity::Error,
                      Text::tr("The throw-away instance could not be started on %1: %2")
                          .arg(pair.here, pair.e.probeError));
    const ProbeMove& move = *pair.e.probe;
    const QString left =
        move.left.isEmpty()
            ? QString()
            : Text::tr("; could not be removed: %1").arg(move.left.join(QStringLiteral(", ")));
    if (!move.arrived)
        return result("probe", Severity::Error,
                      Text::tr("A throw-away instance did not get from %1 to %2: %3%4")
                          .arg(pair.here, pair.there, move.error, left));
    const QString speed = move.rate ? Text::tr("its disk at %1").arg(formatRate(*move.rate))
                                    : Text::tr("speed not measured: %1").arg(move.rateReason);
    const QString words =
        Text::tr("A throw-away instance moved in %1, %2%3").arg(formatDuration(move.total), speed, left);
    return result("probe", move.left.isEmpty() ? Severity::Pass : Severity::Warning, words);
}

} // namespace

std::vector<CheckResult> examinePair(const PairEvidenceOfHosts& evidence)
{
    const Pair pair{evidence};
    std::vector<CheckResult> found{hosts(pair)};
    if (!evidence.source.isUp() || !evidence.destination.isUp())
        return found; // nothing else can be known
    for (const auto& look : {versions, cpu, channel, encryption, storage, network, clock, permission})
        found.push_back(look(pair));
    if (evidence.probe || !evidence.probeError.isEmpty())
        found.push_back(probe(pair));
    return found;
}

HostVerdict::Level pairVerdict(const std::vector<CheckResult>& checks)
{
    Severity worst = Severity::Pass;
    for (const CheckResult& check : checks)
        worst = std::max(worst, check.severity);
    if (worst == Severity::Error)
        return HostVerdict::Level::Cannot;
    return worst == Severity::Warning ? HostVerdict::Level::Warning : HostVerdict::Level::Fits;
}

QString pairReason(const std::vector<CheckResult>& checks)
{
    const auto worst =
        std::max_element(checks.begin(), checks.end(),
                         [](const CheckResult& a, const CheckResult& b) { return a.severity < b.severity; });
    if (worst == checks.end() || worst->severity < Severity::Warning)
        return Text::tr("Ready: nothing stands in the way");
    return worst->message;
}

} // namespace drover
