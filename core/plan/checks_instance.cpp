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

/// Hosts of the fleet that do not answer, without the two that are asked anyway; a few of them by name.
QStringList silentHosts(const CheckContext& context)
{
    constexpr qsizetype mostNamed = 3;
    QStringList silent;
    for (const auto& host : context.inventory.hosts()) {
        if (!host->isUp() && host->duplicateOf.isEmpty() && host->id() != context.source.id() &&
            host->id() != context.destination.id())
            silent.append(host->id().value);
    }
    if (const qsizetype more = silent.size() - mostNamed; more > 0)
        silent = silent.mid(0, mostNamed) << Text::tr("%1 more hosts").arg(more);
    return silent;
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
    if (context.kind == MigrationKind::Cold && !instance.domain.status.persistent)
        return result("state", Severity::Error,
                      Text::tr("%1 is transient: shut down for a cold move it would be gone").arg(name),
                      Text::tr("Define it on %1 first, or move it while it runs").arg(source));
    if (context.kind == MigrationKind::Offline) {
        if (power != PowerState::ShutOff)
            return result(
                "state", Severity::Error,
                Text::tr("%1 is %2: an offline move needs it shut off").arg(name, powerStateName(power)),
                Text::tr("Shut it down first, or move it live"));
        // No answer is no proof of off: what is shut off here may be what another host has left behind.
        if (const QStringList silent = silentHosts(context); !silent.isEmpty()) {
            CheckResult r =
                result("state", Severity::Warning,
                       Text::tr("%1 is shut off on %2, but whether it runs on %3 is not known: no answer "
                                "from there")
                           .arg(name, source, silent.join(QStringLiteral(", "))),
                       Text::tr("Wait until every host answers, or accept it if it cannot be there"));
            r.needsAcknowledgement = true;
            return r;
        }
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

} // namespace drover::checks
