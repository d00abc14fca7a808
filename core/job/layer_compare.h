// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/folder_proof.h"

namespace drover {

/// What is asked about one image of a chain.
struct LayerQuestion
{
    StorageEnd source;
    StorageEnd destination;
    QString pathThere; ///< on the destination; as a rule the same
    FolderProof proof; ///< of its folder
    bool writable;     ///< its content changes, or will be overwritten: it is not compared
    bool thorough;     ///< every byte, not samples
    bool raw;          ///< by its user's word: what the content claims to be does not count
};

/// Looks for the image on the destination and fills in what it finds there. Blocks; reads only.
/// Errors: a stop, and a host that does not answer.
[[nodiscard]] Result<void> compareLayer(const LayerQuestion& question, LayerEvidence& layer,
                                        const std::stop_token& stop);

/// An image that is raw by its user's word stands by itself and is as large as its file, whatever a guest has
/// written into it.
void standAlone(ImageFacts& image);

} // namespace drover
