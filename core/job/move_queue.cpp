// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/move_queue.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(MoveQueue)
};

} // namespace

QueueDecision decideQueue(const std::vector<QueuedMove>& moves, const FleetLimits& limits)
{
    QueueDecision decision;
    std::vector<const QueuedMove*> running;
    for (const QueuedMove& move : moves) {
        if (move.running)
            running.push_back(&move);
    }
    const auto matching = [&running](auto predicate) {
        std::vector<const QueuedMove*> found;
        std::copy_if(running.begin(), running.end(), std::back_inserter(found), predicate);
        return found;
    };
    for (const QueuedMove& move : moves) {
        if (move.running)
            continue;
        const auto leaving = matching([&](const QueuedMove* m) { return m->source == move.source; });
        const auto arriving =
            matching([&](const QueuedMove* m) { return m->destination == move.destination; });
        const auto sameLink = matching([&](const QueuedMove* m) {
            return m->source == move.source && m->destination == move.destination;
        });
        // A limit below one would name a move that does not exist: nothing is held back by nothing.
        const auto full = [](const auto& list, int limit) {
            return !list.empty() && static_cast<int>(list.size()) >= limit;
        };
        QString waitsFor;
        if (full(running, limits.total))
            waitsFor = Text::tr("waits for %1 (%2 moves run already)")
                           .arg(running.front()->name)
                           .arg(running.size());
        else if (full(leaving, limits.perSource))
            waitsFor = Text::tr("waits for %1 (%2 sends %3 already)")
                           .arg(leaving.front()->name, move.source.value)
                           .arg(leaving.size());
        else if (full(arriving, limits.perDestination))
            waitsFor = Text::tr("waits for %1 (%2 receives %3 already)")
                           .arg(arriving.front()->name, move.destination.value)
                           .arg(arriving.size());
        else if (limits.perLink && full(sameLink, *limits.perLink))
            waitsFor = Text::tr("waits for %1 (same link)").arg(sameLink.front()->name);
        if (waitsFor.isEmpty()) {
            decision.start.push_back(move.id);
            running.push_back(&move);
        } else {
            decision.waiting.push_back({move.id, waitsFor});
        }
    }
    return decision;
}

} // namespace drover
