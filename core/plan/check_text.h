// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/check.h"

#include <QCoreApplication>

/// Small helpers that every check uses to say its sentence. English is the source; JSON never translates.
namespace drover::checks {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Checks)
};

[[nodiscard]] inline CheckResult result(const char* id, Severity severity, QString message, QString fix = {})
{
    CheckResult r;
    r.id = QLatin1String(id);
    r.severity = severity;
    r.message = std::move(message);
    r.fix = std::move(fix);
    return r;
}

/// Gathers what one check finds: the worst findings make its answer, those of lesser weight wait their turn.
class Findings
{
public:
    void add(Severity severity, const QString& message, const QString& fix = {})
    {
        if (severity < m_worst)
            return;
        if (severity > m_worst) {
            m_messages.clear();
            m_fix.clear();
            m_worst = severity;
        }
        m_messages.append(message);
        if (m_fix.isEmpty())
            m_fix = fix;
    }
    /// Still being asked: counts only where nothing worse was found.
    void pending(const QString& message) { m_pending = m_pending.isEmpty() ? message : m_pending; }
    [[nodiscard]] Severity worst() const { return m_worst; }
    [[nodiscard]] CheckResult answer(const char* id, const QString& passed) const
    {
        if (m_worst < Severity::Warning && !m_pending.isEmpty()) {
            CheckResult r = result(id, Severity::Pass, m_pending);
            r.pending = true;
            return r;
        }
        if (m_messages.isEmpty())
            return result(id, Severity::Pass, passed);
        return result(id, m_worst, m_messages.join(QStringLiteral("; ")), m_fix);
    }

private:
    Severity m_worst = Severity::Pass;
    QStringList m_messages;
    QString m_fix;
    QString m_pending;
};

/// What mends the way from one daemon to another, by the words that name the cause; empty words: it is
/// silent.
[[nodiscard]] QString channelRemedy(const QString& reason, const QString& here, const QString& there);

/// Memory travels while the guest runs.
[[nodiscard]] inline bool isLive(MigrationKind kind)
{
    return kind == MigrationKind::Live || kind == MigrationKind::LiveBlock;
}

} // namespace drover::checks
