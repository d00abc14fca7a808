// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/doctor.h"

#include "core/base/lane.h"

#include <QTimer>

#include <algorithm>

namespace drover {
namespace {

/// Hosts that are asked at a time. More would be threads and connections for nothing.
constexpr std::size_t mostAtOnce = 8;
/// A host that has not been surveyed by then is taken as silent.
constexpr Milliseconds surveyPatience{15000};

} // namespace

Doctor::Doctor(std::shared_ptr<Backend> backend, Snapshot inventory, std::vector<HostId> hosts, bool probe)
    : m_backend(std::move(backend))
    , m_inventory(std::move(inventory))
    , m_hosts(std::move(hosts))
    , m_probe(probe)
    , m_mailbox([this](std::vector<Message> batch) { handle(std::move(batch)); })
    , m_sink(m_mailbox)
{
    for (const HostId& from : m_hosts) {
        for (const HostId& to : m_hosts) {
            if (from != to)
                m_reports.push_back({from, to, false, HostVerdict::Level::Fits, {}, {}});
        }
    }
    m_open = m_reports.size();
}

Doctor::~Doctor()
{
    m_stop.request_stop();
    m_sink.close();
}

void Doctor::start()
{
    for (const HostId& id : m_hosts) {
        const Host* host = m_inventory->host(id);
        if (host != nullptr && host->isUp())
            m_unasked.push_back(id);
    }
    QTimer::singleShot(surveyPatience, this, [this] {
        if (!m_surveying)
            return;
        m_unasked.clear();
        m_busy.clear();
        m_surveying = false;
        askPairs();
    });
    // Even with nothing to ask the answer comes from the main loop, never from inside this call.
    QTimer::singleShot(0, this, [this] { askHosts(); });
}

void Doctor::askHosts()
{
    while (!m_unasked.empty() && m_busy.size() < mostAtOnce) {
        const HostConfig host = m_inventory->host(m_unasked.front())->config;
        m_unasked.pop_front();
        m_busy.insert(host.id);
        runDetached(QStringLiteral("doctor"),
                    [backend = m_backend, sink = m_sink, host, stop = m_stop.get_token()] {
                        sink.push(Surveyed{host.id, backend->hostExaminer(host)->survey(true, stop)});
                    });
    }
    if (m_busy.empty() && m_surveying) {
        m_surveying = false;
        askPairs();
    }
}

void Doctor::handle(std::vector<Message> batch)
{
    for (const Message& message : batch) {
        if (const auto* surveyed = std::get_if<Surveyed>(&message)) {
            takeSurvey(*surveyed);
        } else if (const auto* examined = std::get_if<Examined>(&message)) {
            takePair(*examined);
        } else if (const auto* done = std::get_if<SourceDone>(&message)) {
            m_busy.erase(done->host);
            askPairs();
        }
    }
}

void Doctor::takeSurvey(const Surveyed& message)
{
    if (message.survey)
        m_surveys[message.host] = *message.survey;
    if (!m_surveying)
        return; // late; what it says is still of use
    m_busy.erase(message.host);
    askHosts();
}

bool Doctor::arrivingAt(const HostId& id) const
{
    const Host* host = m_inventory->host(id);
    if (host == nullptr || !host->reading)
        return true;
    return std::any_of(host->reading->domains.begin(), host->reading->domains.end(),
                       [](const Domain& domain) { return domain.status.incoming; });
}

void Doctor::askPairs()
{
    if (m_unasked.empty() && m_busy.empty()) {
        for (const PairReport& report : m_reports) {
            if (!report.done && std::find(m_unasked.begin(), m_unasked.end(), report.from) == m_unasked.end())
                m_unasked.push_back(report.from);
        }
    }
    // Throw-away instances move one at a time over all the fleet, so that each has the network to itself.
    const std::size_t most = m_probe ? 1 : mostAtOnce;
    while (!m_unasked.empty() && m_busy.size() < most) {
        const HostId from = m_unasked.front();
        m_unasked.pop_front();
        struct Task
        {
            std::size_t pair;
            HostConfig destination;
            bool tryPort;
        };
        std::vector<Task> tasks;
        const Host* source = m_inventory->host(from);
        for (std::size_t i = 0; i < m_reports.size(); ++i) {
            if (m_reports[i].from != from || m_reports[i].done)
                continue;
            const Host* destination = m_inventory->host(m_reports[i].to);
            if (source == nullptr || destination == nullptr || !source->isUp() || !destination->isUp())
                conclude(i, {});
            else
                tasks.push_back({i, destination->config, !arrivingAt(m_reports[i].to)});
        }
        if (tasks.empty())
            continue;
        m_busy.insert(from);
        const auto survey = m_surveys.find(from);
        runDetached(QStringLiteral("doctor"), [backend = m_backend, sink = m_sink, source = source->config,
                                               tasks, probe = m_probe,
                                               guest = survey == m_surveys.end() ? nullptr
                                                                                 : survey->second.modelGuest,
                                               stop = m_stop.get_token()] {
            for (const Task& task : tasks) {
                if (stop.stop_requested())
                    break;
                Examined found;
                found.pair = task.pair;
                if (guest != nullptr) {
                    if (const Result<CpuComparison> cpu =
                            backend->hostQuery(task.destination)->compareCpu(*guest, stop))
                        found.cpu = *cpu;
                }
                const Result<QString> peer = peerUriOf(task.destination);
                if (peer && !source.readOnly) {
                    const Result<ChannelEvidence> channel = backend->channelProbe(source)->probe(
                        {source, task.destination, *peer, task.tryPort}, stop);
                    if (channel) {
                        found.channel = *channel;
                    } else {
                        found.channel.emplace();
                        found.channel->daemonReason = channel.error().message;
                        found.channel->denied = channel.error().code == ErrorCode::PermissionDenied;
                    }
                    const bool open = found.channel->daemon == ChannelEvidence::Daemon::Reached &&
                                      found.channel->port != ChannelEvidence::Port::NoAnswer;
                    if (probe && open) {
                        const Result<ProbeMove> moved =
                            backend->hostExaminer(source)->probeMove(task.destination, *peer, stop);
                        if (moved)
                            found.probe = *moved;
                        else
                            found.probeError = moved.error().message;
                    } else if (probe) {
                        found.probeError =
                            Doctor::tr("there is no way to %1, see channel").arg(task.destination.id.value);
                    }
                }
                sink.push(std::move(found));
            }
            sink.push(SourceDone{source.id});
        });
    }
}

void Doctor::takePair(const Examined& message)
{
    conclude(message.pair, message);
}

void Doctor::conclude(std::size_t pair, const Examined& found)
{
    PairReport& report = m_reports[pair];
    if (report.done)
        return;
    const auto surveyOf = [this](const HostId& host) {
        const auto it = m_surveys.find(host);
        return it == m_surveys.end() ? nullptr : &it->second;
    };
    report.checks =
        examinePair({*m_inventory->host(report.from), *m_inventory->host(report.to), surveyOf(report.from),
                     surveyOf(report.to), found.cpu, found.channel, found.probe, found.probeError});
    report.verdict = pairVerdict(report.checks);
    report.reason = pairReason(report.checks);
    report.done = true;
    --m_open;
    Q_EMIT changed();
    if (m_open == 0)
        Q_EMIT concluded();
}

} // namespace drover
