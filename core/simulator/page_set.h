// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <vector>

namespace drover {

/// A set of page numbers below a fixed count, as a bitmap with its size kept.
class PageSet
{
public:
    explicit PageSet(int pages);

    [[nodiscard]] int pages() const { return m_pages; }
    [[nodiscard]] int size() const { return m_size; }
    [[nodiscard]] bool contains(int page) const;
    void insert(int page);
    void erase(int page);
    void fill();
    void clear();
    /// Takes over all pages of @p other and empties it.
    /// @return how many were new here
    int takeFrom(PageSet& other);
    /// The first page at or after @p page, going round at the end; −1 when the set is empty.
    [[nodiscard]] int next(int page) const;

private:
    [[nodiscard]] int nextBelow(int from, int end) const;
    int m_pages;
    int m_size = 0;
    std::vector<quint64> m_words;
};

} // namespace drover
