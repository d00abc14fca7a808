// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check.h"

#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>
#include <array>

namespace drover {
namespace {

bool concerns(const StandingAcceptance& accepted, const CheckContext& context)
{
    const HostConfig& source = context.source.config;
    const HostConfig& destination = context.destination.config;
    if (!accepted.zone.isEmpty() && (source.zone != accepted.zone || destination.zone != accepted.zone))
        return false;
    return accepted.from.isEmpty() ||
           (accepted.from == source.id.value && accepted.to == destination.id.value);
}

/// What can lose data, and what another program has to know of, is accepted move by move.
bool mayStand(const CheckResult& result)
{
    static constexpr std::array never{"state", "same-host", "storage", "devices", "identity", "nova"};
    return !result.losesData && std::none_of(never.begin(), never.end(),
                                             [&](const char* id) { return result.id == QLatin1String(id); });
}

void acceptForGood(const CheckContext& context, CheckResult& result)
{
    if (context.fleet == nullptr || result.severity != Severity::Warning || !context.today.isValid() ||
        !mayStand(result))
        return;
    for (const StandingAcceptance& accepted : context.fleet->accepted) {
        if (accepted.check != result.id || context.today > accepted.until || !concerns(accepted, context))
            continue;
        result.severity = Severity::Info;
        result.needsAcknowledgement = false;
        result.acceptedBy = accepted.by;
        result.message =
            checks::Text::tr("%1; accepted by %2 until %3: %4")
                .arg(result.message, accepted.by, accepted.until.toString(Qt::ISODate), accepted.reason);
        return;
    }
}

} // namespace

std::span<const CheckDefinition> allChecks()
{
    static constexpr std::array<CheckDefinition, 15> list = {{
        {"state", checks::state},
        {"same-host", checks::sameHost},
        {"placement", checks::placement},
        {"capacity", checks::capacity},
        {"versions", checks::versions},
        {"cpu", checks::cpu},
        {"storage", checks::storage},
        {"network", checks::network},
        {"devices", checks::devices},
        {"channel", checks::channel},
        {"identity", checks::identity},
        {"permission", checks::permission},
        {"nova", checks::nova},
        {"rules", checks::rules},
        {"convergence", checks::convergence},
    }};
    return list;
}

std::vector<CheckResult> runChecks(const CheckContext& given)
{
    CheckContext context = given;
    InstanceRules own;
    if (context.fleet != nullptr && context.rules == nullptr) {
        own = rulesFor(context.inventory, context.fleet->rules, context.instance);
        context.rules = &own;
    }
    std::vector<CheckResult> results;
    results.reserve(allChecks().size());
    for (const CheckDefinition& check : allChecks()) {
        CheckResult result = check.run(context);
        if (result.needsAcknowledgement && context.options.accepted.contains(result.id)) {
            result.needsAcknowledgement = false;
            result.acceptedBy = QStringLiteral("operator");
        } else {
            acceptForGood(context, result);
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

} // namespace drover
