// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>

namespace drover::checks {
namespace {

const DomainPresence* presenceOf(const std::optional<std::vector<DomainPresence>>& list, const InstanceId& id)
{
    if (!list)
        return nullptr;
    const auto it =
        std::find_if(list->begin(), list->end(), [&](const DomainPresence& p) { return p.id == id; });
    return it == list->end() ? nullptr : &*it;
}

bool running(PowerState state)
{
    return state == PowerState::Running || state == PowerState::Paused;
}

} // namespace

CheckResult state(const CheckContext& context)
{
    const Instance& instance = context.instance;
    const QString name = instance.name();
    const QString source = context.source.id().value;
    if (instance.inConflict())
        return result("state", Severity::Error, Text::tr("%1 runs on two hosts at once").arg(name),
                      Text::tr("Settle which one is right before anything else"));
    PowerState power = instance.domain.status.state;
    bool busy = instance.isMoving();
    bool runsThere = false;
    if (context.evidence.atSource) { // asked just now: newer than the snapshot
        const DomainPresence* now = presenceOf(context.evidence.atSource, instance.id);
        if (now == nullptr)
            return result("state", Severity::Error, Text::tr("%1 is no longer on %2").arg(name, source),
                          Text::tr("Look where it is now and choose again"));
        power = now->state;
        busy = busy || now->jobActive;
        runsThere = running(power);
    }
    // A definition that was left behind must not stand for the instance, which is elsewhere.
    if (instance.host != context.source.id() && !runsThere && !busy)
        return result("state", Severity::Error,
                      Text::tr("%1 is on %2, not on %3").arg(name, instance.host.value, source),
                      Text::tr("Look where it is now and choose again"));
    if (busy) {
        const QString message =
            instance.movingTo.value.isEmpty()
                ? Text::tr("%1 is busy with a migration or another job").arg(name)
                : Text::tr("%1 is being moved to %2 already").arg(name, instance.movingTo.value);
        return result("state", Severity::Error, message, Text::tr("Wait for it to end, or cancel it"));
    }
    if (context.kind == MigrationKind::LiveBlock || context.kind == MigrationKind::Cold)
        return result(
            "state", Severity::Error,
            Text::tr("The kind %1 is not available in this version").arg(migrationKindName(context.kind)),
            Text::tr("Use live for a running instance, offline for one that is shut off"));
    if (context.kind == MigrationKind::Offline) {
        if (power != PowerState::ShutOff)
            return result(
                "state", Severity::Error,
                Text::tr("%1 is %2: an offline move needs it shut off").arg(name, powerStateName(power)),
                Text::tr("Shut it down first, or move it live"));
        return result("state", Severity::Pass, Text::tr("%1 is shut off on %2").arg(name, source));
    }
    if (!running(power))
        return result(
            "state", Severity::Error,
            Text::tr("%1 is %2: a live move needs it running or paused").arg(name, powerStateName(power)),
            Text::tr("Start it first, or move it offline"));
    return result("state", Severity::Pass,
                  Text::tr("%1 is %2 on %3").arg(name, powerStateName(power), source));
}

CheckResult identity(const CheckContext& context)
{
    const Instance& instance = context.instance;
    const Host& destination = context.destination;
    const QString there = destination.id().value;
    std::vector<DomainPresence> found;
    if (context.evidence.atDestination) {
        found = *context.evidence.atDestination;
    } else if (destination.reading) {
        for (const Domain& domain : destination.reading->domains) {
            const DomainDefinition& d = *domain.definition;
            if (d.id == instance.id || d.name == instance.name())
                found.push_back({d.id, d.name, domain.status.state, domain.status.reason,
                                 domain.status.persistent, false});
        }
    }
    bool ownDefinition = false;
    for (const DomainPresence& other : found) {
        if (other.id != instance.id)
            return result("identity", Severity::Error,
                          Text::tr("%1 has another instance named %2 (UUID %3)")
                              .arg(there, other.name, toString(other.id)),
                          Text::tr("Rename one of the two"));
        if (other.name != instance.name())
            return result("identity", Severity::Error,
                          Text::tr("%1 has this UUID under another name, %2").arg(there, other.name),
                          Text::tr("Undefine %2 on %1 if it is a left-over").arg(there, other.name));
        if (other.state != PowerState::ShutOff)
            return result("identity", Severity::Error,
                          Text::tr("%1 is %2 on %3 too").arg(other.name, powerStateName(other.state), there),
                          Text::tr("Settle which one is right before anything else"));
        ownDefinition = true; // and go on: a worse one may follow
    }
    if (ownDefinition)
        return result("identity", Severity::Warning,
                      Text::tr("%1 already has a definition of %2, shut off; it is replaced by this one")
                          .arg(there, instance.name()));
    return result("identity", Severity::Pass, Text::tr("Nothing on %1 has this name or UUID").arg(there));
}

CheckResult storage(const CheckContext& context)
{
    const QString destination = context.destination.id().value;
    QStringList network;
    for (const Disk& disk : context.instance.domain.definition->disks) {
        switch (disk.storageClass) {
        case StorageClass::None:
            break;
        case StorageClass::Network:
            network.append(disk.target);
            break;
        case StorageClass::Shared: // only set where it was proven on both hosts
            break;
        case StorageClass::ReadOnly:
            if (context.kind != MigrationKind::Offline)
                return result("storage", Severity::Error,
                              Text::tr("%1 holds the medium %2, and nothing shows that %3 has it")
                                  .arg(disk.target, disk.source, destination),
                              Text::tr("Eject it before the move"));
            break;
        case StorageClass::Local:
        case StorageClass::Unknown:
            if (context.kind != MigrationKind::Offline)
                return result(
                    "storage", Severity::Error,
                    Text::tr("%1 (%2) lies in a file of %3; it is not proven that %4 sees the same file")
                        .arg(disk.target, disk.source, context.source.id().value, destination),
                    Text::tr("Use a network volume, which libvirt moves without a copy"));
            return result("storage", Severity::Error,
                          Text::tr("%1 (%2) would stay on %3: this version copies no disks")
                              .arg(disk.target, disk.source, context.source.id().value),
                          Text::tr("Copy the disk first, or keep the instance where it is"));
        }
    }
    if (network.isEmpty())
        return result("storage", Severity::Pass, Text::tr("No disk has to be copied"));
    return result(
        "storage", Severity::Pass,
        Text::tr("%1 on network storage: nothing is copied").arg(network.join(QStringLiteral(", "))));
}

CheckResult cpu(const CheckContext& context)
{
    const QString destination = context.destination.id().value;
    if (context.kind == MigrationKind::Offline)
        return result("cpu", Severity::Pass, Text::tr("Shut off: its CPU is chosen when it starts"));
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
    switch (asked->answer) {
    case CpuComparison::Answer::Compatible:
        return result("cpu", Severity::Pass, Text::tr("%1 can run this CPU").arg(destination));
    case CpuComparison::Answer::Incompatible:
        return result(
            "cpu", Severity::Error,
            asked->missing.isEmpty() ? Text::tr("%1 cannot run this CPU: %2").arg(destination, asked->reason)
                                     : Text::tr("%1 lacks CPU features: %2")
                                           .arg(destination, asked->missing.join(QStringLiteral(", "))),
            Text::tr("Choose a host with these features, or give the instance a CPU model both have"));
    case CpuComparison::Answer::Unknown:
        break;
    }
    return result(
        "cpu", Severity::Warning,
        asked->reason.isEmpty()
            ? Text::tr("%1 cannot tell whether it runs this CPU").arg(destination)
            : Text::tr("%1 cannot tell whether it runs this CPU: %2").arg(destination, asked->reason));
}

} // namespace drover::checks
