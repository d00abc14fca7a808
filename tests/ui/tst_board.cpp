// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_session.h"
#include "tests/support/fleet_example.h"
#include "ui/board/board_layout.h"
#include "ui/board/board_view.h"
#include "ui/drag/drag_judge.h"
#include "ui/drag/instance_drag.h"
#include "ui/theme/theme.h"
#include "ui/views/fleet_tree.h"
#include "ui/views/host_table.h"
#include "ui/views/instance_table.h"

#include <QAccessible>
#include <QApplication>
#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QDragLeaveEvent>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QMenu>
#include <QMimeData>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <QWindow>

using namespace drover;
using test::fakeId;

namespace {

InstanceId id(const char* name)
{
    return fakeId(QLatin1String(name));
}

HostId at(const char* name)
{
    return {QLatin1String(name)};
}

/// What a drag over a view is made of: the events Qt would send, in their order.
class DragBy
{
public:
    DragBy(QAbstractScrollArea& area, const std::vector<InstanceId>& instances)
        : m_viewport(*area.viewport()), m_data(instanceMimeData(instances, {}))
    {
    }
    bool enter(const QPoint& position)
    {
        QDragEnterEvent event(position, Qt::MoveAction, m_data.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_viewport, &event);
        return event.isAccepted();
    }
    bool move(const QPoint& position)
    {
        QDragMoveEvent event(position, Qt::MoveAction, m_data.get(), Qt::LeftButton, Qt::NoModifier);
        event.ignore();
        QApplication::sendEvent(&m_viewport, &event);
        return event.isAccepted();
    }
    bool drop(const QPoint& position)
    {
        QDropEvent event(position, Qt::MoveAction, m_data.get(), Qt::LeftButton, Qt::NoModifier);
        event.ignore();
        QApplication::sendEvent(&m_viewport, &event);
        return event.isAccepted();
    }
    void leave()
    {
        QDragLeaveEvent event;
        QApplication::sendEvent(&m_viewport, &event);
    }

private:
    QWidget& m_viewport;
    std::unique_ptr<QMimeData> m_data;
};

using Moves = std::vector<std::pair<std::vector<InstanceId>, HostId>>;

} // namespace

/// The board and the tables by real events: pointer, keys, drags, and what a screen reader sees.
class Board : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void showsHostsByZone();
    void tilesAreWideByMemoryAndFold();
    void clickSelects();
    void selectionSurvivesChanges();
    void dragShowsEveryVerdict();
    void dropAsksForTheMove();
    void refusedDropMovesNothing();
    void pendingDoesNotBlockTheDrop();
    void dropIsJudgedAgain();
    void severalAtOnce();
    void scrollsNearTheEdge();
    void leavingEndsAForeignDrag();
    void foreignDataAreRefused();
    void pointerDragsATile();
    void keysReachEverything();
    void typingFinds();
    void menuAndMoveTo();
    void tableTakesDrops();
    void treeTakesDrops();
    void instanceRowsCanBeDragged();
    void screenReaderFindsHostsAndInstances();
    void emptyStatesTeach();
    void silentHostKeepsItsTiles();
    void movingTilesShowAtBothEnds();
    void largeFleetIsQuick();

private:
    QPoint cardCentre(const char* host) const
    {
        return m_board->hostRect(at(host)).topLeft() + QPoint(60, 40);
    }

    std::unique_ptr<test::FakeSession> m_fake;
    std::unique_ptr<DragJudge> m_judge;
    std::unique_ptr<BoardView> m_board;
    Moves m_moves;
};

