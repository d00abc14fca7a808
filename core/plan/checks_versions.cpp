// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>

namespace drover::checks {
namespace {

QString numbers(const std::vector<int>& list)
{
    QStringList words;
    for (const int number : list)
        words.append(QString::number(number));
    return words.join(QStringLiteral(", "));
}

/// Whether the machine type is known there, by the host's own answer, else by its list.
MachineAnswer machineAt(const CheckContext& context)
{
    const std::shared_ptr<const HostDetails>& details = context.evidence.destination;
    if (details != nullptr && details->machine.known != MachineAnswer::Known::NotTold)
        return details->machine;
    const QStringList& machines = context.destination.reading->facts->machines;
    const QString machine = context.instance.domain.definition->machine;
    if (machine.isEmpty() || machines.isEmpty())
        return {};
    return {machines.contains(machine) ? MachineAnswer::Known::Yes : MachineAnswer::Known::No, {}};
}

void lookAtParts(const CheckContext& context, Findings& findings)
{
    const QString there = context.destination.id().value;
    const Placement& placement = context.instance.domain.definition->placement;
    const std::shared_ptr<const HostDetails>& details = context.evidence.destination;
    if (!placement.hostCpus.empty()) {
        const int cpus = details != nullptr ? details->cpus.value_or(context.destination.reading->facts->cpus)
                                            : context.destination.reading->facts->cpus;
        std::vector<int> missing;
        std::copy_if(placement.hostCpus.begin(), placement.hostCpus.end(), std::back_inserter(missing),
                     [cpus](int cpu) { return cpu >= cpus; });
        if (cpus > 0 && !missing.empty())
            findings.add(Severity::Error,
                         Text::tr("It is pinned to host CPU %1, and %2 has %3 CPUs")
                             .arg(numbers(missing), there)
                             .arg(cpus),
                         Text::tr("Change its pins, or choose a host with more CPUs"));
    }
    if (placement.hostNodes.empty())
        return;
    if (details == nullptr || !details->cells) {
        if (context.evidence.complete)
            findings.add(Severity::Warning,
                         Text::tr("It is bound to NUMA node %1, and %2 did not say which it has")
                             .arg(numbers(placement.hostNodes), there));
        else
            findings.pending(Text::tr("Checking the NUMA nodes of %1…").arg(there));
        return;
    }
    std::vector<int> missing;
    for (const int node : placement.hostNodes) {
        if (std::none_of(details->cells->begin(), details->cells->end(),
                         [node](const NumaCell& cell) { return cell.id == node; }))
            missing.push_back(node);
    }
    if (!missing.empty())
        findings.add(
            Severity::Error,
            Text::tr("It is bound to NUMA node %1, which %2 does not have").arg(numbers(missing), there),
            Text::tr("Change its NUMA settings, or choose another host"));
}

} // namespace

CheckResult versions(const CheckContext& context)
{
    const QString here = context.source.id().value;
    const QString there = context.destination.id().value;
    if (!context.source.reading || !context.destination.reading)
        return result(
            "versions", Severity::Warning,
            Text::tr("The versions of %1 are not known").arg(context.source.reading ? there : here));
    const HostFacts& s = *context.source.reading->facts;
    const HostFacts& d = *context.destination.reading->facts;
    if (!s.hypervisor.isEmpty() && !d.hypervisor.isEmpty() && s.hypervisor != d.hypervisor)
        return result("versions", Severity::Error,
                      Text::tr("%1 runs %2, %3 runs %4: an instance cannot go from one to the other")
                          .arg(here, s.hypervisor, there, d.hypervisor));
    const DomainDefinition& guest = *context.instance.domain.definition;
    Findings findings;
    const MachineAnswer machine = machineAt(context);
    if (machine.known == MachineAnswer::Known::No)
        findings.add(Severity::Error,
                     machine.reason.isEmpty()
                         ? Text::tr("%1 does not know the machine type %2").arg(there, guest.machine)
                         : Text::tr("%1 cannot run this machine: %2").arg(there, machine.reason),
                     Text::tr("Choose a host whose hypervisor is as new as that of %1").arg(here));
    lookAtParts(context, findings);
    const auto older = [&](quint64 from, quint64 to, const QString& what) {
        if (from > 0 && to > 0 && to < from)
            findings.add(Severity::Warning,
                         Text::tr("%1 on %2 is older: %3, on %4 %5")
                             .arg(what, there, versionText(to), here, versionText(from)),
                         Text::tr("Bring %1 up to date").arg(there));
    };
    older(s.hypervisorVersion, d.hypervisorVersion, d.hypervisor);
    older(s.libvirtVersion, d.libvirtVersion, QStringLiteral("libvirt"));
    if (machine.known == MachineAnswer::Known::NotTold && context.evidence.complete &&
        !guest.machine.isEmpty())
        findings.add(
            Severity::Warning,
            Text::tr("%1 did not say whether it knows the machine type %2").arg(there, guest.machine));
    return findings.answer(
        "versions", guest.machine.isEmpty()
                        ? Text::tr("%1 is not older than %2").arg(there, here)
                        : Text::tr("%1 is not older than %2, and knows %3").arg(there, here, guest.machine));
}

namespace {

/// What the destination's CPU has that the source cannot give, after a restart there.
void lookAtWayBack(const CheckContext& context, Findings& findings)
{
    const std::shared_ptr<const HostDetails>& s = context.evidence.source;
    const std::shared_ptr<const HostDetails>& d = context.evidence.destination;
    // A guest with a CPU model of its own keeps it through a restart: it can go back where it ran.
    if (s == nullptr || d == nullptr || !s->guest || s->guest->nextCpuMode != QLatin1String("host-model"))
        return;
    if (!s->hostModel || !d->hostModel || s->hostModel->features.isEmpty() ||
        d->hostModel->features.isEmpty()) {
        if (context.evidence.complete)
            findings.add(
                Severity::Warning,
                Text::tr("Its CPU follows the host; whether it could return to %1 after a restart on %2 "
                         "is not known")
                    .arg(context.source.id().value, context.destination.id().value));
        return;
    }
    QStringList lacking;
    for (const QString& feature : d->hostModel->features) {
        if (!std::binary_search(s->hostModel->features.begin(), s->hostModel->features.end(), feature))
            lacking.append(feature);
    }
    if (!lacking.isEmpty())
        findings.add(
            Severity::Warning,
            Text::tr("One-way: its CPU follows the host; once restarted on %1 it cannot return to %2, which "
                     "lacks %3")
                .arg(context.destination.id().value, context.source.id().value,
                     lacking.join(QStringLiteral(", "))),
            Text::tr("Give the instance a CPU model that both hosts have"));
}

} // namespace

CheckResult cpu(const CheckContext& context)
{
    const QString destination = context.destination.id().value;
    if (!isLive(context.kind))
        return result("cpu", Severity::Pass, Text::tr("Shut off: its CPU is chosen when it starts"));
    if (context.instance.domain.definition->cpuMode == QLatin1String("maximum"))
        return result(
            "cpu", Severity::Warning,
            Text::tr("Its CPU is \"maximum\": libvirt compares nothing, and what %1 lacks vanishes under "
                     "the running guest")
                .arg(destination),
            Text::tr("Give the instance a CPU model that both hosts have"));
    const std::optional<CpuComparison>& asked = context.evidence.cpu;
    if (!asked) {
        CheckResult r =
            context.evidence.complete
                ? result("cpu", Severity::Warning,
                         Text::tr("%1 did not say whether it can run this CPU").arg(destination))
                : result("cpu", Severity::Pass, Text::tr("Checking the CPU on %1…").arg(destination));
        r.pending = !context.evidence.complete;
        return r;
    }
    if (asked->answer == CpuComparison::Answer::Incompatible)
        return result(
            "cpu", Severity::Error,
            asked->missing.isEmpty() ? Text::tr("%1 cannot run this CPU: %2").arg(destination, asked->reason)
                                     : Text::tr("%1 lacks CPU features: %2")
                                           .arg(destination, asked->missing.join(QStringLiteral(", "))),
            Text::tr("Choose a host with these features, or give the instance a CPU model both have"));
    Findings findings;
    if (asked->answer == CpuComparison::Answer::Unknown)
        findings.add(
            Severity::Warning,
            asked->reason.isEmpty()
                ? Text::tr("%1 cannot tell whether it runs this CPU").arg(destination)
                : Text::tr("%1 cannot tell whether it runs this CPU: %2").arg(destination, asked->reason));
    lookAtWayBack(context, findings);
    return findings.answer("cpu", Text::tr("%1 can run this CPU").arg(destination));
}

} // namespace drover::checks
