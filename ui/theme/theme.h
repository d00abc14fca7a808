// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/colours.h"

#include <QObject>
#include <QPalette>

#include <memory>

namespace drover {

class PortalColourScheme;

/// View → System / Light / Dark.
enum class ThemeChoice { System, Light, Dark };

[[nodiscard]] QString themeChoiceName(ThemeChoice choice);          ///< system, light, dark (settings file)
[[nodiscard]] ThemeChoice themeChoiceFromName(const QString& name); ///< System for what is not known

/// Owns how the application looks: Fusion with a light or dark palette of its own. System follows the desktop
/// portal's colour-scheme, which is asked over D-Bus without waiting; until it answers, and where there is
/// none, the lightness of the palette the platform gave decides. One per application, on the GUI thread.
/// Widgets do not need this object to paint: see themeColours(palette()).
class Theme final : public QObject
{
    Q_OBJECT
public:
    /// After the application was made: changes its style and palette.
    explicit Theme(QObject* parent = nullptr);
    ~Theme() override;

    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    void setChoice(ThemeChoice choice);
    [[nodiscard]] bool isDark() const { return m_dark; }

    [[nodiscard]] static QPalette lightPalette();
    [[nodiscard]] static QPalette darkPalette();

Q_SIGNALS:
    void changed(); ///< the palette is another one now

private:
    void apply();

    bool m_platformDark = false;
    ThemeChoice m_choice = ThemeChoice::System;
    bool m_dark = false;
    bool m_applied = false;
    std::unique_ptr<PortalColourScheme> m_portal;
};

} // namespace drover
