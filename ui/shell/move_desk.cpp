// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/move_desk.h"

#include "ui/dialogs/confirm_sheet.h"
#include "ui/dialogs/move_to_dialog.h"

#include <QWidget>

namespace drover {

MoveDesk::MoveDesk(Session& session, QWidget* window) : QObject(window), m_session(session), m_window(window)
{
}

void MoveDesk::askWhere(const std::vector<InstanceId>& instances)
{
    if (instances.empty())
        return;
    auto* dialog = new MoveToDialog(m_session, instances, m_window);
    connect(dialog, &MoveToDialog::chosen, this, &MoveDesk::confirm);
    dialog->show();
}

void MoveDesk::confirm(const std::vector<InstanceId>& instances, const HostId& destination)
{
    for (ConfirmSheet* open : m_window->findChildren<ConfirmSheet*>(Qt::FindDirectChildrenOnly)) {
        if (open->isVisible() && open->destination() == destination && open->instances() == instances) {
            open->raise();
            open->activateWindow();
            return;
        }
    }
    auto* sheet = new ConfirmSheet(m_session, instances, destination, m_window);
    connect(sheet, &ConfirmSheet::started, this, &MoveDesk::started);
    sheet->show();
}

} // namespace drover
