// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/move_steps.h"

#include <QCoreApplication>

#include <utility>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(MoveProcedure)
};

using Power = HostControl::PowerAction;

constexpr Milliseconds shutdownPatience{180000};
constexpr Milliseconds shutdownLook{500};

/// The move of an instance that does not run while it is carried.
class StoppedMove
{
public:
    explicit StoppedMove(MoveSteps& s) : steps(s), order(s.order) {}

    MoveReport run()
    {
        if (order.options.noPersist)
            return steps.report(fail(problem(
                ErrorCode::InvalidInput,
                Text::tr("Moving %1 while it is off means to define it on %2: it has to be persistent there")
                    .arg(order.name, there()))));
        if (const Result<void> known = rememberDestination(); !known)
            return steps.report(fail(known.error()));
        // As much as possible while it still runs: bases and media do not change.
        if (const Result<void> prepared = prepare(); !prepared)
            return undo(prepared.error());
        if (const Result<void> off = shutDown(); !off)
            return undo(off.error());
        const Result<void> carried = carry();
        if (!carried)
            return undo(carried.error());
        if (const Result<void> begun = beginThere(); !begun)
            return undo(begun.error());
        return conclude();
    }

private:
    [[nodiscard]] QString here() const { return order.source.id.value; }
    [[nodiscard]] QString there() const { return order.destination.id.value; }
    [[nodiscard]] Error problem(ErrorCode code, const QString& message, const QString& host = {}) const
    {
        return Error{code, message, {}, host, order.name};
    }
    [[nodiscard]] bool copiesDisks() const
    {
        return !order.copies.targets(DiskTransfer::Role::Copied).isEmpty();
    }
    [[nodiscard]] bool cold() const { return order.kind == MigrationKind::Cold; }

    /// An old definition there comes back if the move fails.
    Result<void> rememberDestination()
    {
        const Result<std::optional<DomainPresence>> found = steps.look(order.destination);
        if (!found)
            return fail(found.error());
        if (!found->has_value())
            return {};
        if ((*found)->state != PowerState::ShutOff)
            return fail(problem(ErrorCode::Refused,
                                Text::tr("%1 is active on %2 already").arg(order.name, there()), there()));
        const Result<QByteArray> old =
            steps.backend.instanceControl(order.destination)->definition(order.instance);
        if (!old)
            return fail(old.error());
        m_oldDefinition = *old;
        return {};
    }

    Result<void> prepare()
    {
        if (const Result<void> prepared = steps.images.prepare(); !prepared)
            return prepared;
        return steps.ejectMedia();
    }

    Result<void> shutDown()
    {
        const Result<std::optional<DomainPresence>> now = steps.look(order.source);
        if (!now)
            return fail(now.error());
        if (!now->has_value())
            return fail(problem(ErrorCode::NotFound,
                                Text::tr("%1 is no longer on %2").arg(order.name, here()), here()));
        if ((*now)->state == PowerState::ShutOff)
            return {};
        if (!cold())
            return fail(problem(ErrorCode::Refused,
                                Text::tr("%1 was started on %2 meanwhile").arg(order.name, here()), here()));
        if (const Result<void> goOn = steps.notStopped(); !goOn)
            return goOn;
        if (const Result<void> asked =
                steps.backend.hostControl(order.source)->power(order.instance, Power::Shutdown);
            !asked)
            return asked;
        const Milliseconds limit = order.options.shutdownTimeout.value_or(shutdownPatience);
        steps.watcher.decided(QStringLiteral("shut-down"),
                              Text::tr("asked to power off by itself, within %1").arg(formatDuration(limit)));
        const Instant begin = steps.backend.clock().now();
        for (;;) {
            const Result<std::optional<DomainPresence>> found = steps.look(order.source);
            if (found && !found->has_value())
                return fail(problem(ErrorCode::NotFound,
                                    Text::tr("%1 is no longer on %2").arg(order.name, here()), here()));
            if (found && (*found)->state == PowerState::ShutOff) {
                m_shutDown = true;
                return steps.notStopped();
            }
            if (steps.stop.stop_requested())
                return fail(problem(ErrorCode::Cancelled,
                                    Text::tr("The move was cancelled while %1 was asked to shut down: it may "
                                             "still do so")
                                        .arg(order.name)));
            if (steps.backend.clock().now() - begin >= limit)
                return fail(problem(
                    ErrorCode::Timeout,
                    Text::tr("%1 did not shut down within %2: it runs on %3 as before, and was not moved. It "
                             "may still obey later; give it more time, or shut it down from inside")
                        .arg(order.name, formatDuration(limit), here()),
                    here()));
            steps.watcher.rest(shutdownLook);
        }
    }

