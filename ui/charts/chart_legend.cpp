// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_legend.h"

#include "ui/theme/colours.h"
#include "ui/theme/metrics.h"

#include <QPainter>

namespace drover {

namespace {

constexpr int stroke = 16;
constexpr int strokeGap = 6;
constexpr int entryGap = 16;

QString textOf(const ChartLegend::Entry& entry, bool named)
{
    return named ? QStringLiteral("%1 %2").arg(entry.name, entry.value) : entry.value;
}

} // namespace

ChartLegend::ChartLegend(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Values of the chart"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ChartLegend::setEntries(std::vector<Entry> entries, const QString& prefix)
{
    if (entries == m_entries && prefix == m_prefix)
        return;
    m_entries = std::move(entries);
    m_prefix = prefix;
    QStringList words;
    if (!m_prefix.isEmpty())
        words.append(m_prefix);
    for (const Entry& entry : m_entries)
        words.append(textOf(entry, true));
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    setToolTip(words.join(QLatin1Char('\n')));
    updateGeometry();
    update();
}

int ChartLegend::widthOf(const Entry& entry, bool named) const
{
    return stroke + strokeGap + fontMetrics().horizontalAdvance(textOf(entry, named));
}

int ChartLegend::fullWidth(bool named) const
{
    int width = m_prefix.isEmpty() ? 0 : fontMetrics().horizontalAdvance(m_prefix) + entryGap;
    for (const Entry& entry : m_entries)
        width += widthOf(entry, named) + entryGap;
    return std::max(0, width - entryGap);
}

QSize ChartLegend::sizeHint() const
{
    return {fullWidth(true), fontMetrics().height() + 4};
}

QSize ChartLegend::minimumSizeHint() const
{
    return {40, fontMetrics().height() + 4};
}

void ChartLegend::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event)
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ThemeColours& colours = themeColours(palette());
    // In a narrow chart the strokes and figures stay; the names stand in the tooltip.
    const bool named = fullWidth(true) <= width();
    int x = 0;
    if (!m_prefix.isEmpty()) {
        painter.setPen(colours.mutedText);
        painter.drawText(QRect(x, 0, width(), height()), Qt::AlignLeft | Qt::AlignVCenter, m_prefix);
        x += fontMetrics().horizontalAdvance(m_prefix) + entryGap;
    }
    for (const Entry& entry : m_entries) {
        QPen pen(entry.colour, 2.5);
        pen.setCapStyle(Qt::FlatCap);
        if (entry.dashed)
            pen.setDashPattern({2.4, 1.4});
        painter.setPen(pen);
        const double y = height() / 2.0;
        painter.drawLine(QPointF(x, y), QPointF(x + stroke, y));
        painter.setPen(colours.text);
        painter.drawText(QRect(x + stroke + strokeGap, 0, width(), height()),
                         Qt::AlignLeft | Qt::AlignVCenter, textOf(entry, named));
        x += widthOf(entry, named) + entryGap;
    }
}

} // namespace drover
