// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_delegate.h"

#include "ui/jobs/job_model.h"
#include "ui/theme/colours.h"
#include "ui/theme/metrics.h"
#include "ui/theme/signs.h"
#include "ui/theme/text_paint.h"

#include <QApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace drover {

namespace {

constexpr int barLeast = 48;

int percentWidth(const QFontMetrics& metrics)
{
    return tabularWidth(metrics, QStringLiteral("100 %"));
}

void paintProgress(QPainter& painter, const QRect& rect, const QModelIndex& index,
                   const ThemeColours& colours)
{
    const int figure = percentWidth(painter.fontMetrics());
    const QRectF bar(rect.left(), rect.center().y() - 3, rect.width() - figure - metrics::gap, 8);
    const QVariant progress = index.data(JobModel::ProgressRole);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colours.border, 1));
    painter.setBrush(colours.barTrough);
    painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    if (progress.isValid() && progress.toDouble() > 0) {
        QPainterPath whole;
        whole.addRoundedRect(bar, 4, 4);
        QPainterPath done;
        done.addRect(bar.left(), bar.top(), bar.width() * progress.toDouble() / 100.0, bar.height());
        const bool ended = index.data(JobModel::EndedRole).toBool();
        painter.fillPath(whole.intersected(done),
                         ended && progress.toDouble() < 100 ? colours.mutedText : colours.transferRate);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(colours.text);
    drawTabular(painter, rect, Qt::AlignRight | Qt::AlignVCenter, index.data().toString());
}

} // namespace

JobDelegate::JobDelegate(QObject* parent) : QStyledItemDelegate(parent) {}

void JobDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    background.icon = {};
    const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);

    const ThemeColours& colours = themeColours(option.palette);
    painter->save();
    painter->setFont(option.font);
    const QRect rect = option.rect.adjusted(metrics::gap, 0, -metrics::gap, 0);
    const QString text = index.data().toString();
    painter->setPen(colours.text);
    switch (index.column()) {
    case JobModel::InstanceColumn: {
        const QString route = index.data(JobModel::RouteRole).toString();
        const QFont bold = metrics::boldFont(option.font);
        const QFontMetrics boldMetrics(bold);
        painter->setFont(bold);
        if (m_compact) {
            drawElided(*painter, rect, Qt::AlignLeft | Qt::AlignVCenter, text);
            painter->setFont(option.font);
            painter->setPen(colours.mutedText);
            const int used = boldMetrics.horizontalAdvance(text) + metrics::gap;
            if (used < rect.width())
                drawElided(*painter, rect.adjusted(used, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, route);
        } else {
            const int line = boldMetrics.height();
            const int top = rect.center().y() - line + 1;
            drawElided(*painter, QRect(rect.left(), top, rect.width(), line),
                       Qt::AlignLeft | Qt::AlignVCenter, text);
            painter->setFont(option.font);
            painter->setPen(colours.mutedText);
            drawElided(*painter, QRect(rect.left(), top + line, rect.width(), line),
                       Qt::AlignLeft | Qt::AlignVCenter, route);
        }
        break;
    }
    case JobModel::VerdictColumn: {
        const auto tone = static_cast<Tone>(index.data(JobModel::ToneRole).toInt());
        const auto sign = static_cast<Sign>(index.data(JobModel::SignRole).toInt());
        const QColor colour = tone == Tone::Plain ? colours.mutedText : colours.textOf(tone);
        const int size = metrics::signSize;
        paintSign(*painter, QRectF(rect.left(), rect.center().y() - size / 2 + 1, size, size), sign, colour);
        painter->setPen(tone == Tone::Plain ? colours.text : colour);
        // Never cut: the column is always as wide as its widest verdict.
        painter->drawText(rect.adjusted(size + 6, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
        break;
    }
    case JobModel::LeftColumn:
        drawTabular(*painter, rect, Qt::AlignRight | Qt::AlignVCenter, text);
        break;
    case JobModel::ProgressColumn:
        paintProgress(*painter, rect, index, colours);
        break;
    default:
        drawElided(*painter, rect, Qt::AlignLeft | Qt::AlignVCenter, text);
        break;
    }
    painter->restore();
}

QSize JobDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QFontMetrics plain(option.font);
    const QFontMetrics bold(metrics::boldFont(option.font));
    const QString text = index.data().toString();
    const int height = m_compact ? plain.height() + 8 : plain.height() * 2 + 10;
    int width = plain.horizontalAdvance(text);
    switch (index.column()) {
    case JobModel::InstanceColumn: {
        const int name = bold.horizontalAdvance(text);
        const int route = plain.horizontalAdvance(index.data(JobModel::RouteRole).toString());
        width = m_compact ? name + metrics::gap + route : std::max(name, route);
        break;
    }
    case JobModel::VerdictColumn:
        width += metrics::signSize + 6;
        break;
    case JobModel::LeftColumn:
        width = tabularWidth(plain, text);
        break;
    case JobModel::ProgressColumn:
        width = barLeast + metrics::gap + percentWidth(plain);
        break;
    default:
        break;
    }
    return {width + 2 * metrics::gap + 2, height};
}

} // namespace drover
