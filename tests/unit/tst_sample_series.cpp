// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/sample_series.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace drover;

namespace {

JobSample sample(int number, bool mark = false, qint64 remaining = 0)
{
    JobSample made;
    made.at = Milliseconds(number * 200);
    made.iterationMark = mark;
    made.memoryRemaining = {remaining};
    return made;
}

bool ordered(const SampleSeries& series)
{
    return std::is_sorted(series.samples().begin(), series.samples().end(),
                          [](const JobSample& a, const JobSample& b) { return a.at < b.at; });
}

} // namespace

class TestSampleSeries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsEverythingWhileThereIsRoom();
    void staysBoundedForDays();
    void marksStay();
    void lowestOfAPairStays();
    void boundedWhenMarksAlternate();
    void boundedWithNothingButMarks();
};

void TestSampleSeries::keepsEverythingWhileThereIsRoom()
{
    SampleSeries series(100);
    QVERIFY(series.empty());
    for (int i = 0; i < 100; ++i)
        series.add(sample(i));
    QCOMPARE(series.samples().size(), std::size_t(100));
    QCOMPARE(series.added(), quint64(100));
    QVERIFY(ordered(series));
}

void TestSampleSeries::staysBoundedForDays()
{
    SampleSeries series;
    constexpr int twoDays = 2 * 24 * 3600 * 5;
    for (int i = 0; i < twoDays; ++i)
        series.add(sample(i));
    QVERIFY(series.samples().size() <= 4096);
    QVERIFY(series.samples().size() > 1024);
    QCOMPARE(series.added(), quint64(twoDays));
    QVERIFY(ordered(series));
    QVERIFY(series.samples().front().at < Milliseconds(3600 * 1000)); // the beginning is still told
    QCOMPARE(series.samples().back().at, sample(twoDays - 1).at);
    const auto& all = series.samples();
    for (std::size_t i = all.size() - 1000; i < all.size(); ++i)
        QCOMPARE(all[i].at - all[i - 1].at, Milliseconds(200)); // the last while is whole
}

void TestSampleSeries::marksStay()
{
    SampleSeries series(200);
    std::set<Milliseconds> marks;
    for (int i = 0; i < 3000; ++i) {
        const bool mark = i % 50 == 7;
        if (mark)
            marks.insert(sample(i).at);
        series.add(sample(i, mark));
    }
    QVERIFY(series.samples().size() <= 200);
    std::set<Milliseconds> kept;
    for (const JobSample& s : series.samples()) {
        if (s.iterationMark)
            kept.insert(s.at);
    }
    QCOMPARE(kept, marks);
}

void TestSampleSeries::lowestOfAPairStays()
{
    SampleSeries series(16);
    for (int i = 0; i < 17; ++i)
        series.add(sample(i, false, i % 2 == 0 ? 100 : 7));
    for (std::size_t i = 0; i < 4; ++i)
        QCOMPARE(series.samples()[i].memoryRemaining.value, qint64(7));
}

void TestSampleSeries::boundedWhenMarksAlternate()
{
    SampleSeries series(64);
    std::size_t marks = 0;
    for (int i = 0; i < 90; ++i) {
        marks += i % 2 == 1 ? 1 : 0;
        series.add(sample(i, i % 2 == 1));
        QVERIFY(series.samples().size() <= 64);
    }
    const auto kept = std::count_if(series.samples().begin(), series.samples().end(),
                                    [](const JobSample& s) { return s.iterationMark; });
    QCOMPARE(static_cast<std::size_t>(kept), marks); // what lies between them went first
    for (int i = 90; i < 10000; ++i) {
        series.add(sample(i, i % 2 == 1));
        QVERIFY(series.samples().size() <= 64);
    }
    QVERIFY(ordered(series));
}

void TestSampleSeries::boundedWithNothingButMarks()
{
    SampleSeries series(64);
    for (int i = 0; i < 10000; ++i) {
        series.add(sample(i, true));
        QVERIFY(series.samples().size() <= 64);
    }
    QVERIFY(ordered(series));
    QCOMPARE(series.samples().back().at, sample(9999).at);
}

QTEST_GUILESS_MAIN(TestSampleSeries)
#include "tst_sample_series.moc"
