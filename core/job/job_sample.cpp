// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/job_sample.h"

namespace drover {

QString jobStateName(JobState state)
{
    switch (state) {
    case JobState::Queued:
        return QStringLiteral("queued");
    case JobState::Preparing:
        return QStringLiteral("preparing");
    case JobState::Disks:
        return QStringLiteral("disks");
    case JobState::Memory:
        return QStringLiteral("memory");
    case JobState::PostCopy:
        return QStringLiteral("postcopy");
    case JobState::SwitchOver:
        return QStringLiteral("switchover");
    case JobState::Verifying:
        return QStringLiteral("verifying");
    case JobState::Completed:
        return QStringLiteral("completed");
    case JobState::Failed:
        return QStringLiteral("failed");
    case JobState::Cancelled:
        return QStringLiteral("cancelled");
    case JobState::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

bool isEnded(JobState state)
{
    return state == JobState::Completed || state == JobState::Failed || state == JobState::Cancelled ||
           state == JobState::Unknown;
}

QString convergenceName(ConvergenceVerdict verdict)
{
    switch (verdict) {
    case ConvergenceVerdict::Converging:
        return QStringLiteral("converging");
    case ConvergenceVerdict::Stalled:
        return QStringLiteral("stalled");
    case ConvergenceVerdict::WillNotConverge:
        return QStringLiteral("will-not-converge");
    case ConvergenceVerdict::Finishing:
        return QStringLiteral("finishing");
    case ConvergenceVerdict::NotKnown:
        break;
    }
    return {};
}

} // namespace drover
