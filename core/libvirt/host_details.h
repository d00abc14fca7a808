// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/domain.h"
#include "core/fleet/host_details.h"
#include "core/libvirt/handles.h"

namespace drover::libvirt {

/// Asks one host for all that this guest uses: some ten calls of milliseconds, none of which waits for a
/// guest but those of @p own. What fails is left out; a lost connection shows by virConnectIsAlive.
[[nodiscard]] HostDetails readDetails(const Connection& connection, const DomainDefinition& guest, bool own);

} // namespace drover::libvirt
