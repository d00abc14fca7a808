// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/move_steps.h"

#include "core/job/outcome.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(MoveProcedure)
};

using Role = DiskTransfer::Role;

/// Between two rounds of asking both hosts.
constexpr Milliseconds askPause{500};
/// For so long a host that does not answer is asked again: a daemon that is restarted is back in seconds.
constexpr Milliseconds silentPatience{15000};
/// For so long the two sides may contradict each other: a destination that hangs holds the guest for 28 s.
constexpr Milliseconds unsettledPatience{60000};

} // namespace

MoveSteps::MoveSteps(Backend& b, MoveOrder& o, MoveWatcher& w, std::stop_token s)
    : images(b, o, w, s), backend(b), order(o), watcher(w), stop(std::move(s))
{
}

JobOutcome MoveSteps::askBoth(MigrationKind kind, const std::optional<Error>& callError)
{
    const Instant begin = backend.clock().now();
    for (;;) {
        EndEvidence end;
        end.instance = order.instance;
        end.name = order.name;
        end.source = order.source.id;
        end.destination = order.destination.id;
        end.kind = kind;
        end.cancelRequested = stop.stop_requested();
        end.callError = callError;
        end.atSource = backend.hostQuery(order.source)->find(order.instance, order.name, {});
        end.atDestination = backend.hostQuery(order.destination)->find(order.instance, order.name, {});
        std::optional<JobOutcome> outcome = decideOutcome(end);
        const Milliseconds asking = backend.clock().now() - begin;
        if (outcome && (outcome->runsOn || asking >= silentPatience)) {
            watcher.hostsCarry(false);
            return std::move(*outcome);
        }
        const bool goesOn =
            end.atSource &&
            std::any_of(end.atSource->begin(), end.atSource->end(), [&](const DomainPresence& p) {
                return p.id == order.instance && p.jobActive && p.reason != StateReason::PostCopyFailed;
            });
        // A lost call is no lost move: whoever cancels has to ask the hosts.
        watcher.hostsCarry(!outcome && goesOn);
        if (!outcome && !goesOn && asking >= unsettledPatience) {
            JobOutcome unclear;
            unclear.state = JobState::Unknown;
            unclear.hasError = true;
            unclear.error = callError.value_or(
                Error{ErrorCode::OperationFailed,
                      Text::tr("%1 stands between %2 and %3 and does not move on")
                          .arg(order.name, order.source.id.value, order.destination.id.value),
                      {},
                      {},
                      order.name});
            return unclear;
        }
        watcher.rest(askPause);
    }
}

Result<MigrationReturn> MoveSteps::migrate(const MigrationSpec& spec)
{
    watcher.hostsCarry(true);
    // Whoever cancels from now on asks the hosts; whoever did before is heard here.
    if (const Result<void> goOn = notStopped(); !goOn) {
        watcher.hostsCarry(false);
        return fail(goOn.error());
    }
    // A stop request must not reach it: it would let go of the call, and the hosts would go on.
    Result<MigrationReturn> result = backend.migrator(order.source)->migrate(spec, {});
    watcher.hostsCarry(false);
    return result;
}

Result<void> MoveSteps::notStopped() const
{
    if (!stop.stop_requested())
        return {};
    return fail(Error{
        ErrorCode::Cancelled, Text::tr("The move of %1 was cancelled").arg(order.name), {}, {}, order.name});
}

Result<void> MoveSteps::ejectMedia()
{
    for (const DiskTransfer& disk : order.copies.disks) {
        if (disk.role != Role::Eject)
            continue;
        const Result<void> done =
            backend.instanceControl(order.source)->setMedium(order.instance, disk.target, {});
        if (!done)
            return done;
        m_ejected.append(disk.target);
        watcher.decided(QStringLiteral("eject"),
                        Text::tr("%1 of %2, as asked for").arg(disk.images.back().image.path, order.name));
    }
    return {};
}

