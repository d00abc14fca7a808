// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/host.h"

#include <QCoreApplication>
#include <QUrl>
#include <QUrlQuery>

namespace drover {

Result<QString> peerUriOf(const HostConfig& host)
{
    if (!host.peerUri.isEmpty())
        return host.peerUri;
    // Nothing in it concerns this computer: it stands as it is. Asked for every host at each step of a drag.
    const bool plain = !host.uri.contains(QLatin1Char('@')) && !host.uri.contains(QLatin1Char('?'));
    if (plain && (host.uri.startsWith(QLatin1String("qemu+tls://")) ||
                  host.uri.startsWith(QLatin1String("qemu+tcp://"))))
        return host.uri;
    QUrl url(host.uri);
    const QString scheme = url.scheme();
    const QString transport = scheme.section(QLatin1Char('+'), 1);
    const bool reachable = transport == QLatin1String("tls") || transport == QLatin1String("tcp") ||
                           (transport.isEmpty() && !url.host().isEmpty());
    if (!reachable) {
        return fail(
            ErrorCode::InvalidInput,
            QCoreApplication::translate("Host", "%1's daemon has no address for other hosts: set peer_uri")
                .arg(host.id.value));
    }
    url.setUserName(QString());
    // These concern this computer's own way to the daemon, not the peer's.
    QUrlQuery query(url);
    for (const QLatin1String own :
         {QLatin1String("pkipath"), QLatin1String("keyfile"), QLatin1String("command"),
          QLatin1String("no_tty"), QLatin1String("no_verify"), QLatin1String("socket")})
        query.removeAllQueryItems(own);
    url.setQuery(query.isEmpty() ? QString() : query.query());
    return url.toString();
}

QString connectionStateName(ConnectionState state)
{
    switch (state) {
    case ConnectionState::Connecting:
        return QStringLiteral("connecting");
    case ConnectionState::Up:
        return QStringLiteral("up");
    case ConnectionState::Down:
        break;
    }
    return QStringLiteral("down");
}

QString serviceStateName(ServiceState state)
{
    switch (state) {
    case ServiceState::Disabled:
        return QStringLiteral("disabled");
    case ServiceState::Maintenance:
        return QStringLiteral("maintenance");
    case ServiceState::Enabled:
        break;
    }
    return QStringLiteral("enabled");
}

std::optional<ServiceState> serviceStateFromName(const QString& name)
{
    for (const ServiceState state :
         {ServiceState::Enabled, ServiceState::Disabled, ServiceState::Maintenance}) {
        if (serviceStateName(state) == name)
            return state;
    }
    return std::nullopt;
}

QString versionText(quint64 version)
{
    return QStringLiteral("%1.%2.%3").arg(version / 1000000).arg(version / 1000 % 1000).arg(version % 1000);
}

} // namespace drover
