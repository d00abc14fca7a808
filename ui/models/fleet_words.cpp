// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/fleet_words.h"

#include "core/job/job_sample.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace drover {

namespace {

QString tr(const char* text, int n = -1)
{
    return QCoreApplication::translate("FleetWords", text, nullptr, n);
}

/// In whole seconds, at least one: a silence is never "0 ms".
QString silentFor(const Host& host, Instant now)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now - *host.lastAnswer);
    return formatDuration(std::max(seconds, std::chrono::seconds(1)));
}

QString silence(const Host& host, Instant now)
{
    return host.lastAnswer ? tr("no answer for %1").arg(silentFor(host, now)) : tr("no answer yet");
}

QString withReason(const QString& state, const QString& reason)
{
    return reason.isEmpty() ? state : tr("%1: %2").arg(state, reason);
}

} // namespace

namespace words {

QString hostState(const Host& host, Instant now)
{
    if (!host.duplicateOf.isEmpty())
        return tr("the same machine as %1").arg(host.duplicateOf);
    switch (host.connection) {
    case ConnectionState::Connecting:
        return tr("connecting");
    case ConnectionState::Down:
        return silence(host, now);
    case ConnectionState::Up:
        break;
    }
    const ServiceRecord service = host.service();
    switch (service.state) {
    case ServiceState::Enabled:
        return tr("up");
    case ServiceState::Disabled:
        return withReason(tr("closed"), service.reason);
    case ServiceState::Maintenance:
        return withReason(tr("maintenance"), service.reason);
    }
    return {};
}

QString hostCorner(const Host& host, int count, Instant now)
{
    if (!host.duplicateOf.isEmpty())
        return hostState(host, now);
    switch (host.connection) {
    case ConnectionState::Connecting:
        return tr("connecting…");
    case ConnectionState::Down:
        return host.lastAnswer ? tr("last seen %1").arg(hostAge(host, now)) : tr("no answer yet");
    case ConnectionState::Up:
        break;
    }
    if (host.service().state != ServiceState::Enabled)
        return hostState(host, now);
    const QString text = instances(count);
    // Fresh data need no remark; older ones do.
    if (host.lastAnswer && now - *host.lastAnswer >= Milliseconds(4000))
        return tr("%1 · %2").arg(text, hostAge(host, now));
    return text;
}

QString silentHost(const Host& host, int count, Instant now)
{
    if (!host.lastAnswer)
        return host.error.message.isEmpty() ? tr("No answer from here yet.") : host.error.message;
    const QString age = silentFor(host, now);
    if (count == 0)
        return tr("No answer from here for %1.").arg(age);
    return count == 1
               ? tr("No answer from here for %1. Its instance may still be running.").arg(age)
               : tr("No answer from here for %1. Its %2 instances may still be running.").arg(age).arg(count);
}

QString hostAge(const Host& host, Instant now)
{
    return host.lastAnswer ? formatAge(now - *host.lastAnswer) : unknownMark();
}

QString instances(int count)
{
    return count == 1 ? tr("1 instance") : tr("%1 instances").arg(count);
}

QString powerState(PowerState state)
{
    switch (state) {
    case PowerState::Running:
        return tr("running");
    case PowerState::Paused:
        return tr("paused");
    case PowerState::ShuttingDown:
        return tr("shutting down");
    case PowerState::ShutOff:
        return tr("shut off");
    case PowerState::Crashed:
        return tr("crashed");
    case PowerState::Suspended:
        return tr("suspended");
    case PowerState::Unknown:
        return unknownMark();
    }
    return unknownMark();
}

QString task(const Instance& instance, const Job* job)
{
    if (instance.inConflict())
        return tr("on two hosts");
    if (job != nullptr && !isEnded(job->state)) {
        if (job->state == JobState::Queued)
            return tr("waits for → %1").arg(job->destination.value);
        const auto progress = progressOf(job);
        return progress ? tr("→ %1, %2 %").arg(job->destination.value).arg(std::floor(*progress))
                        : tr("→ %1").arg(job->destination.value);
    }
    if (!instance.movingTo.value.isEmpty())
        return tr("→ %1").arg(instance.movingTo.value);
    return instance.isMoving() ? tr("leaving") : QString();
}

QString zoneName(const QString& zone)
{
    return zone.isEmpty() ? tr("no zone") : zone;
}

QString versions(const Host& host)
{
    if (!host.reading)
        return unknownMark();
    const HostFacts& facts = *host.reading->facts;
    return tr("%1 %2, libvirt %3")
        .arg(facts.hypervisor, versionText(facts.hypervisorVersion), versionText(facts.libvirtVersion));
}

} // namespace words

const Place* placeAt(const Instance& instance, const HostId& host)
{
    for (const Place& place : instance.places) {
        if (place.host == host)
            return &place;
    }
    return nullptr;
}

Bytes tileMemory(const Instance& instance)
{
    const Bytes now = instance.domain.status.memory;
    return now.value > 0 ? now : instance.domain.definition->maxMemory;
}

std::optional<double> progressOf(const Job* job)
{
    if (job == nullptr || isEnded(job->state) || job->state == JobState::Queued)
        return {};
    return job->last.progress;
}

} // namespace drover
