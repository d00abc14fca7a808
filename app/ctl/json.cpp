// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/json.h"

#include <algorithm>
#include <cmath>

namespace drover::ctl {
namespace {

using L = QLatin1String;

QJsonValue rounded(double value)
{
    return std::round(value * 1000.0) / 1000.0;
}

QJsonValue mib(Bytes bytes)
{
    return rounded(bytes.mib());
}

QJsonValue rateOrNull(const std::optional<Rate>& rate)
{
    return rate ? rounded(rate->mib()) : QJsonValue();
}

QJsonValue msOrNull(const std::optional<Milliseconds>& time)
{
    return time ? QJsonValue(static_cast<qint64>(time->count())) : QJsonValue();
}

QJsonValue bytesOrNull(const std::optional<Bytes>& bytes)
{
    return bytes ? QJsonValue(bytes->value) : QJsonValue();
}

QJsonValue timeOrNull(const QDateTime& time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODate)) : QJsonValue();
}

QJsonValue hostOrNull(const HostId& host)
{
    return textOrNull(host.value);
}

QJsonObject unknownResources()
{
    return {{L("vcpus"), QJsonValue()}, {L("memory_mib"), QJsonValue()}, {L("disk_gib"), QJsonValue()}};
}

/// What the disks of an instance hold; null where one of them does not say.
QJsonValue diskGib(const DomainDefinition& definition)
{
    Bytes sum;
    for (const Disk& disk : definition.disks) {
        if (disk.storageClass == StorageClass::ReadOnly || disk.storageClass == StorageClass::None)
            continue;
        if (!disk.capacity)
            return {};
        sum += *disk.capacity;
    }
    return rounded(sum.gib());
}

QJsonArray placesJson(const Instance& instance)
{
    QJsonArray places;
    for (const Place& place : instance.places) {
        places.append(QJsonObject{{L("host"), place.host.value},
                                  {L("state"), powerStateName(place.state)},
                                  {L("reason"), stateReasonName(place.reason)},
                                  {L("persistent"), place.persistent},
                                  {L("role"), placeRoleName(place.role)}});
    }
    return places;
}

QJsonArray disksJson(const DomainDefinition& definition)
{
    QJsonArray disks;
    for (const Disk& disk : definition.disks) {
        QJsonArray backing;
        for (const BackingImage& image : disk.backing)
            backing.append(QJsonObject{{L("source"), textOrNull(image.source)},
                                       {L("format"), textOrNull(image.format)}});
        disks.append(QJsonObject{{L("target"), disk.target},
                                 {L("source"), textOrNull(disk.source)},
                                 {L("format"), textOrNull(disk.format)},
                                 {L("class"), storageClassName(disk.storageClass)},
                                 {L("capacity_bytes"), bytesOrNull(disk.capacity)},
                                 {L("allocation_bytes"), bytesOrNull(disk.allocation)},
                                 {L("backing"), backing}});
    }
    return disks;
}

QJsonArray interfacesJson(const DomainDefinition& definition)
{
    QJsonArray interfaces;
    for (const Interface& interface : definition.interfaces) {
        interfaces.append(QJsonObject{{L("target"), textOrNull(interface.target)},
                                      {L("mac"), textOrNull(interface.mac)},
                                      {L("type"), textOrNull(interface.type)},
                                      {L("source"), textOrNull(interface.source)},
                                      {L("model"), textOrNull(interface.model)},
                                      {L("addresses"), QJsonArray()}});
    }
    return interfaces;
}

struct MoveCount
{
    int in = 0;
    int out = 0;
};

MoveCount movesAt(const Inventory& inventory, const HostId& host)
{
    MoveCount count;
    for (const Instance* instance : inventory.instancesAt(host)) {
        for (const Place& place : instance->places) {
            if (place.host != host)
                continue;
            count.in += place.role == PlaceRole::Incoming ? 1 : 0;
            count.out += place.role == PlaceRole::Outgoing ||
                                 (instance->domain.status.outgoing && instance->host == host)
                             ? 1
                             : 0;
        }
    }
    return count;
}

