// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

namespace drover {

/// An icon of our own set (resources/icons/NAME.svg), drawn in that colour; greyed where it is disabled.
[[nodiscard]] QIcon lineIcon(const QString& name, const QColor& colour);
[[nodiscard]] QIcon applicationIcon();

} // namespace drover
