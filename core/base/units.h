// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <compare>

namespace drover {

using Milliseconds = std::chrono::milliseconds;

/// An amount of memory or disk, in bytes.
struct Bytes
{
    qint64 value = 0;

    [[nodiscard]] static constexpr Bytes fromKib(qint64 n) { return {n * 1024}; }
    [[nodiscard]] static constexpr Bytes fromMib(double n) { return {static_cast<qint64>(n * 1048576.0)}; }
    [[nodiscard]] static constexpr Bytes fromGib(double n) { return {static_cast<qint64>(n * 1073741824.0)}; }
    [[nodiscard]] constexpr double mib() const { return static_cast<double>(value) / 1048576.0; }
    [[nodiscard]] constexpr double gib() const { return static_cast<double>(value) / 1073741824.0; }

    constexpr auto operator<=>(const Bytes&) const = default;
    constexpr Bytes& operator+=(Bytes o)
    {
        value += o.value;
        return *this;
    }
    constexpr Bytes& operator-=(Bytes o)
    {
        value -= o.value;
        return *this;
    }
    friend constexpr Bytes operator+(Bytes a, Bytes b) { return a += b; }
    friend constexpr Bytes operator-(Bytes a, Bytes b) { return a -= b; }
};

/// A transfer or dirty rate, in bytes per second.
struct Rate
{
    double bytesPerSecond = 0;

    [[nodiscard]] static constexpr Rate fromMib(double n) { return {n * 1048576.0}; }
    [[nodiscard]] constexpr double mib() const { return bytesPerSecond / 1048576.0; }
    constexpr auto operator<=>(const Rate&) const = default;
};

/// "512 MiB", "4.0 GiB", "1.2 TiB": the largest unit that keeps at least one digit before the point.
[[nodiscard]] QString formatBytes(Bytes bytes);
/// Whole MiB with digits grouped, for rows that are compared: "8 192 MiB".
[[nodiscard]] QString formatMib(Bytes bytes);
/// "112 MiB/s", "4.7 MiB/s", "300 KiB/s".
[[nodiscard]] QString formatRate(Rate rate);
/// As a person says it: "180 ms", "12 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] QString formatDuration(Milliseconds time);
/// "now", "4 s ago", "3 min ago".
[[nodiscard]] QString formatAge(Milliseconds age);
/// What stands where a number is not known.
[[nodiscard]] QString unknownMark();

} // namespace drover