void Board::init()
{
    m_moves.clear();
    m_fake = std::make_unique<test::FakeSession>(test::exampleHosts());
    m_judge = std::make_unique<DragJudge>(m_fake->session());
    m_board = std::make_unique<BoardView>(m_fake->session(), *m_judge);
    connect(m_board.get(), &BoardView::moveRequested, this,
            [this](const std::vector<InstanceId>& instances, const HostId& host) {
                m_moves.emplace_back(instances, host);
            });
    m_board->resize(1000, 700);
    m_board->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_board.get()));
    QVERIFY(m_fake->settle());
    // The board follows a little later than the session, all changes at once.
    const auto tiles = [this](const char* host) {
        const BoardCard* card = m_board->layoutOf().card(at(host));
        return card == nullptr ? std::size_t{0} : card->tiles.size();
    };
    for (const test::FakeHost& host : test::exampleHosts())
        QTRY_COMPARE(tiles(qPrintable(host.name)), host.instances.size());
    QTRY_VERIFY(!m_board->hostRect(at("h5")).isEmpty());
}

void Board::cleanup()
{
    m_board.reset();
    m_judge.reset();
    m_fake.reset();
}

void Board::showsHostsByZone()
{
    const auto& zones = m_board->layoutOf().zones();
    QCOMPARE(zones.size(), std::size_t{2});
    QCOMPARE(zones[0].name, QStringLiteral("az1"));
    QCOMPARE(zones[0].cards.size(), std::size_t{3});
    QVERIFY(zones[0].heading.bottom() < m_board->hostRect(at("h1")).top());
    QVERIFY(m_board->hostRect(at("h2")).left() > m_board->hostRect(at("h1")).right());
    QVERIFY(m_board->hostRect(at("h4")).top() > m_board->hostRect(at("h1")).bottom());
    QCOMPARE(m_board->hostRect(at("h1")).height(), m_board->hostRect(at("h3")).height());
}

void Board::tilesAreWideByMemoryAndFold()
{
    const QRect small = m_board->instanceRect(id("www"), at("h5"));
    const QRect large = m_board->instanceRect(id("es-2"), at("h5"));
    QVERIFY(!small.isEmpty() && large.width() > small.width());
    const BoardCard* card = m_board->layoutOf().card(at("h1"));
    QVERIFY(card->hidden > 0);
    QVERIFY(card->tiles.front().moving);
    const BoardItem more{at("h1"), {}, true};
    const QRect before = m_board->hostRect(at("h1"));
    QTest::mouseClick(m_board->viewport(), Qt::LeftButton, Qt::NoModifier,
                      m_board->rectInViewport(more).center());
    QTRY_COMPARE(m_board->layoutOf().card(at("h1"))->hidden, 0);
    QVERIFY(m_board->hostRect(at("h1")).height() > before.height());
    for (const BoardTile& tile : m_board->layoutOf().card(at("h1"))->tiles) {
        QVERIFY(tile.shown());
        QVERIFY(tile.rect.right() < before.width());
    }
}

void Board::clickSelects()
{
    QSignalSpy changed(m_board.get(), &BoardView::fleetSelectionChanged);
    const auto click = [&](const QPoint& where, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::mouseClick(m_board->viewport(), Qt::LeftButton, modifiers, where);
    };
    click(m_board->instanceRect(id("es-2"), at("h5")).center());
    QCOMPARE(m_board->selection().instances, std::vector<InstanceId>{id("es-2")});
    QCOMPARE(changed.count(), 1);
    click(m_board->instanceRect(id("www"), at("h5")).center(), Qt::ControlModifier);
    QCOMPARE(m_board->selection().instances, (std::vector<InstanceId>{id("www"), id("es-2")}));
    click(m_board->instanceRect(id("es-2"), at("h5")).center());
    QCOMPARE(m_board->selection().instances, std::vector<InstanceId>{id("es-2")});
    click(m_board->instanceRect(id("www"), at("h5")).center(), Qt::ShiftModifier);
    QCOMPARE(m_board->selection().instances.size(), std::size_t{3});
    click(cardCentre("h2"));
    QCOMPARE(m_board->selection().hosts, std::vector<HostId>{at("h2")});
    QVERIFY(m_board->selection().instances.empty());
}

