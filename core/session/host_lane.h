// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/lane.h"
#include "core/session/messages.h"

namespace drover {

/// How a lane reads its host.
struct LaneTiming
{
    Milliseconds poll{1000};
    Milliseconds retryFirst{1000}; ///< back-off after a failure: doubled each time up to retryMost
    Milliseconds retryMost{15000};
};

/// Keeps one host connected and read: opens, reads at each poll and after each event, closes and tries again
/// with growing pauses. Everything that blocks runs on the lane's own thread; what it learns goes to the
/// sink. Made and destroyed on the session's thread.
class HostLane
{
public:
    /// @param serial stands in each LaneUpdate
    HostLane(quint64 serial, HostConfig config, const std::shared_ptr<Backend>& backend, LaneTiming timing,
             SessionSink sink);
    ~HostLane(); ///< does not wait; what it had opened is closed on its thread
    HostLane(const HostLane&) = delete;
    HostLane& operator=(const HostLane&) = delete;

    /// Reads now. @param fresh every definition again
    void refresh(bool fresh);
    /// What is asked about a guest.
    struct Questions
    {
        bool find = false;       ///< who has its UUID or name there
        bool compareCpu = false; ///< whether its CPU can run there
        bool details = false;    ///< what the host has of all that it uses
        bool own = false;        ///< with details: it is there, and so is what it holds
    };
    void ask(quint64 ticket, std::shared_ptr<const DomainDefinition> guest, const Questions& questions);
    /// How long the lane has been inside one call; nothing when it is idle.
    [[nodiscard]] quint64 serial() const { return m_serial; }
    [[nodiscard]] std::optional<Milliseconds> busyFor() const { return m_lane.runningFor(); }

private:
    struct Ear;
    struct Shared;
    quint64 m_serial;
    std::shared_ptr<Ear> m_ear;
    std::shared_ptr<Shared> m_shared;
    Lane m_lane;
};

} // namespace drover
