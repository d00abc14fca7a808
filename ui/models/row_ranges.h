// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

namespace drover {

struct RowRange
{
    int first = 0;
    int last = 0;
};

/// Rows in any order, perhaps named twice, as ascending ranges of neighbours.
[[nodiscard]] inline std::vector<RowRange> rowRanges(std::vector<int>& rows)
{
    std::sort(rows.begin(), rows.end());
    std::vector<RowRange> ranges;
    for (const int row : rows) {
        if (!ranges.empty() && row <= ranges.back().last + 1)
            ranges.back().last = row;
        else
            ranges.push_back({row, row});
    }
    return ranges;
}

} // namespace drover
