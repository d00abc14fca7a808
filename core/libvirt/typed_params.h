// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <libvirt/libvirt.h>

#include <optional>
#include <string_view>
#include <unordered_map>

namespace drover::libvirt {

/// Reads libvirt's typed parameters by name. Borrows the array: it must outlive this.
class TypedParams
{
public:
    TypedParams(const virTypedParameter* params, int count);

    [[nodiscard]] bool has(std::string_view name) const { return m_byName.contains(name); }
    /// Any numeric or boolean parameter; nothing when there is none of that name.
    [[nodiscard]] std::optional<qint64> integer(std::string_view name) const;
    [[nodiscard]] QString text(std::string_view name) const;
    /// integer("block.3.capacity") as indexed("block", 3, "capacity").
    [[nodiscard]] std::optional<qint64> indexed(const char* group, qint64 index, const char* name) const;
    [[nodiscard]] QString indexedText(const char* group, qint64 index, const char* name) const;

private:
    std::unordered_map<std::string_view, const virTypedParameter*> m_byName;
};

} // namespace drover::libvirt
