// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

namespace drover::checks {
namespace {

using Kind = Device::Kind;

void lookAtDevice(const CheckContext& context, const Device& device, Findings& findings)
{
    const QString here = context.source.id().value;
    const QString there = context.destination.id().value;
    // What ties a running guest does not tie a definition: but it will not start without it.
    const bool live = isLive(context.kind);
    const Severity blocks = live ? Severity::Error : Severity::Warning;
    const QString detach = Text::tr("Detach it before the move, or move the instance shut off");
    switch (device.kind) {
    case Kind::Pci:
    case Kind::Mediated:
    case Kind::ScsiHost:
    case Kind::Vdpa:
        findings.add(blocks, Text::tr("%1: it is part of %2 and does not move").arg(device.text, here),
                     detach);
        return;
    case Kind::PciTeamed:
        findings.add(Severity::Info, Text::tr("%1: let go for the move, by its teaming").arg(device.text));
        return;
    case Kind::Usb:
        findings.add(Severity::Warning,
                     Text::tr("%1: on %2 the guest finds another device, or none").arg(device.text, there),
                     detach);
        return;
    case Kind::Virtiofs:
        findings.add(blocks, Text::tr("%1: libvirt does not move a guest with virtiofs").arg(device.text),
                     detach);
        return;
    case Kind::Plan9:
        findings.add(
            Severity::Warning,
            Text::tr("%1: moves only while the guest has not mounted it, and where %2 has that folder")
                .arg(device.text, there),
            Text::tr("Unmount it in the guest"));
        return;
    case Kind::SharedMemory:
        if (device.detail != QLatin1String("master"))
            findings.add(blocks, Text::tr("%1: as a peer it cannot move").arg(device.text), detach);
        return;
    case Kind::Socket:
    case Kind::File:
        findings.add(
            Severity::Warning,
            Text::tr("%1: its folder has to exist on %2 too, which nothing shows").arg(device.text, there),
            Text::tr("Make the folder on %1").arg(there));
        return;
    case Kind::HostCharacter:
        findings.add(blocks, Text::tr("%1: it is a device of %2").arg(device.text, here), detach);
        return;
    case Kind::Tpm:
        if (device.detail == QLatin1String("passthrough"))
            findings.add(blocks, Text::tr("%1: it is the chip of %2").arg(device.text, here), detach);
        else
            findings.add(
                Severity::Warning,
                Text::tr("%1: its state lies on %2 and travels only with a recent hypervisor, or on shared "
                         "storage")
                    .arg(device.text, here),
                Text::tr("Keep a copy of what the TPM protects"));
        return;
    case Kind::LaunchSecurity:
        findings.add(blocks, Text::tr("%1: such memory cannot be read, and so not moved").arg(device.text),
                     Text::tr("Move the instance shut off"));
        return;
    case Kind::TransientDisk:
        findings.add(blocks, Text::tr("%1: libvirt does not move a guest with one").arg(device.text), detach);
        return;
    case Kind::Nvram:
        findings.add(
            Severity::Info,
            device.detail.isEmpty()
                ? Text::tr("Its firmware variables travel with it")
                : Text::tr("Its firmware variables travel with it; the template %1 has to exist on %2")
                      .arg(device.detail, there));
        return;
    case Kind::RedirectedUsb:
    case Kind::Other:
        return;
    }
}

void lookAtFirmware(const CheckContext& context, Findings& findings)
{
    const QString loader = context.instance.domain.definition->loader;
    const std::shared_ptr<const HostDetails>& details = context.evidence.destination;
    if (loader.isEmpty() || details == nullptr || !details->loaders || details->loaders->contains(loader))
        return;
    findings.add(Severity::Warning,
                 Text::tr("%1 does not list the firmware %2").arg(context.destination.id().value, loader),
                 Text::tr("Install the same firmware package on %1").arg(context.destination.id().value));
}

void lookAtDisplays(const CheckContext& context, Findings& findings)
{
    for (const QString& listen : context.instance.domain.definition->graphicsAddresses) {
        const bool everywhere = listen == QLatin1String("0.0.0.0") || listen == QLatin1String("::") ||
                                listen == QLatin1String("::1") || listen == QLatin1String("localhost") ||
                                listen.startsWith(QLatin1String("127.")) || listen.isEmpty();
        if (!everywhere)
            findings.add(
                Severity::Warning,
                Text::tr("Its display listens on %1, which is an address of %2; on %3 the guest does not "
                         "start if that has no such address")
                    .arg(listen, context.source.id().value, context.destination.id().value),
                Text::tr("Let the display listen on 0.0.0.0 or 127.0.0.1"));
    }
}

/// Answers to say what the source holds for the instance; the checkpoints it has would be lost.
int lookAtHoldings(const CheckContext& context, Findings& findings)
{
    const QString here = context.source.id().value;
    const std::shared_ptr<const HostDetails>& details = context.evidence.source;
    if (details == nullptr) {
        if (context.evidence.complete)
            findings.add(Severity::Warning,
                         Text::tr("%1 did not say whether it has snapshots or a saved state").arg(here));
        else
            findings.pending(Text::tr("Checking snapshots and saved state on %1…").arg(here));
        return 0;
    }
    const GuestHoldings holds = details->guest.value_or(GuestHoldings{});
    if (holds.snapshots.value_or(0) > 0)
        findings.add(Severity::Error,
                     Text::tr("It has %n snapshot(s) on %1: libvirt moves no instance with snapshots",
                              nullptr, *holds.snapshots)
                         .arg(here),
                     Text::tr("Delete the snapshots' metadata first (virsh snapshot-delete --metadata)"));
    if (holds.managedSave.value_or(false))
        findings.add(Severity::Error,
                     Text::tr("It has a saved state on %1, which would stay there and be lost").arg(here),
                     Text::tr("Start it, or discard the state (virsh managedsave-remove)"));
    if (!holds.blockJobs.isEmpty() && isLive(context.kind))
        findings.add(Severity::Error,
                     Text::tr("A job works on its disk %1").arg(holds.blockJobs.join(QStringLiteral(", "))),
                     Text::tr("Wait for it to end, or abort it (virsh blockjob --abort)"));
    if (holds.checkpoints.value_or(0) > 0)
        findings.add(Severity::Warning,
                     Text::tr("It has %n checkpoint(s) on %1, which are lost: the next backup is a full one",
                              nullptr, *holds.checkpoints)
                         .arg(here));
    if (!holds.snapshots || !holds.checkpoints || !holds.managedSave)
        findings.add(
            Severity::Warning,
            Text::tr("%1 did not say whether it has snapshots, checkpoints or a saved state").arg(here));
    return holds.checkpoints.value_or(0);
}

} // namespace

CheckResult devices(const CheckContext& context)
{
    Findings findings;
    for (const Device& device : context.instance.domain.definition->devices)
        lookAtDevice(context, device, findings);
    lookAtDisplays(context, findings);
    lookAtFirmware(context, findings);
    const int checkpoints = lookAtHoldings(context, findings);
    CheckResult r =
        findings.answer("devices", Text::tr("Nothing ties it to %1").arg(context.source.id().value));
    r.losesData = checkpoints > 0;
    return r;
}

CheckResult nova(const CheckContext& context)
{
    const DomainDefinition& guest = *context.instance.domain.definition;
    if (guest.managedBy != QLatin1String("nova"))
        return result("nova", Severity::Pass, Text::tr("No other manager is known to own it"));
    const NovaFacts facts = guest.nova.value_or(NovaFacts{});
    QStringList known;
    if (!facts.name.isEmpty())
        known.append(facts.name);
    if (!facts.flavor.isEmpty())
        known.append(Text::tr("flavour %1").arg(facts.flavor));
    if (!facts.project.isEmpty())
        known.append(Text::tr("project %1").arg(facts.project));
    const QString name = known.isEmpty() ? guest.name : known.join(QStringLiteral(", "));
    const QString host =
        context.destination.reading && !context.destination.reading->facts->hostname.isEmpty()
            ? context.destination.reading->facts->hostname
            : context.destination.id().value;
    const QString command =
        context.instance.domain.isActive()
            ? QStringLiteral(
                  "openstack --os-compute-api-version 2.30 server migrate --live-migration --host %1 %2")
            : QStringLiteral("openstack --os-compute-api-version 2.56 server migrate --host %1 %2");
    CheckResult r =
        result("nova", Severity::Warning,
               Text::tr("OpenStack Nova manages it (%1): moved behind Nova's back, Nova's records are wrong")
                   .arg(name),
               Text::tr("Let Nova move it: %1").arg(command.arg(host, toString(context.instance.id))));
    r.needsAcknowledgement = true;
    return r;
}

} // namespace drover::checks
