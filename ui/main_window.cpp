// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include "ui/board/board_view.h"
#include "ui/charts/job_chart.h"
#include "ui/details/details_panel.h"
#include "ui/doctor/readiness_dialog.h"
#include "ui/drag/drag_judge.h"
#include "ui/jobs/job_actions.h"
#include "ui/jobs/job_words.h"
#include "ui/jobs/jobs_panel.h"
#include "ui/log/log_view.h"
#include "ui/shell/fleet_tabs.h"
#include "ui/shell/host_actions.h"
#include "ui/shell/icon_set.h"
#include "ui/shell/move_desk.h"
#include "ui/shell/padded_header.h"
#include "ui/shell/status_line.h"
#include "ui/views/fleet_tree.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QToolBar>

#include <algorithm>
#include <chrono>

namespace drover {

namespace {

constexpr int stateVersion = 1;
constexpr int widthForDetails = 1200;
constexpr int widthForTree = 900;
constexpr int heightForTwoLines = 760;

} // namespace

MainWindow::MainWindow(Session& session, Theme& theme, const QString& source)
    : m_session(session)
    , m_theme(theme)
    , m_judge(new DragJudge(session, this))
    , m_desk(new MoveDesk(session, this))
    , m_jobActions(new JobActions(session, this))
    , m_hostActions(new HostActions(session, this))
    , m_tabs(new FleetTabs(session, *m_judge, this))
    , m_tree(new FleetTree(session, *m_judge, this))
    , m_details(new DetailsPanel(session, this))
    , m_jobs(new JobsPanel(session, *m_jobActions, this))
    , m_chart(new JobChart(session, *m_jobActions, this))
    , m_log(new LogView(this))
    , m_jobsSplitter(new QSplitter(Qt::Horizontal, this))
    , m_search(new QLineEdit(this))
{
    setWindowTitle(session.readOnly() ? tr("Drover: %1 (read-only)").arg(source)
                                      : tr("Drover: %1").arg(source));
    setWindowIcon(applicationIcon());
    setObjectName(QStringLiteral("MainWindow"));
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setCentralWidget(m_tabs);
    m_jobsSplitter->setObjectName(QStringLiteral("jobsSplitter"));
    m_jobsSplitter->addWidget(m_jobs);
    m_jobsSplitter->addWidget(m_chart);
    m_jobsSplitter->setStretchFactor(0, 5);
    m_jobsSplitter->setStretchFactor(1, 6);
    m_jobsSplitter->setChildrenCollapsible(false);
    m_treeDock = addDock(Qt::LeftDockWidgetArea, QStringLiteral("fleet"), tr("Fleet"), m_tree);
    m_detailsDock = addDock(Qt::RightDockWidgetArea, QStringLiteral("details"), tr("Details"), m_details);
    m_jobsDock =
        addDock(Qt::BottomDockWidgetArea, QStringLiteral("migrations"), tr("Migrations"), m_jobsSplitter);
    m_logDock = addDock(Qt::BottomDockWidgetArea, QStringLiteral("log"), tr("Log"), m_log);
    tabifyDockWidget(m_jobsDock, m_logDock);
    m_logDock->hide();
    setStatusBar(new StatusLine(session, m_log->model(), this));
    makeActions();
    makeMenus();
    makeToolBar();
    showIcons();
    wire();
    padHeaders(*this);
    resize(1440, 900);
    resizeDocks({m_treeDock, m_detailsDock}, {244, 272}, Qt::Horizontal);
    resizeDocks({m_jobsDock}, {296}, Qt::Vertical);
    m_jobsSplitter->setSizes({650, 780});
    tellJobs();
    follow({});
    restore();
    m_chart->setJob(m_jobs->selected());
}

MainWindow::~MainWindow() = default;

QDockWidget* MainWindow::addDock(Qt::DockWidgetArea area, const QString& name, const QString& title,
                                 QWidget* widget)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setAccessibleName(title);
    dock->setWidget(widget);
    addDockWidget(area, dock);
    return dock;
}

