// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/move_queue.h"

#include <QTest>

using namespace drover;

namespace {

/// "1 web-01 h1>h2", with a leading "*" for one that runs.
QueuedMove move(const QString& text)
{
    const QStringList parts = text.split(QLatin1Char(' '));
    QString number = parts[0];
    QueuedMove made;
    made.running = number.startsWith(QLatin1Char('*'));
    made.id = {number.remove(QLatin1Char('*')).toULongLong()};
    made.name = parts[1];
    made.source = {parts[2].section(QLatin1Char('>'), 0, 0)};
    made.destination = {parts[2].section(QLatin1Char('>'), 1, 1)};
    return made;
}

QString decide(const QString& moves, const FleetLimits& limits)
{
    std::vector<QueuedMove> list;
    for (const QString& text : moves.split(QStringLiteral(", "), Qt::SkipEmptyParts))
        list.push_back(move(text));
    const QueueDecision decision = decideQueue(list, limits);
    QStringList words;
    for (const JobId& id : decision.start)
        words.append(QStringLiteral("start %1").arg(id.value));
    for (const auto& waiting : decision.waiting)
        words.append(QStringLiteral("%1 %2").arg(waiting.id.value).arg(waiting.waitsFor));
    return words.join(QStringLiteral("; "));
}

FleetLimits limits(int perSource, int perDestination, int total, std::optional<int> perLink = {})
{
    FleetLimits made;
    made.perSource = perSource;
    made.perDestination = perDestination;
    made.total = total;
    made.perLink = perLink;
    return made;
}

} // namespace

Q_DECLARE_METATYPE(drover::FleetLimits)

class TestMoveQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decisions_data();
    void decisions();
};

void TestMoveQueue::decisions_data()
{
    QTest::addColumn<QString>("moves");
    QTest::addColumn<FleetLimits>("limit");
    QTest::addColumn<QString>("expected");
    const FleetLimits usual = limits(2, 2, 8);
    QTest::newRow("nothing") << QString() << usual << QString();
    QTest::newRow("one") << QStringLiteral("1 a h1>h2") << usual << QStringLiteral("start 1");
    QTest::newRow("running ones start nothing") << QStringLiteral("*1 a h1>h2") << usual << QString();
    QTest::newRow("per source") << QStringLiteral("1 a h1>h2, 2 b h1>h3, 3 c h1>h4") << usual
                                << QStringLiteral("start 1; start 2; 3 waits for a (h1 sends 2 already)");
    QTest::newRow("per destination") << QStringLiteral("1 a h1>h4, 2 b h2>h4, 3 c h3>h4") << usual
                                     << QStringLiteral(
                                            "start 1; start 2; 3 waits for a (h4 receives 2 already)");
    QTest::newRow("total") << QStringLiteral("*1 a h1>h2, *2 b h3>h4, 3 c h5>h6") << limits(2, 2, 2)
                           << QStringLiteral("3 waits for a (2 moves run already)");
    QTest::newRow("per link") << QStringLiteral("1 a h1>h2, 2 b h1>h2, 3 c h1>h3") << limits(4, 4, 8, 1)
                              << QStringLiteral("start 1; start 3; 2 waits for a (same link)");
    QTest::newRow("there and back are two links")
        << QStringLiteral("1 a h1>h2, 2 b h2>h1") << limits(1, 1, 8, 1) << QStringLiteral("start 1; start 2");
    QTest::newRow("one that waits holds back nobody behind it")
        << QStringLiteral("*1 a h1>h2, 2 b h1>h3, 3 c h4>h5") << limits(1, 1, 8)
        << QStringLiteral("start 3; 2 waits for a (h1 sends 1 already)");
    QTest::newRow("a foreign move counts at its source")
        << QStringLiteral("*1 a h1>, 2 b h1>h2") << limits(1, 1, 8)
        << QStringLiteral("2 waits for a (h1 sends 1 already)");
    QTest::newRow("what starts now counts for the next")
        << QStringLiteral("1 a h1>h2, 2 b h1>h2, 3 c h1>h2") << limits(1, 8, 8)
        << QStringLiteral("start 1; 2 waits for a (h1 sends 1 already); "
                          "3 waits for a (h1 sends 1 already)");
    QTest::newRow("a limit of none never names a move that does not exist")
        << QStringLiteral("1 a h1>h2, 2 b h3>h4") << limits(1, 1, 0)
        << QStringLiteral("start 1; 2 waits for a (1 moves run already)");
}

void TestMoveQueue::decisions()
{
    QFETCH(QString, moves);
    QFETCH(FleetLimits, limit);
    QFETCH(QString, expected);
    QCOMPARE(decide(moves, limit), expected);
}

QTEST_GUILESS_MAIN(TestMoveQueue)
#include "tst_move_queue.moc"
