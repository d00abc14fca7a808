// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"
#include "core/fleet/inventory.h"
#include "ui/theme/signs.h"

#include <QRect>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace drover {

/// One instance on one host's card.
struct BoardTile
{
    InstanceId id;
    QString name;
    Bytes memory;
    Sign sign = Sign::Unknown;
    PlaceRole role = PlaceRole::Defined;
    bool moving = false; ///< shown first
    bool waits = false;  ///< its move is queued
    bool off = false;    ///< shut off: shown last, faded
    HostId movingTo;
    std::optional<double> progress; ///< 0…100
    QRect rect;                     ///< within the card; empty while folded

    [[nodiscard]] bool shown() const { return !rect.isEmpty(); }
};

/// One host. Rectangles of tiles are within the card, the card's own is within the board.
struct BoardCard
{
    HostId id;
    std::shared_ptr<const Host> host;
    Capacity capacity;
    std::vector<BoardTile> tiles;
    bool matches = true;   ///< the filter lets it through
    bool expanded = false; ///< all tiles are shown, however many rows they need
    int hidden = 0;        ///< folded tiles
    QRect more;            ///< the "+31" tile, or the one that folds again; empty when there is none
    QRect rect;
    int barsTop = 0;     ///< within the card
    int bars = 3;        ///< 1: memory only
    int noticeLines = 0; ///< of words between head and bars
    int innerHeight = 0; ///< what the card needs for itself; its row may be higher
    int laidOutWidth = -1;
    bool dirty = true;
};

/// A zone's heading and its cards.
struct BoardZone
{
    QString name;
    QRect heading;
    std::vector<BoardCard*> cards;
};

/// What has the keyboard focus, or lies under the pointer: a host, an instance on a host, or a host's "+31".
struct BoardItem
{
    HostId host;
    InstanceId instance;
    bool more = false;

    [[nodiscard]] bool isNull() const { return host.value.isEmpty(); }
    [[nodiscard]] bool isInstance() const { return !instance.value.isNull(); }
    bool operator==(const BoardItem&) const = default;
};

} // namespace drover
