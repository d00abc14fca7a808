// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/capacity_bar.h"
#include "ui/theme/colours.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QPainter>
#include <QTest>

using namespace drover;

/// The geometry and the words of a capacity bar, and the colours they are read in.
class CapacityBar : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void partsFollowEachOther();
    void overTheLimit();
    void ghostGrowsAndShrinks();
    void unknownIsEmpty();
    void partsStayWithinTheBar();
    void textNamesTheDrop();
    void textInOneUnit();
    void textContrast_data();
    void textContrast();
    void partsDifferByLightness();
    void paintsTheParts();
};

static BarFigures figures(double effective, double reserve, double used, double max)
{
    BarFigures f;
    f.known = true;
    f.effective = effective;
    f.reserve = reserve;
    f.usedNow = used;
    f.usedMax = max;
    return f;
}

void CapacityBar::partsFollowEachOther()
{
    const BarGeometry g = barGeometry(figures(80, 20, 40, 60));
    QCOMPARE(g.tick, 0.8);
    QCOMPARE(g.used, (BarGeometry::Span{0, 0.4}));
    QCOMPARE(g.max, (BarGeometry::Span{0.4, 0.6}));
    QCOMPARE(g.reserve, (BarGeometry::Span{0.8, 1}));
    QVERIFY(g.usedOver.empty());
    QVERIFY(g.ghost.empty());
    // Without a reserve there is still something to be seen beyond the tick.
    QVERIFY(barGeometry(figures(100, 0, 10, 10)).tick <= 0.94 + 1e-9);
}

void CapacityBar::overTheLimit()
{
    const BarGeometry g = barGeometry(figures(100, 0, 120, 500));
    QVERIFY(g.tick < 1);
    QCOMPARE(g.used.to, g.tick);
    QCOMPARE(g.usedOver.from, g.tick);
    QCOMPARE(g.usedOver.to, 1.0);
    QVERIFY(g.maxClipped);
}

void CapacityBar::ghostGrowsAndShrinks()
{
    BarFigures f = figures(100, 0, 40, 60);
    f.after = 60;
    BarGeometry g = barGeometry(f);
    QVERIFY(!g.ghostShrinks);
    QVERIFY(!g.ghostOver);
    QCOMPARE(g.ghost.from, g.used.to);
    QVERIFY(g.ghost.to > g.ghost.from);
    f.after = 20;
    g = barGeometry(f);
    QVERIFY(g.ghostShrinks);
    QCOMPARE(g.ghost.to, g.used.to);
    f.after = 101;
    QVERIFY(barGeometry(f).ghostOver);
    f.after = 40;
    QVERIFY(barGeometry(f).ghost.empty());
}

void CapacityBar::unknownIsEmpty()
{
    BarFigures f = figures(100, 0, 40, 60);
    f.known = false;
    const BarGeometry g = barGeometry(f);
    QVERIFY(g.used.empty() && g.max.empty() && g.ghost.empty());
    QCOMPARE(barText(f, ResourceKind::Memory), QStringLiteral("–"));
    QVERIFY(!barFigures(Capacity{}, ResourceKind::Disk, true).known);
}

void CapacityBar::partsStayWithinTheBar()
{
    for (const double effective : {0.0, 1.0, 64.0, 1e12}) {
        for (const double used : {0.0, 0.5, 63.0, 64.0, 65.0, 1e13}) {
            for (const double max : {0.0, 64.0, 1e14}) {
                for (const double after : {0.0, 1.0, 64.5, 1e15}) {
                    BarFigures f = figures(effective, effective / 8, used, max);
                    f.after = after;
                    const BarGeometry g = barGeometry(f);
                    for (const auto& span : {g.used, g.usedOver, g.max, g.reserve, g.ghost}) {
                        QVERIFY(span.from >= 0 && span.from <= 1 && span.to >= 0 && span.to <= 1);
                        QVERIFY(span.from <= span.to);
                    }
                    QVERIFY(g.tick >= 0 && g.tick <= 1);
                }
            }
        }
    }
}

void CapacityBar::textNamesTheDrop()
{
    BarFigures f = figures(50, 0, 17, 25);
    QCOMPARE(barText(f, ResourceKind::Cpu), QStringLiteral("17 of 50"));
    f.after = 21;
    QCOMPARE(barText(f, ResourceKind::Cpu), QStringLiteral("17 → 21 of 50"));
}

