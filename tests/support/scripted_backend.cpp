// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/scripted_backend.h"

#include "core/hypervisor/no_examiner.h"
#include "core/hypervisor/no_storage.h"
#include "tests/support/fleet_maker.h"
#include "tests/support/idle_instance_control.h"
#include "tests/support/sound_answers.h"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace drover::testing {

/// What all objects of one backend share. A thread that the session has left behind keeps it alive.
struct Stage
{
    struct HostScript
    {
        std::vector<Domain> domains;
        QString silent;
        QString silentQuestions;
        bool hangOpen = false;
        bool hangQuestion = false;
        int opens = 0;
        HostEventSink sink;
        std::optional<HostDetails> details;
        std::optional<Result<ChannelEvidence>> channel; ///< of the way to it
    };

    mutable std::mutex mutex;
    std::condition_variable changed;
    ManualClock clock;
    std::map<QString, HostScript> hosts;
    std::map<InstanceId, JobStats> stats;
    std::map<InstanceId, Result<MigrationReturn>> returns;
    Result<void> abortAnswer;
    QString throwInMigrate;
    QStringList calls;
    int hanging = 0;
    quint64 released = 0;
    bool hangControl = false;
    bool hangProbe = false;
    bool over = false;

    void note(const QString& call)
    {
        const std::scoped_lock lock(mutex);
        calls.append(call);
    }

    void hang(std::unique_lock<std::mutex>& lock)
    {
        const quint64 since = released;
        ++hanging;
        changed.wait(lock, [&] { return released != since || over; });
        --hanging;
    }
};

namespace {

class Source final : public InventorySource
{
public:
    Source(std::shared_ptr<Stage> stage, QString host) : m_stage(std::move(stage)), m_host(std::move(host)) {}

    Result<void> open(std::stop_token) override
    {
        std::unique_lock lock(m_stage->mutex);
        Stage::HostScript& host = m_stage->hosts[m_host];
        ++host.opens;
        if (std::exchange(host.hangOpen, false))
            m_stage->hang(lock);
        if (!host.silent.isEmpty())
            return fail({ErrorCode::Unreachable, host.silent, {}, m_host, {}});
        return {};
    }

    Result<std::shared_ptr<const HostReading>> read(bool, std::stop_token) override
    {
        const std::scoped_lock lock(m_stage->mutex);
        const Stage::HostScript& host = m_stage->hosts[m_host];
        if (!host.silent.isEmpty())
            return fail({ErrorCode::Unreachable, host.silent, {}, m_host, {}});
        return std::shared_ptr<const HostReading>(reading(m_host, host.domains));
    }

    void close() override {}

private:
    std::shared_ptr<Stage> m_stage;
    QString m_host;
};

class Control final : public JobControl
{
public:
    explicit Control(std::shared_ptr<Stage> stage) : m_stage(std::move(stage)) {}

    Result<std::optional<JobStats>> stats(const InstanceId& id, std::stop_token) override
    {
        const std::scoped_lock lock(m_stage->mutex);
        const auto it = m_stage->stats.find(id);
        return it == m_stage->stats.end() ? std::optional<JobStats>() : std::optional(it->second);
    }
    Result<std::optional<JobStats>> completed(const InstanceId&, std::stop_token) override
    {
        return std::optional<JobStats>();
    }
    Result<void> abort(const InstanceId& id) override
    {
        const std::scoped_lock lock(m_stage->mutex);
        m_stage->calls.append(QStringLiteral("abort vm-%1").arg(id.value.data1));
        return m_stage->abortAnswer;
    }
    Result<void> setBandwidth(const InstanceId& id, Rate rate) override
    {
        return steer(QStringLiteral("bandwidth vm-%1 %2").arg(id.value.data1).arg(rate.mib()));
    }
    Result<void> setMaxDowntime(const InstanceId& id, Milliseconds limit) override
    {
        return steer(QStringLiteral("downtime vm-%1 %2").arg(id.value.data1).arg(limit.count()));
    }
    Result<Milliseconds> maxDowntime(const InstanceId&) override { return Milliseconds(300); }
    Result<void> startPostCopy(const InstanceId& id) override
    {
        return steer(QStringLiteral("postcopy vm-%1").arg(id.value.data1));
    }
    Result<void> pauseToFinish(const InstanceId& id) override
    {
        return steer(QStringLiteral("pause vm-%1").arg(id.value.data1));
    }

private:
    Result<void> steer(const QString& call)
    {
        std::unique_lock lock(m_stage->mutex);
        m_stage->calls.append(call);
        if (std::exchange(m_stage->hangControl, false))
            m_stage->hang(lock);
        return {};
    }
    std::shared_ptr<Stage> m_stage;
};

class Query final : public HostQuery
{
public:
    Query(std::shared_ptr<Stage> stage, QString host) : m_stage(std::move(stage)), m_host(std::move(host)) {}

