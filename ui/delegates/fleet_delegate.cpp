// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/fleet_delegate.h"

#include "ui/delegates/capacity_bar.h"
#include "ui/drag/drag_judge.h"
#include "ui/models/fleet_roles.h"
#include "ui/theme/metrics.h"
#include "ui/theme/signs.h"
#include "ui/theme/text_paint.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace drover {

FleetDelegate::FleetDelegate(const DragJudge& judge, int verdictColumn, QObject* parent)
    : QStyledItemDelegate(parent), m_judge(judge), m_verdictColumn(verdictColumn)
{
}

QSize FleetDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(std::max(size.height(), option.fontMetrics.height() + 2 * metrics::step));
    if (index.data(SignRole).isValid())
        size.rwidth() += metrics::signSize + metrics::gap;
    if (index.data(BarRole).isValid())
        size.setWidth(std::max(size.width(), 120));
    return size;
}

void FleetDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const ThemeColours& colours = themeColours(item.palette);
    // Background, selection and focus are the style's; the rest is ours.
    item.text.clear();
    item.icon = {};
    const QWidget* widget = option.widget;
    const QStyle* style = widget != nullptr ? widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, widget);

    painter->save();
    painter->setFont(option.font);
    const QRect cell = option.rect.adjusted(metrics::step, 0, -metrics::step, 0);
    const HostId host = index.data(HostIdRole).value<HostId>();
    const bool isHost = !index.data(InstanceIdRole).isValid() && !host.value.isEmpty();
    const bool judged = isHost && m_judge.verdict(host) != nullptr;
    if (judged && m_dropHost == host) {
        painter->setPen(Qt::NoPen);
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), 2), colours.good);
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom() - 1, option.rect.width(), 2),
                          colours.good);
    }
    if (index.data(BarRole).isValid()) {
        paintBar(*painter, cell, index, colours);
    } else if (judged && index.column() == m_verdictColumn) {
        paintVerdict(*painter, cell, host, colours);
    } else {
        QRect text = cell;
        const Tone tone = static_cast<Tone>(index.data(ToneRole).toInt());
        if (const QVariant sign = index.data(SignRole); sign.isValid()) {
            const QRectF place(cell.left(), cell.center().y() - 5.5, metrics::signSize, metrics::signSize);
            paintSign(*painter, place, static_cast<Sign>(sign.toInt()),
                      tone == Tone::Plain ? colours.mutedText : colours.textOf(tone));
            text.setLeft(cell.left() + metrics::signSize + metrics::gap);
        }
        if (const QVariant progress = index.data(ProgressRole); progress.isValid()) {
            const int width = static_cast<int>(cell.width() * progress.toDouble() / 100.0);
            painter->fillRect(QRect(cell.left() - metrics::step, cell.top() + metrics::step, width,
                                    cell.height() - 2 * metrics::step),
                              colours.tileProgress);
        }
        painter->setPen(item.palette.color(QPalette::Text));
        const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
        const QString words = index.data(Qt::DisplayRole).toString();
        if (alignment.testFlag(Qt::AlignRight))
            drawTabular(*painter, text, alignment, words);
        else
            drawElided(*painter, text, alignment, words);
    }
    painter->restore();
}

void FleetDelegate::paintBar(QPainter& painter, const QRect& rect, const QModelIndex& index,
                             const ThemeColours& colours) const
{
    const auto kind = static_cast<ResourceKind>(index.data(BarKindRole).toInt());
    auto figures = index.data(BarRole).value<BarFigures>();
    BarMood mood = BarMood::Normal;
    const HostVerdict* verdict = m_judge.verdict(index.data(HostIdRole).value<HostId>());
    if (verdict != nullptr) {
        if (verdict->level == HostVerdict::Level::Cannot || verdict->isSource)
            mood = BarMood::Dimmed;
        if (!verdict->isSource)
            figures = barFigures(*verdict, kind, figures.known);
    }
    QRect bar = rect;
    if (!m_signOnly) {
        // The same room for every row, so that the bars end below each other.
        QString widest = QStringLiteral("888 of 888 GiB");
        if (kind == ResourceKind::Cpu)
            widest = m_judge.isActive() ? QStringLiteral("88 → 88 of 888") : QStringLiteral("88 of 888");
        else if (m_judge.isActive())
            widest = QStringLiteral("888 → 888 of 888 GiB");
        else if (kind == ResourceKind::Disk)
            widest = QStringLiteral("888 GiB of 8.8 TiB");
        const int room =
            std::min(painter.fontMetrics().horizontalAdvance(widest) + metrics::step, rect.width() * 2 / 3);
        const QRect number(rect.right() - room + 1, rect.top(), room, rect.height());
        painter.setPen(mood == BarMood::Dimmed ? colours.mutedText : colours.text);
        drawTabular(painter, number, Qt::AlignRight | Qt::AlignVCenter, barText(figures, kind));
        bar.setRight(number.left() - metrics::gap);
    }
    bar.setTop(rect.center().y() - metrics::barHeight / 2 + 1);
    bar.setHeight(metrics::barHeight);
    if (bar.width() > 8)
        paintCapacityBar(painter, bar, figures, colours, mood);
}

void FleetDelegate::paintVerdict(QPainter& painter, const QRect& rect, const HostId& host,
                                 const ThemeColours& colours) const
{
    const HostVerdict& verdict = *m_judge.verdict(host);
    const bool waiting = verdict.pending && verdict.level == HostVerdict::Level::Fits;
    const Tone tone = verdict.isSource ? Tone::Plain : waiting ? Tone::Information : toneOf(verdict.level);
    const Sign sign = verdict.isSource ? Sign::Running : waiting ? Sign::Pending : signOf(verdict.level);
    const QRect strip = rect.adjusted(-metrics::step, 2, 0, -2);
    if (!m_signOnly && !verdict.isSource) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.tintOf(tone));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.drawRoundedRect(strip, metrics::radius, metrics::radius);
    }
    const QColor ink = tone == Tone::Plain ? colours.mutedText : colours.textOf(tone);
    if (m_signOnly) {
        paintSign(painter,
                  QRectF(rect.right() - metrics::signSize, rect.center().y() - 5.5, metrics::signSize,
                         metrics::signSize),
                  sign, ink);
        return;
    }
    paintSign(painter, QRectF(rect.left(), rect.center().y() - 5.5, metrics::signSize, metrics::signSize),
              sign, ink);
    painter.setPen(ink);
    drawElided(painter, rect.adjusted(metrics::signSize + metrics::step, 0, 0, 0),
               Qt::AlignLeft | Qt::AlignVCenter, m_judge.words(host));
}

} // namespace drover
