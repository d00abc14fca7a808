// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHashFunctions>
#include <QMetaType>
#include <QString>
#include <QUuid>

namespace drover {

/// An identifier that cannot be mistaken for another kind of identifier.
template <class Tag, class V>
struct StrongId
{
    V value{};

    friend bool operator==(const StrongId& a, const StrongId& b) { return a.value == b.value; }
    friend bool operator!=(const StrongId& a, const StrongId& b) { return !(a == b); }
    friend bool operator<(const StrongId& a, const StrongId& b) { return a.value < b.value; }
    friend size_t qHash(const StrongId& id, size_t seed = 0) { return ::qHash(id.value, seed); }
};

/// A host, by its name in the fleet file.
using HostId = StrongId<struct HostIdTag, QString>;
/// An instance, by its libvirt UUID.
using InstanceId = StrongId<struct InstanceIdTag, QUuid>;
/// One migration that this process knows of; unique within the process only.
using JobId = StrongId<struct JobIdTag, quint64>;

/// UUID as libvirt writes it: lower case, no braces.
[[nodiscard]] inline QString toString(const InstanceId& id)
{
    return id.value.toString(QUuid::WithoutBraces);
}

} // namespace drover

Q_DECLARE_METATYPE(drover::HostId)
Q_DECLARE_METATYPE(drover::InstanceId)
Q_DECLARE_METATYPE(drover::JobId)
