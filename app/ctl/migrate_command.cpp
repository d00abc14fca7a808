// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/checks_table.h"
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/job_stream.h"
#include "app/ctl/json.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace drover::ctl {
namespace {

class Migrate final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        const QStringList& words = context().invocation().arguments;
        m_request.destination = HostId{words.at(1)};
        context().findInstance(words.at(0), m_request.destination,
                               [this](const Instance& instance) { begin(instance); });
    }

    bool interrupted() override
    {
        const Job* job = m_job ? context().session().job(*m_job) : nullptr;
        if (job == nullptr || job->state == JobState::Queued) {
            context().output().note(QStringLiteral("Nothing was started."));
            return true;
        }
        if (context().session().needsConsole(*m_job) && !std::exchange(m_interrupted, true)) {
            context().output().note(QStringLiteral("Cancelling what this program carries, and cleaning up…"));
            context().session().cancel(*m_job);
            return false;
        }
        // Before the first sample the call may or may not have reached the host.
        const QString what = job->series.empty()
                                 ? QStringLiteral("%1 may already be on its way to %2, and then goes on")
                                 : QStringLiteral("%1 goes on moving to %2");
        const QString text = what.arg(job->instanceName, job->destination.value) +
                             QStringLiteral("; to cancel: droverctl cancel %1").arg(toString(job->instance));
        if (context().output().json())
            context().output().event({{QLatin1String("event"), QLatin1String("interrupted")},
                                      {QLatin1String("instance"), job->instanceName},
                                      {QLatin1String("message"), text}});
        else
            context().output().line(text);
        return true;
    }

private:
    void begin(const Instance& instance)
    {
        m_request.instance = instance.id;
        m_request.source = instance.host;
        m_request.options = context().invocation().migration;
        m_name = instance.name();
        if (context().invocation().yes) {
            move(); // judged against both hosts by the session itself: asking twice would only cost time
            return;
        }
        context().session().check(m_request, [this](const Result<std::vector<CheckResult>>& checks) {
            if (!checks) {
                context().fail(checks.error());
                return;
            }
            if (!context().output().json())
                writeChecks(context().output(), *checks);
            if (!mayStart(*checks)) {
                context().fail(
                    {ErrorCode::Refused,
                     QStringLiteral("%1 may not move to %2").arg(m_name, m_request.destination.value),
                     {},
                     m_request.destination.value,
                     m_name});
                return;
            }
            context().confirm(QStringLiteral("Move %1 from %2 to %3?")
                                  .arg(m_name, m_request.source.value, m_request.destination.value),
                              [this] { move(); });
        });
    }

    void move()
    {
        Session& session = context().session();
        // Before the start: the first changes come from inside it.
        QObject::connect(&session, &Session::jobChanged, &context(), [this](JobId id) { follow(id); });
        QObject::connect(&session, &Session::jobAdded, &context(), [this](JobId id) {
            const Job* job = context().session().job(id);
            if (!m_stream && job != nullptr && job->instance == m_request.instance &&
                job->startedBy == StartedBy::This) {
                m_job = id;
                m_stream.emplace(context().output(), context().session(), id, false);
                follow(id);
            }
        });
        const Result<JobId> started = session.startMove(m_request);
        if (!started)
            context().fail(started.error());
    }

    void follow(JobId id)
    {
        if (!m_stream || m_job != id || m_stream->ended())
            return;
        m_stream->update();
        if (!m_stream->ended())
            return;
        const Job& job = *context().session().job(id);
        if (m_interrupted) {
            context().finish(Interrupted);
            return;
        }
        if (job.state == JobState::Completed) {
            const auto& left = job.outcome->left;
            const bool inPart =
                std::any_of(left.begin(), left.end(), [](const Leftover& each) { return !each.intended; });
            context().finish(inPart ? DoneInPart : Done);
            return;
        }
        Error error = job.outcome->error;
        if (!job.outcome->hasError)
            error = {job.state == JobState::Cancelled ? ErrorCode::Cancelled : ErrorCode::OperationFailed,
                     resultWords(job),
                     {},
                     job.source.value,
                     job.instanceName};
        context().output().error(error);
        context().finish(NotDone);
    }

    MoveRequest m_request;
    QString m_name;
    std::optional<JobId> m_job;
    std::optional<JobStream> m_stream;
    bool m_interrupted = false;
};

} // namespace

std::unique_ptr<Command> makeMigrate(Context& context)
{
    return std::make_unique<Migrate>(context);
}

} // namespace drover::ctl
