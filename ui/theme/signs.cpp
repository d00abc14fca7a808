// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/signs.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

#include <algorithm>

namespace drover {

namespace {

// All signs are drawn in a field of 12 × 12.
constexpr qreal field = 12;

QPen pen(const QColor& colour, qreal width)
{
    return QPen(colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
}

void cross(QPainter& p, const QColor& colour)
{
    p.setPen(pen(colour, 1.9));
    p.drawLine(QPointF(2.6, 2.6), QPointF(9.4, 9.4));
    p.drawLine(QPointF(9.4, 2.6), QPointF(2.6, 9.4));
}

void wrench(QPainter& p, const QColor& colour)
{
    p.setPen(pen(colour, 2.2));
    p.drawLine(QPointF(1.9, 10.1), QPointF(6.2, 5.8));
    QPen jaw = pen(colour, 1.9);
    jaw.setCapStyle(Qt::FlatCap);
    p.setPen(jaw);
    p.setBrush(Qt::NoBrush);
    // Open to the upper right.
    p.drawArc(QRectF(5.1, 1.0, 5.9, 5.9), 90 * 16, 270 * 16);
}

void twoBars(QPainter& p, const QColor& colour, qreal width)
{
    p.fillRect(QRectF(2.4, 2, width, 8), colour);
    p.fillRect(QRectF(9.6 - width, 2, width, 8), colour);
}

void triangleUp(QPainter& p, const QColor& colour, bool mark)
{
    QPainterPath path;
    path.moveTo(6, 1.2);
    path.lineTo(11.4, 10.8);
    path.lineTo(0.6, 10.8);
    path.closeSubpath();
    if (mark) {
        QPainterPath hole;
        hole.addRoundedRect(QRectF(5.3, 4.6, 1.4, 3.0), 0.5, 0.5);
        hole.addEllipse(QPointF(6, 9.1), 0.8, 0.8);
        path = path.subtracted(hole);
    }
    p.fillPath(path, colour);
}

void letter(QPainter& p, const QColor& colour, QChar c)
{
    QFont font = p.font();
    font.setBold(true);
    font.setPixelSize(11);
    p.setFont(font);
    p.setPen(colour);
    p.drawText(QRectF(0, 0, field, field), Qt::AlignCenter, QString(c));
}

void draw(QPainter& p, Sign sign, const QColor& colour)
{
    switch (sign) {
    case Sign::HostUp:
        p.setPen(Qt::NoPen);
        p.setBrush(colour);
        p.drawEllipse(QRectF(1.8, 1.8, 8.4, 8.4));
        break;
    case Sign::HostConnecting: {
        QPen dotted(colour, 1.7, Qt::CustomDashLine, Qt::FlatCap);
        dotted.setDashPattern({1.35, 1.1});
        p.setPen(dotted);
        p.setBrush(Qt::NoBrush);
        p.drawEllipse(QRectF(2.1, 2.1, 7.8, 7.8));
        break;
    }
    case Sign::HostDisabled:
        twoBars(p, colour, 2.9);
        break;
    case Sign::HostMaintenance:
        wrench(p, colour);
        break;
    case Sign::HostNoAnswer:
    case Sign::Error:
        cross(p, colour);
        break;
    case Sign::Pass:
        p.setPen(pen(colour, 1.9));
        p.drawPolyline(QPolygonF{QPointF(1.9, 6.6), QPointF(4.8, 9.5), QPointF(10.2, 2.9)});
        break;
    case Sign::Info:
        p.setPen(pen(colour, 1.3));
        p.setBrush(Qt::NoBrush);
        p.drawEllipse(QRectF(1.2, 1.2, 9.6, 9.6));
        p.setPen(pen(colour, 1.5));
        p.drawLine(QPointF(6, 5.6), QPointF(6, 8.7));
        p.drawPoint(QPointF(6, 3.5));
        break;
    case Sign::Warning:
        triangleUp(p, colour, true);
        break;
    case Sign::Pending:
        p.setPen(Qt::NoPen);
        p.setBrush(colour);
        for (const qreal x : {2.2, 6.0, 9.8})
            p.drawEllipse(QPointF(x, 6), 1.3, 1.3);
        break;
    case Sign::Running:
        p.setPen(Qt::NoPen);
        p.setBrush(colour);
        p.drawPolygon(QPolygonF{QPointF(3.2, 2.2), QPointF(10, 6), QPointF(3.2, 9.8)});
        break;
    case Sign::Paused:
        twoBars(p, colour, 2.2);
        break;
    case Sign::ShutOff:
        p.setPen(pen(colour, 1.3));
        p.setBrush(Qt::NoBrush);
        p.drawRect(QRectF(3, 3, 6, 6));
        break;
    case Sign::Crashed:
        letter(p, colour, QLatin1Char('!'));
        break;
    case Sign::Unknown:
        letter(p, colour, QLatin1Char('?'));
        break;
    case Sign::Moving:
        p.setPen(pen(colour, 1.6));
        p.drawLine(QPointF(1.6, 6), QPointF(10, 6));
        p.drawPolyline(QPolygonF{QPointF(6.8, 2.9), QPointF(10.2, 6), QPointF(6.8, 9.1)});
        break;
    case Sign::Conflict:
        p.setPen(pen(colour, 1.4));
        p.setBrush(Qt::NoBrush);
        p.drawRect(QRectF(1.6, 1.6, 6, 6));
        p.drawRect(QRectF(4.4, 4.4, 6, 6));
        break;
    }
}

} // namespace

void paintSign(QPainter& painter, const QRectF& rect, Sign sign, const QColor& colour)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal side = std::min(rect.width(), rect.height());
    painter.translate(rect.center().x() - side / 2, rect.center().y() - side / 2);
    painter.scale(side / field, side / field);
    draw(painter, sign, colour);
    painter.restore();
}

QIcon signIcon(Sign sign, const QColor& colour)
{
    QIcon icon;
    for (const int size : {12, 16, 24, 32, 48}) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        const qreal margin = size / 12.0;
        paintSign(painter, QRectF(margin, margin, size - 2 * margin, size - 2 * margin), sign, colour);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

Sign signOf(const Host& host)
{
    if (host.connection == ConnectionState::Down)
        return Sign::HostNoAnswer;
    if (host.connection == ConnectionState::Connecting)
        return Sign::HostConnecting;
    switch (host.service().state) {
    case ServiceState::Enabled:
        return Sign::HostUp;
    case ServiceState::Disabled:
        return Sign::HostDisabled;
    case ServiceState::Maintenance:
        return Sign::HostMaintenance;
    }
    return Sign::Unknown;
}

Tone toneOf(const Host& host)
{
    switch (signOf(host)) {
    case Sign::HostUp:
        return Tone::Good;
    case Sign::HostNoAnswer:
        return Tone::Error;
    case Sign::HostDisabled:
    case Sign::HostMaintenance:
        return Tone::Warning;
    default:
        return Tone::Information;
    }
}

Sign signOf(PowerState state)
{
    switch (state) {
    case PowerState::Running:
        return Sign::Running;
    case PowerState::Paused:
    case PowerState::Suspended:
        return Sign::Paused;
    case PowerState::ShuttingDown:
    case PowerState::ShutOff:
        return Sign::ShutOff;
    case PowerState::Crashed:
        return Sign::Crashed;
    case PowerState::Unknown:
        return Sign::Unknown;
    }
    return Sign::Unknown;
}

Sign signOf(const Instance& instance)
{
    if (instance.inConflict())
        return Sign::Conflict;
    return signOf(instance.domain.status.state);
}

Sign signOf(Severity severity)
{
    switch (severity) {
    case Severity::Pass:
        return Sign::Pass;
    case Severity::Info:
        return Sign::Info;
    case Severity::Warning:
        return Sign::Warning;
    case Severity::Error:
        return Sign::Error;
    }
    return Sign::Unknown;
}

Tone toneOf(Severity severity)
{
    switch (severity) {
    case Severity::Pass:
        return Tone::Good;
    case Severity::Info:
        return Tone::Information;
    case Severity::Warning:
        return Tone::Warning;
    case Severity::Error:
        return Tone::Error;
    }
    return Tone::Plain;
}

Sign signOf(HostVerdict::Level level)
{
    switch (level) {
    case HostVerdict::Level::Fits:
        return Sign::Pass;
    case HostVerdict::Level::Warning:
        return Sign::Warning;
    case HostVerdict::Level::Cannot:
        return Sign::Error;
    }
    return Sign::Unknown;
}

Tone toneOf(HostVerdict::Level level)
{
    switch (level) {
    case HostVerdict::Level::Fits:
        return Tone::Good;
    case HostVerdict::Level::Warning:
        return Tone::Warning;
    case HostVerdict::Level::Cannot:
        return Tone::Error;
    }
    return Tone::Plain;
}

} // namespace drover
