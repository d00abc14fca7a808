// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job.h"
#include "ui/board/board_card.h"
#include "ui/models/fleet_filter.h"

#include <QFont>
#include <QHash>

#include <functional>

namespace drover {

/// Where everything on the board lies. Knows the fleet as cards and tiles, takes changes by id and lays out
/// again only the cards they concern; measures no text but that of a card's notice. Coordinates are the
/// board's: x from the left of the viewport, y from the top of the whole content.
class BoardLayout
{
public:
    using JobLookup = std::function<const Job*(const InstanceId&)>;
    /// Cards, or one line a host while something is dragged over a large fleet.
    enum class Mode { Cards, Lines };
    /// More hosts than this fold to lines during a drag.
    static constexpr int largeFleet = 48;

    explicit BoardLayout(JobLookup jobOf);

    void setFont(const QFont& font);
    void setWidth(int width);
    void setFilter(const FleetFilter& filter);
    void apply(const Snapshot& snapshot, const InventoryChange& change, Instant now);
    void instanceTouched(const InstanceId& instance); ///< its job has changed
    void toggleExpanded(const HostId& host);
    /// While something is dragged each card keeps room for its verdict.
    void setDragging(bool dragging);
    /// One line a host, in this order; the others are folded under a count.
    void showLines(const std::vector<HostId>& order, int folded);
    void showCards();

    /// Brings everything up to date; cheap when nothing has changed. True when something lies elsewhere now.
    bool arrange();

    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] bool dragging() const { return m_dragging; }
    [[nodiscard]] int contentHeight() const { return m_contentHeight; }
    [[nodiscard]] const std::vector<BoardZone>& zones() const { return m_zones; }
    [[nodiscard]] const std::vector<BoardCard*>& lines() const { return m_lines; }
    [[nodiscard]] QRect foldedLine() const { return m_foldedLine; } ///< "12 hosts cannot take it"
    [[nodiscard]] int foldedHosts() const { return m_foldedHosts; }
    /// All cards that are shown, in the order they are read.
    [[nodiscard]] std::vector<const BoardCard*> shownCards() const;
    [[nodiscard]] const BoardCard* card(const HostId& host) const; ///< null: none, or not shown
    [[nodiscard]] const BoardTile* tile(const BoardItem& item) const;
    [[nodiscard]] const BoardCard* cardAt(const QPoint& position) const;
    [[nodiscard]] BoardItem itemAt(const QPoint& position) const; ///< null between the cards
    [[nodiscard]] QRect rectOf(const BoardItem& item) const;      ///< empty when it is not shown
    [[nodiscard]] const Snapshot& snapshot() const { return m_snapshot; }
    [[nodiscard]] int hostCount() const { return static_cast<int>(m_cards.size()); }
    [[nodiscard]] int lineHeight() const { return m_lineHeight; }

private:
    void syncHosts();
    void fill(BoardCard& card) const;
    void layOutCard(BoardCard& card, int width) const;
    void layOutTiles(BoardCard& card, int width, int top) const;
    void place();
    void placeLines();

    JobLookup m_jobOf;
    Snapshot m_snapshot;
    Instant m_now{};
    FleetFilter m_filter;
    QFont m_font;
    int m_lineHeight = 16;
    int m_cardMinimum = 260;
    int m_width = 0;
    Mode m_mode = Mode::Cards;
    bool m_dragging = false;
    bool m_structureDirty = true; ///< other zones or cards than before
    bool m_placeDirty = true;     ///< positions have to be found again
    QHash<HostId, std::shared_ptr<BoardCard>> m_cards;
    std::vector<BoardCard*> m_dirty;
    std::vector<BoardZone> m_zones;
    std::vector<BoardCard*> m_lines;
    std::vector<HostId> m_lineOrder;
    int m_foldedHosts = 0;
    QRect m_foldedLine;
    int m_contentHeight = 0;
};

} // namespace drover
