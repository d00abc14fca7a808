// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/migration_job.h"

#include "core/libvirt/job_stats_map.h"

#include <libvirt/virterror.h>

namespace drover::libvirt {
namespace {

/// Owns what virDomainGetJobStats returns.
struct RawStats
{
    virTypedParameterPtr params = nullptr;
    int count = 0;
    int type = VIR_DOMAIN_JOB_NONE;

    RawStats() = default;
    RawStats(const RawStats&) = delete;
    RawStats& operator=(const RawStats&) = delete;
    ~RawStats() { virTypedParamsFree(params, count); }
};

bool runsAtDestination(const DomainHandle& domain)
{
    int state = 0;
    int reason = 0;
    return virDomainGetState(domain.get(), &state, &reason, 0) == 0 && state == VIR_DOMAIN_PAUSED &&
           (reason == VIR_DOMAIN_PAUSED_POSTCOPY || reason == VIR_DOMAIN_PAUSED_POSTCOPY_FAILED);
}

} // namespace

JobAnswer askJob(const DomainHandle& domain)
{
    RawStats raw;
    if (virDomainGetJobStats(domain.get(), &raw.type, &raw.params, &raw.count, 0) < 0) {
        RawError error = takeLastError();
        switch (error.code) {
        case VIR_ERR_OPERATION_INVALID: // it does not run (any more)
            return {JobHolder::Nobody, {}, {}};
        case VIR_ERR_NO_DOMAIN:
            return {JobHolder::Gone, {}, {}};
        case VIR_ERR_OPERATION_UNSUPPORTED: // "statistics are available only on the source host"
            return {JobHolder::Incoming, {}, {}};
        default:
            return {JobHolder::Unknown, {}, std::move(error)};
        }
    }
    if (raw.type == VIR_DOMAIN_JOB_NONE || raw.type == VIR_DOMAIN_JOB_COMPLETED)
        return {};
    const TypedParams params(raw.params, raw.count);
    const qint64 operation =
        params.integer(VIR_DOMAIN_JOB_OPERATION).value_or(VIR_DOMAIN_JOB_OPERATION_UNKNOWN);
    if (operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN)
        return {JobHolder::Incoming, {}, {}};
    if (operation != VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT)
        return {JobHolder::Other, {}, {}};
    // Only from the first pass on can it have switched.
    const bool postCopy =
        params.integer(VIR_DOMAIN_JOB_MEMORY_ITERATION).value_or(0) >= 1 && runsAtDestination(domain);
    return {JobHolder::Outgoing, jobStatsOf(raw.type, params, postCopy), {}};
}

std::optional<JobStats> askCompletedJob(const DomainHandle& domain)
{
    RawStats raw;
    if (virDomainGetJobStats(domain.get(), &raw.type, &raw.params, &raw.count,
                             VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED) < 0 ||
        raw.type != VIR_DOMAIN_JOB_COMPLETED)
        return std::nullopt;
    const TypedParams params(raw.params, raw.count);
    const qint64 operation =
        params.integer(VIR_DOMAIN_JOB_OPERATION).value_or(VIR_DOMAIN_JOB_OPERATION_UNKNOWN);
    if (operation != VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT &&
        operation != VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN)
        return std::nullopt;
    return jobStatsOf(raw.type, params, false);
}

} // namespace drover::libvirt
