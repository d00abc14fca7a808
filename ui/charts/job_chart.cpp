// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/job_chart.h"

#include "ui/charts/chart_legend.h"
#include "ui/charts/course_plot.h"
#include "ui/charts/verdict_line.h"
#include "ui/jobs/job_actions.h"
#include "ui/jobs/job_words.h"
#include "ui/theme/metrics.h"

#include <QAction>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace drover {

namespace {

constexpr std::chrono::milliseconds frameTime{100};

/// The end of the time axis: room for what is to come, in steps, so that it does not move with each sample.
double axisEnd(const JobCourse& course, bool ended)
{
    if (ended)
        return std::max(course.now, 1.0);
    // An estimate of hours would press what has happened into a corner.
    const double wanted =
        std::max({course.now * 1.15, std::min(course.arrives.value_or(0) * 1.05, course.now * 2), 10.0});
    const double step = timeStep(wanted, 8);
    return std::ceil(wanted / step) * step;
}

double highest(const QList<QPointF>& line)
{
    double most = 0;
    for (const QPointF& point : line)
        most = std::max(most, point.y());
    return most;
}

} // namespace

JobChart::JobChart(Session& session, JobActions& actions, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_title(new QLabel(this))
    , m_legend(new ChartLegend(this))
    , m_buttons(makeButtons(actions))
    , m_head(new QGridLayout)
    , m_rates(new CoursePlot(this))
    , m_memory(new CoursePlot(this))
    , m_verdict(new VerdictLine(this))
    , m_body(new QWidget(this))
    , m_empty(new QLabel(tr("The course of a migration is drawn here."), this))
{
    setAccessibleName(tr("Chart of the migration"));
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_title->setTextFormat(Qt::RichText);
    m_title->setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Preferred);
    m_rates->setAccessibleName(tr("Transfer and dirty rate"));
    m_rates->addLine(tr("transfer"), Qt::SolidLine);
    m_rates->addLine(tr("dirty"), Qt::CustomDashLine);
    m_rates->setUnit(tr("%1 MiB/s"));
    m_memory->setAccessibleName(tr("Memory left"));
    m_memory->addLine(tr("memory left"), Qt::SolidLine);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);

    m_head->setContentsMargins(0, 0, 0, 0);
    m_head->setHorizontalSpacing(16);
    m_head->setVerticalSpacing(metrics::step);
    m_head->setColumnStretch(1, 1);
    auto* body = new QVBoxLayout(m_body);
    body->setContentsMargins(metrics::wideGap, metrics::gap, metrics::wideGap, metrics::gap);
    body->setSpacing(metrics::step);
    body->addLayout(m_head);
    body->addWidget(m_rates, 4);
    body->addWidget(m_memory, 5);
    body->addWidget(m_verdict);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_body);
    layout->addWidget(m_empty);
    arrange();

    m_frame.setSingleShot(true);
    m_frame.setInterval(frameTime);
    connect(&m_frame, &QTimer::timeout, this, &JobChart::drawFrame);
    connect(&session, &Session::jobChanged, this, &JobChart::noteChange);
    connect(&session, &Session::jobEnded, this, &JobChart::noteChange);
    connect(&session, &Session::jobRemoved, this, &JobChart::noteChange);
    for (CoursePlot* plot : {m_rates, m_memory}) {
        connect(plot, &CoursePlot::pointed, this, [this](double seconds) { point(seconds); });
        connect(plot, &CoursePlot::pointerLeft, this, [this] { point(std::nullopt); });
    }
    drawFrame();
}

QWidget* JobChart::makeButtons(JobActions& actions)
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::step);
    m_log = new QToolButton(row);
    m_log->setText(tr("Log"));
    m_log->setCheckable(true);
    m_log->setToolTip(
        tr("Draw the memory left in powers of two, so that the small passes at the end can be seen"));
    m_log->setAccessibleName(tr("Logarithmic scale of the memory left"));
    connect(m_log, &QToolButton::toggled, this, &JobChart::setLogarithmic);
    layout->addWidget(m_log);
    for (QAction* action : {actions.pauseLimit(), actions.speed(), actions.cancel(), actions.forget()}) {
        auto* button = new QToolButton(row);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::TabFocus);
        const auto follow = [button, action] {
            button->setVisible(action->isVisible());
            button->setAccessibleName(action->text());
            button->setAccessibleDescription(action->toolTip());
        };
        connect(action, &QAction::changed, button, follow);
        follow();
        layout->addWidget(button);
    }
    m_log->setFocusPolicy(Qt::TabFocus);
    return row;
}

void JobChart::setJob(const JobId& id)
{
    m_job = id;
    m_pointer.reset();
    drawFrame();
}

void JobChart::setLogarithmic(bool logarithmic)
{
    if (logarithmic == m_logarithmic)
        return;
    m_logarithmic = logarithmic;
    const QSignalBlocker blocker(m_log);
    m_log->setChecked(logarithmic);
    drawFrame();
    Q_EMIT logarithmicChanged(logarithmic);
}

QString JobChart::verdict() const
{
    return m_verdict->text();
}

void JobChart::noteChange(const JobId& id)
{
    if (id == m_job && isVisible() && !m_frame.isActive())
        m_frame.start();
}

