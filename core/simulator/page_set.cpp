// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/page_set.h"

#include <algorithm>
#include <bit>

namespace drover {
namespace {

constexpr int bitsPerWord = 64;

std::size_t wordOf(int page)
{
    return static_cast<std::size_t>(page / bitsPerWord);
}

quint64 bitOf(int page)
{
    return quint64{1} << (page % bitsPerWord);
}

} // namespace

PageSet::PageSet(int pages) : m_pages(pages), m_words(wordOf(pages + bitsPerWord - 1)) {}

bool PageSet::contains(int page) const
{
    return (m_words[wordOf(page)] & bitOf(page)) != 0;
}

void PageSet::insert(int page)
{
    quint64& word = m_words[wordOf(page)];
    m_size += (word & bitOf(page)) == 0 ? 1 : 0;
    word |= bitOf(page);
}

void PageSet::erase(int page)
{
    quint64& word = m_words[wordOf(page)];
    m_size -= (word & bitOf(page)) == 0 ? 0 : 1;
    word &= ~bitOf(page);
}

void PageSet::fill()
{
    std::fill(m_words.begin(), m_words.end(), ~quint64{0});
    if (m_pages % bitsPerWord != 0)
        m_words.back() = bitOf(m_pages) - 1;
    m_size = m_pages;
}

void PageSet::clear()
{
    std::fill(m_words.begin(), m_words.end(), quint64{0});
    m_size = 0;
}

int PageSet::takeFrom(PageSet& other)
{
    int added = 0;
    for (std::size_t i = 0; i < m_words.size(); ++i) {
        added += std::popcount(other.m_words[i] & ~m_words[i]);
        m_words[i] |= other.m_words[i];
    }
    m_size += added;
    other.clear();
    return added;
}

int PageSet::next(int page) const
{
    if (m_size == 0)
        return -1;
    const int found = nextBelow(page, m_pages);
    return found >= 0 ? found : nextBelow(0, page);
}

int PageSet::nextBelow(int from, int end) const
{
    for (int page = from; page < end;) {
        const quint64 word = m_words[wordOf(page)] >> (page % bitsPerWord);
        if (word != 0) {
            const int found = page + std::countr_zero(word);
            return found < end ? found : -1;
        }
        page += bitsPerWord - page % bitsPerWord;
    }
    return -1;
}

} // namespace drover
