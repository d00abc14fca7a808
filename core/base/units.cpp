// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/units.h"

#include <QCoreApplication>

#include <array>
#include <cmath>

namespace drover {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Units", text);
}

QString scaled(double value)
{
    const int digits = std::abs(value) < 9.95 ? 1 : 0;
    return QString::number(value, 'f', digits);
}

} // namespace

QString formatBytes(Bytes bytes)
{
    static constexpr std::array<const char*, 6> units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    auto value = static_cast<double>(bytes.value);
    std::size_t unit = 0;
    while (std::abs(value) >= 1023.5 && unit + 1 < units.size()) {
        value /= 1024.0;
        ++unit;
    }
    const QString number = unit <= 2 ? QString::number(std::round(value), 'f', 0) : scaled(value);
    return QStringLiteral("%1 %2").arg(number, QLatin1String(units[unit]));
}

QString formatMib(Bytes bytes)
{
    QString digits = QString::number(static_cast<qint64>(std::llround(bytes.mib())));
    for (qsizetype i = digits.size() - 3; i > (digits.startsWith(QLatin1Char('-')) ? 1 : 0); i -= 3)
        digits.insert(i, QChar(0x202f)); // narrow no-break space
    return QStringLiteral("%1 MiB").arg(digits);
}

QString formatRate(Rate rate)
{
    if (rate.mib() < 1.0 && rate.bytesPerSecond > 0)
        return QStringLiteral("%1 KiB/s").arg(std::round(rate.bytesPerSecond / 1024.0), 0, 'f', 0);
    return QStringLiteral("%1 MiB/s").arg(scaled(rate.mib()));
}

QString formatDuration(Milliseconds time)
{
    const auto ms = time.count();
    if (ms < 1000)
        return tr("%1 ms").arg(ms);
    if (ms < 9950 && ms % 1000 != 0)
        return tr("%1 s").arg(static_cast<double>(ms) / 1000.0, 0, 'f', 1);
    const auto s = (ms + 500) / 1000;
    if (s < 60)
        return tr("%1 s").arg(s);
    if (s < 3600)
        return s % 60 == 0 ? tr("%1 min").arg(s / 60) : tr("%1 min %2 s").arg(s / 60).arg(s % 60);
    const auto m = s / 60;
    return m % 60 == 0 ? tr("%1 h").arg(m / 60) : tr("%1 h %2 min").arg(m / 60).arg(m % 60);
}

QString formatAge(Milliseconds age)
{
    if (age < Milliseconds(1000))
        return tr("%1 s ago").arg(static_cast<double>(age.count()) / 1000.0, 0, 'f', 1);
    return tr("%1 ago").arg(formatDuration(std::chrono::floor<std::chrono::seconds>(age)));
}

QString unknownMark()
{
    return QStringLiteral("–");
}

} // namespace drover
