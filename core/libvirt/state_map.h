// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/domain.h"

namespace drover::libvirt {

/// libvirt's state number as ours.
[[nodiscard]] PowerState powerStateOf(int state);
/// libvirt's reason number, whose meaning depends on the state, as ours.
[[nodiscard]] StateReason stateReasonOf(int state, int reason);

} // namespace drover::libvirt
