// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/storage_users.h"

#include "core/libvirt/connection.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/xml_text.h"

#include <QCoreApplication>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

} // namespace

Result<QString> instanceWithDisk(const Connection& connection, const QString& host, const QString& path)
{
    virDomainPtr* raw = nullptr;
    const int count = virConnectListAllDomains(connection.get(), &raw, 0);
    if (count < 0)
        return fail(lastError({host, {}, Text::tr("Looking for the instances that use %1").arg(path)}));
    QString user;
    for (int i = 0; i < count; ++i) {
        const DomainHandle domain(raw[i]);
        for (const unsigned flags : {0U, static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE)}) {
            char* xml = user.isEmpty() ? virDomainGetXMLDesc(domain.get(), flags) : nullptr;
            if (xml == nullptr) // it has just gone, or the answer is known already
                continue;
            const QByteArray text = takeBytes(xml);
            pugi::xml_document document;
            if (!document.load_buffer(text.constData(), static_cast<std::size_t>(text.size())))
                continue;
            const pugi::xml_node named =
                document.child("domain").child("devices").find_node([&path](const pugi::xml_node& node) {
                    return std::string_view(node.name()) == "source" &&
                           (attribute(node, "file") == path || attribute(node, "dev") == path);
                });
            if (named)
                user = nameOf(domain);
        }
    }
    std::free(static_cast<void*>(raw)); // NOLINT(cppcoreguidelines-no-malloc)
    return user;
}

} // namespace drover::libvirt
