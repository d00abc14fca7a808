// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board/card_painter.h"

#include "ui/drag/drag_judge.h"
#include "ui/models/fleet_words.h"
#include "ui/theme/metrics.h"
#include "ui/theme/text_paint.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace drover {

namespace {

constexpr int padding = 12;
constexpr std::array kinds = {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Disk};

QString tr(const char* text)
{
    return QCoreApplication::translate("BoardView", text);
}

QRectF crisp(const QRect& rect)
{
    return QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5);
}

} // namespace

CardPainter::CardPainter(QPainter& painter, const Look& look)
    : m_painter(painter), m_look(look), m_colours(look.colours), m_metrics(look.font)
{
}

bool CardPainter::dimmed(const BoardCard& card) const
{
    const HostVerdict* verdict = m_look.judge.verdict(card.id);
    return verdict != nullptr && (verdict->isSource || verdict->level == HostVerdict::Level::Cannot);
}

void CardPainter::paintCard(const BoardCard& card)
{
    QRect rect = card.rect;
    const HostVerdict* verdict = m_look.judge.verdict(card.id);
    // What may take it stands a little higher than the rest.
    if (verdict != nullptr && m_look.judge.accepts(card.id))
        rect.translate(0, -2);
    m_painter.save();
    m_painter.setFont(m_look.font);
    paintFrame(card, rect);
    paintHead(card, rect);
    const QRect noticeRoom(rect.left() + padding, rect.top() + padding + m_metrics.height() + metrics::gap,
                           rect.width() - 2 * padding,
                           card.noticeLines * m_metrics.height() + 2 * metrics::step);
    if (verdict != nullptr && !verdict->isSource)
        paintStrip(*verdict, noticeRoom, card.noticeLines);
    else if (verdict == nullptr && card.host->connection == ConnectionState::Down)
        paintNotice(card, noticeRoom);
    m_painter.setOpacity(dimmed(card) ? 0.45 : 1);
    paintTiles(card, rect);
    m_painter.setOpacity(1);
    paintBars(card, rect);
    if (card.tiles.empty())
        paintEmpty(card, rect);
    if (m_look.focus.host == card.id && !m_look.focus.isInstance() && !m_look.focus.more)
        paintFocus(rect);
    m_painter.restore();
}

void CardPainter::paintFrame(const BoardCard& card, const QRect& rect)
{
    m_painter.setRenderHint(QPainter::Antialiasing);
    const bool accepts = m_look.judge.accepts(card.id);
    const bool target = accepts && m_look.dropHost == card.id;
    if (accepts) {
        QColor shadow(Qt::black);
        shadow.setAlphaF(m_colours.dark ? 0.45F : 0.14F);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(shadow);
        m_painter.drawRoundedRect(QRectF(rect).adjusted(1, 3, 1, 4), metrics::cardRadius,
                                  metrics::cardRadius);
    }
    QPen pen(m_colours.border, 1);
    if (accepts) {
        const HostVerdict& verdict = *m_look.judge.verdict(card.id);
        pen = QPen(m_colours.textOf(toneOf(verdict.level)), target ? 2.5 : 1.5);
    } else if (m_look.selectedHost == card.id && !m_look.judge.isActive()) {
        pen = QPen(m_colours.accent, 1.5);
    }
    m_painter.setPen(pen);
    m_painter.setBrush(m_colours.card);
    m_painter.drawRoundedRect(crisp(rect), metrics::cardRadius, metrics::cardRadius);
}

void CardPainter::paintHead(const BoardCard& card, const QRect& rect)
{
    const QRect head(rect.left() + padding, rect.top() + padding, rect.width() - 2 * padding,
                     m_metrics.height());
    paintSign(m_painter, QRectF(head.left(), head.center().y() - 5, metrics::signSize, metrics::signSize),
              signOf(*card.host), m_colours.textOf(toneOf(*card.host)));
    m_painter.setFont(metrics::headingFont(m_look.font));
    const QFontMetrics heading = m_painter.fontMetrics();
    const HostVerdict* verdict = m_look.judge.verdict(card.id);
    const QString corner = verdict != nullptr && verdict->isSource
                               ? m_look.judge.words(card.id)
                               : words::hostCorner(*card.host, card.capacity.instances, m_look.now);
    const int left = head.left() + metrics::signSize + metrics::gap;
    const int room = head.right() - left;
    // The name comes first; what stands at the right is cut before it is.
    const int nameWidth = std::min(heading.horizontalAdvance(card.id.value) + 2, room * 3 / 4);
    m_painter.setPen(m_colours.text);
    drawElided(m_painter, QRect(left, head.top() - 2, nameWidth, head.height() + 4),
               Qt::AlignLeft | Qt::AlignVCenter, card.id.value);
    m_painter.setFont(m_look.font);
    m_painter.setPen(m_colours.mutedText);
    const int cornerLeft = left + nameWidth + metrics::gap;
    drawElided(m_painter, QRect(cornerLeft, head.top(), head.right() + 1 - cornerLeft, head.height()),
               Qt::AlignRight | Qt::AlignVCenter, corner);
}

