// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/fleet_menu.h"

#include "core/session/session.h"
#include "ui/theme/colours.h"
#include "ui/theme/metrics.h"

#include <QCoreApplication>
#include <QMenu>
#include <QPainter>
#include <QWidget>

namespace drover {

void popupFleetMenu(QWidget& parent, const QPoint& globalPosition, const FleetSelection& selection,
                    const Session& session, const std::function<void()>& moveTo,
                    const std::function<void(QMenu*)>& extend)
{
    auto* menu = new QMenu(&parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (!selection.instances.empty() && moveTo) {
        QAction* action = menu->addAction(QCoreApplication::translate("FleetMenu", "Move to…"));
        action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_M));
        action->setEnabled(!session.readOnly());
        if (session.readOnly())
            action->setText(QCoreApplication::translate("FleetMenu", "Move to… (this console only reads)"));
        QObject::connect(action, &QAction::triggered, &parent, moveTo);
    }
    extend(menu);
    if (menu->isEmpty()) {
        delete menu;
        return;
    }
    menu->popup(globalPosition);
}

void paintEmptyState(QWidget& viewport, const QString& heading, const QString& advice)
{
    QPainter painter(&viewport);
    const ThemeColours& colours = themeColours(viewport.palette());
    const QRect all = viewport.rect().adjusted(metrics::wideGap, 0, -metrics::wideGap, 0);
    const QFont large = metrics::headingFont(viewport.font());
    const int line = QFontMetrics(large).height() + metrics::step;
    painter.setFont(large);
    painter.setPen(colours.text);
    const QRect upper(all.left(), all.center().y() - 2 * line, all.width(), 2 * line);
    painter.drawText(upper, static_cast<int>(Qt::AlignHCenter | Qt::AlignBottom) | Qt::TextWordWrap, heading);
    painter.setFont(viewport.font());
    painter.setPen(colours.mutedText);
    painter.drawText(QRect(all.left(), all.center().y() + metrics::gap, all.width(), 3 * line),
                     static_cast<int>(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap, advice);
}

} // namespace drover
