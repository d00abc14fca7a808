// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/capacity_after.h"

#include "ui/theme/metrics.h"
#include "ui/theme/text_paint.h"

#include <QPainter>

namespace drover {

CapacityAfter::CapacityAfter(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void CapacityAfter::setVerdict(const HostVerdict& verdict, bool known, const QString& right)
{
    m_figures = barFigures(verdict, ResourceKind::Memory, known);
    m_left = tr("%1 memory after: %2").arg(verdict.host.value, barText(m_figures, ResourceKind::Memory));
    m_right = right;
    setAccessibleName(tr("Memory of %1 after the move").arg(verdict.host.value));
    setAccessibleDescription(
        QStringLiteral("%1. %2").arg(m_left, barDescription(m_figures, ResourceKind::Memory)));
    setToolTip(barDescription(m_figures, ResourceKind::Memory));
    update();
}

QSize CapacityAfter::sizeHint() const
{
    return {320, metrics::barHeight + metrics::step + fontMetrics().height()};
}

void CapacityAfter::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event)
    QPainter painter(this);
    const ThemeColours& colours = themeColours(palette());
    paintCapacityBar(painter, QRectF(0, 0, width(), metrics::barHeight), m_figures, colours);
    painter.setPen(colours.mutedText);
    const QRect line(0, metrics::barHeight + metrics::step, width(), fontMetrics().height());
    const int right = fontMetrics().horizontalAdvance(m_right);
    drawElided(painter, line.adjusted(0, 0, -right - metrics::gap, 0), Qt::AlignLeft | Qt::AlignVCenter,
               m_left);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_right);
}

} // namespace drover