void Board::selectionSurvivesChanges()
{
    m_board->resize(600, 300);
    m_board->selectInstance(id("es-2"));
    const int scrolled = m_board->verticalScrollBar()->value();
    QVERIFY(scrolled > 0);
    const QRect before = m_board->instanceRect(id("es-2"), at("h5"));
    // A card above it grows by tiles, and another one changes.
    m_fake->host("h4").instances.pop_back();
    m_fake->publish("h4");
    QTRY_VERIFY(m_fake->instance("old-1") == nullptr);
    QTRY_COMPARE(m_board->layoutOf().card(at("h4"))->tiles.size(), std::size_t{4});
    QCOMPARE(m_board->selection().instances, std::vector<InstanceId>{id("es-2")});
    QVERIFY(std::abs(m_board->instanceRect(id("es-2"), at("h5")).top() - before.top()) <=
            before.height() * 2);
    // It goes away: it is no longer selected.
    m_fake->host("h5").instances.erase(m_fake->host("h5").instances.begin());
    m_fake->publish("h5");
    QTRY_VERIFY(m_board->selection().instances.empty());
}

void Board::dragShowsEveryVerdict()
{
    DragBy drag(*m_board, {id("db-1")});
    QVERIFY(drag.enter(cardCentre("h1")));
    QVERIFY(m_judge->isActive());
    QCOMPARE(m_judge->verdicts().size(), std::size_t{6});
    for (const HostVerdict& verdict : m_judge->verdicts())
        QVERIFY2(!m_judge->words(verdict.host).isEmpty(), qPrintable(verdict.host.value));
    QTRY_VERIFY(!m_judge->verdict(at("h2"))->pending);
    QCOMPARE(m_judge->verdict(at("h2"))->level, HostVerdict::Level::Fits);
    QVERIFY(m_judge->verdict(at("h1"))->isSource);
    QCOMPARE(m_judge->words(at("h1")), QStringLiteral("it runs here"));
    QCOMPARE(m_judge->verdict(at("h3"))->level, HostVerdict::Level::Cannot);
    QVERIFY(m_judge->words(at("h3")).contains(QStringLiteral("new DIMMs")));
    QCOMPARE(m_judge->verdict(at("h4"))->level, HostVerdict::Level::Cannot);
    QVERIFY(m_judge->summary().startsWith(QStringLiteral("dragging 1 instance, 8")));
    QVERIFY(m_judge->summary().endsWith(QStringLiteral("4 vCPUs")));
    const BoardCard* card = m_board->layoutOf().card(at("h2"));
    QVERIFY(m_board->describe(*card).startsWith(QStringLiteral("fits")));
    // Accepted where it fits, not where it runs or where it is refused, nor between the cards.
    QVERIFY(drag.move(cardCentre("h2")));
    QVERIFY(!drag.move(cardCentre("h1")));
    QVERIFY(!drag.move(cardCentre("h3")));
    QVERIFY(!drag.move(cardCentre("h4")));
    QVERIFY(!drag.move(QPoint(2, 2)));
    drag.leave();
    QVERIFY(!m_judge->isActive());
}

void Board::dropAsksForTheMove()
{
    DragBy drag(*m_board, {id("db-1")});
    drag.enter(cardCentre("h1"));
    QVERIFY(drag.move(cardCentre("h2")));
    QVERIFY(drag.drop(cardCentre("h2")));
    QCOMPARE(m_moves, (Moves{{{id("db-1")}, at("h2")}}));
    QVERIFY(!m_judge->isActive());
    // The board itself has moved nothing.
    QCOMPARE(m_fake->instance("db-1")->host, at("h1"));
    QVERIFY(m_fake->session().jobOf(id("db-1")) == nullptr);
}

void Board::refusedDropMovesNothing()
{
    DragBy drag(*m_board, {id("db-1")});
    drag.enter(cardCentre("h1"));
    QVERIFY(!drag.drop(cardCentre("h3")));
    QVERIFY(m_moves.empty());
}

void Board::pendingDoesNotBlockTheDrop()
{
    m_fake->backend().holdQuestions(true);
    DragBy drag(*m_board, {id("db-1")});
    QElapsedTimer time;
    time.start();
    drag.enter(cardCentre("h1"));
    QVERIFY(m_judge->verdict(at("h2"))->pending);
    QCOMPARE(m_judge->words(at("h2")), QStringLiteral("checking…"));
    QVERIFY(drag.move(cardCentre("h2")));
    QVERIFY(drag.drop(cardCentre("h2")));
    QVERIFY2(time.elapsed() < 2000, "the drag waited for an answer");
    QCOMPARE(m_moves.size(), std::size_t{1});
    m_fake->backend().holdQuestions(false);
}

