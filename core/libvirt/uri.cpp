// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/uri.h"

#include <QCoreApplication>
#include <QUrl>
#include <QUrlQuery>

#include <utility>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

} // namespace

Result<QString> ownUri(const HostConfig& host)
{
    const auto refuse = [&](const QString& why) {
        return fail(Error{ErrorCode::InvalidInput,
                          Text::tr("The URI of %1 (%2) cannot be used: %3").arg(host.id.value, host.uri, why),
                          {},
                          host.id.value,
                          {}});
    };
    QUrl url(host.uri, QUrl::StrictMode);
    if (!url.isValid() || url.scheme().isEmpty())
        return refuse(Text::tr("it is no URI; qemu+tls://HOST/system is one"));
    const QString driver = url.scheme().section(QLatin1Char('+'), 0, 0);
    const QString transport = url.scheme().section(QLatin1Char('+'), 1);
    if (driver != QLatin1String("qemu") && driver != QLatin1String("test"))
        return refuse(Text::tr("%1 is no hypervisor that Drover speaks to; use qemu").arg(driver));
    static const QStringList transports{QString(),
                                        QStringLiteral("unix"),
                                        QStringLiteral("tcp"),
                                        QStringLiteral("tls"),
                                        QStringLiteral("ssh"),
                                        QStringLiteral("libssh"),
                                        QStringLiteral("libssh2")};
    if (!transports.contains(transport))
        return refuse(Text::tr("%1 is no way to a host; use unix, tcp, tls or ssh").arg(transport));
    const bool needsHost = !transport.isEmpty() && transport != QLatin1String("unix");
    if (needsHost && url.host().isEmpty())
        return refuse(Text::tr("it names no host"));
    if (transport == QLatin1String("ssh")) {
        if (url.userName().isEmpty() && !host.username.isEmpty())
            url.setUserName(host.username);
        QUrlQuery query(url);
        if (!query.hasQueryItem(QStringLiteral("no_tty"))) {
            query.addQueryItem(QStringLiteral("no_tty"), QStringLiteral("1"));
            url.setQuery(query);
        }
        return url.toString(QUrl::FullyEncoded);
    }
    return host.uri;
}

QString migrateUri(const QString& dataAddress)
{
    if (dataAddress.isEmpty() || dataAddress.contains(QLatin1String("://")))
        return dataAddress;
    const bool bareV6 = dataAddress.count(QLatin1Char(':')) > 1 && !dataAddress.startsWith(QLatin1Char('['));
    return (bareV6 ? QStringLiteral("tcp://[%1]") : QStringLiteral("tcp://%1")).arg(dataAddress);
}

} // namespace drover::libvirt