void addReading(QJsonObject& object, const Inventory& inventory, const Host& host, const MovesUnderWay& moves)
{
    if (!host.reading) {
        for (const char* name :
             {"hostname", "host_uuid", "hypervisor", "hypervisor_version", "libvirt_version", "cpu_model",
              "instances", "running", "projects", "migrations_in", "migrations_out"})
            object.insert(L(name), QJsonValue());
        for (const char* name : {"total", "effective_total", "used_now", "used_max", "free"})
            object.insert(L(name), unknownResources());
        return;
    }
    const HostFacts& facts = *host.reading->facts;
    object.insert(L("hostname"), textOrNull(facts.hostname));
    object.insert(L("host_uuid"), facts.hostUuid.isNull()
                                      ? QJsonValue()
                                      : QJsonValue(facts.hostUuid.toString(QUuid::WithoutBraces)));
    object.insert(L("hypervisor"), textOrNull(facts.hypervisor));
    object.insert(L("hypervisor_version"), facts.hypervisorVersion == 0
                                               ? QJsonValue()
                                               : QJsonValue(versionText(facts.hypervisorVersion)));
    object.insert(L("libvirt_version"),
                  facts.libvirtVersion == 0 ? QJsonValue() : QJsonValue(versionText(facts.libvirtVersion)));
    object.insert(L("cpu_model"), textOrNull(facts.cpuModel));
    const Capacity capacity = capacityOf(host, moves);
    object.insert(L("instances"), capacity.instances);
    object.insert(L("running"), capacity.running);
    object.insert(L("total"), resourcesJson(capacity.total));
    object.insert(L("effective_total"), resourcesJson(capacity.effective));
    object.insert(L("used_now"), resourcesJson(capacity.usedNow));
    object.insert(L("used_max"), resourcesJson(capacity.usedMax));
    object.insert(L("free"), resourcesJson(capacity.free));
    QJsonArray projects;
    for (const ProjectUse& use : capacity.projects) {
        QJsonObject project = resourcesJson(use.used);
        project.insert(L("project"), textOrNull(use.project));
        project.insert(L("instances"), use.instances);
        projects.append(project);
    }
    object.insert(L("projects"), projects);
    const MoveCount count = movesAt(inventory, host.id());
    object.insert(L("migrations_in"), count.in);
    object.insert(L("migrations_out"), count.out);
}

} // namespace

