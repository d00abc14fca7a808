// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QPoint>
#include <QStringList>

#include <memory>
#include <vector>

class QMimeData;
class QPixmap;
class QWidget;

namespace drover {

class DragJudge;
class Session;

/// The mime type of dragged instances: their UUIDs, one a line. Text with their names goes beside it.
[[nodiscard]] QString instanceMimeType();
[[nodiscard]] std::unique_ptr<QMimeData> instanceMimeData(const std::vector<InstanceId>& instances,
                                                          const QStringList& names);
/// Empty when the data hold no instances.
[[nodiscard]] std::vector<InstanceId> instancesIn(const QMimeData& data);

/// What is seen under the pointer: "db-1  8 192 MiB", or "3 instances  24 576 MiB".
[[nodiscard]] QPixmap dragPixmap(const QWidget& source, const Session& session,
                                 const std::vector<InstanceId>& instances);

/// Drags the instances from @p source until they are dropped or Escape is pressed; judges meanwhile. Returns
/// when the drag has ended (Qt runs its own loop for it). Nothing is moved by this: the view dropped upon
/// asks for it.
void runInstanceDrag(QWidget& source, const Session& session, DragJudge& judge,
                     const std::vector<InstanceId>& instances);

} // namespace drover
