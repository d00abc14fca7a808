// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet_file.h"

#include <QCoreApplication>
#include <QUrl>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FleetUri)
};

enum class ServerPart { None, Wanted, Either };

/// How a transport uses the part between // and the path; nothing for a transport that is not known.
std::optional<ServerPart> serverPartOf(const QString& transport)
{
    if (transport.isEmpty())
        return ServerPart::Either; // this computer's daemon, or TLS where a server is named
    if (transport == QLatin1String("unix"))
        return ServerPart::None;
    for (const QLatin1String remote : {QLatin1String("tls"), QLatin1String("tcp"), QLatin1String("ssh"),
                                       QLatin1String("libssh"), QLatin1String("libssh2")}) {
        if (transport == remote)
            return ServerPart::Wanted;
    }
    return std::nullopt;
}

} // namespace

Result<void> checkUri(const QString& uri)
{
    const auto bad = [&uri](const QString& why) {
        return fail(ErrorCode::InvalidInput,
                    Text::tr("\"%1\" is not a URI Drover can use: %2").arg(uri, why));
    };
    // Before any sentence that would repeat the URI.
    if (const QUrl lenient(uri, QUrl::TolerantMode); !lenient.password().isEmpty())
        return fail(ErrorCode::InvalidInput,
                    Text::tr("the URI of %1 contains a password: passwords never stand in the fleet file")
                        .arg(lenient.host()));
    const QString example = QStringLiteral("qemu+tls://h1.example/system");
    if (uri.isEmpty())
        return bad(Text::tr("it is empty; write one like %1").arg(example));
    if (uri.contains(QLatin1Char('{')) || uri.contains(QLatin1Char('}')))
        return bad(
            Text::tr("it contains { or }; only the uri and peer_uri of \"defaults\" may contain {name}"));
    for (const QChar c : uri) {
        if (c.isSpace() || c.category() == QChar::Other_Control)
            return bad(Text::tr("it contains a space or a control character"));
    }
    const QUrl url(uri, QUrl::StrictMode);
    if (!url.isValid())
        return bad(url.errorString().section(QLatin1Char(';'), 0, 0));
    const QString scheme = url.scheme();
    if (scheme.isEmpty())
        return bad(Text::tr("it has no scheme; write one like %1").arg(example));
    const QString driver = scheme.section(QLatin1Char('+'), 0, 0);
    const QString transport = scheme.section(QLatin1Char('+'), 1);
    if (driver != QLatin1String("qemu") && driver != QLatin1String("test"))
        return bad(
            Text::tr(
                "the scheme %1 is not known here; known are qemu, qemu+unix, qemu+tls, qemu+tcp, qemu+ssh, "
                "qemu+libssh, qemu+libssh2 and test")
                .arg(scheme));
    const std::optional<ServerPart> server = serverPartOf(transport);
    if (!server || scheme.endsWith(QLatin1Char('+')))
        return bad(
            Text::tr("the transport %1 is not known here; known are unix, tls, tcp, ssh, libssh and libssh2")
                .arg(transport));
    if (*server == ServerPart::Wanted && url.host().isEmpty())
        return bad(Text::tr("%1 needs the name of a server after //").arg(scheme));
    if (*server == ServerPart::None && !url.host().isEmpty())
        return bad(Text::tr("%1 reaches this computer only and takes no server name").arg(scheme));
    if (driver == QLatin1String("qemu") && url.path() != QLatin1String("/system") &&
        url.path() != QLatin1String("/session"))
        return bad(Text::tr("it must end in /system or /session"));
    if (driver == QLatin1String("test") && url.path().size() < 2)
        return bad(Text::tr("the test driver needs a path, like test:///default"));
    return {};
}

} // namespace drover
