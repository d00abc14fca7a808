// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/job_lane.h"

#include <utility>

namespace drover {

struct JobLane::Shared : std::enable_shared_from_this<JobLane::Shared>
{
    JobId job;
    InstanceId instance;
    HostConfig source;
    std::shared_ptr<Backend> backend;
    SessionSink sink;
    Lane::Poster poster;

    // Below: touched by the lane's thread only.
    std::unique_ptr<JobControl> control;
    Milliseconds interval{0};
    quint64 generation = 0;

    JobControl& connected()
    {
        if (!control)
            control = backend->jobControl(source);
        return *control;
    }

    void step(const std::stop_token& stop)
    {
        if (stop.stop_requested())
            return;
        Result<std::optional<JobStats>> stats = connected().stats(instance, stop);
        if (stop.stop_requested())
            return;
        if (!stats && stats.error().code == ErrorCode::Unreachable)
            control.reset();
        sink.push(JobPolled{job, std::move(stats)});
        const quint64 planned = ++generation;
        if (interval.count() == 0)
            return;
        poster.postDelayed(interval, [self = weak_from_this(), planned](const std::stop_token& next) {
            const auto shared = self.lock();
            if (shared && shared->generation == planned)
                shared->step(next);
        });
    }
};

JobLane::JobLane(JobId job, InstanceId instance, const HostConfig& source,
                 const std::shared_ptr<Backend>& backend, SessionSink sink)
    : m_shared(std::make_shared<Shared>()), m_lane(QStringLiteral("job ") + QString::number(job.value))
{
    m_shared->job = job;
    m_shared->instance = instance;
    m_shared->source = source;
    m_shared->backend = backend;
    m_shared->sink = std::move(sink);
    m_shared->poster = m_lane.poster();
}

JobLane::~JobLane()
{
    m_lane.post([last = std::move(m_shared)](const std::stop_token&) {});
}

void JobLane::poll(Milliseconds interval)
{
    m_lane.post([shared = m_shared, interval](const std::stop_token& stop) {
        shared->interval = interval;
        shared->step(stop);
    });
}

void JobLane::control(quint64 ticket, Control what)
{
    m_lane.post([shared = m_shared, ticket, what = std::move(what)](const std::stop_token&) {
        shared->sink.push(ControlDone{ticket, what(shared->connected())});
    });
}

} // namespace drover
