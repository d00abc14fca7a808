// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "ui/views/fleet_selection.h"

#include <QPoint>

#include <functional>

class QMenu;
class QWidget;

namespace drover {

class Session;

/// Opens the menu of a selection, without waiting for it. It begins with Move to… for instances (greyed, with
/// the reason, in a read-only console); @p extend adds what else there is. Nothing opens when nothing was
/// added.
void popupFleetMenu(QWidget& parent, const QPoint& globalPosition, const FleetSelection& selection,
                    const Session& session, const std::function<void()>& moveTo,
                    const std::function<void(QMenu*)>& extend);

/// What an empty view says in its middle.
void paintEmptyState(QWidget& viewport, const QString& heading, const QString& advice);

} // namespace drover
