// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace drover {

/// A vertical axis with round steps. Pure.
struct AxisScale
{
    struct Tick
    {
        double value = 0; ///< in axis coordinates
        QString label;
    };
    double low = 0;
    double high = 1;
    bool logarithmic = false;
    std::vector<Tick> ticks;

    /// Where a value lies on the axis: itself, or its base-2 logarithm, never below the axis.
    [[nodiscard]] double position(double value) const;
};

/// 0 to a round number of at least @p highest, in steps of 1, 2 or 5 times a power of ten.
[[nodiscard]] AxisScale rateScale(double highest, int mostTicks);
/// MiB from 0, in steps that are powers of two: "0", "512 MiB", "1 GiB".
[[nodiscard]] AxisScale memoryScale(double highest, int mostTicks);
/// MiB by powers of two, from below @p lowest (at least 1 MiB) to @p highest.
[[nodiscard]] AxisScale memoryLogScale(double lowest, double highest, int mostTicks);
/// Seconds as "0:05", "1:20", "1:02:00".
[[nodiscard]] QString clockText(double seconds);
/// Step of a time axis of that length that gives at most so many labels.
[[nodiscard]] double timeStep(double length, int mostTicks);

} // namespace drover