void MainWindow::makeActions()
{
    m_migrate = new QAction(tr("Migrate…"), this);
    m_migrate->setShortcut(Qt::CTRL | Qt::Key_M);
    connect(m_migrate, &QAction::triggered, this, &MainWindow::moveSelected);
    m_find = new QAction(tr("Search"), this);
    m_find->setShortcut(QKeySequence::Find);
    connect(m_find, &QAction::triggered, this, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    m_doctor = new QAction(tr("Doctor…"), this);
    m_doctor->setObjectName(QStringLiteral("openDoctor"));
    m_doctor->setToolTip(
        tr("Shows for each pair of hosts whether instances can move between them, and what to mend"));
    connect(m_doctor, &QAction::triggered, this, &MainWindow::openDoctor);
    m_showLog = m_logDock->toggleViewAction();
    m_showLog->setText(tr("Log"));
    m_showLog->setToolTip(tr("Shows or hides what the program did and what hosts said"));
    for (const bool backwards : {false, true}) {
        auto* panels = new QAction(backwards ? tr("Previous panel") : tr("Next panel"), this);
        panels->setShortcut(backwards ? QKeySequence(Qt::SHIFT | Qt::Key_F6) : QKeySequence(Qt::Key_F6));
        connect(panels, &QAction::triggered, this, [this, backwards] { focusNext(backwards); });
        addAction(panels);
    }
}

void MainWindow::makeMenus()
{
    QMenu* fleet = menuBar()->addMenu(tr("&Fleet"));
    fleet->addAction(m_migrate);
    fleet->addAction(m_hostActions->service());
    fleet->addAction(m_doctor);
    fleet->addAction(m_find);
    fleet->addSeparator();
    auto* quit = fleet->addAction(tr("Quit"), QKeySequence::Quit, this, &QWidget::close);
    quit->setMenuRole(QAction::QuitRole);

    QMenu* view = menuBar()->addMenu(tr("&View"));
    auto* themes = new QActionGroup(this);
    for (const auto& [choice, name] :
         {std::pair(ThemeChoice::System, tr("&System")), std::pair(ThemeChoice::Light, tr("&Light")),
          std::pair(ThemeChoice::Dark, tr("&Dark"))}) {
        QAction* action = view->addAction(name, this, [this, wanted = choice] {
            m_theme.setChoice(wanted);
            QSettings().setValue(QStringLiteral("theme"), themeChoiceName(wanted));
        });
        action->setCheckable(true);
        action->setChecked(m_theme.choice() == choice);
        themes->addAction(action);
    }
    view->addSeparator();
    for (QDockWidget* dock : {m_treeDock, m_detailsDock, m_jobsDock})
        view->addAction(dock->toggleViewAction());
    view->addAction(m_showLog);

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("About Drover"), this, [this] {
        auto* about =
            new QMessageBox(QMessageBox::NoIcon, tr("About Drover"),
                            tr("Drover %1").arg(QStringLiteral(DROVER_VERSION)), QMessageBox::Close, this);
        about->setAttribute(Qt::WA_DeleteOnClose);
        about->setIconPixmap(applicationIcon().pixmap(64));
        about->setInformativeText(tr("Moves instances between libvirt/KVM hosts.\nGPL-3.0-or-later"));
        about->open();
    });
}

void MainWindow::makeToolBar()
{
    auto* bar = addToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("tools"));
    bar->setAccessibleName(tr("Tools"));
    bar->setMovable(false);
    bar->setIconSize({20, 20});
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    for (QAction* action : {m_migrate, m_hostActions->service(), m_doctor, m_showLog})
        bar->addAction(action);
    auto* gap = new QWidget(bar);
    gap->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(gap);
    m_search->setPlaceholderText(tr("host:h1 mem>8g  ·  search hosts and instances"));
    m_search->setAccessibleName(tr("Search hosts and instances"));
    m_search->setClearButtonEnabled(true);
    m_search->setMinimumWidth(200);
    m_search->setMaximumWidth(360);
    m_search->setFixedHeight(28);
    bar->addWidget(m_search);
    auto* margin = new QWidget(bar);
    margin->setFixedWidth(4);
    bar->addWidget(margin);
}