void CardPainter::paintNotice(const BoardCard& card, const QRect& room)
{
    const int indent = metrics::signSize + metrics::gap;
    const QString text = words::silentHost(*card.host, card.capacity.instances, m_look.now);
    const QStringList lines = wrapText(m_metrics, text, room.width() - indent, std::max(card.noticeLines, 1));
    paintSign(m_painter,
              QRectF(room.left(), room.top() + metrics::step + (m_metrics.height() - 12) / 2.0, 12, 12),
              Sign::Error, m_colours.error);
    m_painter.setPen(m_colours.error);
    int y = room.top() + metrics::step;
    for (const QString& line : lines) {
        m_painter.drawText(QRect(room.left() + indent, y, room.width() - indent, m_metrics.height()),
                           Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, line);
        y += m_metrics.height();
    }
}

void CardPainter::paintStrip(const HostVerdict& verdict, const QRect& room, int maxLines)
{
    const bool waiting = verdict.pending && verdict.level == HostVerdict::Level::Fits;
    const Tone tone = waiting ? Tone::Information : toneOf(verdict.level);
    const Sign sign = waiting ? Sign::Pending : signOf(verdict.level);
    const int indent = metrics::gap + metrics::signSize + metrics::step;
    const QStringList lines = wrapText(m_metrics, m_look.judge.words(verdict.host),
                                       room.width() - indent - metrics::gap, std::max(1, maxLines));
    const int height = static_cast<int>(lines.size()) * m_metrics.height() + 2 * metrics::step;
    const QRect strip(room.left(), room.top(), room.width(), height);
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(m_colours.tintOf(tone));
    m_painter.drawRoundedRect(strip, metrics::radius, metrics::radius);
    const QColor ink = m_colours.textOf(tone);
    paintSign(m_painter,
              QRectF(strip.left() + metrics::gap,
                     strip.top() + metrics::step + (m_metrics.height() - 11) / 2.0, 11, 11),
              sign, ink);
    m_painter.setPen(ink);
    int y = strip.top() + metrics::step;
    for (const QString& line : lines) {
        m_painter.drawText(QRect(strip.left() + indent, y, strip.width() - indent, m_metrics.height()),
                           Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, line);
        y += m_metrics.height();
    }
}

void CardPainter::paintBars(const BoardCard& card, const QRect& rect)
{
    if (card.bars == 0)
        return;
    const HostVerdict* verdict = m_look.judge.verdict(card.id);
    const bool silent = card.host->connection == ConnectionState::Down;
    const bool known = card.host->reading != nullptr;
    const BarMood mood = dimmed(card) ? BarMood::Dimmed : BarMood::Normal;
    std::array<BarFigures, 3> figures;
    std::array<QString, 3> texts;
    int numberWidth = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        figures[i] = verdict != nullptr && !verdict->isSource ? barFigures(*verdict, kinds[i], known)
                                                              : barFigures(card.capacity, kinds[i], known);
        texts[i] = barText(figures[i], kinds[i]);
        if (silent && known)
            texts[i] += QLatin1String(" ?");
        numberWidth = std::max(numberWidth, tabularWidth(m_metrics, texts[i]));
    }
    // Cards whose numbers have the same length have bars of the same length.
    const int coarse = 4 * metrics::step;
    numberWidth =
        std::max((numberWidth + coarse - 1) / coarse * coarse, m_metrics.horizontalAdvance(tr("88 of 888")));
    const int labelWidth = m_metrics.horizontalAdvance(resourceLabel(ResourceKind::Disk)) + metrics::gap;
    int y = rect.top() + card.barsTop;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (card.bars == 1 && kinds[i] != ResourceKind::Memory)
            continue;
        const QRect line(rect.left() + padding, y, rect.width() - 2 * padding, m_metrics.height());
        m_painter.setPen(m_colours.mutedText);
        m_painter.drawText(QRect(line.left(), line.top(), labelWidth, line.height()),
                           Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, resourceLabel(kinds[i]));
        const QRect bar(line.left() + labelWidth, line.center().y() - metrics::barHeight / 2 + 1,
                        line.width() - labelWidth - numberWidth - metrics::gap, metrics::barHeight);
        if (bar.width() > 8)
            paintCapacityBar(m_painter, bar, figures[i], m_colours, mood);
        m_painter.setPen(mood == BarMood::Dimmed ? m_colours.mutedText : m_colours.text);
        drawTabular(m_painter, QRect(line.right() + 1 - numberWidth, line.top(), numberWidth, line.height()),
                    Qt::AlignRight | Qt::AlignVCenter, texts[i]);
        y += m_metrics.height() + metrics::step;
    }
}