    Result<void> carry()
    {
        if (order.carrier == Carrier::Console)
            return carryByStreams();
        return copiesDisks() ? carryStopped() : carryDefinition();
    }

    [[nodiscard]] MigrationSpec keptAtSource(MigrationKind kind) const
    {
        // Its definition goes only when the destination has proven that it has the instance.
        MigrationSpec spec = specOf(order);
        spec.kind = kind;
        spec.options.keepSource = true;
        return spec;
    }

    Result<void> carryDefinition()
    {
        m_definedThere = true; // or half so
        const Result<MigrationReturn> moved = steps.migrate(keptAtSource(MigrationKind::Offline));
        return moved ? Result<void>() : Result<void>(fail(moved.error()));
    }

    /// Started without letting it run, carried by the hosts with its disks: not one instruction is executed.
    Result<void> carryStopped()
    {
        if (const Result<void> started =
                steps.backend.instanceControl(order.source)->startPaused(order.instance);
            !started) {
            Error error = started.error();
            error.message += Text::tr(". Carried through this computer (direct) it need not be started");
            return fail(std::move(error));
        }
        m_pausedHere = true;
        m_definedThere = true;
        const Result<MigrationReturn> moved = steps.migrate(keptAtSource(MigrationKind::Cold));
        const JobOutcome outcome =
            steps.askBoth(MigrationKind::Cold, moved ? std::nullopt : std::optional(moved.error()));
        if (outcome.state == JobState::Completed) {
            m_pausedHere = false;
            m_pausedThere = true;
            return {};
        }
        m_unknown = !outcome.runsOn;
        return fail(moved ? outcome.error : moved.error());
    }

    Result<void> carryByStreams()
    {
        const auto source = steps.backend.instanceControl(order.source);
        const Result<QByteArray> definition = source->definition(order.instance);
        if (!definition)
            return fail(definition.error());
        if (const Result<void> copied = steps.images.copyDisks(); !copied)
            return copied;
        if (const Result<void> goOn = steps.notStopped(); !goOn)
            return goOn;
        m_definedThere = true;
        return steps.backend.instanceControl(order.destination)->define(*definition);
    }

    /// Runs there after a cold move; is there, shut off, after an offline one.
    Result<void> beginThere()
    {
        const auto control = steps.backend.hostControl(order.destination);
        Result<void> done;
        if (cold())
            done = control->power(order.instance, m_pausedThere ? Power::Resume : Power::Start);
        else if (m_pausedThere)
            done = control->power(order.instance, Power::PowerOff);
        const JobOutcome outcome =
            steps.askBoth(order.kind, done ? std::nullopt : std::optional(done.error()));
        if (outcome.state == JobState::Completed) {
            if (done)
                return {};
            return fail(done.error()); // defined, or paused, and it could not be started
        }
        m_unknown = !outcome.runsOn;
        return fail(done ? outcome.error : done.error());
    }

    MoveReport conclude()
    {
        steps.insertMediaThere();
        steps.carryAutostart();
        const bool remove = steps.removesSourceDisks(true);
        if (order.options.keepSource) {
            steps.left.push_back({order.source.id,
                                  {},
                                  Text::tr("the definition of %1, kept as asked for").arg(order.name),
                                  true});
        } else if (const Result<void> gone =
                       steps.backend.instanceControl(order.source)->undefine(order.instance);
                   !gone) {
            steps.left.push_back({order.source.id,
                                  {},
                                  Text::tr("the definition of %1: %2").arg(order.name, gone.error().message),
                                  false});
            // It could be started again: then it needs its disks.
            steps.images.settleSource(false, steps.left);
            return steps.report(MigrationReturn{});
        }
        steps.images.settleSource(remove, steps.left);
        return steps.report(MigrationReturn{});
    }

