// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/match.h"

#include <algorithm>
#include <array>
#include <utility>

namespace drover {

InstanceMatch InstanceMatch::parse(const QString& text)
{
    static constexpr std::array<std::pair<const char*, Field>, 6> names{{{"host", Field::Host},
                                                                         {"project", Field::Project},
                                                                         {"name", Field::Name},
                                                                         {"state", Field::State},
                                                                         {"zone", Field::Zone},
                                                                         {"label", Field::Label}}};
    InstanceMatch match;
    for (const QString& word : text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        Term term;
        term.text = word;
        for (const auto& [name, field] : names) {
            const auto length = static_cast<qsizetype>(qstrlen(name));
            if (word.size() <= length + 1 || !word.startsWith(QLatin1String(name), Qt::CaseInsensitive))
                continue;
            const QChar sign = word.at(length);
            if (sign != QLatin1Char(':') && sign != QLatin1Char('='))
                continue;
            term = {field, sign == QLatin1Char('='), word.mid(length + 1)};
            break;
        }
        match.m_terms.push_back(std::move(term));
    }
    return match;
}

bool InstanceMatch::matches(const Instance& instance, const Inventory& inventory) const
{
    return std::all_of(m_terms.begin(), m_terms.end(),
                       [&](const Term& term) { return holds(term, instance, inventory); });
}

bool InstanceMatch::holds(const Term& term, const Instance& instance, const Inventory& inventory)
{
    const auto fits = [&](const QString& value) {
        return term.whole ? value.compare(term.text, Qt::CaseInsensitive) == 0
                          : value.contains(term.text, Qt::CaseInsensitive);
    };
    const auto onHost = [&](auto&& look) {
        return std::any_of(instance.places.begin(), instance.places.end(), [&](const Place& place) {
            const Host* host = inventory.host(place.host);
            return host != nullptr && look(*host);
        });
    };
    const auto zone = [&](const Host& host) { return fits(host.config.zone); };
    const auto name = [&](const Host& host) { return fits(host.id().value); };
    const DomainDefinition& definition = *instance.domain.definition;
    switch (term.field) {
    case Field::Host:
        return onHost(name);
    case Field::Zone:
        return onHost(zone);
    case Field::Label:
        return onHost([&](const Host& host) {
            return std::any_of(host.config.labels.begin(), host.config.labels.end(), fits);
        });
    case Field::Project:
        return fits(definition.project);
    case Field::Name:
        return fits(definition.name);
    case Field::State:
        return fits(powerStateName(instance.domain.status.state));
    case Field::Word:
        break;
    }
    return fits(definition.name) || fits(definition.title) || fits(definition.project) ||
           fits(toString(instance.id)) || fits(powerStateName(instance.domain.status.state)) ||
           std::any_of(definition.disks.begin(), definition.disks.end(),
                       [&](const Disk& disk) { return fits(disk.source); }) ||
           std::any_of(definition.interfaces.begin(), definition.interfaces.end(),
                       [&](const Interface& nic) { return fits(nic.mac) || fits(nic.source); }) ||
           onHost(name) || onHost(zone);
}

} // namespace drover
