// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QRectF>
#include <QString>
#include <QStringList>

class QPainter;

namespace drover {

/// One line, cut with "…" where it does not fit.
void drawElided(QPainter& painter, const QRect& rect, Qt::Alignment alignment, const QString& text);

/// Numbers whose digits stand below each other, also where the font's own digits differ in width.
void drawTabular(QPainter& painter, const QRect& rect, Qt::Alignment alignment, const QString& text);
[[nodiscard]] int tabularWidth(const QFontMetrics& metrics, const QString& text);

/// Breaks a text at spaces into at most @p maxLines lines of that width; the last one is cut with "…".
[[nodiscard]] QStringList wrapText(const QFontMetrics& metrics, const QString& text, int width, int maxLines);

} // namespace drover
