// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the pictures of the window that the documents show, and looks whether they show what they should.
#include "core/simulator/simulated_fleet.h"
#include "ui/board/board_view.h"
#include "ui/charts/course_plot.h"
#include "ui/charts/job_chart.h"
#include "ui/dialogs/confirm_sheet.h"
#include "ui/dialogs/move_to_dialog.h"
#include "ui/doctor/readiness_dialog.h"
#include "ui/drag/drag_judge.h"
#include "ui/jobs/job_delegate.h"
#include "ui/jobs/job_model.h"
#include "ui/jobs/jobs_panel.h"
#include "ui/main_window.h"
#include "ui/shell/fleet_tabs.h"
#include "ui/shell/move_desk.h"

#include <QAccessible>
#include <QAction>
#include <QDir>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QtCharts/QLineSeries>

using namespace drover;

namespace {

QDir pictures()
{
    return QDir(qEnvironmentVariable("DROVER_SCREENSHOT_DIR", QCoreApplication::applicationDirPath() +
                                                                  QStringLiteral("/screenshots")));
}

/// Share of pixels that are not the commonest colour.
double filled(const QImage& image)
{
    QHash<QRgb, int> counts;
    for (int y = 0; y < image.height(); y += 2) {
        for (int x = 0; x < image.width(); x += 2)
            ++counts[image.pixel(x, y)];
    }
    int most = 0;
    int all = 0;
    for (const int count : std::as_const(counts)) {
        most = std::max(most, count);
        all += count;
    }
    return 1.0 - static_cast<double>(most) / all;
}

/// Every accessible object below @p root with that name.
void collect(QAccessibleInterface* root, const QString& name, QList<QRect>& found)
{
    if (root == nullptr)
        return;
    if (root->text(QAccessible::Name) == name && !root->state().invisible)
        found.append(root->rect());
    for (int i = 0; i < root->childCount(); ++i)
        collect(root->child(i), name, found);
}

struct Scene
{
    QString name;
    QSize size;
    ThemeChoice theme;
};

} // namespace

class Screenshots final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void pictures_data();
    void pictures();
    void emptyFleet();

private:
    void save(const QImage& image, const QString& name);
    void checkWindow(MainWindow& window);
    QTemporaryDir m_settings;
    std::unique_ptr<Theme> m_theme;
};

