// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/theme/theme.h"
#include "ui/views/fleet_selection.h"

#include <QMainWindow>
#include <QTimer>

class QDockWidget;
class QLineEdit;
class QMenu;
class QSplitter;

namespace drover {

class DetailsPanel;
class DragJudge;
class FleetTabs;
class FleetTree;
class HostActions;
class JobActions;
class JobChart;
class JobsPanel;
class LogView;
class MoveDesk;

/// Docks and wiring: what each part shows and does stands in the part. Remembers where its docks were.
class MainWindow final : public QMainWindow
{
    Q_OBJECT
public:
    /// @param source name of the fleet file or the demo, for the title
    MainWindow(Session& session, Theme& theme, const QString& source);
    ~MainWindow() override;

    void showFleetError(const Error& error);
    [[nodiscard]] FleetTabs& fleetTabs() { return *m_tabs; }
    [[nodiscard]] JobsPanel& jobsPanel() { return *m_jobs; }
    [[nodiscard]] JobChart& chart() { return *m_chart; }
    [[nodiscard]] MoveDesk& moveDesk() { return *m_desk; }

Q_SIGNALS:
    void demoRequested();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QDockWidget* addDock(Qt::DockWidgetArea area, const QString& name, const QString& title, QWidget* widget);
    void makeActions();
    void makeMenus();
    void makeToolBar();
    void wire();
    void follow(const FleetSelection& selection);
    void fillMenu(QMenu* menu, const FleetSelection& selection);
    void moveSelected();
    void openDoctor();
    void focusNext(bool backwards);
    void foldToWidth();
    void showIcons();
    void tellJobs();
    void askToClose(const QStringList& going, const QStringList& stopping, const QStringList& waiting);
    void restore();
    void save() const;

    Session& m_session;
    Theme& m_theme;
    DragJudge* m_judge;
    MoveDesk* m_desk;
    JobActions* m_jobActions;
    HostActions* m_hostActions;
    FleetTabs* m_tabs;
    FleetTree* m_tree;
    DetailsPanel* m_details;
    JobsPanel* m_jobs;
    JobChart* m_chart;
    LogView* m_log;
    QSplitter* m_jobsSplitter;
    QDockWidget* m_treeDock;
    QDockWidget* m_detailsDock;
    QDockWidget* m_jobsDock;
    QDockWidget* m_logDock;
    QLineEdit* m_search;
    QAction* m_migrate = nullptr;
    QAction* m_doctor = nullptr;
    QAction* m_showLog = nullptr;
    QAction* m_find = nullptr;
    QTimer m_filterPause;
    FleetSelection m_selection;
    bool m_detailsFolded = false; ///< hidden by the window for want of room, not by the operator
    bool m_treeFolded = false;
    bool m_mayClose = false; ///< the operator has said so
};

} // namespace drover
