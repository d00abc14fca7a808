// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/course_plot.h"

#include "ui/theme/colours.h"
#include "ui/theme/metrics.h"

#include <QMouseEvent>
#include <QPainter>
#include <QtCharts/QChart>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>

namespace drover {

namespace {

constexpr int rightMargin = 12;
constexpr int labelGap = 6;

QFont smallFont(const QFont& font)
{
    QFont small = font;
    small.setPointSizeF(font.pointSizeF() * 0.9);
    return small;
}

} // namespace

CoursePlot::CoursePlot(QWidget* parent)
    : QChartView(parent), m_time(new QValueAxis(this)), m_value(new QValueAxis(this))
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    chart()->setBackgroundVisible(false);
    chart()->setPlotAreaBackgroundVisible(false);
    chart()->legend()->hide();
    chart()->setMargins(QMargins());
    chart()->setAnimationOptions(QChart::NoAnimation);
    // The axes only map values; this class draws grid and labels itself.
    for (QValueAxis* axis : {m_time, m_value}) {
        axis->setVisible(false);
        chart()->addAxis(axis, axis == m_time ? Qt::AlignBottom : Qt::AlignLeft);
    }
    setTimeRange(10);
    setScale(rateScale(100, 4));
}

int CoursePlot::addLine(const QString& name, Qt::PenStyle style)
{
    auto* series = new QLineSeries(chart());
    series->setName(name);
    QPen pen(Qt::black, 1.8, style);
    if (style == Qt::CustomDashLine)
        pen.setDashPattern({4, 2});
    series->setPen(pen);
    chart()->addSeries(series);
    series->attachAxis(m_time);
    series->attachAxis(m_value);
    m_lines.push_back(series);
    return static_cast<int>(m_lines.size()) - 1;
}

void CoursePlot::setLineColour(int number, const QColor& colour)
{
    QLineSeries* series = m_lines.at(static_cast<std::size_t>(number));
    QPen pen = series->pen();
    if (pen.color() == colour)
        return;
    pen.setColor(colour);
    series->setPen(pen);
}

void CoursePlot::setLine(int number, const QList<QPointF>& points)
{
    QList<QPointF> placed = points;
    if (m_scale.logarithmic) {
        for (QPointF& point : placed)
            point.setY(m_scale.position(point.y()));
    }
    m_lines.at(static_cast<std::size_t>(number))->replace(placed);
}

void CoursePlot::setScale(AxisScale scale)
{
    m_scale = std::move(scale);
    m_value->setRange(m_scale.low, m_scale.high);
}

void CoursePlot::setTimeRange(double end)
{
    m_end = std::max(end, 1.0);
    m_time->setRange(0, m_end);
}

void CoursePlot::setLevel(std::optional<double> value, const QString& label)
{
    m_level = value;
    m_levelLabel = label;
}

void CoursePlot::setExpected(std::optional<QPointF> arrival, const QString& label)
{
    m_expected = arrival;
    m_expectedLabel = label;
}

void CoursePlot::setPasses(std::vector<JobCourse::Pass> passes, bool labelled)
{
    m_passes = std::move(passes);
    m_passesLabelled = labelled;
    placePlot();
}

void CoursePlot::setDecisions(std::vector<JobCourse::Mark> decisions)
{
    m_decisions = std::move(decisions);
}

void CoursePlot::setNow(std::optional<double> seconds)
{
    m_now = seconds;
}

void CoursePlot::setPointer(std::optional<double> seconds)
{
    if (m_pointer == seconds)
        return;
    m_pointer = seconds;
    viewport()->update();
}

int CoursePlot::mostTicks() const
{
    return std::clamp(static_cast<int>(plotRect().height() / (fontMetrics().height() + 8)), 1, 5);
}

QRectF CoursePlot::plotRect() const
{
    const int line = fontMetrics().height();
    const int top = line / 2 + 2;
    const int bottom = m_passesLabelled ? line + 4 : line / 2;
    return QRectF(leftMargin(), top, std::max(1, viewport()->width() - leftMargin() - rightMargin),
                  std::max(1, viewport()->height() - top - bottom));
}

