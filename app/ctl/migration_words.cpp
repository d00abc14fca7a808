// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/options.h"
#include "core/plan/check.h"
#include "core/plan/option_rules.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace drover::ctl {
namespace {

constexpr std::array<OptionSpec, 28> specs = {{
    {"kind", "KIND", "auto, live, live-block, cold or offline (auto)"},
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
    {"postcopy-bandwidth", "MIB_S", "at most so many MiB a second after the switch to post-copy"},
    {"parallel", "N", "send memory over N connections, 1 to 255; not with --postcopy"},
    {"compress", "METHOD[:LEVEL]", "xbzrle, or mt with a level from 0 to 9"},
    {"tunnelled", nullptr, "send memory through the daemons' own connection"},
    {"direct", nullptr, "carried by this program: it stops when this program ends"},
    {"disks", "LIST", "copy these disks, by target, parted by commas"},
    {"media", "WAY", "CD images that the destination lacks: copy or eject (copy)"},
    {"allow-cold", nullptr, "shut it down where it cannot move while it runs"},
    {"shutdown-timeout", "S", "how long it may take to shut down for a cold move (180)"},
    {"source-disks", "WHAT", "keep or remove the images it ran from (live: keep; cold, offline: remove)"},
    {"timeout", "S", "so many seconds at most; then see --on-timeout"},
    {"on-timeout", "ACTION", "abort, pause or postcopy (abort)"},
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
                    QStringLiteral("--kind must be auto, live, live-block, cold or offline, but is \"%1\"")
                        .arg(name));
    options.kind = *kind;
    return {};
}

/// Either of two words.
Result<bool> isFirst(const Invocation& invocation, const char* option, const char* one, const char* other)
{
    const QString word = invocation.value(option);
    if (word != QLatin1String(one) && word != QLatin1String(other))
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("--%1 must be %2 or %3, but is \"%4\"")
                        .arg(QLatin1String(option), QLatin1String(one), QLatin1String(other), word));
    return word == QLatin1String(one);
}

/// What becomes of media, of the instance while it is carried, and of what it ran from.
Result<void> readStorage(const Invocation& invocation, MigrationOptions& options)
{
    options.allowCold = invocation.has("allow-cold");
    if (invocation.has("media")) {
        const Result<bool> copy = isFirst(invocation, "media", "copy", "eject");
        if (!copy)
            return fail(copy.error());
        options.media = *copy ? MediaWay::Copy : MediaWay::Eject;
    }
    if (invocation.has("source-disks")) {
        const Result<bool> remove = isFirst(invocation, "source-disks", "remove", "keep");
        if (!remove)
            return fail(remove.error());
        options.removeSourceDisks = *remove;
    }
    if (invocation.has("shutdown-timeout")) {
        const Result<double> seconds =
            positiveNumber(QStringLiteral("--shutdown-timeout"), invocation.value("shutdown-timeout"));
        if (!seconds)
            return fail(seconds.error());
        options.shutdownTimeout = Milliseconds(std::llround(*seconds * 1000.0));
    }
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

Result<int> wholeNumber(const Invocation& invocation, const char* option, int most)
{
    bool isNumber = false;
    const int number = invocation.value(option).toInt(&isNumber);
    if (!isNumber || number < 1 || number > most)
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("--%1 must be a whole number from 1 to %2, but is \"%3\"")
                        .arg(QLatin1String(option))
                        .arg(most)
                        .arg(invocation.value(option)));
    return number;
}

/// How memory and disks travel.
Result<void> readWay(const Invocation& invocation, MigrationOptions& options)
{
    if (invocation.has("postcopy-bandwidth")) {
        const Result<double> rate =
            positiveNumber(QStringLiteral("--postcopy-bandwidth"), invocation.value("postcopy-bandwidth"));
        if (!rate)
            return fail(rate.error());
        options.postCopyBandwidth = Rate::fromMib(*rate);
    }
    if (invocation.has("parallel")) {
        const Result<int> connections = wholeNumber(invocation, "parallel", 255);
        if (!connections)
            return fail(connections.error());
        options.parallel = *connections;
    }
    options.compression = invocation.value("compress");
    options.tunnelled = invocation.has("tunnelled");
    if (invocation.has("direct"))
        options.carrier = Carrier::Console;
    options.disks = invocation.value("disks").split(QLatin1Char(','), Qt::SkipEmptyParts);
    if (invocation.has("timeout")) {
        const Result<double> seconds =
            positiveNumber(QStringLiteral("--timeout"), invocation.value("timeout"));
        if (!seconds)
            return fail(seconds.error());
        options.timeout = Milliseconds(std::llround(*seconds * 1000.0));
        options.onTimeout = QStringLiteral("abort");
    }
    if (invocation.has("on-timeout"))
        options.onTimeout = invocation.value("on-timeout");
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
    if (const Result<void> way = readWay(invocation, options); !way)
        return fail(way.error());
    options.tls = invocation.has("tls");
    options.noPersist = invocation.has("no-persist");
    options.keepSource = invocation.has("keep-source");
    if (const Result<void> storage = readStorage(invocation, options); !storage)
        return fail(storage.error());
    if (const Result<void> accepted = readAccepted(invocation, options); !accepted)
        return fail(accepted.error());
    // Against the hosts they are judged later; what contradicts itself is wrong usage.
    if (const std::optional<QString> why = contradiction(options, {options.kind, nullptr, nullptr, {}}))
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("The options contradict each other. %1").arg(*why));
    return options;
}

} // namespace drover::ctl
