// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/job_stream.h"
#include "app/ctl/json.h"

#include <algorithm>

namespace drover::ctl {
namespace {

/// A migration that was just found has its first sample within a poll.
constexpr Milliseconds firstSamplePatience{1500};

class Jobs final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        context().when([this] { return context().allHaveAnswered(); }, context().patience(),
                       [this] {
                           context().when([this] { return allSampled(); }, firstSamplePatience,
                                          [this] { write(); });
                       });
    }

private:
    [[nodiscard]] std::vector<const Job*> running() const
    {
        std::vector<const Job*> jobs;
        for (const JobId& id : context().session().jobs()) {
            const Job* job = context().session().job(id);
            if (job != nullptr && !isEnded(job->state))
                jobs.push_back(job);
        }
        return jobs;
    }

    [[nodiscard]] bool allSampled() const
    {
        const std::vector<const Job*> jobs = running();
        return std::none_of(jobs.begin(), jobs.end(), [](const Job* job) {
            return job->series.empty() && job->kind != MigrationKind::Offline;
        });
    }

    void write()
    {
        const std::vector<const Job*> jobs = running();
        if (context().output().json()) {
            QJsonArray array;
            for (const Job* job : jobs)
                array.append(jobJson(*job));
            context().output().document(array);
        } else if (jobs.empty()) {
            context().output().note(QStringLiteral("No migration is under way."));
        } else {
            writeTable(jobs);
        }
        for (const auto& host : context().inventory()->hosts()) {
            if (const std::optional<Error> down = context().whyDown(*host))
                context().output().note(
                    QStringLiteral("%1 is down, migrations from it may be missing here: %2")
                        .arg(host->id().value, down->message));
        }
        context().finish(Done);
    }

    void writeTable(const std::vector<const Job*>& jobs) const
    {
        Table table;
        table.columns = {{QStringLiteral("INSTANCE")}, {QStringLiteral("FROM")},
                         {QStringLiteral("TO")},       {QStringLiteral("KIND")},
                         {QStringLiteral("STATE")},    {QStringLiteral("PROGRESS")}};
        for (const Job* job : jobs) {
            const bool bad = job->last.verdict == ConvergenceVerdict::WillNotConverge ||
                             job->last.verdict == ConvergenceVerdict::Stalled;
            table.rows.push_back({{job->instanceName, Tone::Strong},
                                  job->source.value,
                                  job->destination.value.isEmpty() ? unknownMark() : job->destination.value,
                                  migrationKindName(job->kind),
                                  jobStateName(job->state),
                                  {job->series.empty() ? unknownMark() : sampleWords(job->last),
                                   bad ? Tone::Warning : Tone::Plain}});
        }
        context().output().table(table);
    }
};

} // namespace

std::unique_ptr<Command> makeJobs(Context& context)
{
    return std::make_unique<Jobs>(context);
}

} // namespace drover::ctl
