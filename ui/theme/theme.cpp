// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/portal_colour_scheme.h"

#include <QApplication>
#include <QStyleFactory>
#include <QToolTip>

namespace drover {

namespace {

QPalette paletteOf(const ThemeColours& c)
{
    QPalette p;
    const QColor base = c.card;
    const QColor button = c.dark ? c.window.lighter(118) : QColor::fromRgb(0xFAFAFB);
    const QColor disabled = c.dark ? QColor::fromRgb(0x7D848D) : QColor::fromRgb(0x8A9099);
    p.setColor(QPalette::Window, c.window);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, base);
    p.setColor(QPalette::AlternateBase, c.dark ? QColor::fromRgb(0x212428) : QColor::fromRgb(0xF8F9FA));
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.mutedText);
    p.setColor(QPalette::Button, button);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.dark ? Qt::white : Qt::black);
    p.setColor(QPalette::ToolTipBase, c.dark ? QColor::fromRgb(0x33383E) : QColor::fromRgb(0xFFFFFF));
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Highlight, c.selection);
    p.setColor(QPalette::HighlightedText, c.text);
    p.setColor(QPalette::Link, c.accent);
    p.setColor(QPalette::LinkVisited, c.dirtyRate);
    p.setColor(QPalette::Light, c.dark ? c.window.lighter(150) : QColor(Qt::white));
    p.setColor(QPalette::Midlight, c.dark ? c.window.lighter(125) : c.window.lighter(103));
    p.setColor(QPalette::Mid, c.border);
    p.setColor(QPalette::Dark, c.dark ? c.window.darker(160) : QColor::fromRgb(0xB4BAC2));
    p.setColor(QPalette::Shadow, c.dark ? QColor(Qt::black) : QColor::fromRgb(0x80868E));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, disabled);
    p.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, disabled);
    return p;
}

} // namespace

QString themeChoiceName(ThemeChoice choice)
{
    switch (choice) {
    case ThemeChoice::System:
        return QStringLiteral("system");
    case ThemeChoice::Light:
        return QStringLiteral("light");
    case ThemeChoice::Dark:
        return QStringLiteral("dark");
    }
    return QStringLiteral("system");
}

ThemeChoice themeChoiceFromName(const QString& name)
{
    for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
        if (name == themeChoiceName(choice))
            return choice;
    }
    return ThemeChoice::System;
}

Theme::Theme(QObject* parent)
    : QObject(parent)
    // Before our own palette hides what the platform gave.
    , m_platformDark(QApplication::palette().color(QPalette::Window).lightnessF() < 0.5F)
    , m_portal(std::make_unique<PortalColourScheme>())
{
    if (QStyle* fusion = QStyleFactory::create(QStringLiteral("Fusion")))
        QApplication::setStyle(fusion);
    connect(m_portal.get(), &PortalColourScheme::changed, this, &Theme::apply);
    apply();
}

Theme::~Theme() = default;

void Theme::setChoice(ThemeChoice choice)
{
    if (choice == m_choice)
        return;
    m_choice = choice;
    apply();
}

void Theme::apply()
{
    bool dark = m_choice == ThemeChoice::Dark;
    if (m_choice == ThemeChoice::System)
        dark = m_portal->dark().value_or(m_platformDark);
    if (m_applied && dark == m_dark)
        return;
    m_applied = true;
    m_dark = dark;
    const QPalette palette = dark ? darkPalette() : lightPalette();
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    Q_EMIT changed();
}

QPalette Theme::lightPalette()
{
    return paletteOf(lightColours());
}

QPalette Theme::darkPalette()
{
    return paletteOf(darkColours());
}

} // namespace drover
