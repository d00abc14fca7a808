// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"

#include <algorithm>
#include <cmath>

namespace drover::ctl {
namespace {

Tone toneOf(HostVerdict::Level level)
{
    switch (level) {
    case HostVerdict::Level::Fits:
        return Tone::Good;
    case HostVerdict::Level::Warning:
        return Tone::Warning;
    case HostVerdict::Level::Cannot:
        break;
    }
    return Tone::Bad;
}

class Targets final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        context().findInstance(context().invocation().arguments.front(), std::nullopt,
                               [this](const Instance& instance) {
                                   m_instance = instance.id;
                                   context().when([this] { return context().allHaveAnswered(); },
                                                  context().patience(), [this] { gather(); });
                               });
    }

private:
    void gather()
    {
        context().session().gatherEvidence({m_instance});
        const auto complete = [this] {
            const std::vector<HostVerdict> verdicts = context().session().judge({m_instance});
            return std::none_of(verdicts.begin(), verdicts.end(), [this](const HostVerdict& verdict) {
                const Host* host = context().inventory()->host(verdict.host);
                return verdict.pending && host != nullptr && host->isUp();
            });
        };
        context().when(complete, context().invocation().wait, [this] { write(); });
    }

    void write()
    {
        std::vector<HostVerdict> verdicts = context().session().judge({m_instance});
        sortBestFirst(verdicts);
        if (context().output().json()) {
            QJsonArray array;
            for (const HostVerdict& verdict : verdicts)
                array.append(
                    verdictJson(verdict, context().inventory()->host(verdict.host)->reading != nullptr));
            context().output().document(array);
        } else {
            writeTable(verdicts);
        }
        context().finish(Done);
    }

    void writeTable(const std::vector<HostVerdict>& verdicts) const
    {
        Table table;
        table.columns = {{QStringLiteral("HOST")},
                         {QStringLiteral("VERDICT")},
                         {QStringLiteral("FREE VCPUS"), true},
                         {QStringLiteral("FREE MIB"), true},
                         {QStringLiteral("REASON")}};
        for (const HostVerdict& verdict : verdicts) {
            const bool known = context().inventory()->host(verdict.host)->reading != nullptr;
            const Resources free = verdict.before.effective - verdict.committedAfter;
            table.rows.push_back({{verdict.host.value, Tone::Strong},
                                  {verdictName(verdict.level), toneOf(verdict.level)},
                                  known ? QString::number(free.vcpus, 'f', 0) : unknownMark(),
                                  known ? QString::number(std::llround(free.memory.mib())) : unknownMark(),
                                  verdict.reason});
        }
        context().output().table(table);
    }

    InstanceId m_instance;
};

} // namespace

std::unique_ptr<Command> makeTargets(Context& context)
{
    return std::make_unique<Targets>(context);
}

} // namespace drover::ctl
