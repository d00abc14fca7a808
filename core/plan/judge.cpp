// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/judge.h"

#include "core/plan/kind_choice.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Judge)
};

int rank(Severity severity)
{
    return static_cast<int>(severity);
}

const CheckResult* worstOf(const std::vector<CheckResult>& checks)
{
    const CheckResult* worst = nullptr;
    for (const CheckResult& check : checks) {
        if (worst == nullptr || rank(check.severity) > rank(worst->severity))
            worst = &check;
    }
    return worst;
}

HostVerdict::Level levelOf(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return HostVerdict::Level::Cannot;
    case Severity::Warning:
        return HostVerdict::Level::Warning;
    case Severity::Pass:
    case Severity::Info:
        break;
    }
    return HostVerdict::Level::Fits;
}

/// What a drop of all instances but the one that is looked at adds to a host.
Resources sizeOf(const Instance& instance)
{
    return instance.domain.isActive() ? fullSize(instance.domain) : Resources{};
}

} // namespace

std::vector<HostVerdict> judgeHosts(const Inventory& inventory, const std::vector<InstanceId>& instances,
                                    const MigrationOptions& options, const MovesByHost& moves,
                                    const EvidenceLookup& evidence, const FleetFile* fleet,
                                    const QDate& today)
{
    std::vector<const Instance*> known;
    for (const InstanceId& id : instances) {
        if (const Instance* instance = inventory.instance(id))
            known.push_back(instance);
    }
    std::vector<InstanceRules> rules;
    for (const Instance* instance : known)
        rules.push_back(fleet == nullptr ? InstanceRules{} : rulesFor(inventory, fleet->rules, *instance));
    std::vector<HostVerdict> verdicts;
    verdicts.reserve(inventory.hosts().size());
    for (const auto& host : inventory.hosts()) {
        HostVerdict verdict;
        verdict.host = host->id();
        const auto under = moves.find(host->id());
        MovesUnderWay arriving = under == moves.end() ? MovesUnderWay{} : under->second;
        const Capacity sums = capacitySums(*host);
        verdict.before = sums;
        verdict.before.free -= arriving.arriving;
        verdict.usedAfter = verdict.before.usedNow;
        verdict.committedAfter = verdict.before.committed + arriving.arriving;

        Severity worst = Severity::Pass;
        std::size_t staying = 0;
        for (std::size_t i = 0; i < known.size(); ++i) {
            const Instance* instance = known[i];
            if (instance->host == host->id()) {
                ++staying;
                continue;
            }
            const Host* source = inventory.host(instance->host);
            if (source == nullptr)
                source = inventory.host(instance->places.front().host);
            const PairEvidence asked = evidence ? evidence(instance->id, host->id()) : PairEvidence{};
            const CheckContext context{
                inventory, *instance, *source,
                *host,     options,   chooseKind(*instance, options, source, host.get(), asked).kind,
                arriving,  asked,     &sums,
                fleet,     &rules[i], today};
            std::vector<CheckResult> checks = runChecks(context);
            const CheckResult* hardest = worstOf(checks);
            // Whatever is still to come mends no error.
            verdict.pending |=
                hardest->severity != Severity::Error &&
                std::any_of(checks.begin(), checks.end(), [](const CheckResult& c) { return c.pending; });
            if (verdict.checks.empty() || rank(hardest->severity) > rank(worst)) {
                worst = hardest->severity;
                verdict.reason = known.size() > 1
                                     ? QStringLiteral("%1: %2").arg(instance->name(), hardest->message)
                                     : hardest->message;
                verdict.kind = context.kind;
                verdict.checks = std::move(checks);
            }
            // Each one that goes here leaves less room for the next.
            const Resources size = sizeOf(*instance);
            arriving.arriving += size;
            verdict.committedAfter += size;
            if (instance->domain.isActive()) {
                verdict.usedAfter.vcpus += instance->domain.status.vcpus;
                verdict.usedAfter.memory += instance->domain.status.memory;
            }
        }
        if (known.empty()) {
            verdict.level = HostVerdict::Level::Cannot;
            verdict.reason = Text::tr("the instance is no longer known on any host");
        } else if (staying == known.size()) {
            verdict.isSource = true;
            verdict.level = HostVerdict::Level::Cannot;
            verdict.reason = known.size() > 1 ? Text::tr("they run here") : Text::tr("it runs here");
        } else {
            verdict.level = levelOf(worst);
            if (verdict.level == HostVerdict::Level::Fits)
                verdict.reason = verdict.pending ? Text::tr("Fits by what is known; checking…")
                                                 : Text::tr("Fits: %1 of memory left after it")
                                                       .arg(formatBytes(verdict.before.effective.memory -
                                                                        verdict.committedAfter.memory));
        }
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

void sortBestFirst(std::vector<HostVerdict>& verdicts)
{
    const auto room = [](const HostVerdict& v) {
        return v.before.effective.memory - v.committedAfter.memory;
    };
    std::stable_sort(verdicts.begin(), verdicts.end(), [&](const HostVerdict& a, const HostVerdict& b) {
        if (a.level != b.level)
            return static_cast<int>(a.level) < static_cast<int>(b.level);
        if (a.isSource != b.isSource)
            return !a.isSource;
        return room(a) > room(b);
    });
}

QString verdictName(HostVerdict::Level level)
{
    switch (level) {
    case HostVerdict::Level::Fits:
        return QStringLiteral("fits");
    case HostVerdict::Level::Warning:
        return QStringLiteral("warning");
    case HostVerdict::Level::Cannot:
        break;
    }
    return QStringLiteral("cannot");
}

} // namespace drover
