// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

namespace drover {

/// Order of names as a person expects it: without regard to case, numbers by value (web-9 before web-10).
/// Quick: it is asked for tens of thousands of names. Below 0, 0, above 0.
[[nodiscard]] int naturalCompare(QStringView a, QStringView b);

} // namespace drover
