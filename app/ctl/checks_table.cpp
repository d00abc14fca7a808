// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/checks_table.h"

namespace drover::ctl {
namespace {

Tone toneOf(Severity severity)
{
    switch (severity) {
    case Severity::Pass:
        return Tone::Good;
    case Severity::Info:
        return Tone::Plain;
    case Severity::Warning:
        return Tone::Warning;
    case Severity::Error:
        break;
    }
    return Tone::Bad;
}

} // namespace

void writeChecks(Output& output, const std::vector<CheckResult>& checks)
{
    Table table;
    table.columns = {{QStringLiteral("RESULT")}, {QStringLiteral("CHECK")}, {QStringLiteral("FOUND")}};
    for (const CheckResult& check : checks) {
        QString text = check.message;
        if (!check.fix.isEmpty())
            text += QStringLiteral(". %1").arg(check.fix);
        if (check.needsAcknowledgement)
            text += QStringLiteral(" (to be accepted: --accept %1)").arg(check.id);
        else if (!check.acceptedBy.isEmpty())
            text += QStringLiteral(" (accepted)");
        table.rows.push_back({{severityName(check.severity), toneOf(check.severity)}, check.id, text});
    }
    output.table(table);
}

} // namespace drover::ctl
