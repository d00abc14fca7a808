// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drag/drop_target.h"

#include "ui/drag/drag_judge.h"
#include "ui/drag/instance_drag.h"

#include <QDragEnterEvent>
#include <QMimeData>

namespace drover {

void enterDrop(QDragEnterEvent& event, DragJudge& judge)
{
    if (!event.mimeData()->hasFormat(instanceMimeType())) {
        event.ignore();
        return;
    }
    if (!judge.isActive())
        judge.begin(instancesIn(*event.mimeData()), true);
    if (!judge.isActive()) {
        event.ignore();
        return;
    }
    event.setDropAction(Qt::MoveAction);
    event.accept();
}

bool offerDrop(QDropEvent& event, const HostId& host, const DragJudge& judge)
{
    if (!judge.accepts(host)) {
        event.ignore();
        return false;
    }
    event.setDropAction(Qt::MoveAction);
    event.accept();
    return true;
}

std::vector<InstanceId> takeDrop(QDropEvent& event, const HostId& host, DragJudge& judge)
{
    judge.rejudge();
    std::vector<InstanceId> instances;
    if (offerDrop(event, host, judge))
        instances = judge.instances();
    leaveDrop(judge);
    return instances;
}

void leaveDrop(DragJudge& judge)
{
    if (judge.isForeign())
        judge.end();
}

} // namespace drover
