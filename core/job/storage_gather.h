// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/domain.h"
#include "core/job/folder_proof.h"

namespace drover {

struct GatherOptions
{
    /// Compare every byte of images that exist on both hosts, not samples. Minutes for large ones.
    bool thorough = false;
};

/// Finds out where the disks of an instance live and what the destination has under their paths. It reads,
/// and writes markers into folders; no existing file is ever written to, so a running guest is not disturbed.
/// Blocks for as long as the hosts take: for a thread of its own, with two StorageAccess of its own.
/// Errors: a stop (Cancelled), and a host that does not answer or refuses the login (it names the host). What
/// else goes wrong makes the disk Unknown, with the reason.
[[nodiscard]] Result<StorageEvidence> gatherStorage(const DomainDefinition& instance, StorageEnd source,
                                                    StorageEnd destination, ProofCache& proofs,
                                                    const GatherOptions& options, std::stop_token stop);

} // namespace drover
