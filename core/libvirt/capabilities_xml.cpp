// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/capabilities_xml.h"

#include "core/libvirt/xml_text.h"

#include <QCoreApplication>
#include <QSet>

namespace drover::libvirt {

Result<void> readCapabilities(const QByteArray& xml, const QString& host, HostFacts& facts)
{
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(
        xml.constData(), static_cast<std::size_t>(xml.size()), pugi::parse_default, pugi::encoding_utf8);
    const pugi::xml_node root = document.child("capabilities");
    if (!parsed || !root) {
        return fail(
            Error{ErrorCode::InvalidInput,
                  QCoreApplication::translate("Libvirt", "The capabilities of %1 cannot be read").arg(host),
                  QString::fromUtf8(parsed.description()),
                  host,
                  {}});
    }
    const pugi::xml_node self = root.child("host");
    facts.hostUuid = QUuid::fromString(textOf(self.child("uuid")).trimmed());
    facts.arch = textOf(self.child("cpu").child("arch"));
    facts.cpuModel = textOf(self.child("cpu").child("model"));
    QSet<QString> seen;
    QStringList machines;
    const auto add = [&](const QString& name) {
        if (!name.isEmpty() && !seen.contains(name)) {
            seen.insert(name);
            machines.append(name);
        }
    };
    for (const pugi::xml_node& guest : root.children("guest")) {
        for (const pugi::xml_node& arch : guest.children("arch")) {
            for (const pugi::xml_node& machine : arch.children("machine")) {
                add(attribute(machine, "canonical"));
                add(textOf(machine));
            }
        }
    }
    facts.machines = machines;
    facts.capabilitiesXml = QString::fromUtf8(xml);
    return {};
}

} // namespace drover::libvirt
