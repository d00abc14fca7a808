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

} // namespace drover::checks
