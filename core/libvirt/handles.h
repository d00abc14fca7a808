// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <libvirt/libvirt.h>

#include <cstdlib>
#include <utility>

namespace drover::libvirt {

/// Owns one reference to a libvirt object. A thread that makes a call holds a handle of its own for as long
/// as the call lasts: libvirt's calls take no reference themselves, and a close beside a blocked call pulls
/// the object away from under it.
template <class T, int (*Release)(T*), int (*Ref)(T*)>
class Handle
{
public:
    Handle() = default;
    /// Takes over the reference that a libvirt call has returned.
    explicit Handle(T* raw) : m_raw(raw) {}
    ~Handle() { reset(); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    Handle(Handle&& other) noexcept : m_raw(std::exchange(other.m_raw, nullptr)) {}
    Handle& operator=(Handle&& other) noexcept
    {
        if (this != &other) {
            reset();
            m_raw = std::exchange(other.m_raw, nullptr);
        }
        return *this;
    }

    [[nodiscard]] T* get() const { return m_raw; }
    explicit operator bool() const { return m_raw != nullptr; }
    /// A further reference to the same object, for another holder.
    [[nodiscard]] Handle share() const
    {
        if (m_raw != nullptr)
            Ref(m_raw);
        return Handle(m_raw);
    }
    void reset() noexcept
    {
        if (T* raw = std::exchange(m_raw, nullptr); raw != nullptr)
            Release(raw);
    }

private:
    T* m_raw = nullptr;
};

using Connection = Handle<virConnect, virConnectClose, virConnectRef>;
using DomainHandle = Handle<virDomain, virDomainFree, virDomainRef>;
using SecretHandle = Handle<virSecret, virSecretFree, virSecretRef>;
using PoolHandle = Handle<virStoragePool, virStoragePoolFree, virStoragePoolRef>;
using VolumeHandle = Handle<virStorageVol, virStorageVolFree, virStorageVolRef>;
using StreamHandle = Handle<virStream, virStreamFree, virStreamRef>;

/// Takes over a string that libvirt allocated; null gives an empty one.
[[nodiscard]] inline QString takeString(char* raw)
{
    const QString text = QString::fromUtf8(raw);
    std::free(raw); // NOLINT(cppcoreguidelines-no-malloc)
    return text;
}

[[nodiscard]] inline QByteArray takeBytes(char* raw)
{
    QByteArray bytes(raw);
    std::free(raw); // NOLINT(cppcoreguidelines-no-malloc)
    return bytes;
}

} // namespace drover::libvirt
