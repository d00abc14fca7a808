// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axis_scale.h"

#include <algorithm>
#include <cmath>

namespace drover {

namespace {

QString memoryLabel(double mib)
{
    if (mib <= 0)
        return QStringLiteral("0");
    if (mib >= 1048576)
        return QStringLiteral("%1 TiB").arg(mib / 1048576);
    if (mib >= 1024)
        return QStringLiteral("%1 GiB").arg(mib / 1024);
    return QStringLiteral("%1 MiB").arg(mib);
}

} // namespace

double AxisScale::position(double value) const
{
    if (!logarithmic)
        return value;
    return std::log2(std::max(value, std::exp2(low)));
}

AxisScale rateScale(double highest, int mostTicks)
{
    AxisScale scale;
    const double wanted = std::max(highest, 1.0) / std::max(mostTicks, 1);
    const double decade = std::pow(10.0, std::floor(std::log10(wanted)));
    double step = decade * 10;
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (decade * factor >= wanted) {
            step = decade * factor;
            break;
        }
    }
    const int count = std::max(1, static_cast<int>(std::ceil(highest / step)));
    scale.high = step * count;
    for (int i = 0; i <= count; ++i)
        scale.ticks.push_back({step * i, QString::number(step * i)});
    return scale;
}

AxisScale memoryScale(double highest, int mostTicks)
{
    AxisScale scale;
    const double wanted = std::max(highest, 1.0) / std::max(mostTicks, 1);
    const double step = std::exp2(std::ceil(std::log2(wanted)));
    const int count = std::max(1, static_cast<int>(std::ceil(highest / step)));
    scale.high = step * count;
    for (int i = 0; i <= count; ++i)
        scale.ticks.push_back({step * i, memoryLabel(step * i)});
    return scale;
}

AxisScale memoryLogScale(double lowest, double highest, int mostTicks)
{
    AxisScale scale;
    scale.logarithmic = true;
    const int bottom = std::max(0, static_cast<int>(std::floor(std::log2(std::max(lowest, 1.0)))));
    const int top = std::max(bottom + 2, static_cast<int>(std::ceil(std::log2(std::max(highest, 1.0)))));
    const int step =
        std::max(1, static_cast<int>(std::ceil(static_cast<double>(top - bottom) / std::max(mostTicks, 1))));
    scale.low = bottom;
    scale.high = top;
    for (int exponent = bottom; exponent <= top; exponent += step)
        scale.ticks.push_back({static_cast<double>(exponent), memoryLabel(std::exp2(exponent))});
    return scale;
}

QString clockText(double seconds)
{
    const auto whole = static_cast<qint64>(std::llround(seconds));
    const QString tail = QStringLiteral("%1").arg(whole % 60, 2, 10, QLatin1Char('0'));
    if (whole < 3600)
        return QStringLiteral("%1:%2").arg(whole / 60).arg(tail);
    return QStringLiteral("%1:%2:%3")
        .arg(whole / 3600)
        .arg(whole / 60 % 60, 2, 10, QLatin1Char('0'))
        .arg(tail);
}

double timeStep(double length, int mostTicks)
{
    const double wanted = length / std::max(mostTicks, 1);
    for (const double step : {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0}) {
        if (step >= wanted)
            return step;
    }
    return 3600.0 * std::ceil(wanted / 3600.0);
}

} // namespace drover
