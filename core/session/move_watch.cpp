// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/move_watch.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace drover {

MoveWatch::MoveWatch(JobId job, std::shared_ptr<MoveHandle> handle, SessionSink sink)
    : m_job(job), m_handle(std::move(handle)), m_sink(std::move(sink))
{
}

void MoveWatch::copying(const JobStats& stats)
{
    m_sink.push(JobCopying{m_job, stats});
}

void MoveWatch::decided(const QString& action, const QString& reason)
{
    m_sink.push(JobDecided{m_job, action, reason});
}

void MoveWatch::hostsCarry(bool carry)
{
    m_handle->hostsCarry = carry;
}

void MoveWatch::rest(Milliseconds time)
{
    // Not cut short by a cancel: then too the hosts are asked in their time.
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, time);
}

} // namespace drover
