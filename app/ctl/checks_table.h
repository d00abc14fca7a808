// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/output.h"
#include "core/plan/check.h"

namespace drover::ctl {

/// The checks of one move for people: severity, id, what was found and what would mend it.
void writeChecks(Output& output, const std::vector<CheckResult>& checks);

} // namespace drover::ctl
