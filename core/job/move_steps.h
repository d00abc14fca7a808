// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/move_images.h"

namespace drover {

/// What the moves of all kinds have in common: the migrate call, asking both hosts, drives, and taking back.
/// Same thread and life as the move.
class MoveSteps
{
public:
    MoveSteps(Backend& backend, MoveOrder& order, MoveWatcher& watcher, std::stop_token stop);

    MoveImages images;

    /// Asks both hosts until their answers fit together, whatever the call has returned. No limit while the
    /// hosts still work on it; a host that stays silent leaves it unknown.
    [[nodiscard]] JobOutcome askBoth(MigrationKind kind, const std::optional<Error>& callError);
    /// The migrate call, with the hosts in charge while it lasts.
    [[nodiscard]] Result<MigrationReturn> migrate(const MigrationSpec& spec);
    /// Empties the drives that the plan says are to be ejected.
    Result<void> ejectMedia();
    /// Puts ejected media back at the source, after a failure.
    void putMediaBack();
    /// Puts ejected media in at the destination where it has the same file; names the others.
    void insertMediaThere();
    /// Takes back what was made at the destination, as far as @p outcome allows it.
    void takeBack(const JobOutcome& outcome);
    void carryAutostart();
    [[nodiscard]] Result<void> notStopped() const;
    [[nodiscard]] bool removesSourceDisks(bool usual) const;
    [[nodiscard]] Result<std::optional<DomainPresence>> look(const HostConfig& host) const;
    [[nodiscard]] MoveReport report(Result<MigrationReturn> result);

    Backend& backend;
    MoveOrder& order;
    MoveWatcher& watcher;
    std::stop_token stop;
    std::vector<Leftover> left;

private:
    QStringList m_ejected;
};

/// Live, with or without disks.
[[nodiscard]] MoveReport moveLive(MoveSteps& steps);
/// Of an instance that is, or will be, shut off.
[[nodiscard]] MoveReport moveStopped(MoveSteps& steps);

} // namespace drover
