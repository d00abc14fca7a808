// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/lane.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace drover;
using namespace std::chrono_literals;

class TestLane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void runsTasksInOrder();
    void keepsTheOrderOfEachPoster();
    void delaysWithoutHoldingBackOthers();
    void stopAsksTheRunningTaskAndDropsTheRest();
    void hungTaskDoesNotHoldTheDestructor();
    void postsAfterTheEndAreDropped();
    void whatADroppedTaskOwnsEndsOnTheLane();
    void exceptionsDoNotEndTheThread();
    void tellsHowLongATaskRuns();
    void detachedTaskRunsOnAThreadOfItsOwn();
};

void TestLane::cleanup()
{
    QCOMPARE(Lane::waitForEnded(10s), 0); // no test leaves a thread behind
}

void TestLane::runsTasksInOrder()
{
    std::vector<int> seen; // touched by the lane only, until it has said that it is done
    std::promise<void> done;
    {
        Lane lane(QStringLiteral("order"));
        for (int i = 0; i < 1000; ++i)
            lane.post([&seen, i](const std::stop_token&) { seen.push_back(i); });
        lane.post([&done](const std::stop_token&) { done.set_value(); });
        QCOMPARE(done.get_future().wait_for(10s), std::future_status::ready);
    }
    QCOMPARE(seen.size(), std::size_t(1000));
    QVERIFY(std::is_sorted(seen.begin(), seen.end()));
}

void TestLane::keepsTheOrderOfEachPoster()
{
    constexpr int posters = 4;
    constexpr int each = 500;
    std::vector<std::vector<int>> seen(posters);
    std::promise<void> done;
    Lane lane(QStringLiteral("posters"));
    {
        std::vector<std::jthread> threads;
        for (int p = 0; p < posters; ++p) {
            threads.emplace_back([&, p, poster = lane.poster()] {
                for (int i = 0; i < each; ++i)
                    poster.post([&seen, p, i](const std::stop_token&) {
                        seen[static_cast<std::size_t>(p)].push_back(i);
                    });
            });
        }
    }
    lane.post([&done](const std::stop_token&) { done.set_value(); });
    QCOMPARE(done.get_future().wait_for(10s), std::future_status::ready);
    for (const auto& list : seen) {
        QCOMPARE(list.size(), std::size_t(each));
        QVERIFY(std::is_sorted(list.begin(), list.end()));
    }
}

void TestLane::delaysWithoutHoldingBackOthers()
{
    std::vector<QString> seen;
    std::promise<qint64> done;
    QElapsedTimer timer;
    timer.start();
    Lane lane(QStringLiteral("delay"));
    lane.postDelayed(120ms, [&](const std::stop_token&) {
        seen.push_back(QStringLiteral("late"));
        done.set_value(timer.elapsed());
    });
    lane.postDelayed(40ms, [&](const std::stop_token&) { seen.push_back(QStringLiteral("soon")); });
    lane.post([&](const std::stop_token&) { seen.push_back(QStringLiteral("now")); });
    auto future = done.get_future();
    QCOMPARE(future.wait_for(10s), std::future_status::ready);
    QVERIFY(future.get() >= 120);
    QCOMPARE(seen,
             (std::vector<QString>{QStringLiteral("now"), QStringLiteral("soon"), QStringLiteral("late")}));
}

void TestLane::stopAsksTheRunningTaskAndDropsTheRest()
{
    std::promise<void> started;
    std::promise<bool> stopped;
    std::atomic<int> others = 0;
    Lane lane(QStringLiteral("stop"));
    lane.post([&](const std::stop_token& stop) {
        std::promise<void> asked;
        const std::stop_callback onStop(stop, [&asked] { asked.set_value(); });
        started.set_value();
        stopped.set_value(asked.get_future().wait_for(10s) == std::future_status::ready);
    });
    lane.post([&](const std::stop_token&) { ++others; });
    lane.postDelayed(1ms, [&](const std::stop_token&) { ++others; });
    QCOMPARE(started.get_future().wait_for(10s), std::future_status::ready);
    lane.stop();
    QVERIFY(stopped.get_future().get());
    QCOMPARE(Lane::waitForEnded(10s), 0);
    QCOMPARE(others.load(), 0);
    QCOMPARE(lane.queued(), std::size_t(0));
}