    // ---- taking back

    MoveReport undo(const Error& error)
    {
        const Result<std::optional<DomainPresence>> found = steps.look(order.destination);
        const bool silent = !found || m_unknown;
        if (silent) {
            const QString why =
                Text::tr("%1 could not be asked whether %2 is there").arg(there(), order.name);
            steps.images.leave(Text::tr("made for this move; %1").arg(why), steps.left);
            steps.putMediaBack();
            if (m_pausedHere)
                steps.left.push_back(
                    {order.source.id,
                     {},
                     Text::tr("%1 stands paused and has not run. It is not touched, because %2")
                         .arg(order.name, why),
                     false});
            if (m_shutDown)
                steps.watcher.decided(QStringLiteral("not-started"),
                                      Text::tr("%1 stays shut off on %2: %3").arg(order.name, here(), why));
            return steps.report(fail(error));
        }
        if (!clearDestination(*found)) {
            steps.images.leave(Text::tr("made for this move; %1 is still on %2").arg(order.name, there()),
                               steps.left);
            steps.putMediaBack();
            return steps.report(fail(error));
        }
        steps.images.undo(steps.left);
        if (m_pausedHere)
            endPausedHere();
        steps.putMediaBack();
        if (m_shutDown)
            startAgain();
        return steps.report(fail(error));
    }

    /// @return the destination does not have the instance any more, or has what it had before
    bool clearDestination(const std::optional<DomainPresence>& found)
    {
        if (!m_definedThere)
            return true;
        if (found && found->state != PowerState::ShutOff) {
            if (!m_pausedThere && !cold())
                return false;
            const Result<void> off =
                steps.backend.hostControl(order.destination)->power(order.instance, Power::PowerOff);
            const Result<std::optional<DomainPresence>> now = steps.look(order.destination);
            if (!off || !now || (now->has_value() && (*now)->state != PowerState::ShutOff)) {
                steps.left.push_back({order.destination.id,
                                      {},
                                      Text::tr("%1 could not be stopped there").arg(order.name),
                                      false});
                return false;
            }
        }
        const auto control = steps.backend.instanceControl(order.destination);
        Result<void> done;
        if (!m_oldDefinition.isEmpty())
            done = control->define(m_oldDefinition);
        else if (found)
            done = control->undefine(order.instance);
        if (!done) {
            steps.left.push_back({order.destination.id,
                                  {},
                                  Text::tr("the definition of %1: %2").arg(order.name, done.error().message),
                                  false});
            return false;
        }
        return true;
    }

    void endPausedHere()
    {
        const Result<void> off =
            steps.backend.hostControl(order.source)->power(order.instance, Power::PowerOff);
        if (!off)
            steps.left.push_back({order.source.id,
                                  {},
                                  Text::tr("%1 stands paused and has not run: power it off. %2")
                                      .arg(order.name, off.error().message),
                                  false});
    }

    /// It ran before the move.
    void startAgain()
    {
        const Result<void> started =
            steps.backend.hostControl(order.source)->power(order.instance, Power::Start);
        steps.watcher.decided(started ? QStringLiteral("started-again") : QStringLiteral("not-started"),
                              started ? Text::tr("%1 runs on %2 again").arg(order.name, here())
                                      : Text::tr("%1 could not be started on %2 again: %3")
                                            .arg(order.name, here(), started.error().message));
    }

    MoveSteps& steps;
    MoveOrder& order;
    QByteArray m_oldDefinition;
    bool m_shutDown = false;     ///< by this move
    bool m_pausedHere = false;   ///< started at the source without running
    bool m_pausedThere = false;  ///< arrived without running
    bool m_definedThere = false; ///< by this move, or half so
    bool m_unknown = false;      ///< a host could not be asked where it is
};

} // namespace

MoveReport moveStopped(MoveSteps& steps)
{
    return StoppedMove(steps).run();
}

} // namespace drover
