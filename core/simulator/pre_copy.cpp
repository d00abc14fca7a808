// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/pre_copy.h"

#include <algorithm>
#include <cmath>

namespace drover {
namespace {

constexpr double headerFactor = 4105.0 / 4096.0; // each page goes with 9 bytes of its own
constexpr double zeroFactor = 9.0 / 4096.0;
constexpr double windowMs = 100;
constexpr double dirtyPeriodMs = 1000;
constexpr double handOverMs = 20; // device state and the word from the other side
constexpr double postCopySwitchMs = 6;
constexpr double zeroScanPerMs = 4.0 * 1073741824.0 / 1000.0;
constexpr int mostThrottle = 99;

} // namespace

PreCopy::PreCopy(std::unique_ptr<GuestMemory> memory, Settings settings, bool guestRuns)
    : m_memory(std::move(memory))
    , m_pending(m_memory->pages())
    , m_settings(settings)
    , m_guestRuns(guestRuns)
    , m_expectedDowntime(settings.maxDowntime)
{
    m_pending.fill();
    m_remainingAtSync = pendingBytes();
}

double PreCopy::pendingBytes() const
{
    return static_cast<double>(m_pending.size()) * static_cast<double>(m_memory->pageSize().value);
}

std::optional<Rate> PreCopy::demand() const
{
    return m_phase == Phase::Memory ? m_settings.bandwidth : std::nullopt;
}

double PreCopy::percent() const
{
    return m_iteration > 1 ? 100.0 : 100.0 * m_walked / m_memory->pages();
}

int PreCopy::advance(Milliseconds time, double rate)
{
    if (m_phase == Phase::Done)
        return 0;
    const int before = m_iteration;
    const auto ms = static_cast<double>(time.count());
    m_time += ms;
    if (m_paused || m_phase == Phase::Stopped)
        m_downtime += ms;
    double budget = rate * ms / 1000.0;
    const double given = budget;
    double zeroBudget = zeroScanPerMs * ms;
    if (m_phase == Phase::Memory) {
        if (m_guestRuns && !m_paused)
            m_memory->run(time, m_throttle / 100.0);
        send(budget, zeroBudget, true);
        if (pendingBytes() < m_threshold || m_pending.size() == 0) {
            sync();
            if (pendingBytes() < m_threshold || m_pending.size() == 0)
                stopGuest();
            else
                send(budget, zeroBudget, false);
        }
    } else {
        send(budget, zeroBudget, false);
        if (m_pending.size() == 0) {
            // What was left of the step after the last page belongs to the hand-over.
            const double spare = given > 0 ? ms * budget / given : 0;
            m_handOver -= m_handOver > 0 ? spare : 0;
            if (m_handOver <= 0 || m_phase == Phase::PostCopy) {
                if (m_phase == Phase::Stopped)
                    m_downtime = std::max(1.0, m_downtime + m_handOver);
                m_phase = Phase::Done;
            }
        }
    }
    m_windowSent += given - budget;
    m_window += ms;
    if (m_window >= windowMs)
        closeWindow();
    return m_iteration - before;
}

void PreCopy::send(double& budget, double& zeroBudget, bool keepBelow)
{
    const auto page = static_cast<double>(m_memory->pageSize().value);
    while (budget > 0 && m_pending.size() > 0) {
        if (keepBelow && pendingBytes() < m_threshold)
            return;
        const int next = m_pending.next(m_cursor);
        const bool firstTurn = m_iteration == 1;
        const bool zero = next >= m_memory->firstZeroPage();
        if (zero && zeroBudget < page)
            return;
        const double cost = zero ? page * zeroFactor : page * headerFactor;
        if (budget < cost - m_carry) {
            m_carry += budget;
            m_sent += budget;
            budget = 0;
            return;
        }
        budget -= cost - m_carry;
        m_sent += cost - m_carry;
        m_carry = 0;
        if (zero)
            zeroBudget -= page;
        else
            m_normal += page;
        m_pending.erase(next);
        m_walked += firstTurn ? 1 : 0;
        m_cursor = next + 1 == m_memory->pages() ? 0 : next + 1;
    }
}

void PreCopy::sync()
{
    m_periodPages += m_pending.takeFrom(m_memory->log());
    m_remainingAtSync = pendingBytes();
    ++m_iteration;
    if (m_time <= m_periodBegin + dirtyPeriodMs)
        return;
    judgeThrottle();
    m_dirtyRate = static_cast<double>(m_periodPages) * static_cast<double>(m_memory->pageSize().value) *
                  1000.0 / (m_time - m_periodBegin);
    m_periodBegin = m_time;
    m_periodSentFrom = m_sent;
    m_periodPages = 0;
}

void PreCopy::judgeThrottle()
{
    if (!m_settings.autoConverge)
        return;
    const double dirtied =
        static_cast<double>(m_periodPages) * static_cast<double>(m_memory->pageSize().value);
    if (dirtied <= (m_sent - m_periodSentFrom) / 2 || ++m_highCount < 2)
        return;
    m_highCount = 0;
    m_throttle = m_throttle == 0 ? m_settings.throttleInitial
                                 : std::min(m_throttle + m_settings.throttleIncrement, mostThrottle);
}

void PreCopy::closeWindow()
{
    m_rate = m_windowSent * 1000.0 / m_window;
    m_rateKnown = true;
    m_threshold = m_rate * static_cast<double>(m_settings.maxDowntime.count()) / 1000.0;
    if (m_dirtyRate.value_or(0) > 0 && m_windowSent > 10000)
        m_expectedDowntime = Milliseconds(std::llround(m_remainingAtSync * 1000.0 / m_rate));
    m_window = 0;
    m_windowSent = 0;
}

void PreCopy::stopGuest()
{
    m_phase = Phase::Stopped;
    m_handOver = handOverMs;
    sync();
}

void PreCopy::startPostCopy()
{
    sync();
    m_phase = Phase::PostCopy;
    m_downtime += postCopySwitchMs;
    m_handOver = 0;
}

void PreCopy::pauseGuest()
{
    m_paused = true;
}

JobStats PreCopy::stats() const
{
    JobStats stats;
    stats.phase = m_phase == Phase::PostCopy ? JobStats::Phase::PostCopy : JobStats::Phase::Memory;
    stats.iteration = m_iteration;
    stats.memoryTotal = {m_memory->pageSize().value * m_memory->pages()};
    stats.memoryRemaining = {static_cast<qint64>(pendingBytes())};
    stats.memoryProcessed = {static_cast<qint64>(m_sent)};
    stats.memoryNormal = {static_cast<qint64>(m_normal)};
    if (m_rateKnown)
        stats.transfer = Rate{m_rate};
    if (m_dirtyRate && m_phase != Phase::PostCopy)
        stats.dirty = Rate{*m_dirtyRate};
    if (m_throttle > 0)
        stats.throttlePercent = m_throttle;
    if (m_phase != Phase::PostCopy)
        stats.expectedDowntime = m_expectedDowntime;
    if (m_phase == Phase::Done) {
        stats.phase = JobStats::Phase::Completed;
        stats.expectedDowntime.reset();
        stats.downtime = Milliseconds(std::llround(m_downtime));
    }
    return stats;
}

} // namespace drover
