// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/backend_contract.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>

namespace drover::contract {
namespace {

const DomainPresence* active(const std::vector<DomainPresence>& found)
{
    const auto it = std::find_if(found.begin(), found.end(), [](const DomainPresence& p) {
        return p.state == PowerState::Running || p.state == PowerState::Paused;
    });
    return it == found.end() ? nullptr : &*it;
}

/// Where the instance is, and where it could go.
struct Direction
{
    InstanceId id;
    HostConfig from;
    HostConfig to;
    bool persistent = true;
    bool known = false;
};

Direction direction(const Subject& subject)
{
    Direction result;
    for (const bool atSource : {true, false}) {
        const HostConfig& host = atSource ? subject.source : subject.destination;
        const auto found = subject.backend->hostQuery(host)->find(InstanceId{}, subject.instance, {});
        const DomainPresence* presence = found ? active(*found) : nullptr;
        if (presence == nullptr)
            continue;
        result = {presence->id, host, atSource ? subject.destination : subject.source, presence->persistent,
                  true};
    }
    return result;
}

MigrationSpec specOf(const Subject& subject, const Direction& way, const MigrationOptions& options)
{
    MigrationSpec spec;
    spec.instance = way.id;
    spec.name = subject.instance;
    spec.source = way.from;
    spec.destination = way.to;
    spec.peerUri = peerUriOf(way.to).value_or(QString());
    spec.options = options;
    spec.persistent = way.persistent;
    return spec;
}

std::future<Result<MigrationReturn>> begin(const Subject& subject, const Direction& way,
                                           const MigrationOptions& options)
{
    return std::async(std::launch::async, [backend = subject.backend, spec = specOf(subject, way, options)] {
        return backend->migrator(spec.source)->migrate(spec, {});
    });
}

bool ready(const std::future<Result<MigrationReturn>>& call)
{
    return call.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

/// Waits for the call to return, also when a test has failed meanwhile: nothing is left behind.
bool returned(const Subject& subject, const std::future<Result<MigrationReturn>>& call)
{
    return QTest::qWaitFor([&] { return ready(call); }, static_cast<int>(subject.longest.count()));
}

/// The guest runs on @p on alone, once both sides have settled.
bool settlesOn(const Subject& subject, const Direction& way, const HostConfig& on, const HostConfig& notOn)
{
    const auto there = subject.backend->hostQuery(on);
    const auto gone = subject.backend->hostQuery(notOn);
    return QTest::qWaitFor(
        [&] {
            const auto here = there->find(way.id, subject.instance, {});
            const auto other = gone->find(way.id, subject.instance, {});
            if (!here || !other)
                return false;
            const DomainPresence* presence = active(*here);
            return presence != nullptr && presence->state == PowerState::Running && active(*other) == nullptr;
        },
        static_cast<int>(subject.longest.count()));
}

QString text(const Error& error)
{
    return error.message + QStringLiteral(" / ") + error.detail;
}

#define CONTRACT_GOOD(result)                                                                                \
    QVERIFY2((result).has_value(), qPrintable((result) ? QString() : text((result).error())))

} // namespace

void inventoryIsShared(const Subject& subject)
{
    const auto source = subject.backend->inventorySource(subject.source, [](const HostEvent&) {});
    const auto opened = source->open({});
    CONTRACT_GOOD(opened);
    const auto first = source->read(false, {});
    CONTRACT_GOOD(first);
    const auto second = source->read(false, {});
    CONTRACT_GOOD(second);
    QVERIFY((*first)->facts);
    QVERIFY((*first)->facts->cpus > 0);
    QVERIFY((*first)->facts->memory.value > 0);
    QVERIFY(!(*first)->domains.empty());
    const auto& domains = (*second)->domains;
    QVERIFY(std::is_sorted(domains.begin(), domains.end(), [](const Domain& a, const Domain& b) {
        return a.definition->id < b.definition->id;
    }));
    const auto named = std::find_if(domains.begin(), domains.end(),
                                    [&](const Domain& d) { return d.definition->name == subject.instance; });
    QVERIFY(named != domains.end());
    QVERIFY(named->definition->maxMemory.value > 0);
    QVERIFY(named->definition->maxVcpus > 0);
    std::size_t same = 0;
    for (const Domain& before : (*first)->domains) {
        same +=
            static_cast<std::size_t>(std::count_if(domains.begin(), domains.end(), [&](const Domain& now) {
                return now.definition == before.definition;
            }));
    }
    QCOMPARE(same, (*first)->domains.size());
    const auto fresh = source->read(true, {});
    CONTRACT_GOOD(fresh);
    QCOMPARE((*fresh)->domains.size(), domains.size());
    for (std::size_t i = 0; i < domains.size(); ++i)
        QVERIFY(*(*fresh)->domains[i].definition == *domains[i].definition);
    source->close();
    QVERIFY(source->open({}).has_value()); // the same object connects again
    QVERIFY(source->read(false, {}).has_value());
}

void findsByUuidAndByName(const Subject& subject)
{
    const Direction way = direction(subject);
    QVERIFY(way.known);
    const auto query = subject.backend->hostQuery(way.from);
    const auto byId = query->find(way.id, {}, {});
    CONTRACT_GOOD(byId);
    QCOMPARE(byId->size(), std::size_t{1});
    QCOMPARE(byId->front().name, subject.instance);
    const auto byName = query->find(InstanceId{}, subject.instance, {});
    CONTRACT_GOOD(byName);
    QCOMPARE(byName->size(), std::size_t{1});
    QVERIFY(byName->front().id == way.id);
    const auto byBoth = query->find(way.id, subject.instance, {});
    CONTRACT_GOOD(byBoth);
    QCOMPARE(byBoth->size(), std::size_t{1}); // once, though both fit
    const auto none = query->find({QUuid::createUuid()}, QStringLiteral("no-such-instance"), {});
    CONTRACT_GOOD(none);
    QVERIFY(none->empty());
}

void migrationEndsOnTheDestination(const Subject& subject)
{
    const Direction way = direction(subject);
    QVERIFY(way.known);
    auto call = begin(subject, way, {});
    QVERIFY(returned(subject, call));
    const auto result = call.get();
    CONTRACT_GOOD(result);
    QVERIFY(settlesOn(subject, way, way.to, way.from));
    const auto left = subject.backend->hostQuery(way.from)->find(way.id, subject.instance, {});
    CONTRACT_GOOD(left);
    QVERIFY(left->empty()); // a persistent instance is undefined at the source, a transient one is gone
    const auto arrived = subject.backend->hostQuery(way.to)->find(way.id, subject.instance, {});
    CONTRACT_GOOD(arrived);
    QCOMPARE(arrived->front().persistent, way.persistent);
    if (result->completed) {
        QCOMPARE(result->completed->phase, JobStats::Phase::Completed);
        QVERIFY(result->completed->downtime);
        QVERIFY(result->completed->memoryProcessed.value > 0);
    }
}

void statsAreMonotonic(const Subject& subject)
{
    const Direction way = direction(subject);
    QVERIFY(way.known);
    const auto control = subject.backend->jobControl(way.from);
    const auto none = control->stats(way.id, {});
    CONTRACT_GOOD(none);
    QVERIFY(!*none);
    auto call = begin(subject, way, subject.slowly);
    JobStats last;
    int seen = 0;
    QString broken;
    [[maybe_unused]] const bool watched = QTest::qWaitFor(
        [&] {
            const auto stats = control->stats(way.id, {});
            if (!stats || !*stats)
                return ready(call);
            const JobStats& now = **stats;
            if (now.phase != JobStats::Phase::Memory)
                return ready(call);
            ++seen;
            if (now.elapsed < last.elapsed || now.memoryProcessed < last.memoryProcessed ||
                now.iteration < last.iteration || now.iteration < 1)
                broken = QStringLiteral("went back after %1 ms").arg(last.elapsed.count());
            if (last.memoryTotal.value > 0 && now.memoryTotal != last.memoryTotal)
                broken = QStringLiteral("the total changed");
            if (now.memoryRemaining > now.memoryTotal)
                broken = QStringLiteral("more is left than there is");
            if (now.iteration == 1 && now.dirty)
                broken = QStringLiteral("a dirty rate in the first pass");
            last = now;
            return seen >= 20 || ready(call);
        },
        static_cast<int>(subject.longest.count()));
    if (!ready(call))
        QVERIFY(control->setMaxDowntime(way.id, Milliseconds(100000)).has_value() || ready(call));
    if (!ready(call))
        QVERIFY(control->setBandwidth(way.id, Rate::fromMib(8000)).has_value() || ready(call));
    QVERIFY(returned(subject, call));
    const auto result = call.get();
    CONTRACT_GOOD(result);
    QVERIFY2(broken.isEmpty(), qPrintable(broken));
    QVERIFY(seen >= 3);
    QVERIFY(settlesOn(subject, way, way.to, way.from));
}

void abortLeavesItAtTheSource(const Subject& subject)
{
    const Direction way = direction(subject);
    QVERIFY(way.known);
    const auto control = subject.backend->jobControl(way.from);
    auto call = begin(subject, way, subject.slowly);
    QVERIFY(QTest::qWaitFor(
        [&] {
            const auto stats = control->stats(way.id, {});
            return stats && *stats && (*stats)->phase == JobStats::Phase::Memory;
        },
        static_cast<int>(subject.longest.count())));
    const auto aborted = control->abort(way.id);
    CONTRACT_GOOD(aborted);
    QVERIFY(returned(subject, call));
    const auto result = call.get();
    QVERIFY(!result);
    QVERIFY2(result.error().code == ErrorCode::Cancelled || result.error().code == ErrorCode::OperationFailed,
             qPrintable(text(result.error())));
    QVERIFY(!result.error().host.isEmpty());
    QVERIFY(settlesOn(subject, way, way.from, way.to));
    const auto left = subject.backend->hostQuery(way.to)->find(way.id, subject.instance, {});
    CONTRACT_GOOD(left);
    QVERIFY(left->empty());
    const auto none = control->stats(way.id, {});
    CONTRACT_GOOD(none);
    QVERIFY(!*none);
}

void eventsComeInOrder(const Subject& subject)
{
    const Direction way = direction(subject);
    QVERIFY(way.known);
    std::mutex mutex;
    std::vector<std::pair<bool, HostEvent>> told; // first: by the source
    const auto sink = [&](bool bySource) {
        return [&, bySource](const HostEvent& event) {
            const std::scoped_lock lock(mutex);
            told.emplace_back(bySource, event);
        };
    };
    const auto source = subject.backend->inventorySource(way.from, sink(true));
    const auto destination = subject.backend->inventorySource(way.to, sink(false));
    QVERIFY(source->open({}).has_value());
    QVERIFY(destination->open({}).has_value());
    auto call = begin(subject, way, {});
    QVERIFY(returned(subject, call));
    const auto result = call.get();
    CONTRACT_GOOD(result);
    using Kind = HostEvent::Kind;
    const auto count = [&](bool bySource, Kind kind) {
        const std::scoped_lock lock(mutex);
        return std::count_if(told.begin(), told.end(), [&](const auto& t) {
            return t.first == bySource && t.second.kind == kind && t.second.instance == way.id;
        });
    };
    QTRY_COMPARE(count(true, Kind::JobCompleted), 1);
    QTRY_COMPARE(count(false, Kind::IncomingStarted), 1);
    QCOMPARE(count(false, Kind::JobIteration), 0);
    const std::scoped_lock lock(mutex);
    int iteration = 0;
    bool incoming = false;
    for (const auto& [bySource, event] : told) {
        incoming = incoming || event.kind == Kind::IncomingStarted;
        if (event.kind == Kind::JobIteration) {
            // Two daemons tell on two connections: their order is only kept where one thread tells both.
            QVERIFY(incoming || !bySource || iteration == 0);
            QVERIFY(event.iteration > iteration);
            iteration = event.iteration;
        }
        if (event.kind == Kind::JobCompleted) {
            QVERIFY(iteration >= 1);
            QCOMPARE(event.stats.phase, JobStats::Phase::Completed);
            QVERIFY(event.stats.downtime);
        }
    }
}

void serviceRecordIsKept(const Subject& subject)
{
    ServiceRecord record;
    record.state = ServiceState::Maintenance;
    record.reason = QStringLiteral("new \"memory\" <module> & fans");
    record.by = QStringLiteral("night shift");
    record.since = QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7), Qt::UTC);
    const auto set = subject.backend->hostControl(subject.destination)->setService(record);
    CONTRACT_GOOD(set);
    QVERIFY(set->keptOnHost);
    const auto source = subject.backend->inventorySource(subject.destination, [](const HostEvent&) {});
    QVERIFY(source->open({}).has_value());
    const auto reading = source->read(true, {});
    CONTRACT_GOOD(reading);
    QCOMPARE((*reading)->service.state, record.state);
    QCOMPARE((*reading)->service.reason, record.reason);
    QCOMPARE((*reading)->service.by, record.by);
    QCOMPARE((*reading)->service.since, record.since);
    ServiceRecord open;
    open.by = record.by;
    const auto reopened = subject.backend->hostControl(subject.destination)->setService(open);
    CONTRACT_GOOD(reopened);
    const auto after = source->read(true, {});
    CONTRACT_GOOD(after);
    QCOMPARE((*after)->service.state, ServiceState::Enabled);
}

