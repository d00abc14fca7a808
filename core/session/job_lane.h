// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/lane.h"
#include "core/session/messages.h"

#include <functional>

namespace drover {

/// Observes and steers one running migration from a connection of its own at the source, on a thread of its
/// own. Made and destroyed on the session's thread.
class JobLane
{
public:
    JobLane(JobId job, InstanceId instance, const HostConfig& source, const std::shared_ptr<Backend>& backend,
            SessionSink sink);
    ~JobLane(); ///< does not wait; its connection is closed on its thread
    JobLane(const JobLane&) = delete;
    JobLane& operator=(const JobLane&) = delete;

    /// Polls now and then every @p interval; zero: no further polls.
    void poll(Milliseconds interval);
    using Control = std::function<Result<void>(JobControl&)>;
    /// Runs a control that answers in milliseconds; its result comes as ControlDone with this ticket.
    void control(quint64 ticket, Control what);

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
    Lane m_lane;
};

} // namespace drover
