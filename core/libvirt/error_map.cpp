// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/error_map.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

#include <array>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

bool has(const QString& text, const char* part)
{
    return text.contains(QLatin1String(part), Qt::CaseInsensitive);
}

/// The connection between us and the daemon, or between two daemons, as opposed to what was asked through it.
bool concernsConnection(const RawError& raw)
{
    if (raw.code == VIR_ERR_INVALID_CONN || raw.code == VIR_ERR_NO_CONNECT)
        return true;
    if (raw.domain != VIR_FROM_RPC && raw.domain != VIR_FROM_REMOTE && raw.domain != VIR_FROM_SSH &&
        raw.domain != VIR_FROM_LIBSSH)
        return false;
    return raw.code == VIR_ERR_SYSTEM_ERROR || raw.code == VIR_ERR_INTERNAL_ERROR ||
           raw.code == VIR_ERR_RPC || raw.code == VIR_ERR_SSH || raw.code == VIR_ERR_LIBSSH ||
           raw.code == VIR_ERR_GNUTLS_ERROR;
}

/// ssh says through one and the same error that it was refused and that nobody was there: only its words
/// differ.
bool concernsLogin(const RawError& raw)
{
    switch (raw.code) {
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
        return true;
    default:
        break;
    }
    return concernsConnection(raw) &&
           (has(raw.message, "Permission denied") || has(raw.message, "Host key verification failed") ||
            has(raw.message, "authentication failed") ||
            has(raw.message, "Unable to read TLS confirmation") || has(raw.message, "CA certificate"));
}

ErrorCode codeOf(const RawError& raw)
{
    if (concernsLogin(raw))
        return ErrorCode::AuthenticationFailed;
    if (concernsConnection(raw))
        return ErrorCode::Unreachable;
    switch (raw.code) {
    case VIR_ERR_OPERATION_DENIED:
    case VIR_ERR_ACCESS_DENIED:
        return ErrorCode::PermissionDenied;
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_NETWORK:
    case VIR_ERR_NO_STORAGE_POOL:
    case VIR_ERR_NO_STORAGE_VOL:
    case VIR_ERR_NO_SECRET:
    case VIR_ERR_NO_DOMAIN_METADATA:
        return ErrorCode::NotFound;
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_OPERATION_UNSUPPORTED:
    case VIR_ERR_ARGUMENT_UNSUPPORTED:
    case VIR_ERR_CONFIG_UNSUPPORTED:
    case VIR_ERR_CPU_INCOMPATIBLE:
        return ErrorCode::Unsupported;
    case VIR_ERR_OPERATION_TIMEOUT:
    case VIR_ERR_RESOURCE_BUSY:
    case VIR_ERR_BLOCK_COPY_ACTIVE:
        return ErrorCode::Busy;
    case VIR_ERR_OPERATION_ABORTED:
        return ErrorCode::Cancelled;
    case VIR_ERR_MIGRATE_UNSAFE:
        return ErrorCode::Refused;
    case VIR_ERR_OPERATION_INVALID:
        return has(raw.message, "another migration job is already running") ||
                       has(raw.message, "active block job")
                   ? ErrorCode::Busy
                   : ErrorCode::OperationFailed;
    case VIR_ERR_INVALID_ARG:
    case VIR_ERR_XML_ERROR:
    case VIR_ERR_XML_DETAIL:
    case VIR_ERR_XML_INVALID_SCHEMA:
    case VIR_ERR_PARSE_FAILED:
        return ErrorCode::InvalidInput;
    default:
        return ErrorCode::OperationFailed;
    }
}

/// Why a connection failed, and what to do, in an operator's words; libvirt's own where it says something
/// else.
QString connectionWords(const RawError& raw)
{
    struct Known
    {
        const char* part;
        const char* words;
    };
    static constexpr std::array known{
        Known{"Host key verification failed",
              QT_TRANSLATE_NOOP("Libvirt",
                                "its SSH host key is not known here; connect once by hand with ssh and "
                                "compare the key")},
        Known{"Permission denied",
              QT_TRANSLATE_NOOP("Libvirt", "SSH accepted no key of this account; load one with "
                                           "ssh-add, or check the user name in the URI")},
        Known{"Could not resolve hostname",
              QT_TRANSLATE_NOOP("Libvirt", "its name cannot be resolved; check the URI")},
        Known{"Unable to resolve address",
              QT_TRANSLATE_NOOP("Libvirt", "its name cannot be resolved; check the URI")},
        Known{"Connection refused",
              QT_TRANSLATE_NOOP("Libvirt", "nothing listens there; is the libvirt daemon "
                                           "running and listening?")},
        Known{"No route to host",
              QT_TRANSLATE_NOOP("Libvirt", "there is no route to it; is it powered on and on the "
                                           "network?")},
        Known{"Network is unreachable",
              QT_TRANSLATE_NOOP("Libvirt", "its network cannot be reached from here")},
        Known{"Connection timed out",
              QT_TRANSLATE_NOOP("Libvirt", "its network swallows what is sent; look for a "
                                           "firewall or a cable")},
        Known{"keepalive timeout",
              QT_TRANSLATE_NOOP("Libvirt", "it stopped answering; a cable, a power loss or a hung "
                                           "daemon")},
        Known{"End of file", QT_TRANSLATE_NOOP("Libvirt", "its libvirt daemon closed the connection")},
        Known{"Connection reset", QT_TRANSLATE_NOOP("Libvirt", "its libvirt daemon closed the connection")},
        Known{"client socket is closed", QT_TRANSLATE_NOOP("Libvirt", "the connection was closed")},
        Known{"Failed to verify peer's certificate",
              QT_TRANSLATE_NOOP("Libvirt",
                                "its TLS certificate was not accepted: another name, or an issuer that is "
                                "not known here")},
        Known{"Unable to read TLS confirmation",
              QT_TRANSLATE_NOOP("Libvirt", "it did not accept this computer's TLS client certificate")},
        Known{"CA certificate",
              QT_TRANSLATE_NOOP("Libvirt", "this computer has no TLS certificates for libvirt")},
    };
    for (const Known& one : known) {
        if (has(raw.message, one.part))
            return Text::tr(one.words);
    }
    if (has(raw.message, "Failed to connect socket to") && has(raw.message, "No such file or directory"))
        return Text::tr("there is no libvirt socket (%1); is the libvirt daemon running?")
            .arg(raw.message.section(QLatin1Char('\''), 1, 1));
    if (raw.code == VIR_ERR_AUTH_FAILED || raw.code == VIR_ERR_AUTH_CANCELLED ||
        raw.code == VIR_ERR_AUTH_UNAVAILABLE)
        return Text::tr("it asks for a login, and no stored one is available in this version (%1)")
            .arg(plainWords(raw.message));
    return plainWords(raw.message);
}

