// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_session.h"
#include "tests/support/fleet_example.h"
#include "ui/board/board_view.h"
#include "ui/dialogs/confirm_sheet.h"
#include "ui/dialogs/move_to_dialog.h"
#include "ui/jobs/jobs_panel.h"
#include "ui/main_window.h"
#include "ui/probe/drover_application.h"
#include "ui/probe/responsiveness_probe.h"
#include "ui/shell/fleet_tabs.h"
#include "ui/shell/status_line.h"
#include "ui/views/fleet_tree.h"
#include "ui/views/host_table.h"
#include "ui/views/instance_table.h"

#include <QAccessible>
#include <QDockWidget>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

using namespace drover;
using namespace drover::test;

/// The window as a whole: keys, docks, closing; by real events.
class MainWindowTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void walksPanelsWithF6();
    void searchesInAllViews();
    void movesFromTheKeyboard();
    void closesOnlyAfterTheQuestion();
    void foldsDetailsFirst();
    void remembersDocks();
    void tellsTheFleetsState();
    void everyControlHasAName();
    void saysWhatIsWrongWithTheFile();
    void answersWhileTheFleetChanges();

private:
    /// A window over the example fleet.
    struct Stage
    {
        explicit Stage(Theme& theme)
            : fake(exampleHosts()), window(fake.session(), theme, QStringLiteral("fleet.json"))
        {
            window.resize(1440, 900);
            window.show();
        }
        bool ready() { return fake.settle() && QTest::qWaitForWindowActive(&window); }
        FakeSession fake;
        MainWindow window;
    };
    QTemporaryDir m_settings;
    std::unique_ptr<Theme> m_theme;
};

void MainWindowTest::initTestCase()
{
    QCoreApplication::setOrganizationName(QStringLiteral("drover-test"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_main_window"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_settings.path());
    m_theme = std::make_unique<Theme>();
}

void MainWindowTest::init()
{
    QSettings().clear();
}

void MainWindowTest::walksPanelsWithF6()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    auto* tree = stage.window.findChild<FleetTree*>();
    tree->setFocus();
    QStringList order;
    for (int i = 0; i < 4; ++i) {
        QTest::keyClick(&stage.window, Qt::Key_F6);
        order.append(QApplication::focusWidget()->accessibleName());
    }
    QCOMPARE(order,
             (QStringList{QStringLiteral("Placement board"), QStringLiteral("Details of what is selected"),
                          QStringLiteral("Migrations"), QStringLiteral("Fleet")}));
    QTest::keyClick(&stage.window, Qt::Key_F6);
    QTest::keyClick(&stage.window, Qt::Key_F6, Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), tree);
}

void MainWindowTest::searchesInAllViews()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    HostTable& hosts = stage.window.fleetTabs().hosts();
    InstanceTable& instances = stage.window.fleetTabs().instances();
    const int all = instances.model()->rowCount();
    QTest::keyClick(&stage.window, Qt::Key_F, Qt::ControlModifier);
    auto* search = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    QVERIFY(search != nullptr);
    QTest::keyClicks(search, QStringLiteral("db-1"));
    QTRY_COMPARE(instances.model()->rowCount(), 1);
    QVERIFY(hosts.model()->rowCount() < 6);
    search->clear();
    QTRY_COMPARE(instances.model()->rowCount(), all);
}

void MainWindowTest::movesFromTheKeyboard()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    const InstanceId mail = fakeId(QStringLiteral("mail"));
    stage.window.fleetTabs().board().selectInstance(mail);
    QTRY_VERIFY(stage.window.findChild<QTextBrowser*>()->toPlainText().startsWith(QStringLiteral("mail")));
    stage.window.fleetTabs().board().setFocus();
    QTest::keyClick(&stage.window.fleetTabs().board(), Qt::Key_M, Qt::ControlModifier);
    QTRY_VERIFY(stage.window.findChild<MoveToDialog*>() != nullptr);
    auto* list = stage.window.findChild<MoveToDialog*>();
    QVERIFY(QTest::qWaitForWindowExposed(list));
    QTRY_VERIFY(list->findChildren<QPushButton*>().constLast()->isEnabled());
    QTest::keyClick(&list->filter(), Qt::Key_Return);
    QTRY_VERIFY(stage.window.findChild<ConfirmSheet*>() != nullptr);
    auto* sheet = stage.window.findChild<ConfirmSheet*>();
    QCOMPARE(sheet->instances(), std::vector{mail});
    QTRY_COMPARE(sheet->hindrance(), QString());
    QTest::keyClick(sheet, Qt::Key_Return);
    QTRY_VERIFY(stage.fake.session().jobOf(mail) != nullptr);
    // The new move is the selected one.
    QTRY_COMPARE(stage.window.jobsPanel().selected(), stage.fake.session().jobOf(mail)->id);
}

void MainWindowTest::closesOnlyAfterTheQuestion()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    const InstanceId mail = fakeId(QStringLiteral("mail"));
    QVERIFY(stage.fake.session().startMove({mail, {QStringLiteral("h1")}, {QStringLiteral("h2")}, {}}));
    stage.window.close();
    QVERIFY(stage.window.isVisible());
    auto* question = stage.window.findChild<QMessageBox*>(QStringLiteral("closeQuestion"));
    QVERIFY(question != nullptr);
    QVERIFY(question->informativeText().contains(QStringLiteral("mail  h1 → h2")));
    QCOMPARE(question->defaultButton()->text(), QStringLiteral("Stay"));
    QTest::keyClick(question, Qt::Key_Escape);
    QTRY_VERIFY(stage.window.findChild<QMessageBox*>(QStringLiteral("closeQuestion")) == nullptr);
    QVERIFY(stage.window.isVisible());
    stage.window.close();
    question = stage.window.findChild<QMessageBox*>(QStringLiteral("closeQuestion"));
    QVERIFY(question != nullptr);
    for (QAbstractButton* button : question->buttons()) {
        if (question->buttonRole(button) == QMessageBox::AcceptRole)
            QTest::mouseClick(button, Qt::LeftButton);
    }
    QTRY_VERIFY(!stage.window.isVisible());
}

