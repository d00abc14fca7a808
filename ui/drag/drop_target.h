// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <vector>

class QDragEnterEvent;
class QDragMoveEvent;
class QDropEvent;

namespace drover {

class DragJudge;

/// Begins to judge where the drag came from elsewhere, and accepts the event when it carries instances of
/// this fleet.
void enterDrop(QDragEnterEvent& event, DragJudge& judge);
/// Accepts the event where the host would take the instances; else it is ignored, and the pointer says so.
bool offerDrop(QDropEvent& event, const HostId& host, const DragJudge& judge);
/// The end of a drag: judged again by the newest inventory. Returns the instances to ask a move for; empty,
/// with the event ignored, when the host refuses them.
[[nodiscard]] std::vector<InstanceId> takeDrop(QDropEvent& event, const HostId& host, DragJudge& judge);
/// The drag has left the view; ends what enterDrop() began.
void leaveDrop(DragJudge& judge);

} // namespace drover
