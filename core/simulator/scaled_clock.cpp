// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/scaled_clock.h"

namespace drover {

ScaledClock::ScaledClock(double speed)
    : m_speed(speed), m_begin(m_system.now()), m_wallBegin(m_system.wallTime())
{
}

Instant ScaledClock::now() const
{
    const auto passed = static_cast<double>((m_system.now() - m_begin).count());
    return m_begin + std::chrono::milliseconds(static_cast<qint64>(passed * m_speed));
}

QDateTime ScaledClock::wallTime() const
{
    return m_wallBegin.addMSecs((now() - m_begin).count());
}

} // namespace drover