void MainWindowTest::foldsDetailsFirst()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    auto* details = stage.window.findChild<QDockWidget*>(QStringLiteral("details"));
    auto* tree = stage.window.findChild<QDockWidget*>(QStringLiteral("fleet"));
    QVERIFY(details->isVisible() && tree->isVisible());
    stage.window.resize(1024, 700);
    QTRY_COMPARE(stage.window.size(), QSize(1024, 700));
    QVERIFY(!details->isVisible() && tree->isVisible());
    stage.window.resize(800, 600);
    QTRY_VERIFY(!tree->isVisible());
    stage.window.resize(1440, 900);
    QTRY_VERIFY(details->isVisible() && tree->isVisible());
}

void MainWindowTest::remembersDocks()
{
    {
        Stage stage(*m_theme);
        QVERIFY(stage.ready());
        stage.window.findChild<QDockWidget*>(QStringLiteral("details"))->hide();
        stage.window.fleetTabs().tabs().setCurrentIndex(2);
        stage.window.close();
    }
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    QVERIFY(!stage.window.findChild<QDockWidget*>(QStringLiteral("details"))->isVisible());
    QCOMPARE(stage.window.fleetTabs().tabs().currentIndex(), 2);
}

void MainWindowTest::tellsTheFleetsState()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    auto* status = stage.window.findChild<StatusLine*>();
    QVERIFY(status->fleetText().startsWith(QStringLiteral("6 hosts up")));
    stage.fake.backend().silence(QStringLiteral("h6"), QStringLiteral("no route to host"));
    QTRY_VERIFY(status->fleetText().startsWith(QStringLiteral("5 hosts up, 1 down")));
    QVERIFY(status->fleetText().contains(QStringLiteral("data ")));
    QCOMPARE(stage.window.windowTitle(), QStringLiteral("Drover: fleet.json"));
}

void MainWindowTest::everyControlHasAName()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    for (const QWidget* widget : stage.window.findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QLineEdit*>(widget) != nullptr ||
                             qobject_cast<const QAbstractItemView*>(widget) != nullptr ||
                             qobject_cast<const QAbstractButton*>(widget) != nullptr ||
                             qobject_cast<const QTextBrowser*>(widget) != nullptr;
        if (!control || !widget->isVisible())
            continue;
        const QAccessibleInterface* accessible =
            QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
        QVERIFY(accessible != nullptr);
        // The buttons that Qt itself puts into tab bars, line edits and docks are not ours to name.
        const bool own = !widget->inherits("QDockWidgetTitleButton") &&
                         !widget->inherits("QLineEditIconButton") && !widget->inherits("QHeaderView") &&
                         !widget->inherits("QTableCornerButton") &&
                         qobject_cast<const QTabBar*>(widget->parentWidget()) == nullptr;
        if (own)
            QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
    }
}

void MainWindowTest::saysWhatIsWrongWithTheFile()
{
    FakeSession fake(std::vector<FakeHost>{});
    MainWindow window(fake.session(), *m_theme, QStringLiteral("fleet.json"));
    window.show();
    Error error;
    error.message = QStringLiteral("fleet.json, line 3: unknown field “hots”");
    window.showFleetError(error);
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QStringList words;
    for (const QLabel* label : window.fleetTabs().findChildren<QLabel*>()) {
        if (label->isVisible())
            words.append(label->text());
    }
    QVERIFY(words.join(QLatin1Char(' ')).contains(QStringLiteral("line 3: unknown field “hots”")));
}

void MainWindowTest::answersWhileTheFleetChanges()
{
    Stage stage(*m_theme);
    QVERIFY(stage.ready());
    ResponsivenessProbe probe;
    int rounds = 0;
    QTimer changes;
    connect(&changes, &QTimer::timeout, this, [&] {
        FakeHost& host = stage.fake.host("h2");
        host.instances.front().memoryGib = 4 + rounds % 3;
        stage.fake.publish("h2");
        ++rounds;
    });
    changes.start(20);
    QTRY_VERIFY_WITH_TIMEOUT(rounds >= 50, 20000);
    QVERIFY(probe.lateness().count() > 20);
    qInfo("timer lateness: median %.2f ms, p99 %.2f ms", probe.lateness().percentile(0.5),
          probe.lateness().percentile(0.99));
    QVERIFY(probe.handling().count() > 50);
    QVERIFY2(probe.lateness().percentile(0.5) <= 50, probe.toJson().constData());
    QVERIFY2(probe.handling().percentile(0.99) <= 50, probe.toJson().constData());
    QVERIFY(QJsonDocument::fromJson(probe.toJson()).object().contains(QStringLiteral("timer_lateness")));
}

/// As QTEST_MAIN, with the application that lets the probe see each event.
int main(int argc, char** argv)
{
    DroverApplication application(argc, argv);
    MainWindowTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_main_window.moc"
