// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace drover::libvirt {

/// libvirt's error as it was left by the last call on this thread (numbers of <libvirt/virterror.h>).
struct RawError
{
    int code = 0;
    int domain = 0;
    QString message;
};

/// Copies the calling thread's last error. At once after the failed call: the next call, even a close, wipes
/// it out.
[[nodiscard]] RawError takeLastError();

/// What was being done, where, and to whom; becomes part of the sentence.
struct Place
{
    QString host;
    QString instance = {};
    QString doing = {}; ///< noun phrase, "Reading the instances"
    /// The other host of a migration. Set only while the connection to @c host itself is alive: connection
    /// errors then tell about the way from host to peer.
    QString peer = {};
    bool opening = false; ///< the connection was just being opened
};

/// The one place where libvirt's errors become ours. The detail holds libvirt's own words.
[[nodiscard]] Error toError(const RawError& raw, const Place& place);

/// The last error of this thread as ours.
[[nodiscard]] Error lastError(const Place& place);

/// libvirt's words without the fixed phrases that say nothing ("internal error: ", …).
[[nodiscard]] QString plainWords(const QString& message);

} // namespace drover::libvirt
