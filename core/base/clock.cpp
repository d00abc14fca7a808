// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"

namespace drover {

Instant SystemClock::now() const
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now());
}

QDateTime SystemClock::wallTime() const
{
    return QDateTime::currentDateTimeUtc();
}

Instant ManualClock::now() const
{
    const std::scoped_lock lock(m_mutex);
    return m_now;
}

QDateTime ManualClock::wallTime() const
{
    // 2026-01-01T00:00:00Z is arbitrary: a manual clock has no calendar of its own.
    return QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC).addMSecs(now().time_since_epoch().count());
}

void ManualClock::advance(std::chrono::milliseconds by)
{
    const std::scoped_lock lock(m_mutex);
    m_now += by;
}

} // namespace drover