void Board::dropIsJudgedAgain()
{
    DragBy drag(*m_board, {id("db-1")});
    drag.enter(cardCentre("h1"));
    QVERIFY(drag.move(cardCentre("h2")));
    m_fake->host("h2").service = ServiceState::Disabled;
    m_fake->publish("h2");
    QTRY_COMPARE(m_fake->session().inventory()->host(at("h2"))->service().state, ServiceState::Disabled);
    QVERIFY(!drag.drop(cardCentre("h2")));
    QVERIFY(m_moves.empty());
}

void Board::severalAtOnce()
{
    DragBy drag(*m_board, {id("db-1"), id("mail")});
    drag.enter(cardCentre("h1"));
    QVERIFY(m_judge->summary().startsWith(QStringLiteral("dragging 2 instances, 16")));
    const HostVerdict* h2 = m_judge->verdict(at("h2"));
    QCOMPARE((h2->usedAfter.memory - h2->before.usedNow.memory).value, Bytes::fromGib(16).value);
    QVERIFY(drag.drop(cardCentre("h2")));
    QCOMPARE(m_moves, (Moves{{{id("db-1"), id("mail")}, at("h2")}}));
}

void Board::scrollsNearTheEdge()
{
    m_board->resize(420, 320);
    DragBy drag(*m_board, {id("db-1")});
    drag.enter(QPoint(200, 150));
    QScrollBar* bar = m_board->verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 0);
    const int before = bar->value();
    drag.move(QPoint(200, m_board->viewport()->height() - 3));
    QTRY_VERIFY(bar->value() > before + 100);
    const int below = bar->value();
    drag.move(QPoint(200, 3));
    QTRY_VERIFY(bar->value() < below);
    drag.leave();
    const int still = bar->value();
    QVERIFY(!QTest::qWaitFor([&] { return bar->value() != still; }, 150));
}

void Board::leavingEndsAForeignDrag()
{
    DragBy drag(*m_board, {id("db-1")});
    drag.enter(cardCentre("h1"));
    QVERIFY(m_board->layoutOf().dragging());
    drag.leave();
    QVERIFY(!m_judge->isActive());
    QVERIFY(!m_board->layoutOf().dragging());
}

void Board::foreignDataAreRefused()
{
    DragBy unknown(*m_board, {id("no-such-instance")});
    QVERIFY(!unknown.enter(cardCentre("h1")));
    QMimeData text;
    text.setText(QStringLiteral("db-1"));
    QDragEnterEvent event(cardCentre("h1"), Qt::MoveAction, &text, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_board->viewport(), &event);
    QVERIFY(!event.isAccepted());
    QVERIFY(!m_judge->isActive());
}

void Board::pointerDragsATile()
{
    // Press and move on the screen, as far as this platform goes: a drag begins with what was pressed, every
    // host is judged at once, and its end leaves nothing behind. (The drag itself needs a real display.)
    const auto drag = [&](const QPoint& from) {
        QWindow* window = m_board->windowHandle();
        const QPoint start = m_board->viewport()->mapTo(m_board->window(), from);
        QTest::mousePress(window, Qt::LeftButton, Qt::NoModifier, start);
        QTest::mouseMove(window, start + QPoint(2, 0));
        QTest::mouseMove(window, start + QPoint(QApplication::startDragDistance() + 8, 0));
        QTest::mouseRelease(window, Qt::LeftButton, Qt::NoModifier, start);
    };
    std::vector<InstanceId> dragged;
    std::size_t judged = 0;
    bool madeRoom = false;
    connect(m_judge.get(), &DragJudge::began, this, [&] {
        dragged = m_judge->instances();
        judged = m_judge->verdicts().size();
        madeRoom = m_board->layoutOf().dragging();
    });
    drag(m_board->instanceRect(id("es-2"), at("h5")).center());
    QTRY_COMPARE(dragged, std::vector<InstanceId>{id("es-2")});
    QCOMPARE(judged, std::size_t{6});
    QVERIFY(madeRoom);
    QTRY_VERIFY(!m_judge->isActive());
    QVERIFY(!m_board->layoutOf().dragging());
    QVERIFY(m_moves.empty());
    // All that are selected go together.
    QTest::mouseClick(m_board->viewport(), Qt::LeftButton, Qt::ControlModifier,
                      m_board->instanceRect(id("www"), at("h5")).center());
    dragged.clear();
    drag(m_board->instanceRect(id("es-2"), at("h5")).center());
    QTRY_COMPARE(dragged.size(), std::size_t{2});
    // A host is not dragged.
    dragged.clear();
    drag(cardCentre("h2"));
    QVERIFY(dragged.empty());
}