QString sentence(ErrorCode code, const RawError& raw, const Place& place)
{
    const QString words = plainWords(raw.message);
    const QString instance = place.instance.isEmpty() ? Text::tr("the instance") : place.instance;
    const bool tellsOfPeer = !place.peer.isEmpty();
    switch (code) {
    case ErrorCode::Unreachable:
        if (tellsOfPeer)
            return Text::tr("%1 could not reach %2, or lost it: %3")
                .arg(place.host, place.peer, connectionWords(raw));
        if (place.opening)
            return Text::tr("%1 does not answer: %2").arg(place.host, connectionWords(raw));
        return Text::tr("The connection to %1 was lost: %2").arg(place.host, connectionWords(raw));
    case ErrorCode::AuthenticationFailed:
        if (tellsOfPeer)
            return Text::tr("%2 refused %1's login: %3; give %1 the key or certificate for %2")
                .arg(place.host, place.peer, words);
        return Text::tr("%1 refused the login: %2").arg(place.host, connectionWords(raw));
    case ErrorCode::PermissionDenied:
        if (has(raw.message, "read only access"))
            return Text::tr("%1 is connected read-only: it can be looked at, not changed").arg(place.host);
        return Text::tr("%1 does not allow this account to do that: %2").arg(place.host, words);
    case ErrorCode::NotFound:
        if (raw.code == VIR_ERR_NO_DOMAIN)
            return Text::tr("%1 is not on %2").arg(instance, place.host);
        break;
    case ErrorCode::Busy:
        if (raw.code == VIR_ERR_OPERATION_TIMEOUT)
            return Text::tr("%1 on %2 is busy with a migration or another job; try again when it has ended")
                .arg(instance, place.host);
        return Text::tr("%1 on %2 is busy: %3").arg(instance, place.host, words);
    case ErrorCode::Unsupported:
        if (raw.code == VIR_ERR_NO_SUPPORT)
            return Text::tr("%1 cannot do this: its hypervisor does not support it").arg(place.host);
        break;
    case ErrorCode::Cancelled:
        return Text::tr("The migration of %1 out of %2 was cancelled").arg(instance, place.host);
    case ErrorCode::Refused:
        return Text::
            tr("%1 on %2 has a disk that libvirt does not know to be shared; it refuses a move that might "
               "harm it")
                .arg(instance, place.host);
    default:
        break;
    }
    if (place.doing.isEmpty())
        return QStringLiteral("%1: %2").arg(place.host, words);
    return Text::tr("%1 failed on %2: %3").arg(place.doing, place.host, words);
}

} // namespace

RawError takeLastError()
{
    const virErrorPtr last = virGetLastError();
    if (last == nullptr)
        return {VIR_ERR_INTERNAL_ERROR, VIR_FROM_NONE, QStringLiteral("libvirt gave no reason")};
    return {last->code, last->domain, QString::fromUtf8(last->message)};
}

Error toError(const RawError& raw, const Place& place)
{
    Error error;
    error.code = codeOf(raw);
    error.message = sentence(error.code, raw, place);
    error.detail = raw.message;
    const bool ofPeer = !place.peer.isEmpty() && (concernsConnection(raw) || concernsLogin(raw));
    error.host = ofPeer ? place.peer : place.host;
    error.instance = place.instance;
    return error;
}

Error lastError(const Place& place)
{
    return toError(takeLastError(), place);
}

QString plainWords(const QString& message)
{
    static const std::array phrases{
        QLatin1String("internal error: "),
        QLatin1String("operation failed: "),
        QLatin1String("Requested operation is not valid: "),
        QLatin1String("Timed out during operation: "),
        QLatin1String("this function is not supported by the connection driver: "),
        QLatin1String("unsupported configuration: "),
        QLatin1String("invalid argument: "),
        QLatin1String("authentication failed: "),
        QLatin1String("operation aborted: "),
        QLatin1String("argument unsupported: "),
        QLatin1String("Operation not supported: ")};
    QString words = message;
    for (bool again = true; again;) {
        again = false;
        for (const QLatin1String phrase : phrases) {
            if (words.startsWith(phrase) && words.size() > phrase.size()) {
                words.remove(0, phrase.size());
                again = true;
            }
        }
    }
    // A guest's QEMU that did not start gives its last words after its own name.
    const int qemu = static_cast<int>(words.lastIndexOf(QLatin1String("qemu-system-")));
    if (qemu > 0) {
        const int colon = static_cast<int>(words.indexOf(QLatin1String(": "), qemu));
        if (colon > 0 && colon + 2 < words.size())
            words = words.mid(colon + 2);
    }
    return words.trimmed();
}

} // namespace drover::libvirt