void unknownInstanceIsNotFound(const Subject& subject)
{
    const InstanceId unknown{QUuid(QStringLiteral("{11111111-2222-4333-8444-555555555555}"))};
    const auto isNotFound = [&](const Error& error) {
        return error.code == ErrorCode::NotFound && error.host == subject.source.id.value &&
               error.instance.contains(toString(unknown)) &&
               error.message.contains(subject.source.id.value) && error.message.contains(toString(unknown));
    };
    const auto jobs = subject.backend->jobControl(subject.source);
    const auto control = subject.backend->hostControl(subject.source);
    const std::vector<Result<void>> answers{jobs->abort(unknown),
                                            jobs->setBandwidth(unknown, Rate::fromMib(10)),
                                            jobs->setMaxDowntime(unknown, Milliseconds(500)),
                                            jobs->startPostCopy(unknown),
                                            jobs->pauseToFinish(unknown),
                                            control->power(unknown, HostControl::PowerAction::Pause),
                                            control->setAutostart(unknown, true)};
    for (std::size_t i = 0; i < answers.size(); ++i) {
        QVERIFY2(!answers[i], qPrintable(QString::number(i)));
        QVERIFY2(isNotFound(answers[i].error()),
                 qPrintable(QStringLiteral("%1: %2").arg(i).arg(text(answers[i].error()))));
    }
    MigrationSpec spec;
    spec.instance = unknown;
    spec.name = toString(unknown);
    spec.source = subject.source;
    spec.destination = subject.destination;
    spec.peerUri = peerUriOf(subject.destination).value_or(QString());
    const auto moved = subject.backend->migrator(subject.source)->migrate(spec, {});
    QVERIFY(!moved);
    QVERIFY2(isNotFound(moved.error()), qPrintable(text(moved.error())));
}

void unreachableHostIsNamed(const Subject& subject, const HostConfig& unreachable)
{
    const auto source = subject.backend->inventorySource(unreachable, [](const HostEvent&) {});
    const auto opened = source->open({});
    QVERIFY(!opened);
    QVERIFY(opened.error().code == ErrorCode::Unreachable || opened.error().code == ErrorCode::NotFound);
    QCOMPARE(opened.error().host, unreachable.id.value);
    QVERIFY(opened.error().message.contains(unreachable.id.value));
    const auto found = subject.backend->hostQuery(unreachable)->find(InstanceId{}, subject.instance, {});
    QVERIFY(!found);
    QCOMPARE(found.error().host, unreachable.id.value);
}

} // namespace drover::contract