QJsonValue textOrNull(const QString& text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonObject errorJson(const Error& error)
{
    return {{L("code"), errorCodeName(error.code)},
            {L("message"), error.message},
            {L("detail"), textOrNull(error.detail)},
            {L("host"), textOrNull(error.host)},
            {L("instance"), textOrNull(error.instance)}};
}

QJsonObject resourcesJson(const Resources& resources)
{
    return {{L("vcpus"), rounded(resources.vcpus)},
            {L("memory_mib"), mib(resources.memory)},
            {L("disk_gib"), rounded(resources.disk.gib())}};
}

QJsonObject hostJson(const Inventory& inventory, const Host& host, const MovesUnderWay& moves, Instant now,
                     const Error* silent)
{
    const bool down = host.connection == ConnectionState::Down || silent != nullptr;
    const Error& why = silent != nullptr ? *silent : host.error;
    const bool known = host.reading != nullptr;
    const ServiceRecord service = host.service();
    const QString connection = connectionStateName(down ? ConnectionState::Down : host.connection);
    QJsonObject object{{L("name"), host.id().value},
                       {L("uri"), host.config.uri},
                       {L("zone"), textOrNull(host.config.zone)},
                       {L("connection"), connection},
                       {L("age_ms"), host.lastAnswer
                                         ? QJsonValue(static_cast<qint64>((now - *host.lastAnswer).count()))
                                         : QJsonValue()},
                       {L("error"), down ? QJsonValue(errorJson(why)) : QJsonValue()},
                       {L("service"), known ? QJsonValue(serviceStateName(service.state)) : QJsonValue()},
                       {L("service_reason"), textOrNull(service.reason)},
                       {L("service_by"), textOrNull(service.by)},
                       {L("service_since"), timeOrNull(service.since)},
                       {L("service_kept_on_host"), known ? QJsonValue(service.keptOnHost) : QJsonValue()},
                       {L("claimed_by"), known ? textOrNull(host.reading->claimedBy) : QJsonValue()},
                       {L("duplicate_of"), textOrNull(host.duplicateOf)}};
    addReading(object, inventory, host, moves);
    return object;
}

QJsonObject instanceJson(const Instance& instance, const Job* job)
{
    const DomainDefinition& definition = *instance.domain.definition;
    const DomainStatus& status = instance.domain.status;
    const bool moving = instance.isMoving() || job != nullptr;
    const bool progressKnown = job != nullptr && !job->series.empty();
    return {{L("uuid"), toString(instance.id)},
            {L("name"), definition.name},
            {L("title"), textOrNull(definition.title)},
            {L("host"), hostOrNull(instance.host)},
            {L("places"), placesJson(instance)},
            {L("state"), powerStateName(status.state)},
            {L("task"), moving ? QJsonValue(L("migrating")) : QJsonValue()},
            {L("progress"), progressKnown ? rounded(job->last.progress) : QJsonValue()},
            {L("vcpus"), definition.maxVcpus},
            {L("memory_mib"), mib(definition.maxMemory)},
            {L("disk_gib"), diskGib(definition)},
            {L("project"), textOrNull(definition.project)},
            {L("managed_by"), textOrNull(definition.managedBy)},
            {L("autostart"), status.autostart ? QJsonValue(*status.autostart) : QJsonValue()},
            {L("persistent"), status.persistent},
            {L("storage"), storageSummary(definition)},
            {L("disks"), disksJson(definition)},
            {L("interfaces"), interfacesJson(definition)},
            {L("dirty_mib_per_s"), rateOrNull(status.dirtyRate)}};
}

QJsonObject instanceDetailsJson(const Instance& instance, const Job* job)
{
    QJsonObject object = instanceJson(instance, job);
    object.insert(L("devices"), QJsonArray::fromStringList(deviceWords(*instance.domain.definition)));
    object.insert(L("xml"), textOrNull(instance.domain.definition->xml));
    return object;
}

QJsonArray checksJson(const std::vector<CheckResult>& checks)
{
    QJsonArray array;
    for (const CheckResult& check : checks) {
        array.append(QJsonObject{{L("id"), check.id},
                                 {L("severity"), severityName(check.severity)},
                                 {L("message"), check.message},
                                 {L("fix"), textOrNull(check.fix)},
                                 {L("needs_acknowledgement"), check.needsAcknowledgement},
                                 {L("accepted_by"), textOrNull(check.acceptedBy)},
                                 {L("pending"), check.pending}});
    }
    return array;
}

QJsonObject checkJson(const QString& instance, const MoveRequest& request, const KindChoice& choice,
                      const std::vector<CheckResult>& checks)
{
    // Nothing is measured and nothing remembered in this version: the prediction says so in every field.
    QJsonObject prediction{{L("basis"), L("none")}, {L("remedies"), QJsonArray()}};
    for (const char* name : {"dirty_mib_per_s", "bandwidth_mib_per_s", "converges", "probability", "total_s",
                             "total_s_low", "total_s_high", "downtime_ms", "data_mib", "iterations"})
        prediction.insert(L(name), QJsonValue());
    return {{L("instance"), instance},
            {L("source"), hostOrNull(request.source)},
            {L("destination"), hostOrNull(request.destination)},
            {L("kind"), migrationKindName(choice.kind)},
            {L("kind_reason"), textOrNull(choice.reason)},
            {L("carrier"), carrierName(choice.carrier)},
            {L("may_start"), mayStart(checks)},
            {L("checks"), checksJson(checks)},
            {L("prediction"), prediction}};
}

QJsonObject verdictJson(const HostVerdict& verdict, bool known)
{
    QJsonObject after;
    if (known) {
        const Resources added = verdict.committedAfter - verdict.before.committed;
        after = {{L("used_now"), resourcesJson(verdict.usedAfter)},
                 {L("used_max"), resourcesJson(verdict.before.usedMax + added)},
                 {L("free"), resourcesJson(verdict.before.effective - verdict.committedAfter)}};
    } else {
        after = {{L("used_now"), unknownResources()},
                 {L("used_max"), unknownResources()},
                 {L("free"), unknownResources()}};
    }
    return {{L("host"), verdict.host.value},
            {L("verdict"), verdictName(verdict.level)},
            {L("reason"), verdict.reason},
            {L("kind"), verdict.isSource ? QJsonValue() : QJsonValue(migrationKindName(verdict.kind))},
            {L("checks"), checksJson(verdict.checks)},
            {L("after"), after}};
}

QJsonObject sampleFields(const JobSample& sample, bool known)
{
    if (!known) {
        QJsonObject none;
        for (const char* name : {"at_ms", "phase", "iteration", "memory_total_mib", "memory_remaining_mib",
                                 "memory_processed_mib", "disk_total_mib", "disk_remaining_mib",
                                 "transfer_mib_per_s", "dirty_mib_per_s", "throttle_percent",
                                 "expected_downtime_ms", "downtime_limit_ms", "progress", "eta_s", "verdict"})
            none.insert(L(name), QJsonValue());
        return none;
    }
    // Before the first poll that finds memory or disks moving the hypervisor gives 0 for every size: not
    // known yet.
    const bool sizesKnown = sample.memoryTotal.value > 0 || sample.diskTotal.value > 0;
    const auto size = [sizesKnown](Bytes bytes) { return sizesKnown ? mib(bytes) : QJsonValue(); };
    return {
        {L("at_ms"), static_cast<qint64>(sample.at.count())},
        {L("phase"), jobStateName(sample.phase)},
        {L("iteration"), sample.iteration},
        {L("memory_total_mib"), size(sample.memoryTotal)},
        {L("memory_remaining_mib"), size(sample.memoryRemaining)},
        {L("memory_processed_mib"), size(sample.memoryProcessed)},
        {L("disk_total_mib"), size(sample.diskTotal)},
        {L("disk_remaining_mib"), size(sample.diskRemaining)},
        {L("transfer_mib_per_s"), rateOrNull(sample.transfer)},
        {L("dirty_mib_per_s"), rateOrNull(sample.dirty)},
        {L("throttle_percent"), sample.throttlePercent ? QJsonValue(*sample.throttlePercent) : QJsonValue()},
        {L("expected_downtime_ms"), msOrNull(sample.expectedDowntime)},
        {L("downtime_limit_ms"), msOrNull(sample.downtimeLimit)},
        {L("progress"), rounded(sample.progress)},
        {L("eta_s"), sample.eta ? rounded(static_cast<double>(sample.eta->count()) / 1000.0) : QJsonValue()},
        {L("verdict"), textOrNull(convergenceName(sample.verdict))}};
}

QJsonObject jobJson(const Job& job)
{
    QJsonObject object = sampleFields(job.last, !job.series.empty());
    const char* startedBy = job.startedBy == StartedBy::This     ? "this"
                            : job.startedBy == StartedBy::Drover ? "drover"
                                                                 : "other";
    object.insert(L("instance"), job.instanceName);
    object.insert(L("uuid"), toString(job.instance));
    object.insert(L("source"), hostOrNull(job.source));
    object.insert(L("destination"), hostOrNull(job.destination));
    object.insert(L("kind"), migrationKindName(job.kind));
    object.insert(L("state"), jobStateName(job.state));
    object.insert(L("carrier"), carrierName(job.carrier));
    object.insert(L("started_by"), L(startedBy));
    object.insert(L("plan"), QJsonValue());
    return object;
}

QJsonObject stateLine(JobState state, Milliseconds at)
{
    return {{L("event"), L("state")},
            {L("state"), jobStateName(state)},
            {L("at_ms"), static_cast<qint64>(at.count())}};
}

QJsonObject sampleLine(const JobSample& sample)
{
    QJsonObject object = sampleFields(sample, true);
    object.insert(L("event"), L("sample"));
    return object;
}

QJsonObject decisionLine(const JobDecision& decision)
{
    return {{L("event"), L("decision")},
            {L("at_ms"), static_cast<qint64>(decision.at.count())},
            {L("action"), decision.action},
            {L("reason"), textOrNull(decision.reason)}};
}

QJsonObject resultLine(const Job& job)
{
    const JobOutcome outcome = job.outcome.value_or(JobOutcome{});
    QJsonValue runsOn;
    if (outcome.runsOn) {
        QJsonArray hosts;
        for (const HostId& host : *outcome.runsOn)
            hosts.append(host.value);
        runsOn = hosts;
    }
    QJsonArray left;
    for (const Leftover& each : outcome.left)
        left.append(QJsonObject{{L("host"), each.host.value},
                                {L("path"), textOrNull(each.path)},
                                {L("reason"), each.reason},
                                {L("intended"), each.intended}});
    const bool measured = !job.series.empty() || outcome.iterations > 0;
    return {{L("event"), L("result")},
            {L("outcome"), jobStateName(outcome.state)},
            {L("instance"), job.instanceName},
            {L("source"), hostOrNull(job.source)},
            {L("destination"), hostOrNull(job.destination)},
            {L("runs_on"), runsOn},
            {L("total_ms"), static_cast<qint64>(outcome.total.count())},
            {L("downtime_ms"), msOrNull(outcome.downtime)},
            {L("data_mib"), outcome.data ? mib(*outcome.data) : QJsonValue()},
            {L("iterations"), measured ? QJsonValue(outcome.iterations) : QJsonValue()},
            {L("copy_ms"), msOrNull(outcome.times.copy)},
            {L("verify_ms"), msOrNull(outcome.times.verify)},
            {L("left"), left},
            {L("error"), outcome.hasError ? QJsonValue(errorJson(outcome.error)) : QJsonValue()}};
}

} // namespace drover::ctl
