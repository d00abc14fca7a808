// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/typed_params.h"

namespace drover::libvirt {
namespace {

QByteArray indexedName(const char* group, qint64 index, const char* name)
{
    return QByteArray(group) + '.' + QByteArray::number(index) + '.' + name;
}

std::string_view view(const QByteArray& bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

} // namespace

TypedParams::TypedParams(const virTypedParameter* params, int count)
{
    m_byName.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        m_byName.emplace(params[i].field, &params[i]);
}

std::optional<qint64> TypedParams::integer(std::string_view name) const
{
    const auto it = m_byName.find(name);
    if (it == m_byName.end())
        return std::nullopt;
    const virTypedParameter& p = *it->second;
    switch (p.type) {
    case VIR_TYPED_PARAM_INT:
        return p.value.i;
    case VIR_TYPED_PARAM_UINT:
        return p.value.ui;
    case VIR_TYPED_PARAM_LLONG:
        return p.value.l;
    case VIR_TYPED_PARAM_ULLONG:
        return static_cast<qint64>(p.value.ul);
    case VIR_TYPED_PARAM_DOUBLE:
        return static_cast<qint64>(p.value.d);
    case VIR_TYPED_PARAM_BOOLEAN:
        return p.value.b;
    default:
        return std::nullopt;
    }
}

QString TypedParams::text(std::string_view name) const
{
    const auto it = m_byName.find(name);
    return it != m_byName.end() && it->second->type == VIR_TYPED_PARAM_STRING
               ? QString::fromUtf8(it->second->value.s)
               : QString();
}

std::optional<qint64> TypedParams::indexed(const char* group, qint64 index, const char* name) const
{
    const QByteArray full = indexedName(group, index, name);
    return integer(view(full));
}

QString TypedParams::indexedText(const char* group, qint64 index, const char* name) const
{
    const QByteArray full = indexedName(group, index, name);
    return text(view(full));
}

} // namespace drover::libvirt
