// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace drover::ctl {

/// What the shell is told. Part of the contract with scripts.
enum ExitStatus {
    Done = 0,
    NotDone = 1,     ///< tried and failed, cancelled, unknown, or refused by a check
    WrongUsage = 2,  ///< wrong usage or unreadable input
    Unreachable = 3, ///< a host that was named or needed could not be reached
    NoSuchThing = 4, ///< no such host or instance
    DoneInPart = 5,
    Interrupted = 130,
};

[[nodiscard]] ExitStatus exitStatusOf(ErrorCode code);

} // namespace drover::ctl