void CapacityBar::textInOneUnit()
{
    constexpr double gib = 1073741824.0;
    BarFigures f = figures(128 * gib, 0, 52 * gib, 60 * gib);
    QCOMPARE(barText(f, ResourceKind::Memory), QStringLiteral("52 of 128 GiB"));
    f.after = 60 * gib;
    QCOMPARE(barText(f, ResourceKind::Memory), QStringLiteral("52 → 60 of 128 GiB"));
    QCOMPARE(barText(figures(2048 * gib, 0, 819 * gib, 0), ResourceKind::Disk),
             QStringLiteral("0.8 of 2.0 TiB"));
    QCOMPARE(barText(figures(2048 * gib, 0, 27 * gib, 0), ResourceKind::Disk),
             QStringLiteral("27 GiB of 2.0 TiB"));
}

void CapacityBar::textContrast_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void CapacityBar::textContrast()
{
    QFETCH(bool, dark);
    const ThemeColours& c = dark ? darkColours() : lightColours();
    const auto readable = [](const char* what, const QColor& text, const QColor& ground) {
        const double ratio = contrastRatio(text, ground);
        if (ratio < 4.5)
            qWarning("%s: %s on %s has only %.2f : 1", what, qPrintable(text.name()),
                     qPrintable(ground.name()), ratio);
        return ratio >= 4.5;
    };
    for (const QColor& ground : {c.window, c.card, c.selection, c.tile}) {
        QVERIFY(readable("text", c.text, ground));
        QVERIFY(readable("muted text", c.mutedText, ground));
    }
    QVERIFY(readable("text on progress", c.text, c.tileProgress));
    for (const Tone tone : {Tone::Good, Tone::Warning, Tone::Error, Tone::Information}) {
        QVERIFY(readable("tone on window", c.textOf(tone), c.window));
        QVERIFY(readable("tone on card", c.textOf(tone), c.card));
        QVERIFY(readable("tone on its tint", c.textOf(tone), c.tintOf(tone)));
    }
    for (const QColor& line : {c.transferRate, c.dirtyRate, c.memoryLeft})
        QVERIFY(readable("chart", line, c.card));
    const QPalette palette = dark ? Theme::darkPalette() : Theme::lightPalette();
    QCOMPARE(themeColours(palette).dark, dark);
    for (const auto& [text, ground] :
         {std::pair(QPalette::WindowText, QPalette::Window), std::pair(QPalette::Text, QPalette::Base),
          std::pair(QPalette::Text, QPalette::AlternateBase),
          std::pair(QPalette::ButtonText, QPalette::Button),
          std::pair(QPalette::HighlightedText, QPalette::Highlight),
          std::pair(QPalette::ToolTipText, QPalette::ToolTipBase),
          std::pair(QPalette::PlaceholderText, QPalette::Base), std::pair(QPalette::Link, QPalette::Base)})
        QVERIFY(readable("palette", palette.color(text), palette.color(ground)));
}

void CapacityBar::partsDifferByLightness()
{
    for (const ThemeColours* c : {&lightColours(), &darkColours()}) {
        QVERIFY(contrastRatio(c->barUsed, c->barTrough) >= 3);
        QVERIFY(contrastRatio(c->barHatch, c->barTrough) >= 3);
        QVERIFY(contrastRatio(c->barTick, c->barTrough) >= 3);
        QVERIFY(contrastRatio(c->barTick, c->barReserve) >= 3);
    }
}

void CapacityBar::paintsTheParts()
{
    QImage image(200, 10, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::magenta);
    QPainter painter(&image);
    paintCapacityBar(painter, QRectF(0, 0, 200, 10), figures(80, 20, 40, 40), lightColours());
    painter.end();
    QCOMPARE(image.pixelColor(20, 5), lightColours().barUsed);
    QCOMPARE(image.pixelColor(120, 5), lightColours().barTrough);
    QCOMPARE(image.pixelColor(160, 5), lightColours().barTick);
    QCOMPARE(image.pixelColor(180, 5), lightColours().barReserve);
}

QTEST_MAIN(CapacityBar)
#include "tst_capacity_bar.moc"
