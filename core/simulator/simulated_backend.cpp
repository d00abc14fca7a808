// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_backend.h"

#include "core/simulator/simulated_examiner.h"
#include "core/simulator/simulated_storage.h"
#include "core/simulator/simulator_text.h"

#include <optional>
#include <utility>

namespace drover {
namespace {

using World = std::shared_ptr<SimulatedWorld>;

class Source final : public InventorySource
{
public:
    Source(World world, HostId host, HostEventSink sink)
        : m_world(std::move(world)), m_host(std::move(host)), m_sink(std::move(sink))
    {
    }
    ~Source() override { stop(); }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    Result<void> open(std::stop_token asked) override
    {
        stop();
        const Result<quint64> connected = m_world->connectTo(m_host, asked);
        if (!connected)
            return fail(connected.error());
        m_connection = *connected;
        m_listener = m_world->listen(m_host, *connected, m_sink);
        return {};
    }

    Result<std::shared_ptr<const HostReading>> read(bool, std::stop_token asked) override
    {
        using Reading = Result<std::shared_ptr<const HostReading>>;
        return m_world->onHost(m_host, asked, [&](WorldModel& model, std::size_t host) -> Reading {
            if (m_connection != model.connection(host))
                return fail(Error{ErrorCode::Unreachable,
                                  SimulatorText::tr("The connection to %1 was lost").arg(m_host.value),
                                  {},
                                  m_host.value,
                                  {}});
            return model.reading(host);
        });
    }

    void close() override { stop(); }

private:
    void stop()
    {
        if (m_listener)
            m_world->stopListening(*m_listener);
        m_listener.reset();
        m_connection.reset();
    }

    World m_world;
    HostId m_host;
    HostEventSink m_sink;
    std::optional<quint64> m_connection;
    std::optional<SimulatedWorld::ListenerId> m_listener;
};

class Jobs final : public JobControl
{
public:
    Jobs(World world, HostId host) : m_world(std::move(world)), m_host(std::move(host)) {}
    Result<std::optional<JobStats>> stats(const InstanceId& id, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop, [&](WorldModel& m, std::size_t h) {
            return Result<std::optional<JobStats>>(m.stats(h, id));
        });
    }
    Result<std::optional<JobStats>> completed(const InstanceId& id, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop, [&](WorldModel& m, std::size_t h) {
            return Result<std::optional<JobStats>>(m.completed(h, id));
        });
    }
    Result<void> abort(const InstanceId& id) override
    {
        return m_world->onHost(m_host, {}, [&](WorldModel& m, std::size_t h) { return m.abort(h, id); });
    }
    Result<void> setBandwidth(const InstanceId& id, Rate rate) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.setBandwidth(h, id, rate); });
    }
    Result<void> setMaxDowntime(const InstanceId& id, Milliseconds limit) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.setMaxDowntime(h, id, limit); });
    }
    Result<Milliseconds> maxDowntime(const InstanceId& id) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.maxDowntime(h, id); });
    }
    Result<void> startPostCopy(const InstanceId& id) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.startPostCopy(h, id); });
    }
    Result<void> pauseToFinish(const InstanceId& id) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.pauseToFinish(h, id); });
    }

private:
    World m_world;
    HostId m_host;
};

class Query final : public HostQuery
{
public:
    Query(World world, HostId host) : m_world(std::move(world)), m_host(std::move(host)) {}
    Result<std::vector<DomainPresence>> find(const InstanceId& id, const QString& name,
                                             std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop, [&](WorldModel& m, std::size_t h) {
            return Result<std::vector<DomainPresence>>(m.find(h, id, name));
        });
    }
    Result<CpuComparison> compareCpu(const DomainDefinition& guest, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop, [&](WorldModel& m, std::size_t h) {
            return Result<CpuComparison>(m.compareCpu(h, guest));
        });
    }
    Result<HostDetails> details(const DomainDefinition& guest, bool own, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop, [&](WorldModel& m, std::size_t h) {
            return Result<HostDetails>(m.details(h, guest, own));
        });
    }

private:
    World m_world;
    HostId m_host;
};

