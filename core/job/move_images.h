// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/move_procedure.h"

namespace drover {

/// The images of one move: makes and copies them at the destination, remembers which, and removes them again
/// where the move fails. Same thread and life as the move.
class MoveImages
{
public:
    /// @param order its copies may be changed: a base that turns out to differ has all data copied
    MoveImages(Backend& backend, MoveOrder& order, MoveWatcher& watcher, std::stop_token stop);

    /// All that can be done while the instance runs: compares bases, copies bases and media that are missing,
    /// makes empty images for the hosts to fill.
    Result<void> prepare();
    /// Copies the disks' own images; the instance must be shut off.
    Result<void> copyDisks();
    /// Removes at the destination what was made there; what cannot be removed is added to @p left. Only when
    /// the destination is known not to run the instance.
    void undo(std::vector<Leftover>& left);
    /// Nothing is removed, for that reason.
    void leave(const QString& reason, std::vector<Leftover>& left) const;
    /// Removes or names what the instance ran from.
    void settleSource(bool remove, std::vector<Leftover>& left);
    [[nodiscard]] const CopyTimes& times() const { return m_times; }
    [[nodiscard]] StorageAccess& source() { return *m_source; }
    [[nodiscard]] StorageAccess& destination() { return *m_destination; }

private:
    Result<void> compare();
    Result<void> equal(const ImageTransfer& image, bool& same);
    Result<void> makeRoom(const ImageTransfer& image);
    Result<void> copyFile(const ImageTransfer& image);
    Result<void> fill(const ImageTransfer& image);
    void planProgress();
    void tell(const CopyProgress& progress);
    [[nodiscard]] Result<void> stopped() const;
    [[nodiscard]] Milliseconds since(Instant begin) const { return m_backend.clock().now() - begin; }

    Backend& m_backend;
    MoveOrder& m_order;
    MoveWatcher& m_watcher;
    std::stop_token m_stop;
    std::unique_ptr<StorageAccess> m_source;
    std::unique_ptr<StorageAccess> m_destination;
    std::vector<QString> m_made; ///< in the order they were made
    CopyTimes m_times;
    Instant m_copyBegan{};
    Bytes m_total; ///< of all files that pass through this computer
    Bytes m_done;  ///< of those that are over
    Instant m_rateSince{};
    Bytes m_rateFrom;
    std::optional<Rate> m_rate;
};

} // namespace drover
