// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job_sample.h"
#include "core/job/sample_series.h"
#include "core/plan/check.h"

#include <QDateTime>

namespace drover {

/// An operator's or a policy's act during a run, for the chart and the log.
struct JobDecision
{
    Milliseconds at{0};
    QString action; ///< "set-bandwidth", "set-downtime", "cancel", …
    QString reason; ///< in words, with the figure
};

/// Something that a move has left behind.
struct Leftover
{
    HostId host;
    QString path; ///< of the file; empty: a definition
    QString reason;
    bool intended = false; ///< kept on purpose; false: it should have gone
    bool operator==(const Leftover&) const = default;
};

/// What passed through this computer.
struct CopyTimes
{
    std::optional<Milliseconds> copy;
    std::optional<Milliseconds> verify; ///< reading and comparing
    Bytes data;                         ///< without holes
};

/// How a move ended, after both hosts were asked.
struct JobOutcome
{
    JobState state = JobState::Unknown; ///< an ended state
    /// Hosts that say the instance runs there (for an offline move: that it is defined there); nothing when a
    /// host could not be asked.
    std::optional<std::vector<HostId>> runsOn;
    Milliseconds total{0};
    std::optional<Milliseconds> downtime; ///< as the hypervisor measured it
    std::optional<Bytes> data;
    int iterations = 0;
    std::vector<Leftover> left;
    CopyTimes times;
    Error error; ///< meaningful unless Completed
    bool hasError = false;
};

enum class StartedBy { This, Drover, Other };

/// One migration as the console shows it. A value: the session hands out copies or const references.
struct Job
{
    JobId id;
    InstanceId instance;
    QString instanceName;
    HostId source;
    HostId destination;
    MigrationKind kind = MigrationKind::Live;
    QString kindReason; ///< why this kind, and who carries it
    MigrationOptions options;
    Carrier carrier = Carrier::Hosts;
    StartedBy startedBy = StartedBy::This;
    JobState state = JobState::Queued;
    bool launched = false;   ///< the hosts, or this console, work on it: it is more than a wish
    bool cancelling = false; ///< asked to end; has not taken effect yet
    QString waitsFor;        ///< while queued
    QDateTime startedAt;     ///< UTC
    Instant started{};       ///< on the session's clock; samples count from here
    JobSample last;
    QString verdictText;
    std::optional<Bytes> switchOverLimit;
    SampleSeries series;
    std::vector<JobDecision> decisions;
    std::optional<JobOutcome> outcome; ///< once ended
};

} // namespace drover
