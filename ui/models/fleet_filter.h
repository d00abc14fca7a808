// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/inventory.h"

#include <QString>

#include <optional>
#include <vector>

namespace drover {

/// What was typed into the search field: words that must all match, and terms such as `host:h1`, `zone:az1`,
/// `state:running`, `project:shop`, `mem>8g`, `vcpus>=4`, `is:moving`. Words look at names, UUIDs, MACs, disk
/// paths, bridges, titles, projects, zones, hosts and states.
class FleetFilter
{
public:
    FleetFilter() = default; ///< matches all
    /// Never fails: a term that is not understood is looked for as a word, and named in notUnderstood().
    [[nodiscard]] static FleetFilter parse(const QString& text);

    [[nodiscard]] bool empty() const { return m_terms.empty(); }
    [[nodiscard]] bool matches(const Instance& instance, const Inventory& inventory) const;
    /// A host matches by itself (name, zone, state, URI, labels), whatever runs on it.
    [[nodiscard]] bool matches(const Host& host) const;
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] QString notUnderstood() const { return m_notUnderstood; }

private:
    enum class Field { Word, Host, Zone, State, Project, Memory, Vcpus, Moving };
    enum class Comparison { Contains, Less, LessOrEqual, Equal, GreaterOrEqual, Greater };
    struct Term
    {
        Field field = Field::Word;
        Comparison comparison = Comparison::Contains;
        QString text;
        double number = 0; ///< bytes or vCPUs
        bool operator==(const Term&) const = default;
    };
    [[nodiscard]] static std::optional<Term> parseTerm(const QString& word);

    QString m_text;
    QString m_notUnderstood;
    std::vector<Term> m_terms;
};

} // namespace drover
