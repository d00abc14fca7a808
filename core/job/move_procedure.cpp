// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/move_procedure.h"

#include "core/job/move_steps.h"

#include <algorithm>
#include <utility>

namespace drover {
namespace {

using Role = DiskTransfer::Role;

/// Nothing is done besides the migrate call: no image is made, no drive emptied, nothing started or removed.
bool isPlain(const MoveOrder& order)
{
    if (order.kind == MigrationKind::Cold ||
        (order.kind == MigrationKind::Offline && order.carrier == Carrier::Console))
        return false;
    return std::all_of(order.copies.disks.begin(), order.copies.disks.end(), [](const DiskTransfer& disk) {
        return disk.role != Role::Copied && disk.role != Role::Eject &&
               std::all_of(disk.images.begin(), disk.images.end(),
                           [](const ImageTransfer& image) { return image.way == ImageTransfer::Way::Stays; });
    });
}

} // namespace

MigrationSpec specOf(const MoveOrder& order)
{
    MigrationSpec spec;
    spec.instance = order.instance;
    spec.name = order.name;
    spec.source = order.source;
    spec.destination = order.destination;
    spec.peerUri = order.peerUri;
    spec.kind = order.kind;
    spec.options = order.options;
    spec.persistent = order.persistent;
    spec.disks = order.copies.targets(Role::Copied);
    spec.incremental = order.copies.incremental;
    spec.storageProven = order.copies.storageProven;
    return spec;
}

MoveReport runMove(Backend& backend, MoveOrder order, MoveWatcher& watcher, std::stop_token stop)
{
    MoveSteps steps(backend, order, watcher, std::move(stop));
    if (isPlain(order))
        return steps.report(steps.migrate(specOf(order)));
    if (order.kind == MigrationKind::Live || order.kind == MigrationKind::LiveBlock)
        return moveLive(steps);
    return moveStopped(steps);
}

MoveReport moveLive(MoveSteps& steps)
{
    const auto giveUp = [&](const Error& error, const JobOutcome& outcome) {
        steps.takeBack(outcome);
        return steps.report(fail(error));
    };
    // Nothing has been asked of the hosts yet: it runs where it ran.
    JobOutcome untouched;
    untouched.runsOn = {steps.order.source.id};
    if (const Result<void> prepared = steps.images.prepare(); !prepared)
        return giveUp(prepared.error(), untouched);
    if (const Result<void> ejected = steps.ejectMedia(); !ejected)
        return giveUp(ejected.error(), untouched);

    Result<MigrationReturn> result = steps.migrate(specOf(steps.order));
    const JobOutcome outcome =
        steps.askBoth(steps.order.kind, result ? std::nullopt : std::optional(result.error()));
    if (outcome.state != JobState::Completed) {
        steps.takeBack(outcome);
        return steps.report(result ? Result<MigrationReturn>(fail(outcome.error)) : std::move(result));
    }
    steps.insertMediaThere();
    steps.carryAutostart();
    steps.images.settleSource(steps.removesSourceDisks(false), steps.left);
    return steps.report(result ? std::move(result) : Result<MigrationReturn>(MigrationReturn{}));
}

} // namespace drover
