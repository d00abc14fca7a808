// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fake_backend.h"

#include <vector>

namespace drover::test {

/// Two zones with six hosts in all states: h1 and h2 with a move between them, h3 in maintenance and empty,
/// h4 nearly full, h5 with room, h6 (to be silenced by the test).
[[nodiscard]] std::vector<FakeHost> exampleHosts();

} // namespace drover::test
