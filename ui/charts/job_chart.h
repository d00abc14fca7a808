// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QBoxLayout;
class QGridLayout;
class QLabel;
class QToolButton;

namespace drover {

class ChartLegend;
class CoursePlot;
class JobActions;
class VerdictLine;

/// The chart of one migration: above its transfer and dirty rate, below what is left of its memory, on one
/// time axis; under them the verdict in words. Draws at most ten times a second, and only while it can be
/// seen.
class JobChart final : public QWidget
{
    Q_OBJECT
public:
    JobChart(Session& session, JobActions& actions, QWidget* parent = nullptr);

    void setJob(const JobId& id); ///< an id of no job empties it
    [[nodiscard]] const JobId& job() const { return m_job; }
    void setLogarithmic(bool logarithmic);
    [[nodiscard]] bool isLogarithmic() const { return m_logarithmic; }

    [[nodiscard]] CoursePlot& rates() { return *m_rates; }
    [[nodiscard]] CoursePlot& memory() { return *m_memory; }
    [[nodiscard]] QString verdict() const; ///< as it stands under the chart
    /// Draws now. Called by the timer, and by tests that measure it.
    void drawFrame();

Q_SIGNALS:
    void logarithmicChanged(bool logarithmic);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void noteChange(const JobId& id);
    void arrange();
    [[nodiscard]] bool wantsOneLine() const;
    void showLegend(const Job& job);
    void point(std::optional<double> seconds);
    QWidget* makeButtons(JobActions& actions);

    Session& m_session;
    JobId m_job;
    bool m_logarithmic = false;
    std::optional<double> m_pointer;
    QTimer m_frame;
    QLabel* m_title;
    ChartLegend* m_legend;
    QWidget* m_buttons;
    QToolButton* m_log;
    QGridLayout* m_head;
    CoursePlot* m_rates;
    CoursePlot* m_memory;
    VerdictLine* m_verdict;
    QWidget* m_body;
    QLabel* m_empty;
    bool m_wide = false;
};

} // namespace drover