void Board::keysReachEverything()
{
    m_board->activateWindow();
    m_board->setFocus();
    QTRY_VERIFY(m_board->hasFocus());
    QTest::keyClick(m_board.get(), Qt::Key_Home);
    QCOMPARE(m_board->focusItem(), (BoardItem{at("h1"), {}, false}));
    // Right goes through everything that is shown, in order, and ends at the end.
    std::size_t steps = 0;
    BoardItem last;
    do {
        last = m_board->focusItem();
        QTest::keyClick(m_board.get(), Qt::Key_Right);
        ++steps;
        QVERIFY(steps < 100);
    } while (!(m_board->focusItem() == last));
    std::size_t expected = 0;
    for (const BoardCard* card : m_board->layoutOf().shownCards()) {
        ++expected;
        for (const BoardTile& tile : card->tiles)
            expected += tile.shown() ? 1 : 0;
        expected += card->more.isEmpty() ? 0 : 1;
    }
    QCOMPARE(steps, expected);
    QTest::keyClick(m_board.get(), Qt::Key_Home);
    QTest::keyClick(m_board.get(), Qt::Key_Down);
    QVERIFY(m_board->focusItem().isInstance());
    QCOMPARE(m_board->focusItem().host, at("h1"));
    QCOMPARE(m_board->selection().instances, std::vector<InstanceId>{m_board->focusItem().instance});
    QTest::keyClick(m_board.get(), Qt::Key_Up);
    QCOMPARE(m_board->focusItem(), (BoardItem{at("h1"), {}, false}));
    QTest::keyClick(m_board.get(), Qt::Key_End);
    QTest::keyClick(m_board.get(), Qt::Key_PageUp);
    QCOMPARE(m_board->focusItem().host.value.isEmpty(), false);
    QSignalSpy activated(m_board.get(), &BoardView::hostActivated);
    QTest::keyClick(m_board.get(), Qt::Key_Home);
    QTest::keyClick(m_board.get(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    // The keyboard's place is to be seen.
    m_board->resize(420, 260);
    QTest::keyClick(m_board.get(), Qt::Key_End);
    QVERIFY(m_board->viewport()->rect().contains(m_board->rectInViewport(m_board->focusItem()).center()));
}

void Board::typingFinds()
{
    m_board->setFocus();
    QTest::keyClicks(m_board.get(), QStringLiteral("es-3"));
    QCOMPARE(m_board->selection().instances, std::vector<InstanceId>{id("es-3")});
    QVERIFY(m_board->viewport()->rect().contains(m_board->instanceRect(id("es-3"), at("h5")).center()));
}

void Board::menuAndMoveTo()
{
    m_board->selectInstance(id("es-2"));
    std::vector<InstanceId> asked;
    connect(m_board.get(), &BoardView::moveToRequested, this,
            [&](const std::vector<InstanceId>& instances) { asked = instances; });
    QTest::keyClick(m_board.get(), Qt::Key_M, Qt::ControlModifier);
    QCOMPARE(asked, std::vector<InstanceId>{id("es-2")});
    asked.clear();
    FleetSelection offered;
    connect(m_board.get(), &BoardView::menuRequested, this,
            [&](QMenu* menu, const FleetSelection& selection) {
                menu->addAction(QStringLiteral("Something else"));
                offered = selection;
            });
    QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(5, 5), m_board->mapToGlobal(QPoint(5, 5)));
    QApplication::sendEvent(m_board.get(), &event);
    QCOMPARE(offered.instances, std::vector<InstanceId>{id("es-2")});
    QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    QVERIFY(menu != nullptr);
    QCOMPARE(menu->actions().size(), 2);
    QTest::keyClick(menu, Qt::Key_Down);
    QTest::keyClick(menu, Qt::Key_Return);
    QCOMPARE(asked, std::vector<InstanceId>{id("es-2")});
}

void Board::tableTakesDrops()
{
    HostTable table(m_fake->session(), *m_judge);
    Moves moves;
    connect(&table, &HostTable::moveRequested, this,
            [&](const std::vector<InstanceId>& instances, const HostId& host) {
                moves.emplace_back(instances, host);
            });
    table.resize(900, 400);
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    const auto row = [&](const char* host) {
        for (int i = 0; i < table.model()->rowCount(); ++i) {
            if (table.model()->index(i, 0).data().toString() == QLatin1String(host))
                return table.visualRect(table.model()->index(i, 1)).center();
        }
        return QPoint();
    };
    DragBy drag(table, {id("db-1")});
    QVERIFY(drag.enter(row("h1")));
    QVERIFY(!drag.move(row("h1")));
    QVERIFY(!drag.move(row("h3")));
    QVERIFY(drag.move(row("h2")));
    QVERIFY(drag.drop(row("h2")));
    QCOMPARE(moves, (Moves{{{id("db-1")}, at("h2")}}));
    table.selectHost(at("h4"));
    QCOMPARE(table.selection().hosts, std::vector<HostId>{at("h4")});
}

void Board::treeTakesDrops()
{
    FleetTree tree(m_fake->session(), *m_judge);
    Moves moves;
    connect(&tree, &FleetTree::moveRequested, this,
            [&](const std::vector<InstanceId>& instances, const HostId& host) {
                moves.emplace_back(instances, host);
            });
    tree.resize(240, 400);
    tree.show();
    QVERIFY(QTest::qWaitForWindowExposed(&tree));
    const auto row = [&](const char* host) {
        const QAbstractItemModel& model = *tree.model();
        for (int zone = 0; zone < model.rowCount(); ++zone) {
            const QModelIndex parent = model.index(zone, 0);
            for (int i = 0; i < model.rowCount(parent); ++i) {
                if (model.index(i, 0, parent).data().toString() == QLatin1String(host))
                    return tree.visualRect(model.index(i, 0, parent)).center();
            }
        }
        return QPoint();
    };
    QVERIFY(!row("h2").isNull());
    DragBy drag(tree, {id("db-1")});
    QVERIFY(drag.enter(row("h1")));
    QVERIFY(!drag.move(row("h1")));
    QVERIFY(!drag.move(row("h3")));
    QVERIFY(drag.move(row("h2")));
    QVERIFY(drag.drop(row("h2")));
    QCOMPARE(moves, (Moves{{{id("db-1")}, at("h2")}}));
    tree.selectInstance(id("es-2"));
    QCOMPARE(tree.selection().instances, std::vector<InstanceId>{id("es-2")});
}

void Board::instanceRowsCanBeDragged()
{
    InstanceTable table(m_fake->session(), *m_judge);
    table.resize(900, 700);
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    table.selectInstance(id("db-1"));
    QCOMPARE(table.selection().instances, std::vector<InstanceId>{id("db-1")});
    QWindow* window = table.windowHandle();
    const QPoint from =
        table.viewport()->mapTo(table.window(), table.visualRect(table.currentIndex()).center());
    std::vector<InstanceId> dragged;
    connect(m_judge.get(), &DragJudge::began, this, [&] { dragged = m_judge->instances(); });
    QTimer keys;
    connect(&keys, &QTimer::timeout, this, [&] {
        QTest::keyClick(window, Qt::Key_Escape);
        keys.stop();
    });
    keys.start(80);
    QTest::mousePress(window, Qt::LeftButton, Qt::NoModifier, from);
    for (int distance = 2; distance <= 3 * QApplication::startDragDistance(); distance += 4)
        QTest::mouseMove(window, from + QPoint(distance, 0));
    QTRY_COMPARE(dragged, std::vector<InstanceId>{id("db-1")});
    QTRY_VERIFY(!m_judge->isActive());
    QTest::mouseRelease(window, Qt::LeftButton, Qt::NoModifier, from);
}

void Board::screenReaderFindsHostsAndInstances()
{
    QAccessibleInterface* board = QAccessible::queryAccessibleInterface(m_board.get());
    QVERIFY(board != nullptr);
    QCOMPARE(board->childCount(), 6);
    QAccessibleInterface* host = nullptr;
    for (int i = 0; i < board->childCount(); ++i) {
        if (board->child(i)->text(QAccessible::Name) == QStringLiteral("host h5"))
            host = board->child(i);
    }
    QVERIFY(host != nullptr);
    QCOMPARE(host->parent(), board);
    const auto global = [&](const QRect& rect) {
        return QRect(m_board->viewport()->mapToGlobal(rect.topLeft()), rect.size());
    };
    QCOMPARE(host->rect(), global(m_board->hostRect(at("h5"))));
    QVERIFY(host->text(QAccessible::Description).contains(QStringLiteral("3 instances")));
    QCOMPARE(host->childCount(), 3);
    QAccessibleInterface* tile = nullptr;
    for (int i = 0; i < host->childCount(); ++i) {
        QCOMPARE(host->indexOfChild(host->child(i)), i);
        if (host->child(i)->text(QAccessible::Name) == QStringLiteral("instance es-2"))
            tile = host->child(i);
    }
    QVERIFY(tile != nullptr);
    QCOMPARE(tile->role(), QAccessible::ListItem);
    QCOMPARE(tile->parent(), host);
    QCOMPARE(tile->rect(), global(m_board->instanceRect(id("es-2"), at("h5"))));
    QCOMPARE(board->childAt(tile->rect().center().x(), tile->rect().center().y()), tile);
    QVERIFY(!tile->state().selected);
    tile->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
    QVERIFY(tile->state().selected);
    QCOMPARE(m_board->selection().instances, std::vector<InstanceId>{id("es-2")});
    // Gone from the fleet: the interface says so instead of telling of something that is not there.
    m_fake->host("h5").instances.clear();
    m_fake->publish("h5");
    QTRY_VERIFY(m_fake->instance("es-2") == nullptr);
    QTRY_VERIFY(m_board->layoutOf().card(at("h5"))->tiles.empty());
    QVERIFY(!tile->isValid());
}

void Board::emptyStatesTeach()
{
    m_board->setFilter(FleetFilter::parse(QStringLiteral("there-is-no-such-thing")));
    QVERIFY(m_board->layoutOf().zones().empty());
    m_board->setFilter(FleetFilter::parse(QStringLiteral("es-2")));
    QCOMPARE(m_board->layoutOf().shownCards().size(), std::size_t{1});
    QVERIFY(m_board->hostRect(at("h1")).isEmpty());
    m_board->setFilter({});
    QCOMPARE(m_board->layoutOf().shownCards().size(), std::size_t{6});
    test::FakeSession none({});
    DragJudge judge(none.session());
    BoardView empty(none.session(), judge);
    empty.resize(500, 300);
    const QImage image = empty.grab().toImage();
    // Words stand in the middle.
    const QColor ground = image.pixelColor(5, 5);
    int ink = 0;
    for (int y = 120; y < 190; ++y) {
        for (int x = 100; x < 400; ++x)
            ink += image.pixelColor(x, y) == ground ? 0 : 1;
    }
    QVERIFY(ink > 200);
}

void Board::silentHostKeepsItsTiles()
{
    m_fake->backend().silence(QStringLiteral("h6"), QStringLiteral("connection lost"));
    QTRY_COMPARE(m_fake->session().inventory()->host(at("h6"))->connection, ConnectionState::Down);
    QTRY_COMPARE(m_board->layoutOf().card(at("h6"))->bars, 1);
    const BoardCard* card = m_board->layoutOf().card(at("h6"));
    QCOMPARE(card->tiles.size(), std::size_t{4});
    QVERIFY(card->noticeLines >= 2);
    QVERIFY(m_board->describe(*card).contains(QStringLiteral("no answer")));
    DragBy drag(*m_board, {id("db-1")});
    drag.enter(cardCentre("h1"));
    QVERIFY(!drag.move(cardCentre("h6")));
    drag.leave();
}

void Board::movingTilesShowAtBothEnds()
{
    const BoardTile* leaving = m_board->layoutOf().tile({at("h1"), id("web-03"), false});
    const BoardTile* arriving = m_board->layoutOf().tile({at("h2"), id("web-03"), false});
    QVERIFY(leaving != nullptr && arriving != nullptr);
    QCOMPARE(leaving->role, PlaceRole::Outgoing);
    QCOMPARE(arriving->role, PlaceRole::Incoming);
    QVERIFY(leaving->shown() && arriving->shown());
    QCOMPARE(leaving->movingTo, at("h2"));
}

void Board::largeFleetIsQuick()
{
    std::vector<test::FakeHost> hosts;
    for (int i = 0; i < 300; ++i) {
        test::FakeHost host;
        host.name = QStringLiteral("node-%1").arg(i);
        host.zone = QStringLiteral("az%1").arg(i % 4);
        host.memoryGib = 512;
        host.cpus = 64;
        for (int k = 0; k < 20; ++k) {
            test::FakeInstance instance;
            instance.name = QStringLiteral("vm-%1-%2").arg(i).arg(k);
            host.instances.push_back(instance);
        }
        hosts.push_back(std::move(host));
    }
    InventoryBuilder builder;
    std::vector<HostConfig> configs;
    std::vector<HostUpdate> updates;
    for (const test::FakeHost& host : hosts) {
        configs.push_back(test::fakeConfig(host));
        HostUpdate update;
        update.host = {host.name};
        update.connection = ConnectionState::Up;
        update.reading = test::fakeReading(host);
        updates.push_back(update);
    }
    BoardLayout layout({});
    layout.setFont(m_board->font());
    layout.setWidth(1400);
    layout.apply(builder.snapshot(), builder.setHosts(configs), {});
    InventoryChange change = builder.fold(updates);
    layout.apply(builder.snapshot(), change, {});
    layout.arrange();
    QCOMPARE(layout.shownCards().size(), std::size_t{300});
    // One host has a new reading: only its card is laid out again.
    hosts[7].instances[0].memoryGib = 9;
    updates[7].reading = test::fakeReading(hosts[7]);
    change = builder.fold({updates[7]});
    QElapsedTimer time;
    time.start();
    for (int i = 0; i < 100; ++i) {
        layout.apply(builder.snapshot(), change, {});
        layout.arrange();
    }
    const double perChange = static_cast<double>(time.nsecsElapsed()) / 100e6;
    QVERIFY2(perChange < 5, qPrintable(QStringLiteral("%1 ms for one change").arg(perChange)));
    // Dragging folds it to one line a host, those that cannot under a count.
    std::vector<HostId> order;
    for (int i = 0; i < 40; ++i)
        order.push_back({hosts[static_cast<std::size_t>(i)].name});
    layout.showLines(order, 260);
    layout.arrange();
    QCOMPARE(layout.shownCards().size(), std::size_t{40});
    QVERIFY(!layout.foldedLine().isEmpty());
    QCOMPARE(layout.cardAt(layout.lines()[3]->rect.center()), layout.lines()[3]);
    layout.showCards();
    layout.arrange();
    QCOMPARE(layout.shownCards().size(), std::size_t{300});
}

QTEST_MAIN(Board)
#include "tst_board.moc"
