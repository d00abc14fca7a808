// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/board/board_layout.h"

#include <QDateTime>
#include <QElapsedTimer>

#include <optional>

namespace drover {

/// Where the keyboard goes on the board. Pure but for the letters typed so far.
class BoardNavigation
{
public:
    explicit BoardNavigation(const BoardLayout& layout) : m_layout(layout) {}

    /// Everything that can have the focus, in the order it is read: each host, then its shown tiles and its
    /// "+31".
    [[nodiscard]] std::vector<BoardItem> items() const;
    /// The item an arrow, Home, End, Page up or Page down leads to; nothing for other keys.
    [[nodiscard]] std::optional<BoardItem> go(const BoardItem& from, int key, int pageHeight) const;
    /// Letters typed within a second belong together; finds the next host or instance that begins so.
    [[nodiscard]] BoardItem type(const BoardItem& from, const QString& letters, int intervalMs);

private:
    [[nodiscard]] QString nameOf(const BoardItem& item) const;

    const BoardLayout& m_layout;
    QString m_typed;
    QElapsedTimer m_since;
};

} // namespace drover
