// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/match.h"
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>

namespace drover {
namespace {

/// Whom a rule speaks of.
class Subjects
{
public:
    explicit Subjects(const PlacementRule& rule)
        : m_rule(rule)
        , m_match(rule.match.isEmpty() ? std::nullopt : std::optional(InstanceMatch::parse(rule.match)))
    {
    }
    [[nodiscard]] bool contain(const Instance& instance, const Inventory& inventory) const
    {
        return m_rule.instances.contains(instance.name()) ||
               m_rule.instances.contains(toString(instance.id)) ||
               (m_match && m_match->matches(instance, inventory));
    }

private:
    const PlacementRule& m_rule;
    std::optional<InstanceMatch> m_match;
};

bool hasPeers(const PlacementRule& rule)
{
    return rule.kind == PlacementRule::Kind::Affinity || rule.kind == PlacementRule::Kind::AntiAffinity;
}

QString nameOf(const PlacementRule& rule)
{
    return rule.match.isEmpty() ? rule.instances.join(QStringLiteral(", ")) : rule.match;
}

} // namespace

InstanceRules rulesFor(const Inventory& inventory, const std::vector<PlacementRule>& rules,
                       const Instance& instance)
{
    InstanceRules found;
    for (const PlacementRule& rule : rules) {
        const Subjects subjects(rule);
        if (!subjects.contain(instance, inventory))
            continue;
        InstanceRule own{rule, {}};
        if (hasPeers(rule)) {
            inventory.forEachInstance([&](const Instance& other) {
                if (other.id == instance.id || !other.domain.isActive() ||
                    !subjects.contain(other, inventory))
                    return;
                const HostId host = other.movingTo.value.isEmpty() ? other.host : other.movingTo;
                if (!host.value.isEmpty())
                    own.peers.push_back({other.name(), host});
            });
            std::sort(own.peers.begin(), own.peers.end(),
                      [](const RulePeer& a, const RulePeer& b) { return a.name < b.name; });
        }
        found.push_back(std::move(own));
    }
    return found;
}

namespace checks {

CheckResult rules(const CheckContext& context)
{
    if (context.rules == nullptr || context.rules->empty())
        return result("rules", Severity::Pass, Text::tr("No rule concerns %1").arg(context.instance.name()));
    const HostId there = context.destination.id();
    const QString host = there.value;
    Findings findings;
    for (const InstanceRule& own : *context.rules) {
        const PlacementRule& rule = own.rule;
        const Severity severity = rule.hard ? Severity::Error : Severity::Warning;
        const QString fix = Text::tr("Choose another host, or change the rule in the fleet file");
        const auto peer = std::find_if(own.peers.begin(), own.peers.end(),
                                       [&](const RulePeer& p) { return p.host == there; });
        switch (rule.kind) {
        case PlacementRule::Kind::Pin:
            if (!rule.hosts.contains(host))
                findings.add(severity,
                             Text::tr("%1 is pinned to %2, and %3 is none of them (%4)")
                                 .arg(context.instance.name(), rule.hosts.join(QStringLiteral(", ")), host,
                                      nameOf(rule)),
                             fix);
            break;
        case PlacementRule::Kind::Avoid:
            if (rule.hosts.contains(host))
                findings.add(
                    severity,
                    Text::tr("%1 is to avoid %2 (%3)").arg(context.instance.name(), host, nameOf(rule)), fix);
            break;
        case PlacementRule::Kind::AntiAffinity:
            if (peer != own.peers.end())
                findings.add(severity,
                             Text::tr("%1 is to be apart from %2, which is on %3")
                                 .arg(context.instance.name(), peer->name, host),
                             fix);
            break;
        case PlacementRule::Kind::Affinity:
            if (peer == own.peers.end() && !own.peers.empty())
                findings.add(severity,
                             Text::tr("%1 is to be together with %2, which is on %3, not on %4")
                                 .arg(context.instance.name(), own.peers.front().name,
                                      own.peers.front().host.value, host),
                             Text::tr("Choose %1, or move them together").arg(own.peers.front().host.value));
            break;
        }
    }
    return findings.answer(
        "rules", Text::tr("%1 keeps the rules of the fleet file on %2").arg(context.instance.name(), host));
}

} // namespace checks
} // namespace drover
