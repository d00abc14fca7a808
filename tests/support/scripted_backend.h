// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"

#include <QStringList>

#include <map>
#include <memory>
#include <vector>

namespace drover::testing {

struct Stage;

/// A backend that does exactly what a test says, call by call: hosts tell the domains that the test put on
/// them, a migrate call stands until the test lets it return, and everything that was asked of a host is
/// written down. Nothing moves by itself, and its clock stands still until the test moves it. Thread-safe.
class ScriptedBackend final : public Backend
{
public:
    ScriptedBackend();
    ~ScriptedBackend() override;

    /// The test is over: whatever hangs now or would hang later goes on. A thread that hangs keeps the
    /// backend alive, so its end alone would not do.
    void end();

    /// What the host tells from now on, to readings and to questions alike.
    void put(const QString& host, std::vector<Domain> domains);
    /// Raises an event at the host, as its lane hears it.
    void raise(const QString& host, const HostEvent& event);
    /// The same as put(), and the lane is told to look.
    void show(const QString& host, std::vector<Domain> domains);
    /// Readings and questions fail from now on; an empty message: they work again.
    void silence(const QString& host, const QString& message);
    /// Questions alone fail, readings go on.
    void silenceQuestions(const QString& host, const QString& message);
    /// The next open of this host stands until letGo().
    void hangNextOpen(const QString& host);
    /// The next question to this host stands until letGo().
    void hangNextQuestion(const QString& host);
    void letGo();

    void setStats(int instance, std::optional<JobStats> stats);
    void setAbortAnswer(Result<void> answer);
    /// The next control but an abort stands until letGo().
    void hangNextControl();
    /// What this host says of what a guest uses; it has everything unless set.
    void setDetails(const QString& host, const HostDetails& answer);
    /// What the way to this host is found to be; it is open unless set.
    void setChannel(const QString& destination, Result<ChannelEvidence> answer);
    /// The next probe of a way stands until letGo().
    void hangNextProbe();
    /// Lets the migrate call of this instance return, now or as soon as it is made.
    void endCall(int instance, Result<MigrationReturn> result);
    /// What the next migrate call throws.
    void throwInMigrate(const QString& message);

    [[nodiscard]] QStringList calls() const; ///< "migrate vm-1 h1>h2 live", "abort vm-1", …
    [[nodiscard]] int opens(const QString& host) const;
    void advance(Milliseconds by);

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

private:
    std::shared_ptr<Stage> m_stage;
};

} // namespace drover::testing
