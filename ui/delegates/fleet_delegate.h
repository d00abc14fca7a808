// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "ui/theme/colours.h"

#include <QStyledItemDelegate>

namespace drover {

class DragJudge;

/// Paints the cells of the fleet views: a sign before a name, capacity bars with their number beside them,
/// progress behind a task. While instances are dragged the bars show the host after the drop, the cell for it
/// each host's verdict, and what refuses is dimmed, but never its name or reason.
class FleetDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    /// @param verdictColumn where the verdict's words stand; −1: nowhere
    FleetDelegate(const DragJudge& judge, int verdictColumn, QObject* parent = nullptr);

    /// Only the sign of the verdict, in a narrow column.
    void setSignOnly(bool on) { m_signOnly = on; }
    /// The host a drop would go to now; empty: none.
    void setDropHost(const HostId& host) { m_dropHost = host; }
    [[nodiscard]] const HostId& dropHost() const { return m_dropHost; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintBar(QPainter& painter, const QRect& rect, const QModelIndex& index,
                  const ThemeColours& colours) const;
    void paintVerdict(QPainter& painter, const QRect& rect, const HostId& host,
                      const ThemeColours& colours) const;

    const DragJudge& m_judge;
    int m_verdictColumn;
    bool m_signOnly = false;
    HostId m_dropHost;
};

} // namespace drover
