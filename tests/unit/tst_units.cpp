// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/units.h"

#include <QTest>

using namespace drover;

class TestUnits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytes_data();
    void bytes();
    void mib_data();
    void mib();
    void rates_data();
    void rates();
    void durations_data();
    void durations();
    void ages_data();
    void ages();
    void arithmetic();
};

void TestUnits::bytes_data()
{
    QTest::addColumn<qint64>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << qint64(0) << QStringLiteral("0 B");
    QTest::newRow("bytes") << qint64(1023) << QStringLiteral("1023 B");
    QTest::newRow("one KiB") << qint64(1024) << QStringLiteral("1 KiB");
    QTest::newRow("512 MiB") << Bytes::fromMib(512).value << QStringLiteral("512 MiB");
    QTest::newRow("4 GiB") << Bytes::fromGib(4).value << QStringLiteral("4.0 GiB");
    QTest::newRow("9.96 GiB rounds to whole") << Bytes::fromGib(9.96).value << QStringLiteral("10 GiB");
    QTest::newRow("1.2 TiB") << Bytes::fromGib(1228.8).value << QStringLiteral("1.2 TiB");
    QTest::newRow("never 1024 of a unit") << Bytes::fromMib(1023.9).value << QStringLiteral("1.0 GiB");
    QTest::newRow("below zero") << -Bytes::fromGib(3).value << QStringLiteral("-3.0 GiB");
    QTest::newRow("largest") << std::numeric_limits<qint64>::max() << QStringLiteral("8192 PiB");
}

void TestUnits::bytes()
{
    QFETCH(qint64, value);
    QTEST(formatBytes(Bytes{value}), "text");
}

void TestUnits::mib_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("small") << 7.0 << QStringLiteral("7 MiB");
    QTest::newRow("three digits") << 999.0 << QStringLiteral("999 MiB");
    QTest::newRow("grouped") << 8192.0 << QStringLiteral("8\u202f192 MiB");
    QTest::newRow("twice") << 1048576.0 << QStringLiteral("1\u202f048\u202f576 MiB");
    QTest::newRow("below zero") << -8192.0 << QStringLiteral("-8\u202f192 MiB");
    QTest::newRow("no group after a minus") << -512.0 << QStringLiteral("-512 MiB");
}

void TestUnits::mib()
{
    QFETCH(double, value);
    QTEST(formatMib(Bytes::fromMib(value)), "text");
}

void TestUnits::rates_data()
{
    QTest::addColumn<double>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << 0.0 << QStringLiteral("0.0 MiB/s");
    QTest::newRow("slow") << 300.0 * 1024 << QStringLiteral("300 KiB/s");
    QTest::newRow("one digit") << 4.7 * 1048576 << QStringLiteral("4.7 MiB/s");
    QTest::newRow("whole") << 112.4 * 1048576 << QStringLiteral("112 MiB/s");
}

void TestUnits::rates()
{
    QFETCH(double, bytes);
    QTEST(formatRate(Rate{bytes}), "text");
}

void TestUnits::durations_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << qint64(0) << QStringLiteral("0 ms");
    QTest::newRow("180 ms") << qint64(180) << QStringLiteral("180 ms");
    QTest::newRow("999 ms") << qint64(999) << QStringLiteral("999 ms");
    QTest::newRow("1 s") << qint64(1000) << QStringLiteral("1 s");
    QTest::newRow("1.5 s") << qint64(1500) << QStringLiteral("1.5 s");
    QTest::newRow("9.96 s") << qint64(9960) << QStringLiteral("10 s");
    QTest::newRow("12 s") << qint64(12345) << QStringLiteral("12 s");
    QTest::newRow("never 60 s") << qint64(59700) << QStringLiteral("1 min");
    QTest::newRow("3 min 20 s") << qint64(200000) << QStringLiteral("3 min 20 s");
    QTest::newRow("never 60 min") << qint64(3599700) << QStringLiteral("1 h");
    QTest::newRow("2 h 5 min") << qint64(7500000) << QStringLiteral("2 h 5 min");
}

void TestUnits::durations()
{
    QFETCH(qint64, ms);
    QTEST(formatDuration(Milliseconds(ms)), "text");
}

void TestUnits::ages_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("this moment") << qint64(0) << QStringLiteral("0.0 s ago");
    QTest::newRow("fresh") << qint64(410) << QStringLiteral("0.4 s ago");
    QTest::newRow("seconds are whole") << qint64(4900) << QStringLiteral("4 s ago");
    QTest::newRow("minutes") << qint64(180000) << QStringLiteral("3 min ago");
}

void TestUnits::ages()
{
    QFETCH(qint64, ms);
    QTEST(formatAge(Milliseconds(ms)), "text");
}

void TestUnits::arithmetic()
{
    QCOMPARE((Bytes::fromKib(3) + Bytes{1}).value, qint64(3073));
    QVERIFY(Bytes::fromGib(1) - Bytes::fromGib(2) < Bytes{});
    QVERIFY(Rate::fromMib(2) > Rate::fromMib(1));
    QCOMPARE(Bytes::fromGib(4).gib(), 4.0);
}

QTEST_GUILESS_MAIN(TestUnits)
#include "tst_units.moc"
