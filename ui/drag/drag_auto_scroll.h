// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPoint>
#include <QTimer>

class QAbstractScrollArea;

namespace drover {

/// Scrolls an area while something is dragged near its upper or lower edge; the nearer, the faster.
class DragAutoScroll final
{
public:
    explicit DragAutoScroll(QAbstractScrollArea& area);
    void moved(const QPoint& viewportPosition);
    void stop();
    [[nodiscard]] QPoint position() const { return m_position; }

private:
    [[nodiscard]] int speed() const;
    void scroll();

    QAbstractScrollArea& m_area;
    QPoint m_position;
    QTimer m_timer;
};

} // namespace drover
