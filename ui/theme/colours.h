// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

namespace drover {

/// What a colour says. Meaning never rests on it alone: an icon or a word always stands beside it.
enum class Tone { Plain, Good, Warning, Error, Information };

/// The colours of one theme. Text colours reach a contrast of at least 4.5:1 on window, card and their own
/// tint.
struct ThemeColours
{
    bool dark = false;

    QColor window; ///< behind everything
    QColor card;   ///< cards, tables, panels that hold content
    QColor border; ///< lines between and around things
    QColor text;
    QColor mutedText; ///< captions, units, what is less important; still 4.5:1
    QColor accent;    ///< focus ring, selection frame
    QColor selection; ///< behind what is selected

    // Words and signs.
    QColor good;
    QColor warning;
    QColor error;
    QColor information;
    // Behind a line of words in that tone.
    QColor goodTint;
    QColor warningTint;
    QColor errorTint;
    QColor informationTint;

    // Charts.
    QColor transferRate;
    QColor dirtyRate;
    QColor memoryLeft;

    // Capacity bars.
    QColor barTrough;  ///< free part
    QColor barReserve; ///< what is kept back
    QColor barUsed;    ///< used now
    QColor barHatch;   ///< lines of used max
    QColor barTick;    ///< 100 % of effective capacity
    QColor barOver;    ///< beyond it

    // Instance tiles.
    QColor tile;
    QColor tileBorder;
    QColor tileProgress; ///< part of a moving instance that has gone over
    QColor moving;       ///< outline of what moves

    [[nodiscard]] QColor textOf(Tone tone) const;
    [[nodiscard]] QColor tintOf(Tone tone) const; ///< card for Plain
};

/// The colours that belong to a palette: light or dark by the lightness of its window. Cheap; use it when
/// painting
/// (`themeColours(palette())`), so that a change of theme needs no more than the palette change Qt tells
/// anyway.
[[nodiscard]] const ThemeColours& themeColours(const QPalette& palette);
[[nodiscard]] const ThemeColours& lightColours();
[[nodiscard]] const ThemeColours& darkColours();

/// WCAG contrast of two opaque colours, 1…21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

} // namespace drover
