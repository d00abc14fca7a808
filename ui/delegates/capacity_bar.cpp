// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/capacity_bar.h"

#include "core/base/units.h"

#include <QCoreApplication>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace drover {

namespace {

QString words(const char* text)
{
    return QCoreApplication::translate("CapacityBar", text);
}

double pick(const Resources& r, ResourceKind kind)
{
    switch (kind) {
    case ResourceKind::Cpu:
        return r.vcpus;
    case ResourceKind::Memory:
        return static_cast<double>(r.memory.value);
    case ResourceKind::Disk:
        return static_cast<double>(r.disk.value);
    }
    return 0;
}

// One unit for all numbers of a line: the largest in which the limit is at least 1.
struct Unit
{
    double size = 1;
    QString name;
};

Unit unitFor(double largest, ResourceKind kind)
{
    if (kind == ResourceKind::Cpu)
        return {};
    constexpr double gib = 1073741824.0;
    if (largest >= 1024 * gib)
        return {1024 * gib, QStringLiteral("TiB")};
    if (largest >= gib)
        return {gib, QStringLiteral("GiB")};
    return {1048576.0, QStringLiteral("MiB")};
}

QString number(double value, double scale, const Unit& unit)
{
    const double v = value / unit.size;
    // A limit below 10 in its unit leaves room for one digit behind the point, and needs it.
    // So does a little of much, which is not nothing.
    const bool little = v > 0 && v < 0.5;
    const bool digits =
        !unit.name.isEmpty() && unit.name != QLatin1String("MiB") && (little || scale / unit.size < 10);
    return digits ? QString::number(v, 'f', 1) : QString::number(std::round(v), 'f', 0);
}

QRectF part(const QRectF& rect, const BarGeometry::Span& span)
{
    return {rect.left() + span.from * rect.width(), rect.top(), (span.to - span.from) * rect.width(),
            rect.height()};
}

void hatch(QPainter& painter, const QRectF& area, const QColor& colour)
{
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.6));
    constexpr qreal apart = 5;
    const qreal first = area.left() - area.height();
    const int lines = static_cast<int>(std::ceil((area.right() - first) / apart));
    for (int i = 0; i < lines; ++i) {
        const qreal x = first + i * apart;
        painter.drawLine(QPointF(x, area.bottom() + 0.5), QPointF(x + area.height() + 1, area.top() - 0.5));
    }
    painter.restore();
}

QColor dimmed(QColor colour, BarMood mood)
{
    if (mood == BarMood::Dimmed)
        colour.setAlphaF(0.4F);
    return colour;
}

} // namespace

BarGeometry barGeometry(const BarFigures& f)
{
    BarGeometry g;
    if (!f.known)
        return g;
    const double highest = std::max(f.usedNow, f.after.value_or(0));
    // The end of the bar: what there is with the reserve, a little beyond the tick at least, and what is used
    // beyond it, up to half as much again.
    double end =
        std::max({f.effective + f.reserve, f.effective / 0.94, std::min(highest, f.effective * 1.5)});
    if (end <= 0)
        end = std::max(highest, 1.0);
    const auto at = [end](double value) { return std::clamp(value / end, 0.0, 1.0); };

    g.tick = at(f.effective);
    g.used = {0, std::min(at(f.usedNow), g.tick)};
    if (f.usedNow > f.effective)
        g.usedOver = {g.tick, at(f.usedNow)};
    if (f.usedMax > f.usedNow)
        g.max = {at(f.usedNow), at(f.usedMax)};
    g.maxClipped = f.usedMax > end;
    g.reserve = {g.tick, 1};
    if (f.after && *f.after != f.usedNow) {
        g.ghostShrinks = *f.after < f.usedNow;
        g.ghost = {at(std::min(f.usedNow, *f.after)), at(std::max(f.usedNow, *f.after))};
        g.ghostOver = *f.after > f.effective;
    }
    return g;
}

BarFigures barFigures(const Capacity& capacity, ResourceKind kind, bool known)
{
    BarFigures f;
    // A host whose pools are not known has no disk limit to show.
    f.known = known && pick(capacity.effective, kind) > 0;
    f.effective = pick(capacity.effective, kind);
    // The reserve as it would count with the overcommit ratio; not negative where the ratio is below 1.
    f.reserve = kind == ResourceKind::Cpu ? 0 : std::max(0.0, pick(capacity.total, kind) - f.effective);
    f.usedNow = pick(capacity.usedNow, kind);
    f.usedMax = pick(capacity.usedMax, kind);
    return f;
}

