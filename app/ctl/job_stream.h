// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/output.h"
#include "core/session/session.h"

#include <optional>

namespace drover::ctl {

/// Writes what is new about one migration: states, samples, decisions and the result, as JSON lines or in
/// words. Main thread only.
class JobStream
{
public:
    /// @param named each line says which instance it is about
    JobStream(Output& output, const Session& session, JobId job, bool named);

    /// Writes what has come since the last call; after the end also the result, once.
    void update();
    [[nodiscard]] bool ended() const { return m_ended; }

private:
    void writeState(const Job& job);
    void writeSamples(const Job& job);
    void writeDecisions(const Job& job);
    void writeResult(const Job& job);
    void event(QJsonObject object, const Job& job);
    [[nodiscard]] QString name(const Job& job) const;

    Output& m_output;
    const Session& m_session;
    JobId m_id;
    bool m_named;
    Milliseconds m_stateAt{0}; ///< of the last line of a state
    bool m_ended = false;
    std::optional<JobState> m_state;
    quint64 m_samples = 0;
    std::size_t m_decisions = 0;
    int m_toldIteration = 0;
    Milliseconds m_toldAt{0};
};

/// One line about a sample: "memory, pass 3, 62 %, 512 MiB left, 110 MiB/s, about 12 s left".
[[nodiscard]] QString sampleWords(const JobSample& sample);
/// How it ended, in one sentence.
[[nodiscard]] QString resultWords(const Job& job);

} // namespace drover::ctl
