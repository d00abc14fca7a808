// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/options.h"
#include "core/plan/check.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace drover::ctl {
namespace {

constexpr std::array<OptionSpec, 24> specs = {{
    {"kind", "KIND", "auto, live or offline (auto)"},
    {"bandwidth", "MIB_S", "at most so many MiB a second"},
    {"downtime", "MS", "the guest may stand still so long (300)"},
    {"auto-converge", nullptr, "slow the guest down when it dirties memory faster than it is sent"},
    {"auto-converge-initial", "PERCENT", "how much at first, 1 to 99"},
    {"auto-converge-increment", "PERCENT", "how much more each time, 1 to 99"},
    {"postcopy", nullptr, "allow the switch to post-copy; it is not started by itself"},
    {"tls", nullptr, "send memory encrypted"},
    {"no-persist", nullptr, "do not define a persistent instance at the destination"},
    {"keep-source", nullptr, "keep the definition at the source"},
    {"cross-zone", nullptr, "accept a host of another zone (= --accept placement)"},
    {"accept", "CHECK_ID", "accept what this check warns of; may be repeated", true, true},
    {"policy", "POLICY", "none (other policies are not available in this version)"},
    {"deadline", "S", "", false},
    {"downtime-cap", "MS", "", false},
    {"postcopy-bandwidth", "MIB_S", "", false},
    {"parallel", "N", "", false},
    {"compress", "METHOD", "", false},
    {"tunnelled", nullptr, "", false},
    {"direct", nullptr, "", false},
    {"disks", "LIST", "", false},
    {"timeout", "S", "", false},
    {"on-timeout", "ACTION", "", false},
    {"measure", nullptr, "", false},
}};

Result<int> percent(const Invocation& invocation, const char* option)
{
    bool isNumber = false;
    const int number = invocation.value(option).toInt(&isNumber);
    if (!isNumber || number < 1 || number > 99)
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("--%1 must be a whole number from 1 to 99, but is \"%2\"")
                        .arg(QLatin1String(option), invocation.value(option)));
    if (!invocation.has("auto-converge"))
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("--%1 needs --auto-converge").arg(QLatin1String(option)));
    return number;
}

Result<void> readKind(const Invocation& invocation, MigrationOptions& options)
{
    const QString name = invocation.value("kind");
    const std::optional<MigrationKind> kind = migrationKindFromName(name);
    if (!kind)
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("--kind must be auto, live or offline, but is \"%1\"").arg(name));
    if (*kind == MigrationKind::LiveBlock || *kind == MigrationKind::Cold)
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("--kind %1 is not available in this version").arg(name));
    options.kind = *kind;
    return {};
}

Result<void> readAccepted(const Invocation& invocation, MigrationOptions& options)
{
    QStringList known;
    for (const CheckDefinition& check : allChecks())
        known.append(QLatin1String(check.id));
    for (const QString& id : invocation.values.value(QStringLiteral("accept"))) {
        if (!known.contains(id))
            return fail(ErrorCode::InvalidInput,
                        QStringLiteral("--accept: there is no check \"%1\". Known are: %2")
                            .arg(id, known.join(QStringLiteral(", "))));
        options.accepted.insert(id);
    }
    if (invocation.has("cross-zone"))
        options.accepted.insert(QStringLiteral("placement"));
    return {};
}

} // namespace

std::span<const OptionSpec> migrationOptionSpecs()
{
    return specs;
}

Result<MigrationOptions> migrationOptions(const Invocation& invocation)
{
    MigrationOptions options;
    if (invocation.has("kind")) {
        if (const Result<void> kind = readKind(invocation, options); !kind)
            return fail(kind.error());
    }
    if (invocation.has("bandwidth")) {
        const Result<double> rate =
            positiveNumber(QStringLiteral("--bandwidth"), invocation.value("bandwidth"));
        if (!rate)
            return fail(rate.error());
        options.bandwidth = Rate::fromMib(*rate);
    }
    if (invocation.has("downtime")) {
        const Result<double> limit =
            positiveNumber(QStringLiteral("--downtime"), invocation.value("downtime"));
        if (!limit)
            return fail(limit.error());
        options.maxDowntime = Milliseconds(std::max(1LL, std::llround(*limit)));
    }
    options.autoConverge = invocation.has("auto-converge");
    if (invocation.has("auto-converge-initial")) {
        const Result<int> value = percent(invocation, "auto-converge-initial");
        if (!value)
            return fail(value.error());
        options.autoConvergeInitial = *value;
    }
    if (invocation.has("auto-converge-increment")) {
        const Result<int> value = percent(invocation, "auto-converge-increment");
        if (!value)
            return fail(value.error());
        options.autoConvergeIncrement = *value;
    }
    if (invocation.has("policy") && invocation.value("policy") != QLatin1String("none"))
        return fail(
            ErrorCode::InvalidInput,
            QStringLiteral("--policy %1 is not available in this version").arg(invocation.value("policy")));
    options.postCopy = invocation.has("postcopy");
    options.tls = invocation.has("tls");
    options.noPersist = invocation.has("no-persist");
    options.keepSource = invocation.has("keep-source");
    if (const Result<void> accepted = readAccepted(invocation, options); !accepted)
        return fail(accepted.error());
    return options;
}

} // namespace drover::ctl
