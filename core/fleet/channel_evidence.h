// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace drover {

/// What the source's daemon found when it tried the way to the destination by its own means.
struct ChannelEvidence
{
    /// The destination's daemon.
    enum class Daemon {
        Reached,
        Failed,   ///< see the reason
        NoAnswer, ///< what was sent there was swallowed, for the time that was given
        Unknown,  ///< it could not be tried; see the reason
    };
    /// A port in the range that memory arrives at.
    enum class Port {
        Reachable, ///< the host answers there; nothing stands in the way
        NoAnswer,  ///< swallowed: most likely a firewall
        Failed,    ///< see the reason
        NotTried,  ///< guests are arriving there just now, or the daemon was not reached
    };
    Daemon daemon = Daemon::Unknown;
    QString daemonReason;
    bool denied = false; ///< this console's connection to the source was not allowed to try
    Port port = Port::NotTried;
    QString portReason;
    QString portAddress; ///< host:port that was tried
    /// Whether the hosts have certificates for encrypted memory; nothing: not known before a move tries.
    std::optional<bool> tlsAtSource;
    std::optional<bool> tlsAtDestination;
    bool operator==(const ChannelEvidence&) const = default;
};

} // namespace drover