void MoveSteps::putMediaBack()
{
    for (const DiskTransfer& disk : order.copies.disks) {
        if (!m_ejected.contains(disk.target))
            continue;
        const QString path = disk.images.back().image.path;
        const Result<void> done =
            backend.instanceControl(order.source)->setMedium(order.instance, disk.target, path);
        if (!done)
            left.push_back({order.source.id, path,
                            Text::tr("ejected from %1 of %2, and could not be put back: %3")
                                .arg(disk.target, order.name, done.error().message),
                            false});
    }
    m_ejected.clear();
}

void MoveSteps::insertMediaThere()
{
    for (const DiskTransfer& disk : order.copies.disks) {
        if (!m_ejected.contains(disk.target))
            continue;
        const QString path = disk.images.back().image.path;
        QString why = Text::tr("%1 does not have it").arg(order.destination.id.value);
        const Result<QByteArray> there = images.destination().digest(path, DigestOf::Everything, stop);
        const Result<QByteArray> here = there ? images.source().digest(path, DigestOf::Everything, stop)
                                              : Result<QByteArray>(QByteArray());
        if (there && here && *there == *here) {
            const Result<void> done =
                backend.instanceControl(order.destination)->setMedium(order.instance, disk.target, path);
            if (done)
                continue;
            why = done.error().message;
        } else if (there && here) {
            why = Text::tr("%1 has another file under this path").arg(order.destination.id.value);
        }
        left.push_back({order.source.id, path,
                        Text::tr("the medium of %1; the drive is empty on %2: %3")
                            .arg(disk.target, order.destination.id.value, why),
                        false});
    }
    m_ejected.clear();
}

void MoveSteps::takeBack(const JobOutcome& outcome)
{
    const bool known = outcome.runsOn.has_value();
    const bool runsThere = known && std::find(outcome.runsOn->begin(), outcome.runsOn->end(),
                                              order.destination.id) != outcome.runsOn->end();
    if (known && !runsThere) {
        images.undo(left);
        putMediaBack();
        return;
    }
    images.leave(known ? Text::tr("made for this move; %1 is on %2 all the same, so it was not removed")
                             .arg(order.name, order.destination.id.value)
                       : Text::tr("made for this move; not removed, because it is not known where %1 runs")
                             .arg(order.name),
                 left);
    if (!known)
        putMediaBack();
}

void MoveSteps::carryAutostart()
{
    if (!order.autostart || !order.persistent || order.options.noPersist)
        return;
    const Result<void> set = backend.hostControl(order.destination)->setAutostart(order.instance, true);
    if (!set)
        watcher.decided(QStringLiteral("autostart-failed"),
                        Text::tr("%1 starts with %2 no longer: %3")
                            .arg(order.name, order.destination.id.value, set.error().message));
    if (!order.options.keepSource)
        return;
    // A definition that stays must not start a second instance with its host.
    const Result<void> unset = backend.hostControl(order.source)->setAutostart(order.instance, false);
    if (!unset)
        left.push_back({order.source.id,
                        {},
                        Text::tr("the definition of %1 there starts with the host: %2")
                            .arg(order.name, unset.error().message),
                        false});
}

bool MoveSteps::removesSourceDisks(bool usual) const
{
    // A definition that stays needs its disks.
    const bool whole = !order.options.keepSource && !order.options.noPersist;
    return order.options.removeSourceDisks.value_or(usual) && whole;
}

Result<std::optional<DomainPresence>> MoveSteps::look(const HostConfig& host) const
{
    const Result<std::vector<DomainPresence>> found =
        backend.hostQuery(host)->find(order.instance, order.name, {});
    if (!found)
        return fail(found.error());
    const auto at = std::find_if(found->begin(), found->end(),
                                 [&](const DomainPresence& p) { return p.id == order.instance; });
    return at == found->end() ? std::optional<DomainPresence>() : std::optional(*at);
}

MoveReport MoveSteps::report(Result<MigrationReturn> result)
{
    MoveReport made;
    made.result = std::move(result);
    made.left = std::move(left);
    made.times = images.times();
    return made;
}

} // namespace drover
