// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/mailbox.h"
#include "core/fleet/inventory.h"
#include "core/hypervisor/backend.h"
#include "core/plan/doctor.h"

#include <QObject>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <variant>
#include <vector>

namespace drover {

/// One direction between two hosts, as the doctor found it.
struct PairReport
{
    HostId from;
    HostId to;
    bool done = false; ///< false: still being examined
    HostVerdict::Level verdict = HostVerdict::Level::Fits;
    QString reason;
    std::vector<CheckResult> checks;
};

/// Examines every direction between some hosts once. Lives on the session's thread and never blocks it: each
/// host is asked on a thread of its own, a few at a time. One that does not answer holds up nobody for long.
class Doctor final : public QObject
{
    Q_OBJECT
public:
    /// @param probe also moves a throw-away instance over each pair, one after the other
    Doctor(std::shared_ptr<Backend> backend, Snapshot inventory, std::vector<HostId> hosts, bool probe);
    ~Doctor() override;

    void start();
    /// In fleet order, by source, then destination.
    [[nodiscard]] const std::vector<PairReport>& reports() const { return m_reports; }
    [[nodiscard]] bool finished() const { return m_open == 0; }

Q_SIGNALS:
    void changed();   ///< a report has been completed
    void concluded(); ///< all have

private:
    struct Surveyed
    {
        HostId host;
        Result<HostSurvey> survey;
    };
    struct Examined
    {
        std::size_t pair = 0;
        std::optional<CpuComparison> cpu;
        std::optional<ChannelEvidence> channel;
        std::optional<ProbeMove> probe;
        QString probeError;
    };
    struct SourceDone
    {
        HostId host;
    };
    using Message = std::variant<Surveyed, Examined, SourceDone>;

    void handle(std::vector<Message> batch);
    void takeSurvey(const Surveyed& message);
    void takePair(const Examined& message);
    void askHosts();
    void askPairs();
    void conclude(std::size_t pair, const Examined& found);
    [[nodiscard]] bool arrivingAt(const HostId& host) const;

    std::shared_ptr<Backend> m_backend;
    Snapshot m_inventory;
    std::vector<HostId> m_hosts;
    bool m_probe;
    Mailbox<Message> m_mailbox;
    MailboxHandle<Message> m_sink;
    std::vector<PairReport> m_reports;
    std::size_t m_open = 0;       ///< reports that are not done
    std::deque<HostId> m_unasked; ///< of the present round
    std::set<HostId> m_busy;
    bool m_surveying = true;
    std::map<HostId, HostSurvey> m_surveys;
    std::stop_source m_stop;
};

} // namespace drover
