// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/move_world.h"

#include "tests/support/fleet_maker.h"

#include <algorithm>
#include <utility>

namespace drover::testing {
namespace {

const QString vmName = QStringLiteral("vm-1");

class Asking final : public HostQuery
{
public:
    Asking(MoveWorld& world, QString host) : m_world(world), m_host(std::move(host)) {}
    Result<std::vector<DomainPresence>> find(const InstanceId&, const QString&, std::stop_token) override
    {
        const MoveWorld::Side& side = m_world.sides[m_host];
        if (side.silent)
            return fail(ErrorCode::Unreachable, QStringLiteral("%1 is silent").arg(m_host));
        std::vector<DomainPresence> found;
        if (side.vm) {
            DomainPresence presence;
            presence.id = instanceId(1);
            presence.name = vmName;
            presence.state = side.vm->state;
            presence.reason = StateReason::User;
            presence.persistent = side.vm->persistent;
            found.push_back(presence);
        }
        return found;
    }
    Result<CpuComparison> compareCpu(const DomainDefinition&, std::stop_token) override
    {
        return CpuComparison{};
    }
    Result<HostDetails> details(const DomainDefinition&, bool, std::stop_token) override
    {
        return HostDetails{};
    }

private:
    MoveWorld& m_world;
    QString m_host;
};

class Power final : public HostControl
{
public:
    Power(MoveWorld& world, QString host) : m_world(world), m_host(std::move(host)) {}
    Result<ServiceRecord> setService(const ServiceRecord& record) override { return record; }
    Result<void> power(const InstanceId&, PowerAction action) override
    {
        static const std::map<PowerAction, QString> words = {
            {PowerAction::Start, QStringLiteral("start")},
            {PowerAction::Shutdown, QStringLiteral("shutdown")},
            {PowerAction::PowerOff, QStringLiteral("power-off")},
            {PowerAction::Pause, QStringLiteral("pause")},
            {PowerAction::Resume, QStringLiteral("resume")},
            {PowerAction::Reboot, QStringLiteral("reboot")}};
        if (const auto failed = m_world.call(QStringLiteral("%1 %2").arg(m_host, words.at(action))))
            return fail(*failed);
        auto& vm = m_world.sides[m_host].vm;
        if (action == PowerAction::Start || action == PowerAction::Resume)
            vm->state = PowerState::Running;
        else if (action == PowerAction::PowerOff || m_world.obeysShutdown)
            vm->state = PowerState::ShutOff;
        if (vm->state == PowerState::ShutOff && !vm->persistent)
            vm.reset();
        return {};
    }
    Result<void> setAutostart(const InstanceId&, bool on) override
    {
        if (const auto failed = m_world.call(
                (on ? QStringLiteral("%1 autostart") : QStringLiteral("%1 no-autostart")).arg(m_host)))
            return fail(*failed);
        m_world.sides[m_host].vm->autostart = on;
        return {};
    }

private:
    MoveWorld& m_world;
    QString m_host;
};

class Definitions final : public InstanceControl
{
public:
    Definitions(MoveWorld& world, QString host) : m_world(world), m_host(std::move(host)) {}
    Result<QByteArray> definition(const InstanceId&) override { return m_world.sides[m_host].vm->definition; }
    Result<void> define(const QByteArray& definition) override
    {
        if (const auto failed =
                m_world.call(QStringLiteral("%1 define %2").arg(m_host, QString::fromUtf8(definition))))
            return fail(*failed);
        auto& vm = m_world.sides[m_host].vm;
        if (!vm)
            vm.emplace();
        vm->definition = definition;
        vm->persistent = true;
        return {};
    }
    Result<void> undefine(const InstanceId&) override
    {
        if (const auto failed = m_world.call(QStringLiteral("%1 undefine").arg(m_host)))
            return fail(*failed);
        m_world.sides[m_host].vm.reset();
        return {};
    }
    Result<void> startPaused(const InstanceId&) override
    {
        if (const auto failed = m_world.call(QStringLiteral("%1 start-paused").arg(m_host)))
            return fail(*failed);
        m_world.sides[m_host].vm->state = PowerState::Paused;
        return {};
    }
    Result<void> setMedium(const InstanceId&, const QString& target, const QString& path) override
    {
        const auto failed = m_world.call(QStringLiteral("%1 medium %2=%3").arg(m_host, target, path));
        return failed ? Result<void>(fail(*failed)) : Result<void>();
    }

private:
    MoveWorld& m_world;
    QString m_host;
};

class Mover final : public Migrator
{
public:
    explicit Mover(MoveWorld& world) : m_world(world) {}
    Result<MigrationReturn> migrate(const MigrationSpec& spec, std::stop_token) override
    {
        QString words = QStringLiteral("migrate %1").arg(migrationKindName(spec.kind));
        if (!spec.disks.isEmpty())
            words +=
                QStringLiteral(" %1 %2").arg(spec.incremental ? QStringLiteral("top") : QStringLiteral("all"),
                                             spec.disks.join(QLatin1Char(',')));
        if (spec.storageProven)
            words += QStringLiteral(" proven");
        if (spec.options.keepSource)
            words += QStringLiteral(" keep");
        if (const auto failed = m_world.call(words))
            return fail(*failed);
        auto& here = m_world.sides[QStringLiteral("h1")].vm;
        m_world.sides[QStringLiteral("h2")].vm =
            MoveWorld::Place{here->state, spec.persistent, false, here->definition};
        if (spec.options.keepSource)
            here->state = PowerState::ShutOff;
        else
            here.reset();
        return MigrationReturn{};
    }

private:
    MoveWorld& m_world;
};

class Files final : public StorageAccess
{
public:
    Files(MoveWorld& world, QString host) : m_world(world), m_host(std::move(host)) {}
    Result<std::optional<ImageFacts>> image(const QString& path, std::stop_token) override
    {
        const auto& files = side().files;
        const auto at = files.find(path);
        return at == files.end() ? std::optional<ImageFacts>() : std::optional(at->second);
    }
    Result<std::optional<StoragePool>> poolAt(const QString&, std::stop_token) override
    {
        return std::optional<StoragePool>();
    }
    Result<void> putMarker(const QString&, const QString&, std::stop_token) override { return {}; }
    Result<bool> seesMarker(const QString&, const QString&, std::stop_token) override { return false; }
    Result<void> removeMarker(const QString&, const QString&) override { return {}; }
    Result<ImageFacts> create(const NewImage& image, std::stop_token) override
    {
        if (const auto failed = m_world.call(QStringLiteral("%1 create %2%3")
                                                 .arg(m_host, image.path,
                                                      image.backingPath.isEmpty()
                                                          ? QString()
                                                          : QStringLiteral(" over ") + image.backingPath)))
            return fail(*failed);
        ImageFacts made;
        made.path = image.path;
        made.format = image.format;
        made.capacity = image.capacity;
        made.backingPath = image.backingPath;
        made.backingFormat = image.backingFormat;
        side().files[image.path] = made;
        return made;
    }
    Result<void> remove(const QString& path) override
    {
        if (const auto failed = m_world.call(QStringLiteral("%1 remove %2").arg(m_host, path)))
            return fail(*failed);
        if (side().used.contains(path))
            return fail(ErrorCode::Refused, QStringLiteral("in use"));
        side().files.erase(path);
        return {};
    }
    Result<QByteArray> digest(const QString& path, DigestOf, std::stop_token) override
    {
        if (!side().files.contains(path))
            return fail(ErrorCode::NotFound, QStringLiteral("no file %1").arg(path));
        return side().contents[path];
    }

private:
    MoveWorld::Side& side() { return m_world.sides[m_host]; }
    MoveWorld& m_world;
    QString m_host;
};

class Streams final : public VolumeTransfer
{
public:
    explicit Streams(MoveWorld& world) : m_world(world) {}
    Result<CopyResult> copy(const QString& from, const QString& to, const Progress& progress,
                            std::stop_token) override
    {
        const Bytes length = Bytes::fromMib(10);
        progress({length, Bytes::fromMib(5), Bytes::fromMib(5)});
        m_world.manualClock.advance(Milliseconds(1000));
        if (const auto failed = m_world.call(QStringLiteral("copy %1").arg(from)))
            return fail(*failed);
        auto& source = m_world.sides[QStringLiteral("h1")];
        auto& target = m_world.sides[QStringLiteral("h2")];
        target.files[to] = source.files[from];
        if (!target.contents.contains(to))
            target.contents[to] = source.contents[from];
        progress({length, length, length});
        return CopyResult{length, length, source.contents[from]};
    }

private:
    MoveWorld& m_world;
};

} // namespace

MoveWorld::MoveWorld()
{
    manualClock.advance(Milliseconds(1000000));
    sides[QStringLiteral("h1")].vm = Place{PowerState::Running, true, true, "vm"};
    sides[QStringLiteral("h2")];
}

std::optional<Error> MoveWorld::call(const QString& words)
{
    for (const auto& [begin, action] : before) {
        if (words.startsWith(begin))
            action();
    }
    log.append(words);
    for (const auto& [begin, error] : failing) {
        if (words.startsWith(begin))
            return error;
    }
    return std::nullopt;
}

void MoveWorld::addFile(const QString& host, const QString& path, const QString& backing,
                        const QByteArray& content)
{
    ImageFacts facts;
    facts.path = path;
    facts.format = QStringLiteral("qcow2");
    facts.capacity = Bytes::fromMib(64);
    facts.allocation = Bytes::fromMib(10);
    facts.length = Bytes::fromMib(10);
    facts.backingPath = backing;
    facts.backingFormat = backing.isEmpty() ? QString() : QStringLiteral("qcow2");
    sides[host].files[path] = facts;
    sides[host].contents[path] = content;
}

MoveOrder MoveWorld::order(MigrationKind kind, Carrier carrier) const
{
    MoveOrder made;
    made.instance = instanceId(1);
    made.name = vmName;
    made.source = hostConfig(QStringLiteral("h1"));
    made.destination = hostConfig(QStringLiteral("h2"));
    made.kind = kind;
    made.carrier = carrier;
    made.autostart = true;
    return made;
}

std::unique_ptr<HostQuery> MoveWorld::hostQuery(const HostConfig& host)
{
    return std::make_unique<Asking>(*this, host.id.value);
}
std::unique_ptr<HostControl> MoveWorld::hostControl(const HostConfig& host)
{
    return std::make_unique<Power>(*this, host.id.value);
}
std::unique_ptr<InstanceControl> MoveWorld::instanceControl(const HostConfig& host)
{
    return std::make_unique<Definitions>(*this, host.id.value);
}
std::unique_ptr<Migrator> MoveWorld::migrator(const HostConfig& /*source*/)
{
    return std::make_unique<Mover>(*this);
}
std::unique_ptr<StorageAccess> MoveWorld::storageAccess(const HostConfig& host)
{
    return std::make_unique<Files>(*this, host.id.value);
}
std::unique_ptr<VolumeTransfer> MoveWorld::volumeTransfer(const HostConfig& /*source*/,
                                                          const HostConfig& /*destination*/)
{
    return std::make_unique<Streams>(*this);
}

} // namespace drover::testing
