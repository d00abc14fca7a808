// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/inventory.h"

#include <QString>

#include <vector>

namespace drover {

/// Search terms, as in the search box and in the rules of the fleet file: words that must all hold.
/// `host:`, `project:`, `name:`, `state:`, `zone:` and `label:` look at one thing and hold where it contains
/// the text; with `=` instead of `:` where it is the text. Anything else is a plain word and looks at names,
/// UUID, title, project, hosts, zones, states, MACs, disks and bridges. Upper and lower case are the same.
class InstanceMatch
{
public:
    InstanceMatch() = default; ///< matches all
    [[nodiscard]] static InstanceMatch parse(const QString& text);
    [[nodiscard]] bool matches(const Instance& instance, const Inventory& inventory) const;
    [[nodiscard]] bool empty() const { return m_terms.empty(); }

private:
    enum class Field { Word, Host, Project, Name, State, Zone, Label };
    struct Term
    {
        Field field = Field::Word;
        bool whole = false;
        QString text;
    };
    [[nodiscard]] static bool holds(const Term& term, const Instance& instance, const Inventory& inventory);
    std::vector<Term> m_terms;
};

} // namespace drover
