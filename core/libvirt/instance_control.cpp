// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/instance_control.h"

#include "core/libvirt/error_map.h"
#include "core/libvirt/xml_text.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

/// The drive of that target as the XML has it, with another medium or none; empty: there is no such drive.
QByteArray driveWith(const QByteArray& xml, const QString& target, const QString& path)
{
    pugi::xml_document document;
    if (!document.load_buffer(xml.constData(), static_cast<std::size_t>(xml.size())))
        return {};
    for (pugi::xml_node disk : document.child("domain").child("devices").children("disk")) {
        if (attribute(disk.child("target"), "dev") != target)
            continue;
        while (disk.remove_child("source")) {
        }
        while (disk.remove_child("backingStore")) {
        }
        if (!path.isEmpty()) {
            disk.remove_attribute("type");
            disk.prepend_attribute("type").set_value("file");
            pugi::xml_node source = disk.insert_child_before("source", disk.child("target"));
            source.append_attribute("file").set_value(path.toUtf8().constData());
        }
        return outerXml(disk).toUtf8();
    }
    return {};
}

} // namespace

template <class Call>
Result<void> LibvirtInstanceControl::with(const InstanceId& id, const QString& doing, Call call)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const Result<DomainHandle> domain = lookUp(*connection, id, m_connection.hostName());
    if (!domain)
        return fail(domain.error());
    const QString name = nameOf(*domain);
    if (call(domain->get()) < 0)
        return fail(lastError({m_connection.hostName(), name, doing.arg(name)}));
    return {};
}

Result<QByteArray> LibvirtInstanceControl::definition(const InstanceId& id)
{
    QByteArray xml;
    const Result<void> read = with(id, Text::tr("Reading the definition of %1"), [&](virDomainPtr domain) {
        char* text = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE |
                                                     VIR_DOMAIN_XML_MIGRATABLE);
        if (text == nullptr)
            return -1;
        xml = takeBytes(text);
        return 0;
    });
    if (!read)
        return fail(read.error());
    return xml;
}

Result<void> LibvirtInstanceControl::define(const QByteArray& definition)
{
    const Result<Connection> connection = m_connection.get();
    if (!connection)
        return fail(connection.error());
    const DomainHandle made(virDomainDefineXMLFlags(connection->get(), definition.constData(), 0));
    if (!made)
        return fail(lastError({m_connection.hostName(), {}, Text::tr("Defining the instance")}));
    return {};
}

Result<void> LibvirtInstanceControl::undefine(const InstanceId& id)
{
    const QString host = m_connection.hostName();
    bool active = false;
    Result<void> done = with(id, Text::tr("Removing the definition of %1"), [&](virDomainPtr domain) {
        // libvirt would take it, and leave a running instance that vanishes when it is shut down.
        active = virDomainIsActive(domain) != 0;
        if (active)
            return 0;
        if (virDomainIsPersistent(domain) == 0)
            return 0;
        return virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
    });
    if (!done && done.error().code == ErrorCode::NotFound)
        return {};
    if (done && active)
        return fail(Error{ErrorCode::Refused,
                          Text::tr("It is active on %1: its definition is not removed").arg(host),
                          {},
                          host,
                          {}});
    return done;
}

Result<void> LibvirtInstanceControl::startPaused(const InstanceId& id)
{
    return with(id, Text::tr("Starting %1 without letting it run"), [](virDomainPtr domain) {
        return virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED);
    });
}

Result<void> LibvirtInstanceControl::setMedium(const InstanceId& id, const QString& target,
                                               const QString& path)
{
    const QString host = m_connection.hostName();
    bool found = true;
    const Result<void> done =
        with(id, Text::tr("Changing the medium in a drive of %1"), [&](virDomainPtr domain) {
            const bool active = virDomainIsActive(domain) == 1;
            const bool persistent = virDomainIsPersistent(domain) == 1;
            for (const unsigned where : {VIR_DOMAIN_AFFECT_LIVE, VIR_DOMAIN_AFFECT_CONFIG}) {
                if (!(where == VIR_DOMAIN_AFFECT_LIVE ? active : persistent))
                    continue;
                char* text = virDomainGetXMLDesc(
                    domain, VIR_DOMAIN_XML_SECURE |
                                (where == VIR_DOMAIN_AFFECT_CONFIG ? VIR_DOMAIN_XML_INACTIVE : 0));
                if (text == nullptr)
                    return -1;
                const QByteArray drive = driveWith(takeBytes(text), target, path);
                found = !drive.isEmpty();
                if (!found)
                    return 0;
                if (virDomainUpdateDeviceFlags(domain, drive.constData(), where) < 0)
                    return -1;
            }
            return 0;
        });
    if (done && !found)
        return fail(Error{ErrorCode::NotFound, Text::tr("There is no drive %1").arg(target), {}, host, {}});
    return done;
}

} // namespace drover::libvirt
