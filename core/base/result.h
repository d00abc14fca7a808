// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <tl/expected.hpp>
#include <utility>

namespace drover {

/// What kind of thing went wrong. Front ends decide by this and never by the text.
enum class ErrorCode {
    InvalidInput,         ///< a file, option or field cannot be read as meant
    NotFound,             ///< no such host, instance, volume
    Ambiguous,            ///< a name that belongs to several instances
    Unreachable,          ///< the host did not answer, or its connection was lost
    AuthenticationFailed, ///< the host refused who we are
    PermissionDenied,     ///< the host knows us but does not allow it (read-only, access control)
    Timeout,              ///< no answer within the time allowed
    Busy,                 ///< another job holds the instance
    Refused,              ///< a check of ours says no
    Unsupported,          ///< the host or the backend cannot do this
    OperationFailed,      ///< tried, and the hypervisor reported a failure
    Cancelled,            ///< ended because someone asked for it
    Internal,             ///< a fault in Drover itself
    Io,                   ///< the local disk refused
};

/// Stable name of a code as it appears in JSON ("unreachable", "not-found", …).
[[nodiscard]] QString errorCodeName(ErrorCode code);

/// A failure as an operator reads it: what happened, where, and (in detail) what the lower layer said.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    QString message;  ///< one sentence; names the thing, the place and, where there is one, the remedy
    QString detail;   ///< raw words of the layer below; empty when there are none
    QString host;     ///< host name, empty when no single host is concerned
    QString instance; ///< instance name, empty when no single instance is concerned
};

/// A value or an Error. Must be looked at.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error>
{
public:
    using tl::expected<T, Error>::expected;
};

/// Makes the failing side of any Result.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, QString message, QString detail = {})
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(detail), {}, {}});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace drover
