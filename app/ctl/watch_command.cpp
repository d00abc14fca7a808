// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/job_stream.h"

#include <algorithm>
#include <map>
#include <optional>

namespace drover::ctl {
namespace {

class Watch final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        const QStringList& words = context().invocation().arguments;
        if (words.isEmpty()) {
            context().when([this] { return context().allHaveAnswered(); }, context().patience(),
                           [this] { begin(); });
            return;
        }
        context().findInstance(words.front(), std::nullopt, [this](const Instance& instance) {
            m_only = instance.id;
            if (context().session().jobOf(instance.id) == nullptr) {
                context().fail(
                    {ErrorCode::Refused,
                     QStringLiteral("%1 is not moving: there is nothing to watch").arg(instance.name()),
                     {},
                     instance.host.value,
                     instance.name()});
                return;
            }
            begin();
        });
    }

private:
    void begin()
    {
        Session& session = context().session();
        QObject::connect(&session, &Session::jobAdded, &context(), [this](JobId id) { follow(id); });
        QObject::connect(&session, &Session::jobChanged, &context(), [this](JobId id) { follow(id); });
        for (const JobId& id : session.jobs())
            follow(id);
        if (m_streams.empty()) {
            context().output().note(QStringLiteral("No migration is under way."));
            context().finish(Done);
        }
    }

    void follow(JobId id)
    {
        const Job* job = context().session().job(id);
        if (job == nullptr || (m_only && job->instance != *m_only))
            return;
        auto it = m_streams.find(id);
        if (it == m_streams.end()) {
            if (isEnded(job->state))
                return;
            it = m_streams.try_emplace(id, context().output(), context().session(), id, true).first;
        }
        it->second.update();
        if (it->second.ended() && job->state != JobState::Completed)
            m_status = NotDone;
        const bool allEnded = std::all_of(m_streams.begin(), m_streams.end(),
                                          [](const auto& stream) { return stream.second.ended(); });
        if (allEnded || context().output().broken())
            context().finish(m_only ? m_status : Done);
    }

    std::optional<InstanceId> m_only;
    std::map<JobId, JobStream> m_streams;
    ExitStatus m_status = Done;
};

} // namespace

std::unique_ptr<Command> makeWatch(Context& context)
{
    return std::make_unique<Watch>(context);
}

} // namespace drover::ctl
