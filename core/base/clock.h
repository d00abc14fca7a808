// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <chrono>
#include <mutex>

namespace drover {

/// Monotonic instant in milliseconds since an arbitrary start; comparable within one clock only.
using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

/// Where time comes from, so that tests and the simulator can own it. Safe from any thread.
class Clock
{
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
    [[nodiscard]] virtual QDateTime wallTime() const = 0; ///< UTC
};

/// The machine's own clocks.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] QDateTime wallTime() const override;
};

/// A clock that stands still until it is moved. For tests and for a simulated fleet under test.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] QDateTime wallTime() const override;
    void advance(std::chrono::milliseconds by);

private:
    mutable std::mutex m_mutex;
    Instant m_now{};
};

} // namespace drover
