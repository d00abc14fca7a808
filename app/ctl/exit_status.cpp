// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/exit_status.h"

namespace drover::ctl {

ExitStatus exitStatusOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput:
    case ErrorCode::Ambiguous:
    case ErrorCode::Io:
        return WrongUsage;
    case ErrorCode::NotFound:
        return NoSuchThing;
    case ErrorCode::Unreachable:
    case ErrorCode::AuthenticationFailed:
    case ErrorCode::Timeout:
        return Unreachable;
    case ErrorCode::PermissionDenied:
    case ErrorCode::Busy:
    case ErrorCode::Refused:
    case ErrorCode::Unsupported:
    case ErrorCode::OperationFailed:
    case ErrorCode::Cancelled:
    case ErrorCode::Internal:
        break;
    }
    return NotDone;
}

} // namespace drover::ctl
