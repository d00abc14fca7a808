// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/storage_access.h"

namespace drover {

/// A host whose hypervisor offers no storage interface: every question is answered with why.
class NoStorage final : public StorageAccess
{
public:
    explicit NoStorage(HostId host) : m_host(std::move(host)) {}
    Result<std::optional<ImageFacts>> image(const QString& /*path*/, std::stop_token /*stop*/) override
    {
        return fail(none());
    }
    Result<std::optional<StoragePool>> poolAt(const QString& /*folder*/, std::stop_token /*stop*/) override
    {
        return fail(none());
    }
    Result<void> putMarker(const QString& /*folder*/, const QString& /*name*/,
                           std::stop_token /*stop*/) override
    {
        return fail(none());
    }
    Result<bool> seesMarker(const QString& /*folder*/, const QString& /*name*/,
                            std::stop_token /*stop*/) override
    {
        return fail(none());
    }
    Result<void> removeMarker(const QString& /*folder*/, const QString& /*name*/) override
    {
        return fail(none());
    }
    Result<ImageFacts> create(const NewImage& /*image*/, std::stop_token /*stop*/) override
    {
        return fail(none());
    }
    Result<void> remove(const QString& /*path*/) override { return fail(none()); }
    Result<QByteArray> digest(const QString& /*path*/, DigestOf /*what*/, std::stop_token /*stop*/) override
    {
        return fail(none());
    }

private:
    [[nodiscard]] Error none() const
    {
        return Error{ErrorCode::Unsupported,
                     m_host.value + QStringLiteral(" offers no storage interface"),
                     {},
                     m_host.value,
                     {}};
    }
    HostId m_host;
};

/// The copy between two hosts of which one offers no storage interface.
class NoTransfer final : public VolumeTransfer
{
public:
    explicit NoTransfer(HostId host) : m_host(std::move(host)) {}
    Result<CopyResult> copy(const QString& /*sourcePath*/, const QString& /*targetPath*/,
                            const Progress& /*progress*/, std::stop_token /*stop*/) override
    {
        return fail(Error{ErrorCode::Unsupported,
                          m_host.value + QStringLiteral(" offers no storage interface"),
                          {},
                          m_host.value,
                          {}});
    }

private:
    HostId m_host;
};

} // namespace drover
