// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"
#include "core/plan/judge.h"
#include "ui/theme/colours.h"

#include <QRectF>
#include <QString>

#include <optional>

class QPainter;

namespace drover {

enum class ResourceKind { Cpu, Memory, Disk };

/// The figures of one bar, all in the same unit (vCPUs, or bytes).
struct BarFigures
{
    double effective = 0; ///< 100 %: what may be used
    double reserve = 0;   ///< kept back, times the ratio; drawn after the tick
    double usedNow = 0;
    double usedMax = 0;
    std::optional<double> after; ///< used now after the drop; nothing when no drop is looked at
    bool known = false;          ///< false: the host was never read; the bar is empty and the number a dash
    bool operator==(const BarFigures&) const = default;
};

/// Where the parts of a bar lie, as parts of its width, 0…1. Every part may be empty (from == to).
struct BarGeometry
{
    struct Span
    {
        double from = 0;
        double to = 0;
        [[nodiscard]] bool empty() const { return to <= from; }
        bool operator==(const Span&) const = default;
    };
    double tick = 1;           ///< 100 % of effective capacity
    Span used;                 ///< used now, up to the tick
    Span usedOver;             ///< used now beyond the tick
    Span max;                  ///< used max beyond used now
    Span reserve;              ///< from the tick on
    Span ghost;                ///< between used now and used after the drop; grows or shrinks
    bool ghostOver = false;    ///< the drop would pass the tick
    bool ghostShrinks = false; ///< less is used after it
    bool maxClipped = false;   ///< used max goes on past the end of the bar
};

/// Pure: figures to geometry. The tick never lies further right than 94 %, so that what is beyond it can be
/// seen.
[[nodiscard]] BarGeometry barGeometry(const BarFigures& figures);

[[nodiscard]] BarFigures barFigures(const Capacity& capacity, ResourceKind kind, bool known);
/// With the bar as it would be after the drop.
[[nodiscard]] BarFigures barFigures(const HostVerdict& verdict, ResourceKind kind, bool known);

/// "29 of 50", "52 → 60 of 128 GiB", "–". In one unit for all numbers of the line.
[[nodiscard]] QString barText(const BarFigures& figures, ResourceKind kind);
/// The same with used max and reserve, in words, for tooltips and screen readers.
[[nodiscard]] QString barDescription(const BarFigures& figures, ResourceKind kind);
[[nodiscard]] QString resourceLabel(ResourceKind kind); ///< CPU, MEM, DISK

enum class BarMood { Normal, Dimmed };

/// Paints the bar itself into @p rect (no text).
void paintCapacityBar(QPainter& painter, const QRectF& rect, const BarFigures& figures,
                      const ThemeColours& colours, BarMood mood = BarMood::Normal);

} // namespace drover
