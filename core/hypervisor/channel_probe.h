// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/channel_evidence.h"
#include "core/fleet/host.h"

#include <stop_token>

namespace drover {

struct ChannelRequest
{
    HostConfig source;
    HostConfig destination;
    QString peerUri; ///< how the source's daemon opens the destination
    /// False while guests may be arriving at the destination: a stranger on their port would end their move.
    bool tryPort = true;
};

/// Lets the source's daemon try the way to the destination. Answers within some seconds, also where the
/// network swallows what is sent; touches no instance. Made on a thread of its own.
class ChannelProbe
{
public:
    virtual ~ChannelProbe() = default;
    /// An error: the source itself could not be asked.
    virtual Result<ChannelEvidence> probe(const ChannelRequest& request, std::stop_token stop) = 0;
};

} // namespace drover
