// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/checks_table.h"
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"
#include "core/session/doctor.h"

#include <algorithm>

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

class DoctorCommand final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        const QStringList& words = context().invocation().arguments;
        std::vector<HostId> named;
        for (const QString& word : words) {
            const HostId id{word};
            if (context().inventory()->host(id) == nullptr) {
                context().fail(Error{ErrorCode::NotFound,
                                     QStringLiteral("there is no host %1 in the fleet").arg(word),
                                     {},
                                     word,
                                     {}});
                return;
            }
            if (std::find(named.begin(), named.end(), id) == named.end())
                named.push_back(id);
        }
        if (named.size() == 1) {
            context().fail(
                Error{ErrorCode::InvalidInput,
                      QStringLiteral("doctor looks at pairs: name two hosts or more, or none for all"),
                      {},
                      {},
                      {}});
            return;
        }
        m_named = std::move(named);
        if (!context().invocation().has("probe")) {
            wait();
            return;
        }
        if (const Result<void> may = mayAsk(context().invocation()); !may) {
            context().fail(may.error());
            return;
        }
        context().confirm(QStringLiteral("Start and move a tiny throw-away instance over each pair?"),
                          [this] { wait(); });
    }

private:
    void wait()
    {
        const auto ready = [this] {
            return m_named.empty() ? context().allHaveAnswered()
                                   : std::all_of(m_named.begin(), m_named.end(), [this](const HostId& id) {
                                         return context().hasAnswered(id);
                                     });
        };
        context().when(ready, context().patience(), [this] { examine(); });
    }

    void examine()
    {
        m_doctor = context().session().makeDoctor(m_named, context().invocation().has("probe"));
        QObject::connect(m_doctor.get(), &Doctor::concluded, &context(), [this] { write(); });
        if (m_doctor->finished()) // one host alone: there is no pair
            write();
        else
            m_doctor->start();
    }

    void write()
    {
        Output& output = context().output();
        const std::vector<PairReport>& reports = m_doctor->reports();
        if (output.json()) {
            QJsonArray array;
            for (const PairReport& report : reports)
                array.append(QJsonObject{{QLatin1String("from"), report.from.value},
                                         {QLatin1String("to"), report.to.value},
                                         {QLatin1String("verdict"), verdictName(report.verdict)},
                                         {QLatin1String("checks"), checksJson(report.checks)}});
            output.document(array);
        } else {
            writeForPeople(reports);
        }
        const bool open = std::none_of(reports.begin(), reports.end(), [](const PairReport& report) {
            return report.verdict == HostVerdict::Level::Cannot;
        });
        context().finish(open ? Done : NotDone);
    }

    void writeForPeople(const std::vector<PairReport>& reports) const
    {
        Output& output = context().output();
        if (reports.empty())
            output.line(QStringLiteral("There is no pair of hosts to look at."));
        for (const PairReport& report : reports) {
            output.line(
                QStringLiteral("%1 → %2  %3: %4")
                    .arg(report.from.value, report.to.value, verdictName(report.verdict), report.reason),
                toneOf(report.verdict));
            if (report.verdict != HostVerdict::Level::Fits || context().invocation().verbose)
                writeChecks(output, report.checks);
            else if (report.checks.back().id == QLatin1String("probe"))
                output.line(QStringLiteral("  ") + report.checks.back().message);
        }
    }

    std::vector<HostId> m_named;
    std::unique_ptr<Doctor> m_doctor;
};

} // namespace

std::unique_ptr<Command> makeDoctor(Context& context)
{
    return std::make_unique<DoctorCommand>(context);
}

} // namespace drover::ctl
