// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>

namespace drover::libvirt {

/// How fast a counter grows, per second. Readings that follow each other too closely (after an event) would
/// give noise: they repeat the last answer.
class RateMeter
{
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds leastInterval{500};

    std::optional<double> update(double counter, Time now)
    {
        if (!m_started || counter < m_counter) { // first reading, or the counter began anew
            m_started = true;
            m_perSecond.reset();
        } else if (now - m_at < leastInterval) {
            return m_perSecond;
        } else {
            m_perSecond = (counter - m_counter) / std::chrono::duration<double>(now - m_at).count();
        }
        m_counter = counter;
        m_at = now;
        return m_perSecond;
    }

private:
    bool m_started = false;
    double m_counter = 0;
    Time m_at{};
    std::optional<double> m_perSecond;
};

} // namespace drover::libvirt
