// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "ui/board/board_card.h"
#include "ui/delegates/capacity_bar.h"
#include "ui/theme/colours.h"

#include <QFont>
#include <QFontMetrics>

#include <functional>

class QPainter;

namespace drover {

class DragJudge;

/// Paints one card or one line of the board. Made for one paint event.
class CardPainter
{
public:
    struct Look
    {
        const ThemeColours& colours;
        QFont font;
        const DragJudge& judge;
        Instant now{};
        HostId dropHost;     ///< a drop would go there now
        BoardItem focus;     ///< null where the board has not the focus
        HostId selectedHost; ///< the current card
        std::function<bool(const InstanceId&)> selected;
        std::function<bool(const InstanceId&)> dragged;
    };

    CardPainter(QPainter& painter, const Look& look);

    /// With the painter's origin at the board's.
    void paintCard(const BoardCard& card);
    void paintLine(const BoardCard& card);

private:
    void paintFrame(const BoardCard& card, const QRect& rect);
    void paintHead(const BoardCard& card, const QRect& rect);
    void paintNotice(const BoardCard& card, const QRect& rect);
    void paintStrip(const HostVerdict& verdict, const QRect& room, int maxLines);
    void paintBars(const BoardCard& card, const QRect& rect);
    void paintTiles(const BoardCard& card, const QRect& rect);
    void paintTile(const BoardTile& tile, const QRect& rect, bool lastKnown);
    void paintEmpty(const BoardCard& card, const QRect& rect);
    void paintFocus(const QRect& rect);
    [[nodiscard]] bool dimmed(const BoardCard& card) const;

    QPainter& m_painter;
    const Look& m_look;
    const ThemeColours& m_colours;
    QFontMetrics m_metrics;
};

} // namespace drover
