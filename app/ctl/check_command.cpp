// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/checks_table.h"
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"

namespace drover::ctl {
namespace {

class Check final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        const QStringList& words = context().invocation().arguments;
        m_request.destination = HostId{words.at(1)};
        context().findInstance(words.at(0), m_request.destination,
                               [this](const Instance& instance) { ask(instance); });
    }

private:
    void ask(const Instance& instance)
    {
        m_request.instance = instance.id;
        m_request.source = instance.host;
        m_request.options = context().invocation().migration;
        m_name = instance.name();
        context().session().check(m_request, [this](const Result<std::vector<CheckResult>>& checks) {
            if (!checks)
                context().fail(checks.error());
            else
                write(*checks);
        });
    }

    void write(const std::vector<CheckResult>& checks)
    {
        Output& output = context().output();
        const bool may = mayStart(checks);
        const KindChoice choice = context().session().kindFor(m_request);
        if (output.json()) {
            output.document(checkJson(m_name, m_request, choice, checks));
        } else {
            output.line(QStringLiteral("%1: %2 → %3, %4")
                            .arg(m_name, m_request.source.value, m_request.destination.value,
                                 migrationKindName(choice.kind)),
                        Tone::Strong);
            if (!choice.reason.isEmpty())
                output.line(choice.reason);
            writeChecks(output, checks);
            output.line(may ? QStringLiteral("It may start.") : QStringLiteral("It may not start."),
                        may ? Tone::Good : Tone::Bad);
        }
        context().finish(may ? Done : NotDone);
    }

    MoveRequest m_request;
    QString m_name;
};

} // namespace

std::unique_ptr<Command> makeCheck(Context& context)
{
    return std::make_unique<Check>(context);
}

} // namespace drover::ctl