void TestLane::hungTaskDoesNotHoldTheDestructor()
{
    const auto release = std::make_shared<std::promise<void>>();
    auto started = std::make_shared<std::promise<void>>();
    auto lane = std::make_unique<Lane>(QStringLiteral("hung"));
    lane->post([release, started](const std::stop_token&) {
        started->set_value();
        release->get_future().wait();
    });
    QCOMPARE(started->get_future().wait_for(10s), std::future_status::ready);
    QElapsedTimer timer;
    timer.start();
    lane.reset();
    QVERIFY(timer.elapsed() < 1000);
    QCOMPARE(Lane::waitForEnded(20ms), 1); // still inside its call
    release->set_value();
}

void TestLane::postsAfterTheEndAreDropped()
{
    std::atomic<bool> ran = false;
    Lane::Poster poster;
    poster.post([&](const std::stop_token&) { ran = true; }); // of no lane at all
    {
        Lane lane(QStringLiteral("ended"));
        poster = lane.poster();
        lane.stop();
        lane.post([&](const std::stop_token&) { ran = true; });
    }
    poster.post([&](const std::stop_token&) { ran = true; });
    QCOMPARE(Lane::waitForEnded(10s), 0);
    poster.postDelayed(1ms, [&](const std::stop_token&) { ran = true; });
    QVERIFY(!ran);
}

void TestLane::whatADroppedTaskOwnsEndsOnTheLane()
{
    // A connection that a task holds is closed by the thread that may block, not by the one that lets go.
    std::promise<std::thread::id> endedOn;
    std::promise<std::thread::id> laneThread;
    auto running = laneThread.get_future();
    const auto release = std::make_shared<std::promise<void>>();
    {
        Lane lane(QStringLiteral("owner"));
        lane.post([&laneThread, release](const std::stop_token&) {
            laneThread.set_value(std::this_thread::get_id());
            release->get_future().wait();
        });
        QCOMPARE(running.wait_for(10s), std::future_status::ready);
        const auto owned = std::shared_ptr<int>(new int(1), [&endedOn](const int* value) {
            delete value;
            endedOn.set_value(std::this_thread::get_id());
        });
        lane.post([owned](const std::stop_token&) {});
    }
    release->set_value();
    auto ended = endedOn.get_future();
    QCOMPARE(ended.wait_for(10s), std::future_status::ready);
    QVERIFY(ended.get() == running.get());
}

void TestLane::exceptionsDoNotEndTheThread()
{
    QTest::ignoreMessage(QtCriticalMsg, "A task on thread throws ended with an exception: broken");
    QTest::ignoreMessage(QtCriticalMsg, "A task on thread throws ended with an unknown exception");
    std::promise<void> done;
    Lane lane(QStringLiteral("throws"));
    lane.post([](const std::stop_token&) { throw std::runtime_error("broken"); });
    lane.post([](const std::stop_token&) { throw 7; });
    lane.post([&done](const std::stop_token&) { done.set_value(); });
    QCOMPARE(done.get_future().wait_for(10s), std::future_status::ready);
}

void TestLane::tellsHowLongATaskRuns()
{
    const auto release = std::make_shared<std::promise<void>>();
    Lane lane(QStringLiteral("busy"));
    QVERIFY(!lane.runningFor());
    lane.post([release](const std::stop_token&) { release->get_future().wait(); });
    lane.post([](const std::stop_token&) {});
    QTRY_VERIFY(lane.runningFor().has_value());
    QTRY_VERIFY(lane.runningFor() >= 30ms);
    QCOMPARE(lane.queued(), std::size_t(1));
    release->set_value();
    QTRY_VERIFY(!lane.runningFor() && lane.queued() == 0);
}

void TestLane::detachedTaskRunsOnAThreadOfItsOwn()
{
    auto where = std::make_shared<std::promise<std::thread::id>>();
    runDetached(QStringLiteral("detached"), [where] { where->set_value(std::this_thread::get_id()); });
    auto future = where->get_future();
    QCOMPARE(future.wait_for(10s), std::future_status::ready);
    QVERIFY(future.get() != std::this_thread::get_id());
}

QTEST_GUILESS_MAIN(TestLane)
#include "tst_lane.moc"
