// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/colours.h"

#include <algorithm>
#include <cmath>

namespace drover {

namespace {

QColor rgb(unsigned value)
{
    return QColor::fromRgb(value);
}

// Okabe and Ito's colours, darkened for light backgrounds and lightened for dark ones until words in them can
// be read.
ThemeColours makeLight()
{
    ThemeColours c;
    c.dark = false;
    c.window = rgb(0xF2F3F4);
    c.card = rgb(0xFFFFFF);
    c.border = rgb(0xD3D7DC);
    c.text = rgb(0x1D2126);
    c.mutedText = rgb(0x59616B);
    c.accent = rgb(0x0072B2);
    c.selection = rgb(0xDCEDF8);
    c.good = rgb(0x00704F);
    c.warning = rgb(0x855400);
    c.error = rgb(0xAC4400);
    c.information = rgb(0x14658F);
    c.goodTint = rgb(0xDFF3EB);
    c.warningTint = rgb(0xFCF0D4);
    c.errorTint = rgb(0xFCE8DC);
    c.informationTint = rgb(0xE1F1FB);
    c.transferRate = rgb(0x0072B2);
    c.dirtyRate = rgb(0xA94E82);
    c.memoryLeft = rgb(0x1D2126);
    c.barTrough = rgb(0xF1F3F5);
    c.barReserve = rgb(0xD0D4DA);
    c.barUsed = rgb(0x3E84BC);
    c.barHatch = rgb(0x54789A);
    c.barTick = rgb(0x4A525C);
    c.barOver = rgb(0xD55E00);
    c.tile = rgb(0xE9F1F8);
    c.tileBorder = rgb(0xA9C4DA);
    c.tileProgress = rgb(0xAFD0E8);
    c.moving = rgb(0x0072B2);
    return c;
}

ThemeColours makeDark()
{
    ThemeColours c;
    c.dark = true;
    c.window = rgb(0x26292D);
    c.card = rgb(0x1C1F22);
    c.border = rgb(0x43484F);
    c.text = rgb(0xE9EBEE);
    c.mutedText = rgb(0xA6ADB6);
    c.accent = rgb(0x56B4E9);
    c.selection = rgb(0x1F3E52);
    c.good = rgb(0x3CCB9E);
    c.warning = rgb(0xEDB04A);
    c.error = rgb(0xF58B4C);
    c.information = rgb(0x6FC0EE);
    c.goodTint = rgb(0x12352A);
    c.warningTint = rgb(0x3A2C0E);
    c.errorTint = rgb(0x42200C);
    c.informationTint = rgb(0x14303F);
    c.transferRate = rgb(0x56B4E9);
    c.dirtyRate = rgb(0xDB95BE);
    c.memoryLeft = rgb(0xF3F4F6);
    c.barTrough = rgb(0x2A2E33);
    c.barReserve = rgb(0x50565F);
    c.barUsed = rgb(0x4E9AD3);
    c.barHatch = rgb(0x8FB6D4);
    c.barTick = rgb(0xB9BFC7);
    c.barOver = rgb(0xE8762B);
    c.tile = rgb(0x2B3540);
    c.tileBorder = rgb(0x50657A);
    c.tileProgress = rgb(0x2C5A7D);
    c.moving = rgb(0x6FC0EE);
    return c;
}

double channel(double value)
{
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour)
{
    return 0.2126 * channel(static_cast<double>(colour.redF())) +
           0.7152 * channel(static_cast<double>(colour.greenF())) +
           0.0722 * channel(static_cast<double>(colour.blueF()));
}

} // namespace

QColor ThemeColours::textOf(Tone tone) const
{
    switch (tone) {
    case Tone::Plain:
        return text;
    case Tone::Good:
        return good;
    case Tone::Warning:
        return warning;
    case Tone::Error:
        return error;
    case Tone::Information:
        return information;
    }
    return text;
}

QColor ThemeColours::tintOf(Tone tone) const
{
    switch (tone) {
    case Tone::Plain:
        return card;
    case Tone::Good:
        return goodTint;
    case Tone::Warning:
        return warningTint;
    case Tone::Error:
        return errorTint;
    case Tone::Information:
        return informationTint;
    }
    return card;
}

const ThemeColours& lightColours()
{
    static const ThemeColours colours = makeLight();
    return colours;
}

const ThemeColours& darkColours()
{
    static const ThemeColours colours = makeDark();
    return colours;
}

const ThemeColours& themeColours(const QPalette& palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightnessF() < 0.5F ? darkColours()
                                                                                 : lightColours();
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace drover