int CoursePlot::leftMargin() const
{
    // The same in both plots, whatever their labels are.
    return fontMetrics().horizontalAdvance(QStringLiteral("1000 MiB/s")) + labelGap;
}

double CoursePlot::xOf(double seconds) const
{
    const QRectF plot = plotRect();
    return plot.left() + plot.width() * std::clamp(seconds / m_end, 0.0, 1.0);
}

double CoursePlot::yOf(double axisPosition) const
{
    const QRectF plot = plotRect();
    const double part = (axisPosition - m_scale.low) / (m_scale.high - m_scale.low);
    return plot.bottom() - plot.height() * std::clamp(part, 0.0, 1.0);
}

void CoursePlot::placePlot()
{
    if (chart()->plotArea() != plotRect())
        chart()->setPlotArea(plotRect());
}

void CoursePlot::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    placePlot();
}

void CoursePlot::mouseMoveEvent(QMouseEvent* event)
{
    const QRectF plot = plotRect();
    const double part = (event->position().x() - plot.left()) / plot.width();
    if (part < 0 || part > 1)
        Q_EMIT pointerLeft();
    else
        Q_EMIT pointed(part * m_end);
    QChartView::mouseMoveEvent(event);
}

void CoursePlot::leaveEvent(QEvent* event)
{
    Q_EMIT pointerLeft();
    QChartView::leaveEvent(event);
}

void CoursePlot::drawBackground(QPainter* painter, const QRectF& rect)
{
    const ThemeColours& colours = themeColours(palette());
    painter->fillRect(rect, colours.card);
    const QRectF plot = plotRect();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setFont(font());
    const int line = fontMetrics().height();
    for (const AxisScale::Tick& tick : m_scale.ticks) {
        const double y = yOf(tick.value);
        painter->setPen(QPen(colours.border, 1));
        painter->drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        const bool last = &tick == &m_scale.ticks.back();
        painter->setPen(colours.mutedText);
        painter->drawText(QRectF(0, y - line / 2.0, leftMargin() - labelGap, line),
                          Qt::AlignRight | Qt::AlignVCenter,
                          last && !m_unit.isEmpty() ? m_unit.arg(tick.label) : tick.label);
    }
}

void CoursePlot::drawForeground(QPainter* painter, const QRectF& rect)
{
    Q_UNUSED(rect)
    const ThemeColours& colours = themeColours(palette());
    const QRectF plot = plotRect();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setFont(smallFont(font()));
    drawPasses(*painter);
    if (m_now) {
        painter->setPen(QPen(colours.mutedText, 1));
        const double x = xOf(*m_now);
        painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    }
    painter->setRenderHint(QPainter::Antialiasing);
    drawExpected(*painter);
    painter->setRenderHint(QPainter::Antialiasing, false);
    drawLevel(*painter);
    painter->setRenderHint(QPainter::Antialiasing);
    drawDecisions(*painter);
    if (m_pointer) {
        painter->setPen(QPen(colours.accent, 1));
        const double x = std::round(xOf(*m_pointer)) + 0.5;
        painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    }
}

