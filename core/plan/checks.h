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
/// Room by two measures: full sizes within the effective total, counting moves under way, and memory free at
/// this moment, huge pages and bound NUMA nodes among it. Worst: error.
CheckResult capacity(const CheckContext& context);
/// The destination's hypervisor is of the same type and not older, and knows the instance's machine type;
/// pinned CPUs and NUMA nodes exist there. Worst: error; older, with a machine type that it knows: warning.
CheckResult versions(const CheckContext& context);
/// The destination's hypervisor can run the instance's CPU, by its own answer, and it could come back after a
/// restart. Worst: error; one-way, mode "maximum" or not known: warning.
CheckResult cpu(const CheckContext& context);
/// Every disk is reachable from both hosts. Worst: error, also where nothing proves it.
CheckResult storage(const CheckContext& context);
/// Networks, bridges, portgroups and filters of every interface exist and are active there. Worst: error;
/// another bridge or MTU under the same name, a missing portgroup: warning.
CheckResult network(const CheckContext& context);
/// Nothing ties the instance to its host: devices, sockets and files, snapshots, saved state. Worst: error.
CheckResult devices(const CheckContext& context);
/// The source's daemon reaches the destination's daemon and its migration ports by its own means; memory is
/// encrypted. Worst: error; not encrypted: warning.
CheckResult channel(const CheckContext& context);
/// Nothing else has this name or UUID at the destination. Worst: error.
CheckResult identity(const CheckContext& context);
/// Both connections may change things. Worst: error; not known: warning.
CheckResult permission(const CheckContext& context);
/// Managed by OpenStack Nova, which has to move it itself. Worst: a warning to accept.
CheckResult nova(const CheckContext& context);
/// Rules of the fleet file. Worst: error where a rule is hard, else warning.
CheckResult rules(const CheckContext& context);
/// Memory is sent faster than the guest rewrites it, by what is known. Worst: warning.
CheckResult convergence(const CheckContext& context);

} // namespace drover::checks
