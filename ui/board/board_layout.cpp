// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board/board_layout.h"

#include "ui/models/fleet_words.h"
#include "ui/models/natural_order.h"
#include "ui/theme/metrics.h"
#include "ui/theme/text_paint.h"

#include <QFontMetrics>

#include <algorithm>
#include <cmath>
#include <set>

namespace drover {

namespace {

constexpr int padding = 12; // within a card
constexpr int tileGap = 6;
constexpr int foldedRows = 2;

} // namespace

BoardLayout::BoardLayout(JobLookup jobOf)
    : m_jobOf(std::move(jobOf)), m_snapshot(std::make_shared<const Inventory>())
{
}

void BoardLayout::setFont(const QFont& font)
{
    m_font = font;
    const QFontMetrics fm(font);
    m_lineHeight = fm.height();
    m_cardMinimum = std::max(248, 22 * fm.horizontalAdvance(QLatin1Char('M')));
    for (const auto& card : m_cards)
        card->laidOutWidth = -1;
    m_placeDirty = true;
}

void BoardLayout::setWidth(int width)
{
    m_placeDirty = m_placeDirty || width != m_width;
    m_width = width;
}

void BoardLayout::setFilter(const FleetFilter& filter)
{
    if (filter.text() == m_filter.text())
        return;
    m_filter = filter;
    for (const auto& card : m_cards)
        card->dirty = true;
    m_dirty.clear();
    for (const auto& card : m_cards)
        m_dirty.push_back(card.get());
    m_structureDirty = true;
}

void BoardLayout::apply(const Snapshot& snapshot, const InventoryChange& change, Instant now)
{
    const Snapshot before = m_snapshot;
    m_snapshot = snapshot;
    m_now = now;
    const auto touch = [&](const HostId& host) {
        const auto& card = m_cards.value(host);
        if (card && !card->dirty) {
            card->dirty = true;
            m_dirty.push_back(card.get());
        }
    };
    if (change.hostListChanged) {
        syncHosts();
        return;
    }
    for (const HostId& host : change.hostsChanged)
        touch(host);
    const auto touchPlaces = [&](const Inventory& inventory, const std::vector<InstanceId>& ids) {
        if (inventory.instanceCount() == 0)
            return;
        for (const InstanceId& id : ids) {
            if (const Instance* instance = inventory.instance(id)) {
                for (const Place& place : instance->places)
                    touch(place.host);
            }
        }
    };
    for (const auto* ids : {&change.instancesAdded, &change.instancesChanged, &change.instancesRemoved}) {
        touchPlaces(*before, *ids);
        touchPlaces(*snapshot, *ids);
    }
}

void BoardLayout::syncHosts()
{
    QHash<HostId, std::shared_ptr<BoardCard>> next;
    m_dirty.clear();
    for (const auto& host : m_snapshot->hosts()) {
        std::shared_ptr<BoardCard> card = m_cards.value(host->id());
        if (!card) {
            card = std::make_shared<BoardCard>();
            card->id = host->id();
        }
        card->dirty = true;
        m_dirty.push_back(card.get());
        next.insert(host->id(), card);
    }
    // The old cards go only after nothing points to them.
    m_zones.clear();
    m_lines.clear();
    m_cards = std::move(next);
    m_structureDirty = true;
}

void BoardLayout::instanceTouched(const InstanceId& id)
{
    if (m_snapshot->instanceCount() == 0)
        return;
    const Instance* instance = m_snapshot->instance(id);
    if (instance == nullptr)
        return;
    for (const Place& place : instance->places) {
        const auto& card = m_cards.value(place.host);
        if (card && !card->dirty) {
            card->dirty = true;
            m_dirty.push_back(card.get());
        }
    }
}

void BoardLayout::toggleExpanded(const HostId& host)
{
    const auto& card = m_cards.value(host);
    if (!card)
        return;
    card->expanded = !card->expanded;
    card->laidOutWidth = -1;
    m_placeDirty = true;
}

void BoardLayout::setDragging(bool dragging)
{
    if (dragging == m_dragging)
        return;
    m_dragging = dragging;
    for (const auto& card : m_cards)
        card->laidOutWidth = -1;
    m_placeDirty = true;
}

void BoardLayout::showLines(const std::vector<HostId>& order, int folded)
{
    m_mode = Mode::Lines;
    m_lineOrder = order;
    m_foldedHosts = folded;
    m_placeDirty = true;
}

void BoardLayout::showCards()
{
    m_mode = Mode::Cards;
    m_lineOrder.clear();
    m_lines.clear();
    m_foldedHosts = 0;
    m_foldedLine = {};
    m_placeDirty = true;
}

void BoardLayout::fill(BoardCard& card) const
{
    const Host* host = m_snapshot->host(card.id);
    if (host == nullptr)
        return;
    const auto at = std::find_if(m_snapshot->hosts().begin(), m_snapshot->hosts().end(),
                                 [&](const auto& h) { return h.get() == host; });
    card.host = *at;
    card.capacity = capacityOf(*host);
    const bool hostMatches = m_filter.empty() || m_filter.matches(*host);
    const bool lastKnown = host->connection == ConnectionState::Down;
    card.tiles.clear();
    for (const Instance* instance : m_snapshot->instancesAt(card.id)) {
        const Place* place = placeAt(*instance, card.id);
        if (place == nullptr || (!hostMatches && !m_filter.matches(*instance, *m_snapshot)))
            continue;
        const Job* job = m_jobOf ? m_jobOf(instance->id) : nullptr;
        BoardTile tile;
        tile.id = instance->id;
        tile.name = instance->name();
        tile.memory = tileMemory(*instance);
        tile.role = place->role;
        tile.sign = place->role == PlaceRole::Conflict   ? Sign::Conflict
                    : place->role == PlaceRole::Incoming ? Sign::Moving
                                                         : signOf(place->state);
        tile.waits = job != nullptr && job->state == JobState::Queued;
        tile.progress = progressOf(job);
        if (job != nullptr && !isEnded(job->state))
            tile.movingTo = job->destination;
        else
            tile.movingTo = instance->movingTo;
        const bool atAnEnd = place->role == PlaceRole::Outgoing || place->role == PlaceRole::Incoming;
        tile.moving = !lastKnown && (atAnEnd || (job != nullptr && !isEnded(job->state)));
        tile.off = place->role == PlaceRole::Defined &&
                   (place->state == PowerState::ShutOff || place->state == PowerState::Crashed);
        card.tiles.push_back(std::move(tile));
    }
    std::sort(card.tiles.begin(), card.tiles.end(), [](const BoardTile& a, const BoardTile& b) {
        if (a.moving != b.moving)
            return a.moving;
        if (a.off != b.off)
            return b.off;
        const int order = naturalCompare(a.name, b.name);
        return order != 0 ? order < 0 : a.id < b.id;
    });
    card.matches = hostMatches || !card.tiles.empty();
}

void BoardLayout::layOutTiles(BoardCard& card, int width, int top) const
{
    const int tileHeight = m_lineHeight + 2 * metrics::step;
    const int right = width - padding;
    const int em = std::max(8, m_lineHeight * 2 / 3);
    const int moreWidth = 5 * em;
    card.hidden = 0;
    card.more = {};
    int x = padding;
    int row = 0;
    std::size_t shown = 0;
    const std::size_t count = card.tiles.size();
    for (std::size_t i = 0; i < count; ++i) {
        BoardTile& tile = card.tiles[i];
        // By the root of its memory: four times the memory, twice the part that grows.
        const double gib = std::max(0.0, tile.memory.gib());
        int needed = 7 * em + static_cast<int>(1.6 * em * std::sqrt(gib));
        if (tile.moving)
            needed += 3 * em; // room for "→ h2" or "62 %"
        else if (card.host->connection == ConnectionState::Down)
            needed += 2 * em; // room for "?"
        needed = std::min((needed + 3) / 4 * 4, right - padding);
        if (x > padding && x + needed > right) {
            x = padding;
            ++row;
        }
        if (!card.expanded && row >= foldedRows)
            break;
        tile.rect = QRect(x, top + row * (tileHeight + tileGap), needed, tileHeight);
        x += needed + tileGap;
        shown = i + 1;
    }
    for (std::size_t i = shown; i < count; ++i)
        card.tiles[i].rect = {};
    int lastRow = row;
    if (shown < count) {
        // Make room at the end of the last row for how many there are besides.
        while (shown > 1 && card.tiles[shown - 1].rect.right() + tileGap + moreWidth > right &&
               card.tiles[shown - 1].rect.left() > padding) {
            --shown;
            card.tiles[shown].rect = {};
        }
        QRect& last = card.tiles[shown - 1].rect;
        if (last.right() + tileGap + moreWidth > right)
            last.setRight(right - tileGap - moreWidth);
        card.hidden = static_cast<int>(count - shown);
        card.more = QRect(last.right() + 1 + tileGap, last.top(), moreWidth, tileHeight);
        lastRow = foldedRows - 1;
    } else if (card.expanded && row >= foldedRows) {
        if (x + moreWidth > right) {
            x = padding;
            ++lastRow;
        }
        card.more = QRect(x, top + lastRow * (tileHeight + tileGap), moreWidth, tileHeight);
    }
    card.innerHeight = top + (lastRow + 1) * (tileHeight + tileGap) - tileGap + padding;
}

void BoardLayout::layOutCard(BoardCard& card, int width) const
{
    const bool silent = card.host->connection == ConnectionState::Down;
    const bool emptyAndClosed =
        card.tiles.empty() && card.host->service().state != ServiceState::Enabled && !silent;
    int y = padding + m_lineHeight + metrics::gap;
    card.noticeLines = 0;
    if (silent) {
        const QString words = words::silentHost(*card.host, card.capacity.instances, m_now);
        const int room = width - 2 * padding - metrics::signSize - metrics::gap;
        card.noticeLines =
            static_cast<int>(std::max<qsizetype>(2, wrapText(QFontMetrics(m_font), words, room, 4).size()));
    }
    if (m_dragging)
        card.noticeLines = std::max(card.noticeLines, 2);
    if (card.noticeLines > 0)
        y += card.noticeLines * m_lineHeight + 2 * metrics::step + metrics::step;
    card.barsTop = y;
    card.bars = silent ? (card.host->reading ? 1 : 0) : 3;
    y += card.bars * (m_lineHeight + metrics::step) + metrics::gap;
    if (card.tiles.empty()) {
        const int lines = emptyAndClosed ? 2 : silent ? 0 : 1;
        card.hidden = 0;
        card.more = {};
        card.innerHeight = y + lines * (m_lineHeight + metrics::step) + padding;
    } else {
        layOutTiles(card, width, y);
    }
    card.laidOutWidth = width;
}

bool BoardLayout::arrange()
{
    bool changed = m_structureDirty || m_placeDirty;
    std::vector<BoardCard*> dirty;
    dirty.swap(m_dirty);
    for (BoardCard* card : dirty) {
        const bool matched = card->matches;
        fill(*card);
        card->dirty = false;
        m_structureDirty = m_structureDirty || matched != card->matches;
        if (card->laidOutWidth >= 0) {
            const int height = card->innerHeight;
            layOutCard(*card, card->laidOutWidth);
            m_placeDirty = m_placeDirty || height != card->innerHeight;
        } else {
            m_placeDirty = true;
        }
        changed = true;
    }
    if (m_structureDirty) {
        std::vector<QString> names;
        m_zones.clear();
        for (const auto& host : m_snapshot->hosts()) {
            const QString& name = host->config.zone;
            const auto& card = m_cards.value(host->id());
            if (!card || !card->matches)
                continue;
            auto zone = std::find_if(m_zones.begin(), m_zones.end(),
                                     [&](const BoardZone& z) { return z.name == name; });
            if (zone == m_zones.end()) {
                m_zones.push_back({name, {}, {}});
                zone = m_zones.end() - 1;
            }
            zone->cards.push_back(card.get());
        }
        std::stable_sort(m_zones.begin(), m_zones.end(), [](const BoardZone& a, const BoardZone& b) {
            return a.name.isEmpty() != b.name.isEmpty() ? b.name.isEmpty()
                                                        : naturalCompare(a.name, b.name) < 0;
        });
        m_structureDirty = false;
        m_placeDirty = true;
    }
    if (m_placeDirty) {
        if (m_mode == Mode::Lines)
            placeLines();
        else
            place();
        m_placeDirty = false;
    }
    return changed;
}

void BoardLayout::place()
{
    const int room = std::max(m_cardMinimum, m_width - 2 * metrics::wideGap);
    std::size_t most = 1;
    for (const BoardZone& zone : m_zones)
        most = std::max(most, zone.cards.size());
    // Never more columns than the largest zone has hosts: a small fleet gets wider cards, up to a point.
    const int columns =
        std::clamp((room + metrics::wideGap) / (m_cardMinimum + metrics::wideGap), 1, static_cast<int>(most));
    const int cardWidth =
        std::min((room - (columns - 1) * metrics::wideGap) / columns, m_cardMinimum * 8 / 5);
    int y = metrics::gap;
    for (BoardZone& zone : m_zones) {
        zone.heading = QRect(metrics::wideGap, y, room, m_lineHeight + 2 * metrics::gap);
        y += zone.heading.height();
        for (std::size_t first = 0; first < zone.cards.size(); first += static_cast<std::size_t>(columns)) {
            const std::size_t end = std::min(zone.cards.size(), first + static_cast<std::size_t>(columns));
            int height = 0;
            for (std::size_t i = first; i < end; ++i) {
                if (zone.cards[i]->laidOutWidth != cardWidth)
                    layOutCard(*zone.cards[i], cardWidth);
                height = std::max(height, zone.cards[i]->innerHeight);
            }
            for (std::size_t i = first; i < end; ++i) {
                const int x = metrics::wideGap + static_cast<int>(i - first) * (cardWidth + metrics::wideGap);
                zone.cards[i]->rect = QRect(x, y, cardWidth, height);
            }
            y += height + metrics::wideGap;
        }
    }
    m_contentHeight = y;
}

void BoardLayout::placeLines()
{
    m_lines.clear();
    const int height = m_lineHeight + 3 * metrics::step;
    int y = metrics::gap + m_lineHeight + 2 * metrics::gap;
    const int room = m_width - 2 * metrics::wideGap;
    for (const auto& card : m_cards)
        card->rect = {};
    for (const HostId& id : m_lineOrder) {
        const auto& card = m_cards.value(id);
        if (!card || !card->matches || !card->host)
            continue;
        card->rect = QRect(metrics::wideGap, y, room, height);
        m_lines.push_back(card.get());
        y += height + 2;
    }
    m_foldedLine = m_foldedHosts > 0 ? QRect(metrics::wideGap, y, room, height) : QRect();
    if (m_foldedHosts > 0)
        y += height;
    m_contentHeight = y + metrics::gap;
}

std::vector<const BoardCard*> BoardLayout::shownCards() const
{
    if (m_mode == Mode::Lines)
        return {m_lines.begin(), m_lines.end()};
    std::vector<const BoardCard*> all;
    for (const BoardZone& zone : m_zones)
        all.insert(all.end(), zone.cards.begin(), zone.cards.end());
    return all;
}

const BoardCard* BoardLayout::card(const HostId& host) const
{
    const auto at = m_cards.constFind(host);
    return at == m_cards.constEnd() || !(*at)->matches || !(*at)->host ? nullptr : at->get();
}

const BoardTile* BoardLayout::tile(const BoardItem& item) const
{
    const BoardCard* on = card(item.host);
    if (on == nullptr || !item.isInstance())
        return nullptr;
    for (const BoardTile& tile : on->tiles) {
        if (tile.id == item.instance)
            return &tile;
    }
    return nullptr;
}

const BoardCard* BoardLayout::cardAt(const QPoint& position) const
{
    if (m_mode == Mode::Lines) {
        for (const BoardCard* card : m_lines) {
            if (card->rect.contains(position))
                return card;
        }
        return nullptr;
    }
    for (const BoardZone& zone : m_zones) {
        if (zone.cards.empty() || position.y() > zone.cards.back()->rect.bottom() ||
            position.y() < zone.heading.top())
            continue;
        for (const BoardCard* card : zone.cards) {
            if (card->rect.contains(position))
                return card;
        }
    }
    return nullptr;
}

BoardItem BoardLayout::itemAt(const QPoint& position) const
{
    const BoardCard* card = cardAt(position);
    if (card == nullptr)
        return {};
    BoardItem item{card->id, {}, false};
    if (m_mode == Mode::Lines)
        return item;
    const QPoint inside = position - card->rect.topLeft();
    for (const BoardTile& tile : card->tiles) {
        if (tile.rect.contains(inside)) {
            item.instance = tile.id;
            return item;
        }
    }
    item.more = card->more.contains(inside);
    return item;
}

QRect BoardLayout::rectOf(const BoardItem& item) const
{
    const BoardCard* on = card(item.host);
    if (on == nullptr)
        return {};
    if (item.more)
        return on->more.isEmpty() ? QRect() : on->more.translated(on->rect.topLeft());
    if (!item.isInstance())
        return on->rect;
    const BoardTile* found = m_mode == Mode::Cards ? tile(item) : nullptr;
    return found == nullptr || !found->shown() ? QRect() : found->rect.translated(on->rect.topLeft());
}

} // namespace drover
