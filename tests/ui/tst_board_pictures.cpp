// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_session.h"
#include "tests/support/fleet_example.h"
#include "ui/board/board_view.h"
#include "ui/drag/drag_judge.h"
#include "ui/theme/theme.h"
#include "ui/views/fleet_tree.h"
#include "ui/views/host_table.h"
#include "ui/views/instance_table.h"

#include <QDir>
#include <QHBoxLayout>
#include <QTabWidget>
#include <QTest>

using namespace drover;

/// Draws the fleet views in both themes and at both sizes. With DROVER_PICTURES set to a folder the pictures
/// are kept there to be looked at.
class BoardPictures : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void draws_data();
    void draws();
};

void BoardPictures::draws_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<QSize>("size");
    QTest::newRow("light-1440x900") << false << QSize(1440, 900);
    QTest::newRow("dark-1440x900") << true << QSize(1440, 900);
    QTest::newRow("light-1024x700") << false << QSize(1024, 700);
    QTest::newRow("dark-1024x700") << true << QSize(1024, 700);
}

void BoardPictures::draws()
{
    QFETCH(bool, dark);
    QFETCH(QSize, size);
    Theme theme;
    theme.setChoice(dark ? ThemeChoice::Dark : ThemeChoice::Light);
    QCOMPARE(theme.isDark(), dark);

    test::FakeSession fake(test::exampleHosts());
    JobStats stats;
    stats.phase = JobStats::Phase::Memory;
    stats.memoryTotal = Bytes::fromGib(4);
    stats.memoryRemaining = Bytes::fromGib(1.5);
    stats.memoryProcessed = Bytes::fromGib(2.5);
    stats.iteration = 1;
    fake.backend().setStats(QStringLiteral("web-03"), stats);
    QVERIFY(fake.settle());
    fake.backend().silence(QStringLiteral("h6"), QStringLiteral("connection lost"));
    QTRY_COMPARE(fake.session().inventory()->host({QStringLiteral("h6")})->connection, ConnectionState::Down);

    QWidget window;
    auto* box = new QHBoxLayout(&window);
    box->setContentsMargins(0, 0, 0, 0);
    DragJudge judge(fake.session());
    auto* tree = new FleetTree(fake.session(), judge);
    tree->setFixedWidth(230);
    auto* tabs = new QTabWidget;
    auto* board = new BoardView(fake.session(), judge);
    auto* hosts = new HostTable(fake.session(), judge);
    auto* instances = new InstanceTable(fake.session(), judge);
    tabs->addTab(board, QStringLiteral("Board"));
    tabs->addTab(hosts, QStringLiteral("Hosts"));
    tabs->addTab(instances, QStringLiteral("Instances"));
    tabs->setDocumentMode(true);
    box->addWidget(tree);
    box->addWidget(tabs, 1);
    window.resize(size);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));

    const QString folder = qEnvironmentVariable("DROVER_PICTURES");
    const auto keep = [&](const char* what) {
        const QImage image = window.grab().toImage();
        // Something was drawn on it, in the theme's colours.
        const ThemeColours& colours = themeColours(window.palette());
        int card = 0;
        int other = 0;
        for (int y = 0; y < image.height(); y += 7) {
            for (int x = 0; x < image.width(); x += 7)
                ++(image.pixelColor(x, y) == colours.card ? card : other);
        }
        QVERIFY2(card > 500 && other > 500, "the picture is empty");
        if (!folder.isEmpty())
            QVERIFY(image.save(QDir(folder).filePath(
                QStringLiteral("%1-%2.png")
                    .arg(QLatin1String(what), QLatin1String(QTest::currentDataTag())))));
    };
    keep("board");
    const InstanceId db1 = test::fakeId(QStringLiteral("db-1"));
    judge.begin({db1});
    QTRY_VERIFY(!judge.verdict({QStringLiteral("h2")})->pending);
    keep("dragging");
    tabs->setCurrentWidget(hosts);
    keep("hosts-dragging");
    judge.end();
    keep("hosts");
    tabs->setCurrentWidget(instances);
    instances->selectInstance(db1);
    keep("instances");
    tabs->setCurrentWidget(board);
    board->setFocus();
    QTest::keyClick(board, Qt::Key_Right);
    QTest::keyClick(board, Qt::Key_Right);
    keep("board-focus");
}

QTEST_MAIN(BoardPictures)
#include "tst_board_pictures.moc"
