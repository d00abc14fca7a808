// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet_rules.h"

#include <QCoreApplication>

namespace drover {
namespace {

using Node = FleetDocument::Node;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FleetFile)
};

} // namespace

QString ruleKindName(PlacementRule::Kind kind)
{
    switch (kind) {
    case PlacementRule::Kind::Affinity:
        return QStringLiteral("affinity");
    case PlacementRule::Kind::AntiAffinity:
        return QStringLiteral("anti-affinity");
    case PlacementRule::Kind::Pin:
        return QStringLiteral("pin");
    case PlacementRule::Kind::Avoid:
        break;
    }
    return QStringLiteral("avoid");
}

PlacementRule readRule(const FleetDocument::Node& node)
{
    PlacementRule rule;
    if (!node.isObjectOf({"kind", "instances", "match", "hosts", "hard"}))
        return rule;
    if (const auto f = node.required("kind")) {
        const QString kind = f->choice({"affinity", "anti-affinity", "pin", "avoid"});
        for (const auto known : {PlacementRule::Kind::Affinity, PlacementRule::Kind::AntiAffinity,
                                 PlacementRule::Kind::Pin, PlacementRule::Kind::Avoid}) {
            if (ruleKindName(known) == kind)
                rule.kind = known;
        }
    }
    if (const auto f = node.field("instances"))
        rule.instances = f->texts();
    if (const auto f = node.field("match"))
        rule.match = f->text();
    if (const auto f = node.field("hosts"))
        rule.hosts = f->texts();
    if (const auto f = node.field("hard"))
        rule.hard = f->flag();
    if (!node.field("instances") && !node.field("match"))
        node.wrong(Text::tr("needs \"instances\" or \"match\" to say whom it concerns"));
    const bool ofHosts = rule.kind == PlacementRule::Kind::Pin || rule.kind == PlacementRule::Kind::Avoid;
    if (ofHosts && !node.field("hosts"))
        node.wrong(Text::tr("a rule of the kind %1 needs \"hosts\"").arg(ruleKindName(rule.kind)));
    return rule;
}

StandingAcceptance readAcceptance(const FleetDocument::Node& node)
{
    StandingAcceptance accepted;
    if (!node.isObjectOf({"check", "zone", "hosts", "by", "reason", "until"}))
        return accepted;
    if (const auto f = node.required("check")) {
        accepted.check = f->text();
        // What can lose data, or what another program must know of, is accepted each time anew.
        for (const char* never : {"state", "same-host", "storage", "devices", "identity", "nova"}) {
            if (accepted.check == QLatin1String(never))
                f->wrong(
                    Text::tr("cannot be accepted for good: %1 is accepted move by move").arg(accepted.check));
        }
        (void)f->choice({"state", "same-host", "placement", "capacity", "versions", "cpu", "storage",
                         "network", "devices", "channel", "identity", "permission", "nova", "rules",
                         "convergence"});
    }
    if (const auto f = node.required("by"))
        accepted.by = f->text();
    if (const auto f = node.required("reason"))
        accepted.reason = f->text();
    if (const auto f = node.field("zone"))
        accepted.zone = f->text();
    if (const auto f = node.field("hosts")) {
        const QStringList pair = f->texts();
        if (pair.size() != 2) {
            f->wrong(Text::tr("must name two hosts: from and to"));
        } else {
            accepted.from = pair.at(0);
            accepted.to = pair.at(1);
        }
    }
    if (const auto f = node.required("until")) {
        accepted.until = QDate::fromString(f->text(), Qt::ISODate);
        if (!accepted.until.isValid())
            f->wrong(Text::tr("must be a day like 2027-03-31"));
    }
    return accepted;
}

} // namespace drover