void CardPainter::paintTiles(const BoardCard& card, const QRect& rect)
{
    const bool lastKnown = card.host->connection == ConnectionState::Down;
    for (const BoardTile& tile : card.tiles) {
        if (!tile.shown())
            break;
        const QRect at = tile.rect.translated(rect.topLeft());
        const qreal opacity = m_painter.opacity();
        if (m_look.dragged(tile.id))
            m_painter.setOpacity(opacity * 0.5);
        paintTile(tile, at, lastKnown);
        m_painter.setOpacity(opacity);
        if (m_look.focus.host == card.id && m_look.focus.instance == tile.id)
            paintFocus(at);
    }
    if (!card.more.isEmpty()) {
        const QRect at = card.more.translated(rect.topLeft());
        m_painter.setPen(QPen(m_colours.border, 1));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawRoundedRect(crisp(at), metrics::radius, metrics::radius);
        m_painter.setPen(m_colours.mutedText);
        m_painter.drawText(at, Qt::AlignCenter, card.hidden > 0 ? tr("+%1").arg(card.hidden) : tr("fewer"));
        if (m_look.focus.host == card.id && m_look.focus.more)
            paintFocus(at);
    }
}

void CardPainter::paintTile(const BoardTile& tile, const QRect& rect, bool lastKnown)
{
    const bool selected = m_look.selected(tile.id);
    const bool arriving = tile.role == PlaceRole::Incoming;
    const bool leaving = tile.role == PlaceRole::Outgoing;
    QColor fill = arriving || lastKnown ? m_colours.card : m_colours.tile;
    if (selected)
        fill = m_colours.selection;
    QPen outline(m_colours.tileBorder, 1);
    if (arriving || lastKnown)
        outline = QPen(lastKnown ? m_colours.mutedText : m_colours.moving, 1.2, Qt::CustomDashLine);
    if (arriving || lastKnown)
        outline.setDashPattern({3, 2});
    if (leaving && !lastKnown)
        outline = QPen(m_colours.moving, 1.5);
    if (tile.role == PlaceRole::Conflict)
        outline = QPen(m_colours.error, 2);
    if (selected)
        outline = QPen(m_colours.accent, 2, outline.style());
    if (tile.off && !selected)
        fill = m_colours.card;

    QPainterPath shape;
    shape.addRoundedRect(crisp(rect), metrics::radius, metrics::radius);
    m_painter.fillPath(shape, fill);
    if (tile.moving && tile.progress) {
        m_painter.save();
        m_painter.setClipPath(shape, Qt::IntersectClip);
        m_painter.fillRect(
            QRectF(rect.left(), rect.top(), rect.width() * *tile.progress / 100.0, rect.height()),
            m_colours.tileProgress);
        m_painter.restore();
    }
    m_painter.setPen(outline);
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawPath(shape);

    const QColor ink = tile.off ? m_colours.mutedText : m_colours.text;
    const QRect inside = rect.adjusted(metrics::gap, 0, -metrics::gap + 2, 0);
    paintSign(m_painter, QRectF(inside.left() - 1, inside.center().y() - 4, 10, 10), tile.sign,
              tile.role == PlaceRole::Conflict ? m_colours.error : ink);
    QRect text = inside.adjusted(metrics::signSize + 2, 0, 0, 0);
    QString tail;
    if (lastKnown)
        tail = QStringLiteral("?");
    else if (tile.waits)
        tail = tr("waits");
    else if (arriving)
        tail = tile.progress ? tr("%1 %").arg(std::floor(*tile.progress)) : tr("arrives");
    else if (leaving && !tile.movingTo.value.isEmpty())
        tail = tr("→ %1").arg(tile.movingTo.value);
    else if (tile.moving && tile.progress)
        tail = tr("%1 %").arg(std::floor(*tile.progress));
    const int nameWidth = m_metrics.horizontalAdvance(tile.name);
    if (tail.isEmpty()) {
        // The memory is in the width; in numbers where there is room for them.
        const QString memory = formatBytes(tile.memory);
        if (nameWidth + metrics::gap + m_metrics.horizontalAdvance(memory) <= text.width())
            tail = memory;
    }
    const int tailWidth = tail.isEmpty() ? 0 : std::min(m_metrics.horizontalAdvance(tail), text.width() / 2);
    m_painter.setPen(ink);
    const int nameRoom = text.width() - (tailWidth > 0 ? tailWidth + metrics::gap : 0);
    // Names of a fleet begin alike more often than they end alike.
    m_painter.drawText(QRect(text.left(), text.top(), nameRoom, text.height()),
                       Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                       m_metrics.elidedText(tile.name, Qt::ElideMiddle, nameRoom));
    if (tailWidth > 0) {
        m_painter.setPen(tile.moving ? m_colours.text : m_colours.mutedText);
        const int x = tile.moving || lastKnown ? text.left() + std::min(nameWidth, nameRoom) + metrics::gap
                                               : text.right() + 1 - tailWidth;
        drawElided(m_painter, QRect(x, text.top(), text.right() + 1 - x, text.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, tail);
    }
}

void CardPainter::paintEmpty(const BoardCard& card, const QRect& rect)
{
    const int y = rect.top() + card.barsTop + card.bars * (m_metrics.height() + metrics::step) + metrics::gap;
    const QRect line(rect.left() + padding, y, rect.width() - 2 * padding, m_metrics.height());
    m_painter.setPen(m_colours.mutedText);
    if (card.host->connection == ConnectionState::Down)
        return;
    if (!card.host->reading) {
        drawElided(m_painter, line, Qt::AlignLeft | Qt::AlignVCenter, tr("Waiting for its first answer."));
        return;
    }
    drawElided(m_painter, line, Qt::AlignLeft | Qt::AlignVCenter,
               tr("No instance runs here, asked %1.").arg(words::hostAge(*card.host, m_look.now)));
}

void CardPainter::paintFocus(const QRect& rect)
{
    m_painter.setPen(QPen(m_colours.accent, 2));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRoundedRect(QRectF(rect).adjusted(-2, -2, 2, 2), metrics::cardRadius, metrics::cardRadius);
}

void CardPainter::paintLine(const BoardCard& card)
{
    const HostVerdict* verdict = m_look.judge.verdict(card.id);
    if (verdict == nullptr)
        return;
    const QRect rect = card.rect;
    m_painter.save();
    m_painter.setFont(m_look.font);
    m_painter.setRenderHint(QPainter::Antialiasing);
    const bool target = m_look.dropHost == card.id && m_look.judge.accepts(card.id);
    m_painter.setPen(target ? QPen(m_colours.textOf(toneOf(verdict->level)), 2.5)
                            : QPen(m_colours.border, 1));
    m_painter.setBrush(m_colours.card);
    m_painter.drawRoundedRect(crisp(rect), metrics::radius, metrics::radius);
    const QRect inside = rect.adjusted(padding, 0, -padding, 0);
    const int nameRoom = inside.width() / 5;
    const int barRoom = inside.width() * 2 / 5;
    paintSign(m_painter, QRectF(inside.left(), inside.center().y() - 5, metrics::signSize, metrics::signSize),
              signOf(*card.host), m_colours.textOf(toneOf(*card.host)));
    m_painter.setFont(metrics::boldFont(m_look.font));
    m_painter.setPen(m_colours.text);
    drawElided(m_painter, QRect(inside.left() + 20, inside.top(), nameRoom - 20, inside.height()),
               Qt::AlignLeft | Qt::AlignVCenter, card.id.value);
    m_painter.setFont(m_look.font);
    const BarFigures memory = barFigures(*verdict, ResourceKind::Memory, card.host->reading != nullptr);
    const int numberRoom = m_metrics.horizontalAdvance(QStringLiteral("888 → 888 of 888 GiB")) + metrics::gap;
    const QRect bar(inside.left() + nameRoom + metrics::gap, inside.center().y() - metrics::barHeight / 2,
                    std::max(10, barRoom - numberRoom - 3 * metrics::gap), metrics::barHeight);
    paintCapacityBar(m_painter, bar, memory, m_colours);
    m_painter.setPen(m_colours.text);
    drawTabular(m_painter, QRect(bar.right() + metrics::gap, inside.top(), numberRoom, inside.height()),
                Qt::AlignRight | Qt::AlignVCenter, barText(memory, ResourceKind::Memory));
    const int left = inside.left() + nameRoom + barRoom + metrics::gap;
    const int height = m_metrics.height() + 2 * metrics::step;
    paintStrip(*verdict, QRect(left, rect.center().y() - height / 2 + 1, inside.right() + 1 - left, height),
               1);
    m_painter.restore();
}

} // namespace drover
