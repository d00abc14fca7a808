// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/context.h"

#include <QUuid>

#include <algorithm>

namespace drover::ctl {
namespace {

/// As in context.cpp: how long hosts that have not answered may still bring another instance of the same
/// name.
constexpr Milliseconds sameNameGrace{2000};

bool runsSomewhere(const Instance& instance)
{
    return std::any_of(instance.places.begin(), instance.places.end(), [](const Place& place) {
        return place.role == PlaceRole::Running || place.role == PlaceRole::Outgoing ||
               place.role == PlaceRole::Conflict;
    });
}

} // namespace

struct Context::Search
{
    QString word; ///< as it was typed
    QString nameOrUuid;
    std::optional<HostId> host; ///< of HOST/NAME
    std::optional<HostId> destination;
    std::optional<Instant> firstSeen; ///< when the first host told of it

    /// Only one instance can be meant, whatever other hosts will say.
    [[nodiscard]] bool isExact() const { return host.has_value() || !QUuid(nameOrUuid).isNull(); }
};

std::vector<const Instance*> Context::matches(const Search& search) const
{
    std::vector<const Instance*> found = inventory()->find(search.nameOrUuid);
    if (search.host) {
        std::erase_if(found, [&](const Instance* instance) {
            return std::none_of(instance->places.begin(), instance->places.end(),
                                [&](const Place& place) { return place.host == *search.host; });
        });
    }
    return found;
}

bool Context::isDecided(Search& search)
{
    if (search.destination && !hasAnswered(*search.destination))
        return false;
    const std::vector<const Instance*> found = matches(search);
    if (found.size() > 1 || allHaveAnswered())
        return true;
    if (found.empty())
        return search.host && hasAnswered(*search.host);
    if (search.isExact() && runsSomewhere(*found.front()))
        return true;
    const Instant now = std::chrono::time_point_cast<Milliseconds>(std::chrono::steady_clock::now());
    if (!search.firstSeen) {
        search.firstSeen = now;
        // Looked at again when the grace is over, also where no host says anything in between.
        QTimer::singleShot(sameNameGrace + Milliseconds(20), this, &Context::look);
    }
    return now - *search.firstSeen >= sameNameGrace;
}

void Context::findInstance(const QString& word, const std::optional<HostId>& destination, Found then)
{
    auto search = std::make_shared<Search>();
    search->word = word;
    search->nameOrUuid = word.section(QLatin1Char('/'), -1);
    if (const qsizetype slash = word.indexOf(QLatin1Char('/')); slash >= 0)
        search->host = HostId{word.left(slash)};
    search->destination = destination;
    for (const std::optional<HostId>& named : {search->host, destination}) {
        if (named && inventory()->host(*named) == nullptr) {
            fail({ErrorCode::NotFound,
                  QStringLiteral("There is no host %1 in the fleet").arg(named->value),
                  {},
                  named->value,
                  {}});
            return;
        }
    }
    when([this, search] { return isDecided(*search); }, patience(),
         [this, search, then = std::move(then)] { decide(*search, then); });
}

void Context::decide(const Search& search, const Found& then)
{
    const std::vector<const Instance*> found = matches(search);
    if (found.empty()) {
        fail(noSuchInstance(search));
        return;
    }
    if (found.size() > 1) {
        QStringList candidates;
        for (const Instance* instance : found) {
            for (const Place& place : instance->places)
                candidates.append(QStringLiteral("%1/%2 (%3)")
                                      .arg(place.host.value, instance->name(), toString(instance->id)));
        }
        fail({ErrorCode::Ambiguous,
              QStringLiteral("%1 is the name of %2 instances: %3. Say HOST/NAME or the UUID")
                  .arg(search.word)
                  .arg(found.size())
                  .arg(candidates.join(QStringLiteral(", "))),
              {},
              {},
              search.nameOrUuid});
        return;
    }
    if (search.destination) {
        if (const std::optional<Error> down = whyDown(*inventory()->host(*search.destination))) {
            Error error = *down;
            error.instance = found.front()->name();
            fail(error);
            return;
        }
    }
    then(*found.front());
}

Error Context::noSuchInstance(const Search& search) const
{
    QStringList silent;
    std::optional<Error> first;
    for (const auto& host : inventory()->hosts()) {
        if (search.host && host->id() != *search.host)
            continue;
        const std::optional<Error> down = whyDown(*host);
        if (!down)
            continue;
        silent.append(host->id().value);
        if (!first)
            first = down;
    }
    if (!first) {
        return {ErrorCode::NotFound,
                search.host
                    ? QStringLiteral("%1 knows no instance %2").arg(search.host->value, search.nameOrUuid)
                    : QStringLiteral("There is no instance %1 on any host of the fleet").arg(search.word),
                {},
                search.host ? search.host->value : QString(),
                search.nameOrUuid};
    }
    // Who does not answer cannot be said not to have it.
    first->message = QStringLiteral("No host that answers knows the instance %1; no answer from %2: %3")
                         .arg(search.nameOrUuid, silent.join(QStringLiteral(", ")), first->message);
    first->host = silent.size() == 1 ? silent.front() : QString();
    first->instance = search.nameOrUuid;
    return *first;
}

} // namespace drover::ctl
