// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check.h"

#include "core/plan/checks.h"

#include <algorithm>
#include <array>

namespace drover {

std::span<const CheckDefinition> allChecks()
{
    static constexpr std::array<CheckDefinition, 9> list = {{
        {"state", checks::state},
        {"same-host", checks::sameHost},
        {"placement", checks::placement},
        {"capacity", checks::capacity},
        {"cpu", checks::cpu},
        {"storage", checks::storage},
        {"channel", checks::channel},
        {"identity", checks::identity},
        {"permission", checks::permission},
    }};
    return list;
}

std::vector<CheckResult> runChecks(const CheckContext& context)
{
    std::vector<CheckResult> results;
    results.reserve(allChecks().size());
    for (const CheckDefinition& check : allChecks()) {
        CheckResult result = check.run(context);
        if (result.needsAcknowledgement && context.options.accepted.contains(result.id)) {
            result.needsAcknowledgement = false;
            result.acceptedBy = QStringLiteral("operator");
        }
        results.push_back(std::move(result));
    }
    return results;
}

bool mayStart(const std::vector<CheckResult>& checks)
{
    return std::none_of(checks.begin(), checks.end(), [](const CheckResult& check) {
        return check.severity == Severity::Error || check.needsAcknowledgement;
    });
}

QString severityName(Severity severity)
{
    switch (severity) {
    case Severity::Pass:
        return QStringLiteral("pass");
    case Severity::Info:
        return QStringLiteral("info");
    case Severity::Warning:
        return QStringLiteral("warning");
    case Severity::Error:
        break;
    }
    return QStringLiteral("error");
}

MigrationKind chooseKind(const Instance& instance, const MigrationOptions& options)
{
    if (options.kind != MigrationKind::Auto)
        return options.kind;
    return instance.domain.isActive() ? MigrationKind::Live : MigrationKind::Offline;
}

} // namespace drover
