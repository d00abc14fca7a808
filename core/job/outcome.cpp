// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/outcome.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Outcome)
};

struct Side
{
    bool known = false;
    bool present = false; ///< defined or running there
    bool active = false;  ///< running or paused of its own, not half-arrived
    bool halfWay = false; ///< incoming, or paused by the migration
    bool busy = false;    ///< a job holds it
    PowerState state = PowerState::Unknown;
    StateReason reason = StateReason::Unknown;

    /// A broken post-copy: memory is on both sides, and each needs the other.
    [[nodiscard]] bool broken() const { return active && reason == StateReason::PostCopyFailed; }
};

Side look(const Result<std::vector<DomainPresence>>& answer, const InstanceId& id)
{
    Side side;
    side.known = answer.has_value();
    if (!answer)
        return side;
    const auto it =
        std::find_if(answer->begin(), answer->end(), [&](const DomainPresence& p) { return p.id == id; });
    if (it == answer->end())
        return side;
    side.present = true;
    side.active = it->state == PowerState::Running || it->state == PowerState::Paused ||
                  it->state == PowerState::Suspended || it->state == PowerState::ShuttingDown;
    side.busy = it->jobActive;
    side.state = it->state;
    side.reason = it->reason;
    side.halfWay = it->state == PowerState::Paused &&
                   (it->reason == StateReason::Migration || it->reason == StateReason::PostCopy ||
                    it->reason == StateReason::PostCopyFailed);
    return side;
}

void setError(JobOutcome& outcome, Error error)
{
    outcome.error = std::move(error);
    outcome.hasError = true;
}

Error stayed(const EndEvidence& e)
{
    return e.callError.value_or(
        Error{ErrorCode::OperationFailed,
              Text::tr("The migration ended without moving %1: it runs on %2 as before")
                  .arg(e.name, e.source.value),
              {},
              e.source.value,
              e.name});
}

std::optional<JobOutcome> outsideTheFleet(const EndEvidence& e, const Side& source)
{
    if (source.active && (source.halfWay || source.busy))
        return std::nullopt;
    JobOutcome outcome;
    if (source.active) {
        outcome.state = JobState::Failed;
        outcome.runsOn = {e.source};
        setError(outcome, stayed(e));
        return outcome;
    }
    if (source.present && source.reason != StateReason::Migrated) {
        outcome.state = JobState::Failed;
        outcome.runsOn = std::vector<HostId>{};
        setError(outcome, {ErrorCode::OperationFailed,
                           Text::tr("%1 was being moved and is %2 on %3 now")
                               .arg(e.name, powerStateName(source.state), e.source.value),
                           {},
                           e.source.value,
                           e.name});
        return outcome;
    }
    outcome.state = JobState::Unknown;
    setError(outcome,
             {ErrorCode::NotFound,
              Text::tr("%1 has left %2; which host it went to is not known").arg(e.name, e.source.value),
              {},
              {},
              e.name});
    return outcome;
}

/// One side of a post-copy has gone, and with it the part of the memory that only it had.
JobOutcome lost(const EndEvidence& e, const HostId& gone, const HostId& rest)
{
    JobOutcome outcome;
    outcome.state = JobState::Failed;
    outcome.runsOn = std::vector<HostId>{};
    setError(outcome,
             {ErrorCode::OperationFailed,
              Text::tr("%1 is lost: %2 failed during post-copy, and what stands on %3 has only a part "
                       "of its memory. Power it off on %3, then start it anew")
                  .arg(e.name, gone.value, rest.value),
              e.callError ? e.callError->message : QString(), rest.value, e.name});
    return outcome;
}

JobOutcome offlineOutcome(const EndEvidence& e, const Side& source, const Side& destination)
{
    JobOutcome outcome;
    outcome.runsOn = std::vector<HostId>{};
    if (source.present)
        outcome.runsOn->push_back(e.source);
    if (destination.present)
        outcome.runsOn->push_back(e.destination);
    // With both, the destination's may be an older definition: then the call decides.
    if (destination.present && (!e.callError || !source.present)) {
        outcome.state = JobState::Completed;
        return outcome;
    }
    if (e.cancelRequested && source.present && !destination.present) {
        outcome.state = JobState::Cancelled;
        return outcome;
    }
    outcome.state = JobState::Failed;
    const QString message =
        source.present || destination.present
            ? Text::tr("%1 is not defined on %2").arg(e.name, e.destination.value)
            : Text::tr("%1 is defined on neither %2 nor %3").arg(e.name, e.source.value, e.destination.value);
    setError(outcome, e.callError.value_or(
                          Error{ErrorCode::OperationFailed, message, {}, e.destination.value, e.name}));
    return outcome;
}

} // namespace

std::optional<JobOutcome> decideOutcome(const EndEvidence& e)
{
    JobOutcome outcome;
    const Side source = look(e.atSource, e.instance);
    const Side destination = look(e.atDestination, e.instance);
    if (source.known && e.destination.value.isEmpty())
        return outsideTheFleet(e, source);
    if (!source.known || !destination.known) {
        const auto& silent = source.known ? e.atDestination : e.atSource;
        const QString host = source.known ? e.destination.value : e.source.value;
        outcome.state = JobState::Unknown;
        setError(outcome,
                 {ErrorCode::Unreachable,
                  Text::tr("%1 could not be asked where %2 runs; nothing is assumed").arg(host, e.name),
                  silent.error().message, host, e.name});
        return outcome;
    }
    if (e.kind == MigrationKind::Offline)
        return offlineOutcome(e, source, destination);
    if (destination.broken() && !source.active)
        return lost(e, e.source, e.destination);
    if (source.broken() && !destination.active)
        return lost(e, e.destination, e.source);
    if (source.active && source.busy)
        return std::nullopt; // the call was lost, the hosts go on by themselves
    if (source.active && destination.active) {
        if (source.halfWay || destination.halfWay)
            return std::nullopt; // the switch-over, or the clean-up after a failure, is still going on
        outcome.state = JobState::Unknown;
        outcome.runsOn = {e.source, e.destination};
        setError(outcome,
                 {ErrorCode::OperationFailed,
                  Text::tr("%1 runs on both %2 and %3: stop one of them at once, two writers may destroy its "
                           "disks")
                      .arg(e.name, e.source.value, e.destination.value),
                  {},
                  {},
                  e.name});
        return outcome;
    }
    if (destination.active) {
        // A guest in post-copy is not whole before its reason says that it has arrived.
        if (destination.halfWay || destination.reason == StateReason::PostCopy)
            return std::nullopt;
        outcome.state = JobState::Completed;
        outcome.runsOn = {e.destination};
        return outcome;
    }
    if (source.active) {
        if (source.halfWay)
            return std::nullopt;
        const bool asked = e.cancelRequested || (e.callError && e.callError->code == ErrorCode::Cancelled);
        outcome.state = asked ? JobState::Cancelled : JobState::Failed;
        outcome.runsOn = {e.source};
        if (outcome.state == JobState::Failed)
            setError(outcome, stayed(e));
        return outcome;
    }
    outcome.state = JobState::Failed;
    outcome.runsOn = std::vector<HostId>{};
    Error error = e.callError.value_or(Error{ErrorCode::OperationFailed, {}, {}, {}, e.name});
    error.message = Text::tr("%1 runs on neither %2 nor %3%4")
                        .arg(e.name, e.source.value, e.destination.value,
                             error.message.isEmpty() ? QString() : QStringLiteral(": ") + error.message);
    setError(outcome, std::move(error));
    return outcome;
}

} // namespace drover
