// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

namespace drover {

QString errorCodeName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput:
        return QStringLiteral("invalid-input");
    case ErrorCode::NotFound:
        return QStringLiteral("not-found");
    case ErrorCode::Ambiguous:
        return QStringLiteral("ambiguous");
    case ErrorCode::Unreachable:
        return QStringLiteral("unreachable");
    case ErrorCode::AuthenticationFailed:
        return QStringLiteral("authentication-failed");
    case ErrorCode::PermissionDenied:
        return QStringLiteral("permission-denied");
    case ErrorCode::Timeout:
        return QStringLiteral("timeout");
    case ErrorCode::Busy:
        return QStringLiteral("busy");
    case ErrorCode::Refused:
        return QStringLiteral("refused");
    case ErrorCode::Unsupported:
        return QStringLiteral("unsupported");
    case ErrorCode::OperationFailed:
        return QStringLiteral("operation-failed");
    case ErrorCode::Cancelled:
        return QStringLiteral("cancelled");
    case ErrorCode::Internal:
        return QStringLiteral("internal");
    case ErrorCode::Io:
        return QStringLiteral("io");
    }
    return QStringLiteral("internal");
}

} // namespace drover
