// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/channel_evidence.h"
#include "core/fleet/domain.h"
#include "core/fleet/host_details.h"

namespace drover::testing {

/// What a host says that has all the guest uses; free memory is left to its reading. @param own the guest is
/// there
[[nodiscard]] HostDetails soundDetails(const DomainDefinition& guest, bool own);
/// A way to that host on which nothing stands.
[[nodiscard]] ChannelEvidence soundChannel(const QString& destination);

} // namespace drover::testing
