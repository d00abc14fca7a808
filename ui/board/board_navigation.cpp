// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board/board_navigation.h"

#include <algorithm>
#include <limits>

namespace drover {

std::vector<BoardItem> BoardNavigation::items() const
{
    std::vector<BoardItem> all;
    for (const BoardCard* card : m_layout.shownCards()) {
        all.push_back({card->id, {}, false});
        if (m_layout.mode() == BoardLayout::Mode::Lines)
            continue;
        for (const BoardTile& tile : card->tiles) {
            if (tile.shown())
                all.push_back({card->id, tile.id, false});
        }
        if (!card->more.isEmpty())
            all.push_back({card->id, {}, true});
    }
    return all;
}

QString BoardNavigation::nameOf(const BoardItem& item) const
{
    if (item.more)
        return {};
    if (const BoardTile* tile = m_layout.tile(item))
        return tile->name;
    return item.host.value;
}

std::optional<BoardItem> BoardNavigation::go(const BoardItem& from, int key, int pageHeight) const
{
    const std::vector<BoardItem> all = items();
    if (all.empty())
        return {};
    const auto at = std::find(all.begin(), all.end(), from);
    switch (key) {
    case Qt::Key_Home:
        return all.front();
    case Qt::Key_End:
        return all.back();
    case Qt::Key_Right:
        return at == all.end() ? all.front() : at + 1 == all.end() ? *at : *(at + 1);
    case Qt::Key_Left:
        return at == all.end() || at == all.begin() ? all.front() : *(at - 1);
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        break;
    default:
        return {};
    }
    if (at == all.end())
        return all.front();
    const bool down = key == Qt::Key_Down || key == Qt::Key_PageDown;
    const bool page = key == Qt::Key_PageUp || key == Qt::Key_PageDown;
    // Of a card it is the head that has the focus, not its whole surface.
    const auto place = [this](const BoardItem& item) {
        QRect rect = m_layout.rectOf(item);
        if (!item.isInstance() && !item.more && m_layout.mode() == BoardLayout::Mode::Cards)
            rect.setHeight(m_layout.lineHeight());
        return rect;
    };
    const QRect here = place(from);
    const int edge = down ? here.bottom() : here.top();
    const int least = page ? std::max(1, pageHeight - here.height()) : 1;
    const BoardItem* best = nullptr;
    qint64 bestCost = std::numeric_limits<qint64>::max();
    for (const BoardItem& item : all) {
        const QRect rect = place(item);
        const int distance = down ? rect.top() - edge : edge - rect.bottom();
        if (distance < least)
            continue;
        const int sideways = std::max({0, rect.left() - here.center().x(), here.center().x() - rect.right()});
        // The nearest below or above; what lies beside it counts for more.
        const qint64 cost = static_cast<qint64>(distance) + 4LL * sideways;
        if (cost < bestCost) {
            bestCost = cost;
            best = &item;
        }
    }
    if (best != nullptr)
        return *best;
    return page ? (down ? all.back() : all.front()) : from;
}

BoardItem BoardNavigation::type(const BoardItem& from, const QString& letters, int intervalMs)
{
    const bool goesOn = m_since.isValid() && !m_since.hasExpired(std::max(1000, intervalMs));
    m_since.start();
    // The same letter again goes to the next one.
    if (goesOn && m_typed != letters)
        m_typed += letters;
    else
        m_typed = letters;
    const std::vector<BoardItem> all = items();
    if (all.empty())
        return {};
    const auto at = std::find(all.begin(), all.end(), from);
    const auto start = at == all.end() ? std::size_t{0} : static_cast<std::size_t>(at - all.begin());
    // A longer word may still be the one we stand on.
    const std::size_t first = at != all.end() && m_typed.size() == 1 ? 1 : 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const BoardItem& item = all[(start + first + i) % all.size()];
        if (nameOf(item).startsWith(m_typed, Qt::CaseInsensitive))
            return item;
    }
    return {};
}

} // namespace drover