void JobChart::drawFrame()
{
    const Job* job = m_session.job(m_job);
    m_body->setVisible(job != nullptr);
    m_empty->setVisible(job == nullptr);
    if (job == nullptr)
        return;
    const JobCourse course = courseOf(*job);
    const ThemeColours& colours = themeColours(palette());
    const bool ended = isEnded(job->state);
    const double end = axisEnd(course, ended);
    const std::optional<double> now = ended || job->series.empty() ? std::nullopt : std::optional(course.now);

    m_title->setText(QStringLiteral("<b>%1</b>&nbsp;&nbsp;%2")
                         .arg(job->instanceName.toHtmlEscaped(), jobRoute(*job).toHtmlEscaped()));
    m_rates->setLineColour(0, colours.transferRate);
    m_rates->setLineColour(1, colours.dirtyRate);
    m_memory->setLineColour(0, colours.memoryLeft);

    m_rates->setTimeRange(end);
    m_rates->setScale(rateScale(std::max({highest(course.transfer), highest(course.dirty), 1.0}) * 1.02,
                                m_rates->mostTicks()));
    m_rates->setLine(0, course.transfer);
    m_rates->setLine(1, course.dirty);
    m_rates->setPasses(course.passes, false);
    m_rates->setDecisions(course.decisions);
    m_rates->setNow(now);

    const double most = highest(course.memoryLeft);
    m_memory->setTimeRange(end);
    m_memory->setScale(
        m_logarithmic ? memoryLogScale(course.switchOver.value_or(most / 64) / 4, most, m_memory->mostTicks())
                      : memoryScale(most, m_memory->mostTicks()));
    m_memory->setLine(0, course.memoryLeft);
    m_memory->setPasses(course.passes, true);
    m_memory->setAccessibleDescription(tr("Passes drawn: %1").arg(passesText(course.passes)));
    m_memory->setNow(now);
    QString limit;
    if (course.switchOver && !ended) {
        limit = tr("switch-over below %1").arg(formatBytes(*job->switchOverLimit));
        if (job->last.downtimeLimit)
            limit += tr(" (pause at most %1)").arg(formatDuration(*job->last.downtimeLimit));
    } else if (course.switchOver) {
        limit = tr("switch-over limit %1").arg(formatBytes(*job->switchOverLimit));
    }
    m_memory->setLevel(course.switchOver, limit);
    const bool expected = course.arrives && job->last.verdict != ConvergenceVerdict::WillNotConverge &&
                          job->last.verdict != ConvergenceVerdict::Stalled && job->state == JobState::Memory;
    m_memory->setExpected(expected ? std::optional(QPointF(*course.arrives, course.switchOver.value_or(0)))
                                   : std::nullopt,
                          expected ? tr("about %1").arg(clockText(*course.arrives)) : QString());
    showLegend(*job);
    const JobVerdict verdict = jobVerdict(*job);
    m_verdict->setVerdict(verdict.sign, verdict.tone, jobSentence(*job));
    for (CoursePlot* plot : {m_rates, m_memory}) {
        plot->resetCachedContent();
        plot->viewport()->update();
    }
}

void JobChart::showLegend(const Job& job)
{
    const ThemeColours& colours = themeColours(palette());
    const JobSample* sample = m_pointer ? sampleAt(job, *m_pointer) : &job.last;
    const bool known = sample != nullptr && !job.series.empty();
    const bool live = known && (m_pointer || !isEnded(job.state));
    const auto rate = [&](const std::optional<Rate>& value) {
        return live && value ? formatRate(*value) : unknownMark();
    };
    std::vector<ChartLegend::Entry> entries;
    entries.push_back(
        {tr("transfer"), rate(known ? sample->transfer : std::nullopt), colours.transferRate, false});
    entries.push_back({tr("dirty"), rate(known ? sample->dirty : std::nullopt), colours.dirtyRate, true});
    entries.push_back(
        {tr("memory left"),
         live && sample->memoryTotal > Bytes{} ? formatBytes(sample->memoryRemaining) : unknownMark(),
         colours.memoryLeft, false});
    const QString at = m_pointer && known
                           ? tr("at %1, pass %2")
                                 .arg(clockText(static_cast<double>(sample->at.count()) / 1000.0))
                                 .arg(sample->iteration)
                           : QString();
    m_legend->setEntries(std::move(entries), at);
    if (wantsOneLine() != m_wide)
        arrange();
}

void JobChart::point(std::optional<double> seconds)
{
    const Job* job = m_session.job(m_job);
    if (job == nullptr)
        return;
    m_pointer = seconds;
    std::optional<double> shown = seconds;
    if (const JobSample* sample = seconds ? sampleAt(*job, *seconds) : nullptr)
        shown = static_cast<double>(sample->at.count()) / 1000.0;
    m_rates->setPointer(shown);
    m_memory->setPointer(shown);
    showLegend(*job);
}

bool JobChart::wantsOneLine() const
{
    const int needed =
        m_title->sizeHint().width() + m_legend->sizeHint().width() + m_buttons->sizeHint().width();
    return needed + 2 * m_head->horizontalSpacing() + 2 * metrics::wideGap <= width();
}

void JobChart::arrange()
{
    // Title, legend and buttons share one line where there is room, else the legend has its own.
    m_wide = wantsOneLine();
    for (QWidget* widget : {static_cast<QWidget*>(m_title), static_cast<QWidget*>(m_legend), m_buttons})
        m_head->removeWidget(widget);
    m_head->addWidget(m_title, 0, 0);
    m_head->addWidget(m_buttons, 0, 2, Qt::AlignRight);
    if (m_wide)
        m_head->addWidget(m_legend, 0, 1);
    else
        m_head->addWidget(m_legend, 1, 0, 1, 3);
}

void JobChart::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (wantsOneLine() != m_wide)
        arrange();
}

void JobChart::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    drawFrame();
}

void JobChart::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawFrame();
}

} // namespace drover