    Result<std::vector<DomainPresence>> find(const InstanceId& id, const QString& name,
                                             std::stop_token) override
    {
        std::unique_lock lock(m_stage->mutex);
        Stage::HostScript& host = m_stage->hosts[m_host];
        if (std::exchange(host.hangQuestion, false))
            m_stage->hang(lock);
        const QString& silent = host.silent.isEmpty() ? host.silentQuestions : host.silent;
        if (!silent.isEmpty())
            return fail({ErrorCode::Unreachable, silent, {}, m_host, {}});
        std::vector<DomainPresence> found;
        for (const Domain& domain : host.domains) {
            if (domain.definition->id == id || domain.definition->name == name)
                found.push_back({domain.definition->id, domain.definition->name, domain.status.state,
                                 domain.status.reason, domain.status.persistent, domain.status.outgoing});
        }
        return found;
    }

    Result<CpuComparison> compareCpu(const DomainDefinition&, std::stop_token) override
    {
        return CpuComparison{CpuComparison::Answer::Compatible, {}, {}};
    }

    Result<HostDetails> details(const DomainDefinition& guest, bool own, std::stop_token) override
    {
        const std::scoped_lock lock(m_stage->mutex);
        return m_stage->hosts[m_host].details.value_or(soundDetails(guest, own));
    }

private:
    std::shared_ptr<Stage> m_stage;
    QString m_host;
};

class Probe final : public ChannelProbe
{
public:
    explicit Probe(std::shared_ptr<Stage> stage) : m_stage(std::move(stage)) {}

    Result<ChannelEvidence> probe(const ChannelRequest& request, std::stop_token) override
    {
        std::unique_lock lock(m_stage->mutex);
        const QString to = request.destination.id.value;
        m_stage->calls.append(QStringLiteral("probe %1>%2%3")
                                  .arg(request.source.id.value, to,
                                       request.tryPort ? QString() : QStringLiteral(" without port")));
        if (std::exchange(m_stage->hangProbe, false))
            m_stage->hang(lock);
        return m_stage->hosts[to].channel.value_or(soundChannel(to));
    }

private:
    std::shared_ptr<Stage> m_stage;
};

class Changes final : public HostControl
{
public:
    Result<ServiceRecord> setService(const ServiceRecord& record) override { return record; }
    Result<void> power(const InstanceId&, PowerAction) override { return {}; }
    Result<void> setAutostart(const InstanceId&, bool) override { return {}; }
};

class Mover final : public Migrator
{
public:
    explicit Mover(std::shared_ptr<Stage> stage) : m_stage(std::move(stage)) {}

    Result<MigrationReturn> migrate(const MigrationSpec& spec, std::stop_token) override
    {
        std::unique_lock lock(m_stage->mutex);
        m_stage->calls.append(QStringLiteral("migrate %1 %2>%3 %4")
                                  .arg(spec.name, spec.source.id.value, spec.destination.id.value,
                                       migrationKindName(spec.kind)));
        if (!m_stage->throwInMigrate.isEmpty())
            throw std::runtime_error(std::exchange(m_stage->throwInMigrate, {}).toStdString());
        m_stage->changed.wait(lock,
                              [&] { return m_stage->over || m_stage->returns.count(spec.instance) > 0; });
        const auto node = m_stage->returns.extract(spec.instance);
        if (node.empty())
            return fail(ErrorCode::Internal, QStringLiteral("the test is over"));
        return node.mapped();
    }

private:
    std::shared_ptr<Stage> m_stage;
};

} // namespace

ScriptedBackend::ScriptedBackend() : m_stage(std::make_shared<Stage>())
{
    m_stage->clock.advance(Milliseconds(1000000)); // instant zero means "never"
}

ScriptedBackend::~ScriptedBackend()
{
    end();
}

void ScriptedBackend::end()
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->over = true;
    m_stage->changed.notify_all();
}

void ScriptedBackend::put(const QString& host, std::vector<Domain> domains)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[host].domains = std::move(domains);
}