void MainWindow::wire()
{
    connect(m_tabs, &FleetTabs::fleetSelectionChanged, this, &MainWindow::follow);
    connect(m_tabs, &FleetTabs::moveRequested, m_desk, &MoveDesk::confirm);
    connect(m_tabs, &FleetTabs::moveToRequested, m_desk, &MoveDesk::askWhere);
    connect(m_tabs, &FleetTabs::menuRequested, this, &MainWindow::fillMenu);
    connect(m_tabs, &FleetTabs::demoRequested, this, &MainWindow::demoRequested);
    connect(m_tabs, &FleetTabs::activated, m_detailsDock, &QWidget::show);
    connect(m_tree, &FleetTree::fleetSelectionChanged, this, [this] {
        const FleetSelection selection = m_tree->selection();
        m_tabs->select(selection);
        follow(selection);
    });
    connect(m_tree, &FleetTree::moveRequested, m_desk, &MoveDesk::confirm);
    connect(m_tree, &FleetTree::moveToRequested, m_desk, &MoveDesk::askWhere);
    connect(m_tree, &FleetTree::menuRequested, this, &MainWindow::fillMenu);
    connect(m_jobs, &JobsPanel::selectionChanged, m_chart, &JobChart::setJob);
    connect(m_jobs, &JobsPanel::summaryChanged, this, &MainWindow::tellJobs);
    connect(static_cast<StatusLine*>(statusBar()), &StatusLine::logRequested, this, [this] {
        m_logDock->show();
        m_logDock->raise();
    });
    connect(m_logDock, &QDockWidget::visibilityChanged, this, [this](bool visible) {
        if (visible && m_logDock->isVisible())
            m_logDock->raise();
    });
    connect(&m_session, &Session::jobEnded, this, [this](const JobId& id) {
        if (const Job* job = m_session.job(id))
            statusBar()->showMessage(jobSentence(*job), 15000);
        if (!isActiveWindow())
            QApplication::alert(this);
    });
    m_filterPause.setSingleShot(true);
    m_filterPause.setInterval(std::chrono::milliseconds(150));
    connect(m_search, &QLineEdit::textChanged, &m_filterPause, qOverload<>(&QTimer::start));
    connect(&m_filterPause, &QTimer::timeout, this, [this] {
        const FleetFilter filter = FleetFilter::parse(m_search->text());
        m_tabs->setFilter(filter);
        m_tree->setFilter(filter);
        const QString unknown = filter.notUnderstood();
        m_search->setToolTip(unknown.isEmpty() ? QString() : tr("“%1” is looked for as a word").arg(unknown));
    });
}

void MainWindow::follow(const FleetSelection& selection)
{
    m_selection = selection;
    m_details->setSelection(selection);
    m_hostActions->setHost(selection.instances.empty() && !selection.hosts.empty() ? selection.hosts.front()
                                                                                   : HostId{});
    const bool possible = !selection.instances.empty() && !m_session.readOnly();
    const QString says = m_session.readOnly() ? tr("This console only reads")
                         : selection.instances.empty()
                             ? tr("Select an instance first, or drag it onto a host")
                             : tr("Moves what is selected to another host; asks where (Ctrl+M)");
    m_migrate->setEnabled(possible);
    m_migrate->setToolTip(says);
    m_migrate->setStatusTip(says);
}

void MainWindow::fillMenu(QMenu* menu, const FleetSelection& selection)
{
    follow(selection);
    menu->setToolTipsVisible(true);
    // For instances the view itself offers Move to….
    if (selection.instances.empty() && !selection.hosts.empty())
        menu->addAction(m_hostActions->service());
}

void MainWindow::moveSelected()
{
    m_desk->askWhere(m_selection.instances);
}

void MainWindow::focusNext(bool backwards)
{
    std::vector<QWidget*> panels;
    for (QWidget* panel : std::initializer_list<QWidget*>{m_tree, &m_tabs->currentView(), m_details,
                                                          &m_jobs->table(), &m_log->table()}) {
        if (panel->isVisible())
            panels.push_back(panel);
    }
    if (panels.empty())
        return;
    const QWidget* focus = QApplication::focusWidget();
    const auto at = std::ranges::find_if(panels, [focus](const QWidget* panel) {
        return focus != nullptr && (panel == focus || panel->isAncestorOf(focus));
    });
    const auto count = static_cast<std::ptrdiff_t>(panels.size());
    std::ptrdiff_t next = 0;
    if (at != panels.end())
        next = (at - panels.begin() + (backwards ? count - 1 : 1)) % count;
    panels[static_cast<std::size_t>(next)]->setFocus(backwards ? Qt::BacktabFocusReason : Qt::TabFocusReason);
}

void MainWindow::showFleetError(const Error& error)
{
    m_tabs->showFleetError(error);
}

void MainWindow::tellJobs()
{
    const QString summary = m_jobs->summary();
    m_jobsDock->setWindowTitle(summary.isEmpty() ? tr("Migrations") : tr("Migrations: %1").arg(summary));
}

void MainWindow::showIcons()
{
    const QColor colour = palette().color(QPalette::WindowText);
    m_migrate->setIcon(lineIcon(QStringLiteral("migrate"), colour));
    m_hostActions->service()->setIcon(lineIcon(QStringLiteral("disable"), colour));
    m_doctor->setIcon(lineIcon(QStringLiteral("doctor"), colour));
    m_showLog->setIcon(lineIcon(QStringLiteral("log"), colour));
    const QIcon search = lineIcon(QStringLiteral("search"), themeColours(palette()).mutedText);
    if (m_search->actions().isEmpty())
        m_search->addAction(search, QLineEdit::LeadingPosition);
    else
        m_search->actions().constFirst()->setIcon(search);
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_migrate != nullptr)
        showIcons();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    foldToWidth();
}