void CoursePlot::drawPasses(QPainter& painter) const
{
    const ThemeColours& colours = themeColours(palette());
    const QRectF plot = plotRect();
    const QFontMetrics metrics(painter.font());
    double free = plot.left();
    for (const JobCourse::Pass& pass : m_passes) {
        const double x = xOf(pass.at);
        QPen pen(colours.mutedText, 1, Qt::CustomDashLine);
        pen.setDashPattern({2, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        if (!m_passesLabelled)
            continue;
        // Passes get shorter and shorter: a label that has no room becomes its number, then nothing.
        QString label = tr("pass %1").arg(pass.number);
        const bool last = &pass == &m_passes.back();
        const double next = last ? plot.right() + rightMargin : xOf((&pass + 1)->at);
        if (!last && x + metrics.horizontalAdvance(label) + 4 > next)
            label = QString::number(pass.number);
        const int width = metrics.horizontalAdvance(label);
        const double left = std::min(x, plot.right() + rightMargin - width);
        if (left < free)
            continue;
        free = left + width + 6;
        painter.setPen(colours.mutedText);
        painter.drawText(QPointF(left, plot.bottom() + 4 + metrics.ascent()), label);
    }
}

void CoursePlot::drawLevel(QPainter& painter) const
{
    if (!m_level)
        return;
    const ThemeColours& colours = themeColours(palette());
    const QRectF plot = plotRect();
    const double y = yOf(m_scale.position(*m_level));
    painter.setPen(QPen(colours.good, 1.5));
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    const QFontMetrics metrics(painter.font());
    const int width = metrics.horizontalAdvance(m_levelLabel);
    // At the left: there the line of what is left is highest.
    QRectF label(plot.left() + 8, y - metrics.height() - 2, width, metrics.height());
    if (label.top() < plot.top())
        label.moveTop(y + 2);
    QColor behind = colours.card;
    behind.setAlpha(225);
    painter.fillRect(label.adjusted(-2, 0, 2, 0), behind);
    painter.setPen(colours.good);
    painter.drawText(label, Qt::AlignLeft | Qt::AlignVCenter, m_levelLabel);
}

void CoursePlot::drawExpected(QPainter& painter) const
{
    if (!m_expected || m_lines.empty() || m_lines.front()->count() == 0)
        return;
    const ThemeColours& colours = themeColours(palette());
    const QPointF last = m_lines.front()->at(m_lines.front()->count() - 1);
    const QPointF from(xOf(last.x()), yOf(last.y()));
    const QPointF to(xOf(m_expected->x()), yOf(m_scale.position(m_expected->y())));
    if (to.x() - from.x() < 4)
        return;
    QPen pen(colours.transferRate, 1.4, Qt::CustomDashLine);
    pen.setDashPattern({3, 3});
    painter.setPen(pen);
    painter.drawLine(from, to);
    const QFontMetrics metrics(painter.font());
    const int width = metrics.horizontalAdvance(m_expectedLabel);
    const QRectF plot = plotRect();
    const double left = std::min(to.x() - width / 2.0, plot.right() + rightMargin - width);
    painter.setPen(colours.mutedText);
    // Labels of passes stand on the same line, left of now.
    if (m_passesLabelled &&
        left > xOf(m_now.value_or(0)) + metrics.horizontalAdvance(tr("pass %1").arg(88)) + 8)
        painter.drawText(QPointF(left, plot.bottom() + 4 + metrics.ascent()), m_expectedLabel);
}

void CoursePlot::drawDecisions(QPainter& painter) const
{
    const ThemeColours& colours = themeColours(palette());
    const QRectF plot = plotRect();
    const QFontMetrics metrics(painter.font());
    int row = 0;
    for (const JobCourse::Mark& mark : m_decisions) {
        const double x = xOf(mark.at);
        const double y = plot.top() + 7 + row * (metrics.height() + 2);
        QPen pen(colours.warning, 1, Qt::CustomDashLine);
        pen.setDashPattern({4, 2});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, y), QPointF(x, plot.bottom()));
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.warning);
        painter.drawPolygon(QPolygonF{{x, y - 4.5}, {x + 4.5, y}, {x, y + 4.5}, {x - 4.5, y}});
        const int most = static_cast<int>(plot.width() * 0.8);
        const QString label = metrics.elidedText(mark.text, Qt::ElideRight, most);
        const int width = metrics.horizontalAdvance(label);
        const double left = x + 8 + width <= plot.right() ? x + 8 : x - 8 - width;
        const QRectF box(left, y - metrics.height() / 2.0, width, metrics.height());
        QColor behind = colours.card;
        behind.setAlpha(215);
        painter.fillRect(box.adjusted(-2, 0, 2, 0), behind);
        painter.setPen(colours.text);
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, label);
        row = (row + 1) % 3;
    }
}

} // namespace drover
