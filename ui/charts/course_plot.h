// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/axis_scale.h"
#include "ui/charts/job_course.h"

#include <QColor>
#include <QtCharts/QChartView>

#include <optional>
#include <utility>
#include <vector>

class QLineSeries;
class QValueAxis;

namespace drover {

/// One of the two plots of a job: lines over time, with the signs that stand in both (passes, decisions, now,
/// the pointer's time). Draws its own grid and labels, so that two of them share one left edge to the pixel.
class CoursePlot final : public QChartView
{
    Q_OBJECT
public:
    explicit CoursePlot(QWidget* parent = nullptr);

    /// A further line. @return its number
    int addLine(const QString& name, Qt::PenStyle style);
    void setLineColour(int line, const QColor& colour);
    /// One replace() for the whole line. Points are in the axis' values, not yet in logarithms.
    void setLine(int line, const QList<QPointF>& points);
    void setScale(AxisScale scale);
    void setTimeRange(double end); ///< from 0
    /// A value with a name across the plot; nothing takes it away.
    void setLevel(std::optional<double> value, const QString& label);
    /// Where the course is expected to go: from the line's last point to there.
    void setExpected(std::optional<QPointF> arrival, const QString& label);
    void setPasses(std::vector<JobCourse::Pass> passes, bool labelled);
    void setDecisions(std::vector<JobCourse::Mark> decisions);
    void setNow(std::optional<double> seconds);
    void setPointer(std::optional<double> seconds);
    void setUnit(const QString& unit) { m_unit = unit; }

    [[nodiscard]] int mostTicks() const; ///< as many labels as the height holds
    [[nodiscard]] const AxisScale& scale() const { return m_scale; }
    [[nodiscard]] const QLineSeries& line(int number) const
    {
        return *m_lines.at(static_cast<std::size_t>(number));
    }
    [[nodiscard]] QRectF plotRect() const;

    [[nodiscard]] QSize sizeHint() const override { return {400, 110}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 56}; }

Q_SIGNALS:
    void pointed(double seconds); ///< the pointer is over this time
    void pointerLeft();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
    [[nodiscard]] double xOf(double seconds) const;
    [[nodiscard]] double yOf(double axisPosition) const;
    void placePlot();
    [[nodiscard]] int leftMargin() const;
    void drawPasses(QPainter& painter) const;
    void drawLevel(QPainter& painter) const;
    void drawExpected(QPainter& painter) const;
    void drawDecisions(QPainter& painter) const;

    QValueAxis* m_time;
    QValueAxis* m_value;
    std::vector<QLineSeries*> m_lines;
    AxisScale m_scale;
    QString m_unit;
    double m_end = 1;
    std::optional<double> m_level;
    QString m_levelLabel;
    std::optional<QPointF> m_expected;
    QString m_expectedLabel;
    std::vector<JobCourse::Pass> m_passes;
    bool m_passesLabelled = false;
    std::vector<JobCourse::Mark> m_decisions;
    std::optional<double> m_now;
    std::optional<double> m_pointer;
};

} // namespace drover
