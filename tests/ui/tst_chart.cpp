// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_fleet.h"
#include "ui/charts/axis_scale.h"
#include "ui/charts/chart_legend.h"
#include "ui/charts/course_plot.h"
#include "ui/charts/job_chart.h"
#include "ui/jobs/job_actions.h"

#include <QElapsedTimer>
#include <QTest>
#include <QtCharts/QLineSeries>

#include <algorithm>

using namespace drover;

class ChartTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void thinningKeepsExtremes();
    void unknownMakesNoPoint();
    void axesAreRound();
    void everyPassIsMarked();
    void hoverReadsExactValues();
    void frameIsQuick();

private:
    static Job longJob(int samples);
};

/// A job of many passes, with a spike nobody may lose.
Job ChartTest::longJob(int samples)
{
    Job job;
    job.instanceName = QStringLiteral("web-03");
    job.state = JobState::Memory;
    job.series = SampleSeries(static_cast<std::size_t>(samples) + 1);
    for (int i = 0; i < samples; ++i) {
        JobSample sample;
        sample.at = Milliseconds(i * 200);
        sample.phase = JobState::Memory;
        sample.iteration = 1 + i / 500;
        sample.memoryTotal = Bytes::fromGib(4);
        sample.memoryRemaining = Bytes::fromMib(4096.0 - (i % 500) * 8.0);
        sample.transfer = Rate::fromMib(i == 1234 ? 999 : 100 + i % 7);
        if (sample.iteration > 1)
            sample.dirty = Rate::fromMib(50 + i % 3);
        job.series.add(sample);
        job.last = sample;
    }
    return job;
}

void ChartTest::thinningKeepsExtremes()
{
    const Job job = longJob(4000);
    const JobCourse course = courseOf(job);
    for (const QList<QPointF>& line : {course.transfer, course.dirty, course.memoryLeft}) {
        QVERIFY(line.size() <= chartPoints);
        QVERIFY(line.size() > chartPoints / 2);
        QVERIFY(std::is_sorted(line.begin(), line.end(),
                               [](const QPointF& a, const QPointF& b) { return a.x() < b.x(); }));
    }
    const auto high = std::max_element(course.transfer.begin(), course.transfer.end(),
                                       [](const QPointF& a, const QPointF& b) { return a.y() < b.y(); });
    QCOMPARE(high->y(), 999.0);
    QCOMPARE(course.transfer.first().x(), 0.0);
    QCOMPARE(course.transfer.last().x(), 3999 * 0.2);
}

void ChartTest::unknownMakesNoPoint()
{
    const JobCourse course = courseOf(longJob(800));
    QCOMPARE(course.transfer.size(), 800);
    QCOMPARE(course.dirty.size(), 300); // nothing in the first pass
    QCOMPARE(course.dirty.first().x(), 100.0);
}

void ChartTest::axesAreRound()
{
    const AxisScale rates = rateScale(113, 4);
    QCOMPARE(rates.high, 150.0);
    QCOMPARE(rates.ticks.at(1).label, QStringLiteral("50"));
    const AxisScale memory = memoryScale(4096, 4);
    QCOMPARE(memory.high, 4096.0);
    QCOMPARE(memory.ticks.back().label, QStringLiteral("4 GiB"));
    const AxisScale logarithmic = memoryLogScale(10, 4096, 5);
    QVERIFY(logarithmic.logarithmic);
    QCOMPARE(logarithmic.position(4096), 12.0);
    QCOMPARE(logarithmic.position(0), logarithmic.low); // 0 has no logarithm
    QCOMPARE(clockText(65), QStringLiteral("1:05"));
}

void ChartTest::everyPassIsMarked()
{
    const JobCourse course = courseOf(longJob(4000));
    QCOMPARE(course.passes.size(), std::size_t(8));
    for (std::size_t i = 0; i < course.passes.size(); ++i) {
        QCOMPARE(course.passes[i].number, static_cast<int>(i) + 1);
        QCOMPARE(course.passes[i].at, static_cast<double>(i) * 100.0);
    }
}

void ChartTest::hoverReadsExactValues()
{
    Result<SimulatedFleet> fleet = loadScenario(QStringLiteral("small"), 3.0);
    QVERIFY(fleet);
    Session session(fleet->backend, SessionOptions{});
    session.setFleet(fleet->fleet);
    QWidget window;
    window.resize(900, 320);
    JobActions actions(session, &window);
    auto* chart = new JobChart(session, actions, &window);
    chart->resize(window.size());
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QTRY_VERIFY_WITH_TIMEOUT(!session.jobs().empty(), 20000);
    const JobId id = session.jobs().front();
    chart->setJob(id);
    QTRY_VERIFY_WITH_TIMEOUT(session.job(id)->series.samples().size() >= 20, 20000);
    QTRY_VERIFY(chart->rates().line(0).count() >= 15);
    QVERIFY(!chart->verdict().isEmpty());

    auto* legend = chart->findChild<ChartLegend*>();
    QVERIFY(legend != nullptr);
    QCOMPARE(legend->entries().size(), std::size_t(3));
    const QRectF plot = chart->memory().plotRect();
    QTest::mouseMove(chart->memory().viewport(),
                     QPoint(static_cast<int>(plot.left()) + 1, static_cast<int>(plot.center().y())));
    QTRY_VERIFY(legend->accessibleDescription().startsWith(QStringLiteral("at 0:00, pass")));
    QCOMPARE(legend->entries()[2].value,
             formatBytes(session.job(id)->series.samples().front().memoryRemaining));

    chart->setLogarithmic(true);
    QVERIFY(chart->memory().scale().logarithmic);
    const QPointF last = chart->memory().line(0).at(chart->memory().line(0).count() - 1);
    QVERIFY(last.y() <= chart->memory().scale().high && last.y() >= chart->memory().scale().low);
}

void ChartTest::frameIsQuick()
{
    // Four lines of 1,200 points, in two plots.
    QWidget window;
    window.resize(900, 400);
    std::array<CoursePlot*, 2> plots{new CoursePlot(&window), new CoursePlot(&window)};
    for (std::size_t i = 0; i < plots.size(); ++i) {
        plots[i]->setGeometry(0, static_cast<int>(i) * 200, 900, 200);
        plots[i]->addLine(QStringLiteral("a"), Qt::SolidLine);
        plots[i]->addLine(QStringLiteral("b"), Qt::CustomDashLine);
        plots[i]->setTimeRange(1200);
        plots[i]->setScale(rateScale(100, 4));
    }
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    std::vector<double> frames;
    for (int frame = 0; frame < 31; ++frame) {
        QList<QPointF> line;
        for (int i = 0; i < chartPoints; ++i)
            line.append({static_cast<double>(i), 50 + 40 * std::sin((i + frame) / 20.0)});
        QElapsedTimer timer;
        timer.start();
        for (CoursePlot* plot : plots) {
            plot->setLine(0, line);
            plot->setLine(1, line);
            plot->viewport()->repaint();
        }
        frames.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QCOMPARE(plots[0]->line(0).count(), chartPoints);
    }
    std::ranges::sort(frames);
    const double median = frames[frames.size() / 2];
    qInfo("chart frame: median %.1f ms, worst %.1f ms", median, frames.back());
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr double most = 150; // a sanitizer's build is several times slower
#else
    constexpr double most = 50;
#endif
    QVERIFY2(median < most, qPrintable(QString::number(median)));
}

QTEST_MAIN(ChartTest)
#include "tst_chart.moc"
