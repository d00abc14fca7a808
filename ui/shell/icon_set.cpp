// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/icon_set.h"

#include <QFile>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace drover {

namespace {

QPixmap drawn(const QByteArray& svg, int size)
{
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(svg).render(&painter);
    return pixmap;
}

} // namespace

QIcon lineIcon(const QString& name, const QColor& colour)
{
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray source = file.readAll();
    QColor faint = colour;
    faint.setAlpha(90);
    QIcon icon;
    for (const int size : {16, 20, 24, 32, 48}) {
        // The set is drawn in black, and only in black.
        QByteArray normal = source;
        normal.replace("#000000", colour.name().toLatin1());
        QPixmap pixmap = drawn(normal, size);
        icon.addPixmap(pixmap, QIcon::Normal);
        QPixmap disabled(pixmap.size());
        disabled.fill(Qt::transparent);
        QPainter painter(&disabled);
        painter.setOpacity(faint.alphaF());
        painter.drawPixmap(0, 0, pixmap);
        painter.end();
        icon.addPixmap(disabled, QIcon::Disabled);
    }
    return icon;
}

QIcon applicationIcon()
{
    QFile file(QStringLiteral(":/icons/drover.svg"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray source = file.readAll();
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256})
        icon.addPixmap(drawn(source, size));
    return icon;
}

} // namespace drover
