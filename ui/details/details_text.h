// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/inventory.h"
#include "core/job/job.h"
#include "ui/theme/colours.h"

#include <QString>

namespace drover {

/// What the details panel says about an instance or a host, as rich text. Pure. Every value is escaped.
[[nodiscard]] QString instanceDetails(const Instance& instance, const Job* job, const ThemeColours& colours);
[[nodiscard]] QString hostDetails(const Host& host, int instances, Instant now, const ThemeColours& colours);

} // namespace drover