BarFigures barFigures(const HostVerdict& verdict, ResourceKind kind, bool known)
{
    BarFigures f = barFigures(verdict.before, kind, known);
    if (f.known)
        f.after = pick(verdict.usedAfter, kind);
    return f;
}

QString barText(const BarFigures& f, ResourceKind kind)
{
    if (!f.known)
        return unknownMark();
    const double scale = std::max({f.effective, f.usedNow, f.after.value_or(0)});
    const Unit unit = unitFor(scale, kind);
    const QString now = number(f.usedNow, scale, unit);
    const QString limit = number(f.effective, scale, unit);
    const QString after = f.after ? number(*f.after, scale, unit) : now;
    // A little of very much: "27 GiB of 2.0 TiB", not "0.0 of 2.0 TiB".
    if (!unit.name.isEmpty() && f.usedNow > 0 && f.usedNow < unit.size / 10 && after == now)
        return words("%1 of %2 %3").arg(formatBytes({static_cast<qint64>(f.usedNow)}), limit, unit.name);
    const QString left = after == now ? now : words("%1 → %2").arg(now, after);
    return unit.name.isEmpty() ? words("%1 of %2").arg(left, limit)
                               : words("%1 of %2 %3").arg(left, limit, unit.name);
}

QString barDescription(const BarFigures& f, ResourceKind kind)
{
    if (!f.known)
        return words("not known");
    const double scale = std::max({f.effective, f.usedNow, f.usedMax});
    const Unit unit = unitFor(scale, kind);
    const QString suffix = unit.name.isEmpty() ? QString() : QLatin1Char(' ') + unit.name;
    QString text = words("used now %1%4, used max %2%4, limit %3%4")
                       .arg(number(f.usedNow, scale, unit), number(f.usedMax, scale, unit),
                            number(f.effective, scale, unit), suffix);
    if (f.reserve > 0)
        text += words(", reserve %1%2")
                    .arg(number(f.reserve, f.reserve, unitFor(f.reserve, kind)),
                         unitFor(f.reserve, kind).name.isEmpty()
                             ? QString()
                             : QLatin1Char(' ') + unitFor(f.reserve, kind).name);
    if (f.after)
        text += words(", after the drop %1%2").arg(number(*f.after, scale, unit), suffix);
    return text;
}

QString resourceLabel(ResourceKind kind)
{
    switch (kind) {
    case ResourceKind::Cpu:
        return words("CPU");
    case ResourceKind::Memory:
        return words("MEM");
    case ResourceKind::Disk:
        return words("DISK");
    }
    return {};
}

void paintCapacityBar(QPainter& painter, const QRectF& rect, const BarFigures& figures,
                      const ThemeColours& colours, BarMood mood)
{
    const BarGeometry g = barGeometry(figures);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(rect, dimmed(colours.barTrough, mood));
    if (figures.known) {
        painter.fillRect(part(rect, g.reserve), dimmed(colours.barReserve, mood));
        if (!g.max.empty()) {
            const double inside = std::clamp(g.tick, g.max.from, g.max.to);
            hatch(painter, part(rect, {g.max.from, inside}), dimmed(colours.barHatch, mood));
            hatch(painter, part(rect, {inside, g.max.to}), dimmed(colours.barOver, mood));
        }
        painter.fillRect(part(rect, g.used), dimmed(colours.barUsed, mood));
        painter.fillRect(part(rect, g.usedOver), dimmed(colours.barOver, mood));
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(dimmed(colours.border, mood));
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
    if (figures.known) {
        const qreal x = std::round(rect.left() + g.tick * rect.width());
        painter.fillRect(QRectF(x - 1, rect.top() - 2, 2, rect.height() + 4), dimmed(colours.barTick, mood));
    }
    if (!g.ghost.empty()) {
        // A dark and a light line: seen on every colour that may lie below.
        QRectF ghost = part(rect, g.ghost).adjusted(0, -2, 0, 2);
        if (ghost.width() < 4)
            ghost.setWidth(4);
        const QColor tone = g.ghostOver ? colours.barOver : g.ghostShrinks ? colours.mutedText : colours.good;
        if (!g.ghostShrinks)
            hatch(painter, ghost, dimmed(tone, mood));
        painter.setPen(QPen(dimmed(colours.dark ? QColor(Qt::black) : QColor(Qt::white), mood), 1));
        painter.drawRect(ghost.adjusted(1, 1, -2, -2));
        painter.setPen(QPen(dimmed(colours.text, mood), 1));
        painter.drawRect(ghost.adjusted(0, 0, -1, -1));
    }
    painter.restore();
}

} // namespace drover
