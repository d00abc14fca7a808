// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/fleet/fleet_file.h"
#include "core/hypervisor/backend.h"
#include "core/hypervisor/job_stats.h"

#include <QString>

#include <memory>
#include <vector>

namespace drover::test {

/// An instance as a test describes it.
struct FakeInstance
{
    QString name;
    double memoryGib = 4;
    int vcpus = 2;
    PowerState state = PowerState::Running;
    QString project = QStringLiteral("shop");
    StorageClass storage = StorageClass::Shared;
    bool outgoing = false;
    bool incoming = false;
};

/// The same name is always the same instance.
[[nodiscard]] InstanceId fakeId(const QString& name);
[[nodiscard]] Domain fakeDomain(const FakeInstance& instance);

/// A host as a test describes it, with what runs on it.
struct FakeHost
{
    QString name;
    QString zone;
    int cpus = 16;
    double memoryGib = 128;
    double diskGib = 2048;
    ServiceState service = ServiceState::Enabled;
    QString reason;
    std::vector<FakeInstance> instances;
};

[[nodiscard]] std::shared_ptr<const HostReading> fakeReading(const FakeHost& host);
[[nodiscard]] HostConfig fakeConfig(const FakeHost& host);

/// A backend whose hosts say what the test wrote for them, at once and for as long as it does not write
/// anything else. Nothing moves by itself: a migration that is started waits until it is let go. Safe from
/// any thread.
class FakeBackend final : public Backend
{
public:
    FakeBackend();
    ~FakeBackend() override;

    /// From now on the host answers so; the session is nudged.
    void setHost(const FakeHost& host);
    /// From now on it does not answer; the session is told that the connection is lost.
    void silence(const QString& host, const QString& message);
    /// What a host says when it is asked whether it can run a guest's CPU; compatible unless set.
    void setCpu(const QString& host, const CpuComparison& answer);
    /// What a host says of what a guest uses; it has everything unless set.
    void setDetails(const QString& host, const HostDetails& answer);
    /// While held, questions of checks stay unanswered.
    void holdQuestions(bool hold);
    void setStats(const QString& instance, const JobStats& stats);
    void clearStats(const QString& instance);

    std::unique_ptr<InventorySource> inventorySource(const HostConfig& host, HostEventSink sink) override;
    std::unique_ptr<JobControl> jobControl(const HostConfig& host) override;
    std::unique_ptr<HostQuery> hostQuery(const HostConfig& host) override;
    std::unique_ptr<HostControl> hostControl(const HostConfig& host) override;
    std::unique_ptr<InstanceControl> instanceControl(const HostConfig& host) override;
    std::unique_ptr<Migrator> migrator(const HostConfig& source) override;
    std::unique_ptr<ChannelProbe> channelProbe(const HostConfig& source) override;
    std::unique_ptr<HostExaminer> hostExaminer(const HostConfig& host) override;
    std::unique_ptr<StorageAccess> storageAccess(const HostConfig& host) override;
    std::unique_ptr<VolumeTransfer> volumeTransfer(const HostConfig& source,
                                                   const HostConfig& destination) override;
    const Clock& clock() const override;

    struct State;

private:
    std::shared_ptr<State> m_state;
};

/// The fleet file that goes with these hosts.
[[nodiscard]] FleetFile fakeFleet(const std::vector<FakeHost>& hosts);

} // namespace drover::test
