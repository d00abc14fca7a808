// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/check.h"

/// The checks themselves, one small pure function each. What they look at and how bad they can get stands
/// with each.
namespace drover::checks {

/// The instance exists, is in a state that can move by this kind, and no other job holds it. Worst: error.
CheckResult state(const CheckContext& context);
/// Both hosts answer, and they are not the same machine (host UUID and hostname). Worst: error.
CheckResult sameHost(const CheckContext& context);
/// The destination takes instances: enabled, same zone, not claimed. Worst: error; another zone: to be
/// accepted.
CheckResult placement(const CheckContext& context);
/// Room by full sizes within the effective total, counting moves under way, and by memory free now. Worst:
/// error.
CheckResult capacity(const CheckContext& context);
/// The destination's hypervisor can run the instance's CPU, by its own answer. Worst: error; not known:
/// warning.
CheckResult cpu(const CheckContext& context);
/// Every disk is reachable from both hosts. Worst: error, also where nothing proves it.
CheckResult storage(const CheckContext& context);
/// The source's daemon has an address for the destination. Worst: error.
CheckResult channel(const CheckContext& context);
/// Nothing else has this name or UUID at the destination. Worst: error.
CheckResult identity(const CheckContext& context);
/// Both connections may change things. Worst: error.
CheckResult permission(const CheckContext& context);

} // namespace drover::checks
