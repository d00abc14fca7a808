// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/job_stats.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/handles.h"

#include <optional>

namespace drover::libvirt {

/// What holds a domain's job at this moment.
enum class JobHolder {
    Nobody,   ///< no job, or the domain does not run
    Outgoing, ///< a migration out of this host
    Incoming, ///< a migration into this host
    Other,    ///< a save, a dump, a snapshot, …
    Gone,     ///< the domain is no longer known to this host
    Unknown,  ///< the host could not say
};

struct JobAnswer
{
    JobHolder holder = JobHolder::Nobody;
    JobStats stats; ///< when Outgoing
    RawError error; ///< when Unknown
};

/// Asks who holds the domain's job and how a migration out of this host gets on. Answers in milliseconds,
/// except on a source that cannot reach its peer's migration port: 30 s then.
[[nodiscard]] JobAnswer askJob(const DomainHandle& domain);

/// The record of the domain's last job, when that was a migration that ended well. It stays for the next who
/// asks.
[[nodiscard]] std::optional<JobStats> askCompletedJob(const DomainHandle& domain);

} // namespace drover::libvirt
