// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drag/drag_auto_scroll.h"

#include <QAbstractScrollArea>
#include <QScrollBar>

#include <algorithm>

namespace drover {

namespace {
constexpr int margin = 36;
constexpr int fastest = 24;
} // namespace

DragAutoScroll::DragAutoScroll(QAbstractScrollArea& area) : m_area(area)
{
    m_timer.setInterval(30);
    QObject::connect(&m_timer, &QTimer::timeout, &m_area, [this] { scroll(); });
}

void DragAutoScroll::moved(const QPoint& viewportPosition)
{
    m_position = viewportPosition;
    if (speed() == 0)
        m_timer.stop();
    else if (!m_timer.isActive())
        m_timer.start();
}

void DragAutoScroll::stop()
{
    m_timer.stop();
}

int DragAutoScroll::speed() const
{
    const int height = m_area.viewport()->height();
    const int reach = std::min(margin, height / 4);
    if (reach <= 0)
        return 0;
    const auto near = [reach](int distance) {
        return distance >= reach ? 0 : 2 + (reach - std::max(distance, 0)) * (fastest - 2) / reach;
    };
    const int up = near(m_position.y());
    return up > 0 ? -up : near(height - 1 - m_position.y());
}

void DragAutoScroll::scroll()
{
    QScrollBar* bar = m_area.verticalScrollBar();
    // Row views count in rows, the board in pixels.
    const bool byPixel =
        bar->pageStep() > bar->singleStep() * 2 && bar->pageStep() >= m_area.viewport()->height() / 2;
    const int step = speed();
    if (step == 0)
        return;
    bar->setValue(bar->value() + (byPixel ? step : (step > 0 ? 1 : -1)));
}

} // namespace drover
