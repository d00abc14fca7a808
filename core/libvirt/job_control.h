// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"
#include "core/libvirt/connection.h"

#include <functional>

namespace drover::libvirt {

/// Steers migrations out of one host, from a connection of its own that no migrate call ever uses.
class LibvirtJobControl final : public JobControl
{
public:
    explicit LibvirtJobControl(HostConfig host) : m_connection(std::move(host)) {}
    Result<std::optional<JobStats>> stats(const InstanceId& id, std::stop_token stop) override;
    Result<std::optional<JobStats>> completed(const InstanceId& id, std::stop_token stop) override;
    Result<void> abort(const InstanceId& id) override;
    Result<void> setBandwidth(const InstanceId& id, Rate rate) override;
    Result<void> setMaxDowntime(const InstanceId& id, Milliseconds limit) override;
    Result<Milliseconds> maxDowntime(const InstanceId& id) override;
    Result<void> startPostCopy(const InstanceId& id) override;
    Result<void> pauseToFinish(const InstanceId& id) override;

    /// In the first moments of a migrate call there is no job to abort yet, and it would go on: so long it is
    /// tried.
    static constexpr Milliseconds abortPatience{2000};

private:
    /// Looks the instance up and makes one call on it; a negative answer becomes an error.
    Result<void> steer(const InstanceId& id, const QString& doing,
                       const std::function<int(virDomainPtr)>& call);

    LazyConnection m_connection;
};

/// Whole MiB/s as libvirt takes it: rounded up, at least 1 (0 would mean without limit).
[[nodiscard]] unsigned long long wholeMibPerSecond(Rate rate);

} // namespace drover::libvirt
