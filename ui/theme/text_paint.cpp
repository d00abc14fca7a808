// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/text_paint.h"

#include <QPainter>

#include <algorithm>

namespace drover {

namespace {

int digitWidth(const QFontMetrics& metrics)
{
    int widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

bool digitsDiffer(const QFontMetrics& metrics, int widest)
{
    for (char digit = '0'; digit <= '9'; ++digit) {
        if (metrics.horizontalAdvance(QLatin1Char(digit)) != widest)
            return true;
    }
    return false;
}

} // namespace

void drawElided(QPainter& painter, const QRect& rect, Qt::Alignment alignment, const QString& text)
{
    if (rect.width() <= 0)
        return;
    painter.drawText(rect, static_cast<int>(alignment) | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(text, Qt::ElideRight, rect.width()));
}

int tabularWidth(const QFontMetrics& metrics, const QString& text)
{
    const int widest = digitWidth(metrics);
    if (!digitsDiffer(metrics, widest))
        return metrics.horizontalAdvance(text);
    int width = 0;
    for (const QChar c : text)
        width += c.isDigit() ? widest : metrics.horizontalAdvance(c);
    return width;
}

void drawTabular(QPainter& painter, const QRect& rect, Qt::Alignment alignment, const QString& text)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const int widest = digitWidth(metrics);
    if (!digitsDiffer(metrics, widest) || tabularWidth(metrics, text) > rect.width()) {
        drawElided(painter, rect, alignment, text);
        return;
    }
    int x = rect.left();
    if (alignment.testFlag(Qt::AlignRight))
        x = rect.right() + 1 - tabularWidth(metrics, text);
    else if (alignment.testFlag(Qt::AlignHCenter))
        x = rect.center().x() - tabularWidth(metrics, text) / 2;
    for (const QChar c : text) {
        const int cell = c.isDigit() ? widest : metrics.horizontalAdvance(c);
        painter.drawText(QRect(x, rect.top(), cell, rect.height()), Qt::AlignHCenter | Qt::AlignVCenter,
                         QString(c));
        x += cell;
    }
}

QStringList wrapText(const QFontMetrics& metrics, const QString& text, int width, int maxLines)
{
    QStringList lines;
    QString rest = text.simplified();
    while (!rest.isEmpty() && lines.size() < maxLines) {
        if (lines.size() == maxLines - 1 || metrics.horizontalAdvance(rest) <= width) {
            lines += metrics.elidedText(rest, Qt::ElideRight, width);
            break;
        }
        qsizetype cut = -1;
        for (qsizetype space = rest.indexOf(QLatin1Char(' ')); space >= 0;
             space = rest.indexOf(QLatin1Char(' '), space + 1)) {
            if (metrics.horizontalAdvance(rest.left(space)) > width)
                break;
            cut = space;
        }
        if (cut < 0) {
            // A single word that is too long: cut it here, the tooltip has the whole.
            lines += metrics.elidedText(rest, Qt::ElideRight, width);
            break;
        }
        lines += rest.left(cut);
        rest = rest.mid(cut + 1);
    }
    return lines;
}

} // namespace drover
