// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/move_procedure.h"

#include <map>

namespace drover::testing {

/// Two hosts, h1 and h2, with files and one instance, for moves that run on the test's own thread. Every call
/// that changes something is written down in order, and any of them can be made to fail.
class MoveWorld final : public Backend
{
public:
    struct Place
    {
        PowerState state = PowerState::ShutOff;
        bool persistent = true;
        bool autostart = false;
        QByteArray definition = "vm";
    };
    struct Side
    {
        std::optional<Place> vm;
        std::map<QString, ImageFacts> files;
        std::map<QString, QByteArray> contents; ///< empty where not set: equal files have equal content
        bool silent = false;
        QStringList used; ///< files that cannot be removed
    };

    MoveWorld();
    /// A plan's disk: image of h1 over these bases, each transferred in that way.
    [[nodiscard]] MoveOrder order(MigrationKind kind, Carrier carrier = Carrier::Hosts) const;
    void addFile(const QString& host, const QString& path, const QString& backing = {},
                 const QByteArray& content = "same");

    std::map<QString, Side> sides;
    QStringList log;
    /// The call that begins so fails with this, before it has any effect.
    std::map<QString, Error> failing;
    /// What happens right before the call that begins so.
    std::map<QString, std::function<void()>> before;
    bool obeysShutdown = true;
    ManualClock manualClock;

    /// Writes the call down. @return why it fails; nothing: it does not
    std::optional<Error> call(const QString& words);

    std::unique_ptr<InventorySource> inventorySource(const HostConfig&, HostEventSink) override { return {}; }
    std::unique_ptr<JobControl> jobControl(const HostConfig&) override { return {}; }
    std::unique_ptr<HostQuery> hostQuery(const HostConfig& host) override;
    std::unique_ptr<HostControl> hostControl(const HostConfig& host) override;
    std::unique_ptr<InstanceControl> instanceControl(const HostConfig& host) override;
    std::unique_ptr<Migrator> migrator(const HostConfig& source) override;
    std::unique_ptr<StorageAccess> storageAccess(const HostConfig& host) override;
    std::unique_ptr<VolumeTransfer> volumeTransfer(const HostConfig& source,
                                                   const HostConfig& destination) override;
    std::unique_ptr<ChannelProbe> channelProbe(const HostConfig&) override { return {}; }
    std::unique_ptr<HostExaminer> hostExaminer(const HostConfig&) override { return {}; }
    const Clock& clock() const override { return manualClock; }
};

/// Lets time pass instead of waiting, and keeps what it hears.
class MoveEar final : public MoveWatcher
{
public:
    explicit MoveEar(MoveWorld& world) : m_world(world) {}
    void copying(const JobStats& stats) override { last = stats; }
    void decided(const QString& action, const QString&) override { decisions.append(action); }
    void hostsCarry(bool carry) override { carried |= carry; }
    void rest(Milliseconds time) override { m_world.manualClock.advance(time); }

    JobStats last;
    QStringList decisions;
    bool carried = false;

private:
    MoveWorld& m_world;
};

} // namespace drover::testing