class Probe final : public ChannelProbe
{
public:
    explicit Probe(World world) : m_world(std::move(world)) {}
    Result<ChannelEvidence> probe(const ChannelRequest& request, std::stop_token stop) override
    {
        return m_world->onHost(request.source.id, stop, [&](WorldModel& m, std::size_t) {
            return Result<ChannelEvidence>(m.channel(request));
        });
    }

private:
    World m_world;
};

class Control final : public HostControl
{
public:
    Control(World world, HostId host) : m_world(std::move(world)), m_host(std::move(host)) {}
    Result<ServiceRecord> setService(const ServiceRecord& record) override
    {
        const QDateTime now = m_world->clock().wallTime();
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.setService(h, record, now); });
    }
    Result<void> power(const InstanceId& id, PowerAction action) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.power(h, id, action); });
    }
    Result<void> setAutostart(const InstanceId& id, bool on) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.setAutostart(h, id, on); });
    }

private:
    World m_world;
    HostId m_host;
};

class Instances final : public InstanceControl
{
public:
    Instances(World world, HostId host) : m_world(std::move(world)), m_host(std::move(host)) {}
    Result<QByteArray> definition(const InstanceId& id) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.definitionText(h, id); });
    }
    Result<void> define(const QByteArray& definition) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.define(h, definition); });
    }
    Result<void> undefine(const InstanceId& id) override
    {
        return m_world->onHost(m_host, {}, [&](WorldModel& m, std::size_t h) { return m.undefine(h, id); });
    }
    Result<void> startPaused(const InstanceId& id) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.startPaused(h, id); });
    }
    Result<void> setMedium(const InstanceId& id, const QString& target, const QString& path) override
    {
        return m_world->onHost(
            m_host, {}, [&](WorldModel& m, std::size_t h) { return m.setMedium(h, id, target, path); });
    }

private:
    World m_world;
    HostId m_host;
};

class Mover final : public Migrator
{
public:
    explicit Mover(World world) : m_world(std::move(world)) {}
    Result<MigrationReturn> migrate(const MigrationSpec& spec, std::stop_token stop) override
    {
        return m_world->migrate(spec, stop);
    }

private:
    World m_world;
};

} // namespace

SimulatedBackend::SimulatedBackend(std::shared_ptr<SimulatedWorld> world, bool realTime)
    : m_world(std::move(world)), m_ticker(realTime ? std::make_unique<WorldTicker>(m_world) : nullptr)
{
}

std::unique_ptr<InventorySource> SimulatedBackend::inventorySource(const HostConfig& host, HostEventSink sink)
{
    return std::make_unique<Source>(m_world, host.id, std::move(sink));
}

std::unique_ptr<JobControl> SimulatedBackend::jobControl(const HostConfig& host)
{
    return std::make_unique<Jobs>(m_world, host.id);
}

std::unique_ptr<HostQuery> SimulatedBackend::hostQuery(const HostConfig& host)
{
    return std::make_unique<Query>(m_world, host.id);
}

std::unique_ptr<HostControl> SimulatedBackend::hostControl(const HostConfig& host)
{
    return std::make_unique<Control>(m_world, host.id);
}

std::unique_ptr<InstanceControl> SimulatedBackend::instanceControl(const HostConfig& host)
{
    return std::make_unique<Instances>(m_world, host.id);
}

std::unique_ptr<Migrator> SimulatedBackend::migrator(const HostConfig& source)
{
    static_cast<void>(source); // each migration names its source
    return std::make_unique<Mover>(m_world);
}

std::unique_ptr<ChannelProbe> SimulatedBackend::channelProbe(const HostConfig& source)
{
    static_cast<void>(source); // each question names its source
    return std::make_unique<Probe>(m_world);
}

std::unique_ptr<HostExaminer> SimulatedBackend::hostExaminer(const HostConfig& host)
{
    return std::make_unique<SimulatedExaminer>(m_world, host.id);
}

std::unique_ptr<StorageAccess> SimulatedBackend::storageAccess(const HostConfig& host)
{
    return simulatedStorage(m_world, host.id);
}

std::unique_ptr<VolumeTransfer> SimulatedBackend::volumeTransfer(const HostConfig& source,
                                                                 const HostConfig& destination)
{
    return simulatedTransfer(m_world, source.id, destination.id);
}

const Clock& SimulatedBackend::clock() const
{
    return m_world->clock();
}

} // namespace drover