void ScriptedBackend::raise(const QString& host, const HostEvent& event)
{
    HostEventSink sink;
    {
        const std::scoped_lock lock(m_stage->mutex);
        sink = m_stage->hosts[host].sink;
    }
    if (sink)
        sink(event);
}

void ScriptedBackend::show(const QString& host, std::vector<Domain> domains)
{
    put(host, std::move(domains));
    raise(host, {});
}

void ScriptedBackend::silence(const QString& host, const QString& message)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[host].silent = message;
}

void ScriptedBackend::silenceQuestions(const QString& host, const QString& message)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[host].silentQuestions = message;
}

void ScriptedBackend::hangNextOpen(const QString& host)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[host].hangOpen = true;
}

void ScriptedBackend::hangNextQuestion(const QString& host)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[host].hangQuestion = true;
}

void ScriptedBackend::hangNextControl()
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hangControl = true;
}

void ScriptedBackend::letGo()
{
    const std::scoped_lock lock(m_stage->mutex);
    ++m_stage->released;
    m_stage->changed.notify_all();
}

void ScriptedBackend::setStats(int instance, std::optional<JobStats> stats)
{
    const std::scoped_lock lock(m_stage->mutex);
    if (stats)
        m_stage->stats[instanceId(instance)] = *stats;
    else
        m_stage->stats.erase(instanceId(instance));
}

void ScriptedBackend::setAbortAnswer(Result<void> answer)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->abortAnswer = std::move(answer);
}

void ScriptedBackend::setDetails(const QString& host, const HostDetails& answer)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[host].details = answer;
}

void ScriptedBackend::setChannel(const QString& destination, Result<ChannelEvidence> answer)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[destination].channel = std::move(answer);
}

void ScriptedBackend::hangNextProbe()
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hangProbe = true;
}

void ScriptedBackend::endCall(int instance, Result<MigrationReturn> result)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->returns.insert_or_assign(instanceId(instance), std::move(result));
    m_stage->changed.notify_all();
}

void ScriptedBackend::throwInMigrate(const QString& message)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->throwInMigrate = message;
}

QStringList ScriptedBackend::calls() const
{
    const std::scoped_lock lock(m_stage->mutex);
    return m_stage->calls;
}

int ScriptedBackend::opens(const QString& host) const
{
    const std::scoped_lock lock(m_stage->mutex);
    const auto it = m_stage->hosts.find(host);
    return it == m_stage->hosts.end() ? 0 : it->second.opens;
}

void ScriptedBackend::advance(Milliseconds by)
{
    m_stage->clock.advance(by);
}

std::unique_ptr<InventorySource> ScriptedBackend::inventorySource(const HostConfig& host, HostEventSink sink)
{
    const std::scoped_lock lock(m_stage->mutex);
    m_stage->hosts[host.id.value].sink = std::move(sink);
    return std::make_unique<Source>(m_stage, host.id.value);
}

std::unique_ptr<JobControl> ScriptedBackend::jobControl(const HostConfig&)
{
    return std::make_unique<Control>(m_stage);
}

std::unique_ptr<HostQuery> ScriptedBackend::hostQuery(const HostConfig& host)
{
    return std::make_unique<Query>(m_stage, host.id.value);
}

std::unique_ptr<HostControl> ScriptedBackend::hostControl(const HostConfig&)
{
    return std::make_unique<Changes>();
}

std::unique_ptr<InstanceControl> ScriptedBackend::instanceControl(const HostConfig&)
{
    return std::make_unique<IdleInstanceControl>();
}

std::unique_ptr<Migrator> ScriptedBackend::migrator(const HostConfig&)
{
    return std::make_unique<Mover>(m_stage);
}

std::unique_ptr<ChannelProbe> ScriptedBackend::channelProbe(const HostConfig&)
{
    return std::make_unique<Probe>(m_stage);
}

std::unique_ptr<HostExaminer> ScriptedBackend::hostExaminer(const HostConfig& host)
{
    return std::make_unique<NoExaminer>(host.id);
}

std::unique_ptr<StorageAccess> ScriptedBackend::storageAccess(const HostConfig& host)
{
    return std::make_unique<NoStorage>(host.id);
}

std::unique_ptr<VolumeTransfer> ScriptedBackend::volumeTransfer(const HostConfig& source,
                                                                const HostConfig& /*destination*/)
{
    return std::make_unique<NoTransfer>(source.id);
}

const Clock& ScriptedBackend::clock() const
{
    return m_stage->clock;
}

} // namespace drover::testing
