// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

/// Distances in steps of 4 px (device-independent), and the two sizes of type.
namespace drover::metrics {

inline constexpr int step = 4;
inline constexpr int gap = 8;      ///< between things that belong together
inline constexpr int wideGap = 12; ///< between cards, around panels
inline constexpr int radius = 4;   ///< corners of tiles, strips, chips
inline constexpr int cardRadius = 6;
inline constexpr int barHeight = 10;
inline constexpr int signSize = 12;

/// The one larger size of type, for headings.
[[nodiscard]] inline QFont headingFont(QFont font)
{
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setBold(true);
    return font;
}

[[nodiscard]] inline QFont boldFont(QFont font)
{
    font.setBold(true);
    return font;
}

} // namespace drover::metrics
