// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/job_stats.h"
#include "core/libvirt/typed_params.h"

namespace drover::libvirt {

/// Job statistics as libvirt gives them. @param type a virDomainJobType (unbounded, completed, cancelled)
/// @param postCopy the domain's state says that the guest already runs at the destination
[[nodiscard]] JobStats jobStatsOf(int type, const TypedParams& params, bool postCopy);

} // namespace drover::libvirt