void Screenshots::initTestCase()
{
    QVERIFY(m_settings.isValid());
    QCoreApplication::setOrganizationName(QStringLiteral("drover-test"));
    QCoreApplication::setApplicationName(QStringLiteral("drover-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_settings.path());
    QVERIFY(::pictures().mkpath(QStringLiteral(".")));
    m_theme = std::make_unique<Theme>();
}

void Screenshots::save(const QImage& image, const QString& name)
{
    QVERIFY(!image.isNull());
    QVERIFY2(filled(image) > 0.05, qPrintable(name));
    QVERIFY(image.save(::pictures().filePath(name + QStringLiteral(".png"))));
}

void Screenshots::checkWindow(MainWindow& window)
{
    const QRect frame(window.mapToGlobal(QPoint(0, 0)), window.size());
    for (const char* name :
         {"Migrations", "Chart of the migration", "Search hosts and instances", "Verdict", "Log scale"}) {
        if (qstrcmp(name, "Log scale") == 0)
            continue;
        QList<QRect> found;
        collect(QAccessible::queryAccessibleInterface(&window), QLatin1String(name), found);
        QVERIFY2(!found.isEmpty(), name);
        for (const QRect& rect : std::as_const(found))
            QVERIFY2(frame.contains(rect), name);
    }
    // No verdict is cut off.
    QTableView& table = window.jobsPanel().table();
    for (int row = 0; row < table.model()->rowCount(); ++row) {
        const QModelIndex verdict = table.model()->index(row, JobModel::VerdictColumn);
        QStyleOptionViewItem option;
        option.font = table.font();
        QVERIFY(table.columnWidth(JobModel::VerdictColumn) >=
                table.itemDelegate()->sizeHint(option, verdict).width());
        QVERIFY(table.visualRect(verdict).right() <= table.viewport()->width());
    }
}

void Screenshots::pictures_data()
{
    QTest::addColumn<QString>("scenario");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("dark");
    QTest::addRow("small-light-1440x900") << QStringLiteral("small") << QSize(1440, 900) << false;
    QTest::addRow("small-dark-1024x700") << QStringLiteral("small") << QSize(1024, 700) << true;
    QTest::addRow("datacenter-dark-1440x900") << QStringLiteral("datacenter") << QSize(1440, 900) << true;
    QTest::addRow("datacenter-light-1024x700") << QStringLiteral("datacenter") << QSize(1024, 700) << false;
}

void Screenshots::pictures()
{
    QFETCH(const QString, scenario);
    QFETCH(const QSize, size);
    QFETCH(const bool, dark);
    const QString tag = QLatin1String(QTest::currentDataTag());
    m_theme->setChoice(dark ? ThemeChoice::Dark : ThemeChoice::Light);

    Result<SimulatedFleet> fleet = loadScenario(scenario, 2.0);
    QVERIFY2(fleet, fleet ? "" : qPrintable(fleet.error().message));
    Session session(fleet->backend, SessionOptions{});
    MainWindow window(session, *m_theme, QStringLiteral("fleet.json"));
    window.resize(size);
    window.show();
    session.setFleet(fleet->fleet);
    QTRY_VERIFY_WITH_TIMEOUT(session.settled(), 10000);
    QTRY_VERIFY_WITH_TIMEOUT(!session.jobs().empty(), 10000);

    // The chart of the longest-running job, once there is something in it.
    const auto busiest = [&session] {
        JobId best = session.jobs().front();
        for (const JobId& id : session.jobs()) {
            if (session.job(id)->series.samples().size() > session.job(best)->series.samples().size())
                best = id;
        }
        return best;
    };
    QTRY_VERIFY_WITH_TIMEOUT(session.job(busiest())->series.samples().size() >= 30, 20000);
    window.jobsPanel().select(busiest());
    QTRY_VERIFY(window.chart().memory().line(0).count() >= 20);
    QCOMPARE(window.size(), size);
    const InstanceId moving = session.job(busiest())->instance;
    window.fleetTabs().board().selectInstance(moving);
    QTest::mouseMove(&window, QPoint(size.width() / 2, 5));
    save(window.grab().toImage(), QStringLiteral("main-%1").arg(tag));
    checkWindow(window);

    // A drag in progress: every host judged.
    std::shared_ptr<const Instance> still;
    for (const auto& instance : session.inventory()->instances()) {
        const bool better =
            instance->domain.isActive() && !instance->isMoving() && instance->id != moving &&
            (!still || instance->domain.definition->maxMemory > still->domain.definition->maxMemory ||
             (instance->domain.definition->maxMemory == still->domain.definition->maxMemory &&
              instance->name() < still->name()));
        if (better)
            still = instance;
    }
    QVERIFY(still);
    auto* judge = window.findChild<DragJudge*>();
    QVERIFY(judge != nullptr);
    judge->begin({still->id});
    QTRY_VERIFY_WITH_TIMEOUT(std::ranges::count_if(judge->verdicts(),
                                                   [](const HostVerdict& v) {
                                                       return v.level == HostVerdict::Level::Fits &&
                                                              !v.pending;
                                                   }) > 0,
                             10000);
    save(window.grab().toImage(), QStringLiteral("drag-%1").arg(tag));
    HostId best;
    std::vector<HostVerdict> verdicts = judge->verdicts();
    judge->end();
    sortBestFirst(verdicts);
    for (const HostVerdict& verdict : verdicts) {
        if (!verdict.isSource && best.value.isEmpty())
            best = verdict.host;
    }

    // The list of hosts, and the confirmation.
    window.moveDesk().askWhere({still->id});
    auto* list = window.findChild<MoveToDialog*>();
    QVERIFY(list != nullptr);
    QVERIFY(QTest::qWaitForWindowExposed(list));
    save(list->grab().toImage(), QStringLiteral("moveto-%1").arg(tag));
    list->close();
    window.moveDesk().confirm({still->id}, best);
    auto* sheet = window.findChild<ConfirmSheet*>();
    QVERIFY(sheet != nullptr);
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QTRY_VERIFY_WITH_TIMEOUT(!sheet->hindrance().contains(QLatin1String("asking")), 15000);
    QVERIFY(sheet->width() <= 1000 && sheet->height() <= 640);
    for (const QPushButton* button : sheet->findChildren<QPushButton*>())
        QVERIFY(sheet->rect().contains(QRect(button->mapTo(sheet, QPoint(0, 0)), button->size())));
    QImage together = window.grab().toImage();
    QPainter painter(&together);
    painter.fillRect(together.rect(), QColor(0, 0, 0, 90));
    painter.drawImage((size.width() - sheet->width()) / 2, (size.height() - sheet->height()) / 3,
                      sheet->grab().toImage());
    painter.end();
    save(together, QStringLiteral("confirm-%1").arg(tag));
    sheet->close();

    // The doctor.
    auto* doctorAction = window.findChild<QAction*>(QStringLiteral("openDoctor"));
    QVERIFY(doctorAction != nullptr);
    doctorAction->trigger();
    auto* doctor = window.findChild<ReadinessDialog*>();
    QVERIFY(doctor != nullptr);
    QVERIFY(QTest::qWaitForWindowExposed(doctor));
    const auto examined = [doctor] {
        const QAbstractItemModel& model = *doctor->table().model();
        for (int row = 0; row < model.rowCount(); ++row) {
            for (int column = 0; column < model.columnCount(); ++column) {
                if (row != column && model.index(row, column).data().toString().contains(QStringLiteral("…")))
                    return false;
            }
        }
        return true;
    };
    QTRY_VERIFY_WITH_TIMEOUT(examined(), 20000);
    const QModelIndex cell = doctor->table().model()->index(0, 1);
    QVERIFY(!cell.data(Qt::ToolTipRole).toString().isEmpty());
    QVERIFY(cell.data(Qt::AccessibleTextRole).toString().contains(QLatin1String(" to ")));
    QVERIFY(!(doctor->table().model()->index(0, 0).flags() & Qt::ItemIsEnabled));
    QTest::keyClick(&doctor->table(), Qt::Key_Right);
    save(doctor->grab().toImage(), QStringLiteral("doctor-%1").arg(tag));
    doctor->close();

    // The chart alone, and the other tabs.
    window.chart().setLogarithmic(true);
    window.chart().drawFrame();
    QImage chart = window.chart().grab().toImage();
    save(chart, QStringLiteral("chart-%1").arg(tag));
    window.chart().setLogarithmic(false);
    for (int tab = 1; tab < window.fleetTabs().tabs().count(); ++tab) {
        window.fleetTabs().tabs().setCurrentIndex(tab);
        save(window.grab().toImage(), QStringLiteral("tab%1-%2").arg(tab).arg(tag));
    }
    window.fleetTabs().tabs().setCurrentIndex(0);
}

void Screenshots::emptyFleet()
{
    m_theme->setChoice(ThemeChoice::Light);
    Result<SimulatedFleet> fleet = loadScenario(QStringLiteral("small"));
    QVERIFY(fleet);
    Session session(fleet->backend, SessionOptions{});
    MainWindow window(session, *m_theme, QStringLiteral("fleet.json"));
    window.resize(1024, 700);
    window.show();
    save(window.grab().toImage(), QStringLiteral("empty"));
    QList<QRect> found;
    collect(QAccessible::queryAccessibleInterface(&window), QStringLiteral("Look at the demo fleet"), found);
    QCOMPARE(found.size(), 1);
}

QTEST_MAIN(Screenshots)
#include "tst_screenshots.moc"
