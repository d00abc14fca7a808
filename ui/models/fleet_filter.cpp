// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/fleet_filter.h"

#include "ui/models/fleet_words.h"

#include <QRegularExpression>

namespace drover {

namespace {

bool has(const QString& text, const QString& part)
{
    return text.contains(part, Qt::CaseInsensitive);
}

bool wordMatches(const Instance& instance, const QString& word)
{
    const DomainDefinition& d = *instance.domain.definition;
    if (has(d.name, word) || has(d.title, word) || has(d.project, word) || has(toString(instance.id), word))
        return true;
    for (const Place& place : instance.places) {
        if (has(place.host.value, word))
            return true;
    }
    for (const Interface& nic : d.interfaces) {
        if (has(nic.mac, word) || has(nic.source, word))
            return true;
    }
    for (const Disk& disk : d.disks) {
        if (has(disk.source, word))
            return true;
    }
    return has(words::powerState(instance.domain.status.state), word);
}

/// "8g" → bytes. A number without a unit is MiB, as everywhere in the field.
std::optional<double> bytesFrom(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("^(\\d+(?:\\.\\d+)?)([kmgt]?)(?:i?b)?$"),
                                            QRegularExpression::CaseInsensitiveOption);
    const auto match = pattern.match(text);
    if (!match.hasMatch())
        return {};
    const double number = match.captured(1).toDouble();
    const QString unit = match.captured(2).toLower();
    if (unit == QLatin1String("k"))
        return number * 1024;
    if (unit == QLatin1String("g"))
        return number * 1073741824.0;
    if (unit == QLatin1String("t"))
        return number * 1099511627776.0;
    return number * 1048576.0;
}

} // namespace

std::optional<FleetFilter::Term> FleetFilter::parseTerm(const QString& word)
{
    static const QRegularExpression pattern(QStringLiteral("^([a-z]+)(:|<=|>=|<|>|=)(.+)$"),
                                            QRegularExpression::CaseInsensitiveOption);
    const auto match = pattern.match(word);
    if (!match.hasMatch())
        return {};
    const QString name = match.captured(1).toLower();
    const QString sign = match.captured(2);
    Term term;
    term.text = match.captured(3);
    if (sign == QLatin1String("<"))
        term.comparison = Comparison::Less;
    else if (sign == QLatin1String("<="))
        term.comparison = Comparison::LessOrEqual;
    else if (sign == QLatin1String(">"))
        term.comparison = Comparison::Greater;
    else if (sign == QLatin1String(">="))
        term.comparison = Comparison::GreaterOrEqual;
    else if (sign == QLatin1String("="))
        term.comparison = Comparison::Equal;
    const bool byName = term.comparison == Comparison::Contains || term.comparison == Comparison::Equal;
    if (name == QLatin1String("host") && byName)
        term.field = Field::Host;
    else if (name == QLatin1String("zone") && byName)
        term.field = Field::Zone;
    else if (name == QLatin1String("state") && byName)
        term.field = Field::State;
    else if (name == QLatin1String("project") && byName)
        term.field = Field::Project;
    else if (name == QLatin1String("is") && term.text == QLatin1String("moving"))
        term.field = Field::Moving;
    else if (name == QLatin1String("mem") || name == QLatin1String("memory")) {
        term.field = Field::Memory;
        const auto bytes = bytesFrom(term.text);
        if (!bytes || term.comparison == Comparison::Contains)
            return {};
        term.number = *bytes;
    } else if (name == QLatin1String("vcpus") || name == QLatin1String("cpu")) {
        term.field = Field::Vcpus;
        bool known = false;
        term.number = term.text.toDouble(&known);
        if (!known || term.comparison == Comparison::Contains)
            return {};
    } else {
        return {};
    }
    return term;
}

FleetFilter FleetFilter::parse(const QString& text)
{
    FleetFilter filter;
    filter.m_text = text;
    const QStringList parts = text.split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts);
    for (const QString& word : parts) {
        if (auto term = parseTerm(word)) {
            filter.m_terms.push_back(std::move(*term));
            continue;
        }
        // MACs and paths hold the same signs and are words.
        static const QRegularExpression looksLikeTerm(QStringLiteral("^[a-z]{2,}(?:<=|>=|<|>|=)"));
        if (filter.m_notUnderstood.isEmpty() && looksLikeTerm.match(word).hasMatch())
            filter.m_notUnderstood = word;
        filter.m_terms.push_back({Field::Word, Comparison::Contains, word, 0});
    }
    return filter;
}

bool FleetFilter::matches(const Instance& instance, const Inventory& inventory) const
{
    const auto compare = [](Comparison comparison, double value, double limit) {
        switch (comparison) {
        case Comparison::Less:
            return value < limit;
        case Comparison::LessOrEqual:
            return value <= limit;
        case Comparison::GreaterOrEqual:
            return value >= limit;
        case Comparison::Greater:
            return value > limit;
        case Comparison::Equal:
        case Comparison::Contains:
            return value == limit;
        }
        return false;
    };
    const auto named = [](const Term& term, const QString& value) {
        return term.comparison == Comparison::Equal ? value.compare(term.text, Qt::CaseInsensitive) == 0
                                                    : has(value, term.text);
    };
    for (const Term& term : m_terms) {
        bool good = false;
        switch (term.field) {
        case Field::Word: {
            good = wordMatches(instance, term.text);
            for (const Place& place : instance.places) {
                const Host* host = good ? nullptr : inventory.host(place.host);
                good = good || (host != nullptr && has(host->config.zone, term.text));
            }
            break;
        }
        case Field::Host:
            for (const Place& place : instance.places)
                good = good || named(term, place.host.value);
            break;
        case Field::Zone:
            for (const Place& place : instance.places) {
                const Host* host = inventory.host(place.host);
                good = good || (host != nullptr && named(term, host->config.zone));
            }
            break;
        case Field::State:
            good = named(term, words::powerState(instance.domain.status.state)) ||
                   named(term, powerStateName(instance.domain.status.state));
            break;
        case Field::Project:
            good = named(term, instance.domain.definition->project);
            break;
        case Field::Memory:
            good = compare(term.comparison, static_cast<double>(tileMemory(instance).value), term.number);
            break;
        case Field::Vcpus:
            good = compare(term.comparison, instance.domain.status.vcpus, term.number);
            break;
        case Field::Moving:
            good = instance.isMoving();
            break;
        }
        if (!good)
            return false;
    }
    return true;
}

bool FleetFilter::matches(const Host& host) const
{
    for (const Term& term : m_terms) {
        bool good = false;
        switch (term.field) {
        case Field::Word:
            good = has(host.config.id.value, term.text) || has(host.config.zone, term.text) ||
                   has(host.config.uri, term.text) || has(connectionStateName(host.connection), term.text) ||
                   has(serviceStateName(host.service().state), term.text) ||
                   has(host.service().reason, term.text);
            for (const QString& label : host.config.labels)
                good = good || has(label, term.text);
            break;
        case Field::Host:
            good = has(host.config.id.value, term.text);
            break;
        case Field::Zone:
            good = has(host.config.zone, term.text);
            break;
        case Field::State:
            good = has(connectionStateName(host.connection), term.text) ||
                   has(serviceStateName(host.service().state), term.text);
            break;
        default:
            break; // a question about instances: no host answers it
        }
        if (!good)
            return false;
    }
    return true;
}

} // namespace drover