void MainWindow::foldToWidth()
{
    // Details fold first, then the tree; what was folded for want of room comes back with it.
    const auto fold = [this](QDockWidget* dock, int least, bool& folded) {
        if (width() < least && !dock->isHidden() && !folded && !dock->isFloating()) {
            dock->hide();
            folded = true;
        } else if (width() >= least && folded) {
            dock->show();
            folded = false;
        }
    };
    fold(m_detailsDock, widthForDetails, m_detailsFolded);
    fold(m_treeDock, widthForTree, m_treeFolded);
    m_jobs->setCompact(height() < heightForTwoLines);
}

void MainWindow::openDoctor()
{
    const QString name = QStringLiteral("doctor");
    if (auto* open = findChild<ReadinessDialog*>(name)) {
        open->raise();
        open->activateWindow();
        return;
    }
    // Those that are selected, where that makes a pair; else all.
    std::vector<HostId> hosts = m_selection.hosts;
    if (hosts.size() < 2) {
        hosts.clear();
        for (const auto& host : m_session.inventory()->hosts())
            hosts.push_back(host->id());
    }
    auto* dialog = new ReadinessDialog(m_session, std::move(hosts), this);
    dialog->setObjectName(name);
    dialog->show();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QStringList going;
    QStringList stopping;
    QStringList waiting;
    for (const JobId& id : m_session.jobs()) {
        const Job* job = m_session.job(id);
        if (job == nullptr || isEnded(job->state) || job->startedBy != StartedBy::This)
            continue;
        (!job->launched                   ? waiting
         : job->carrier == Carrier::Hosts ? going
                                          : stopping)
            .append(QStringLiteral("%1  %2").arg(job->instanceName, jobRoute(*job)));
    }
    if (!m_mayClose && (!going.isEmpty() || !stopping.isEmpty() || !waiting.isEmpty())) {
        event->ignore();
        askToClose(going, stopping, waiting);
        return;
    }
    save();
    QMainWindow::closeEvent(event);
}

void MainWindow::askToClose(const QStringList& going, const QStringList& stopping, const QStringList& waiting)
{
    const QString name = QStringLiteral("closeQuestion");
    if (auto* open = findChild<QMessageBox*>(name)) {
        open->raise();
        open->activateWindow();
        return;
    }
    QStringList says;
    if (!going.isEmpty())
        says.append(tr("Carried by the hosts, these go on without this window:\n%1")
                        .arg(going.join(QLatin1Char('\n'))));
    if (!stopping.isEmpty())
        says.append(tr("Carried by this console, these stop, and their instances stay where they were:\n%1")
                        .arg(stopping.join(QLatin1Char('\n'))));
    if (!waiting.isEmpty())
        says.append(tr("Not begun yet, these will not start:\n%1").arg(waiting.join(QLatin1Char('\n'))));
    auto* question =
        new QMessageBox(QMessageBox::Question, tr("Close Drover"),
                        tr("Close while migrations are under way?"), QMessageBox::NoButton, this);
    question->setObjectName(name);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setTextFormat(Qt::PlainText);
    question->setInformativeText(says.join(QStringLiteral("\n\n")));
    QPushButton* close = question->addButton(tr("Close the window"), QMessageBox::AcceptRole);
    QPushButton* stay = question->addButton(tr("Stay"), QMessageBox::RejectRole);
    question->setDefaultButton(stay);
    question->setEscapeButton(stay);
    connect(close, &QPushButton::clicked, this, [this] {
        m_mayClose = true;
        // After the message has closed itself.
        QTimer::singleShot(0, this, [this] { QWidget::close(); });
    });
    question->open();
}

void MainWindow::restore()
{
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray(), stateVersion);
    m_jobsSplitter->restoreState(settings.value(QStringLiteral("window/jobs")).toByteArray());
    m_tabs->tabs().setCurrentIndex(settings.value(QStringLiteral("window/tab"), 0).toInt());
    m_chart->setLogarithmic(settings.value(QStringLiteral("chart/logarithmic"), false).toBool());
}

void MainWindow::save() const
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    // What only the width has hidden is not what the operator wants hidden.
    if (m_detailsFolded)
        m_detailsDock->show();
    if (m_treeFolded)
        m_treeDock->show();
    settings.setValue(QStringLiteral("window/state"), saveState(stateVersion));
    settings.setValue(QStringLiteral("window/jobs"), m_jobsSplitter->saveState());
    settings.setValue(QStringLiteral("window/tab"), m_tabs->tabs().currentIndex());
    settings.setValue(QStringLiteral("chart/logarithmic"), m_chart->isLogarithmic());
}

} // namespace drover
