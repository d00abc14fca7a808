// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/connection.h"

#include "core/base/log.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/event_loop.h"
#include "core/libvirt/uri.h"

#include <QCoreApplication>

#include <array>

namespace drover::libvirt {
namespace {

/// A lost host is known after interval × (count + 1) = 12 s.
constexpr int keepaliveSeconds = 3;
constexpr unsigned keepaliveCount = 3;

/// No stored credentials yet: every question is answered with "nothing to say", never by asking a person.
int answerNothing(virConnectCredentialPtr, unsigned, void*)
{
    return -1;
}

} // namespace

Result<Connection> openConnection(const HostConfig& host)
{
    startEventLoop();
    const Result<QString> uri = ownUri(host);
    if (!uri)
        return fail(uri.error());
    std::array<int, 7> kinds{VIR_CRED_USERNAME,   VIR_CRED_AUTHNAME,   VIR_CRED_LANGUAGE,    VIR_CRED_CNONCE,
                             VIR_CRED_PASSPHRASE, VIR_CRED_ECHOPROMPT, VIR_CRED_NOECHOPROMPT};
    virConnectAuth auth{kinds.data(), static_cast<unsigned>(kinds.size()), answerNothing, nullptr};
    Connection connection(
        virConnectOpenAuth(uri->toUtf8().constData(), &auth, host.readOnly ? VIR_CONNECT_RO : 0));
    if (!connection) {
        Place place{host.id.value};
        place.opening = true;
        place.doing = QCoreApplication::translate("Libvirt", "Opening %1").arg(host.uri);
        return fail(lastError(place));
    }
    // The test driver has no keepalive and needs none.
    if (virConnectSetKeepAlive(connection.get(), keepaliveSeconds, keepaliveCount) < 0)
        qCDebug(logBackend).noquote() << host.id.value << "has no keepalive:" << takeLastError().message;
    return connection;
}

bool isAlive(const Connection& connection)
{
    return connection && virConnectIsAlive(connection.get()) == 1;
}

Result<Connection> LazyConnection::get()
{
    if (!isAlive(m_connection)) {
        m_connection.reset();
        Result<Connection> opened = openConnection(m_host);
        if (!opened)
            return opened;
        m_connection = std::move(*opened);
    }
    return m_connection.share();
}

Result<DomainHandle> lookUp(const Connection& connection, const InstanceId& id, const QString& host,
                            const QString& name)
{
    DomainHandle domain(virDomainLookupByUUIDString(connection.get(), toString(id).toUtf8().constData()));
    if (!domain) {
        return fail(lastError({host, name.isEmpty() ? toString(id) : name,
                               QCoreApplication::translate("Libvirt", "Looking the instance up")}));
    }
    return domain;
}

QString nameOf(const DomainHandle& domain)
{
    return QString::fromUtf8(virDomainGetName(domain.get()));
}

InstanceId idOf(virDomainPtr domain)
{
    std::array<unsigned char, VIR_UUID_BUFLEN> raw{};
    if (virDomainGetUUID(domain, raw.data()) < 0)
        return {};
    return {QUuid::fromRfc4122(QByteArray::fromRawData(reinterpret_cast<const char*>(raw.data()),
                                                       static_cast<qsizetype>(raw.size())))};
}

} // namespace drover::libvirt
