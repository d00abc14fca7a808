// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/move_procedure.h"
#include "core/session/messages.h"

#include <atomic>

namespace drover {

/// What the session and the thread of a running move share.
struct MoveHandle
{
    std::stop_source stop;
    std::atomic<bool> hostsCarry = false; ///< the hosts have to be asked to abort
};

/// Tells the session how a move gets on. On the move's thread.
class MoveWatch final : public MoveWatcher
{
public:
    MoveWatch(JobId job, std::shared_ptr<MoveHandle> handle, SessionSink sink);
    void copying(const JobStats& stats) override;
    void decided(const QString& action, const QString& reason) override;
    void hostsCarry(bool carry) override;
    void rest(Milliseconds time) override;

private:
    JobId m_job;
    std::shared_ptr<MoveHandle> m_handle;
    SessionSink m_sink;
};

} // namespace drover
