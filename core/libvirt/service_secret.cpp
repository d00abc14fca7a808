// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/service_secret.h"

#include "core/libvirt/xml_text.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <sstream>

namespace drover::libvirt {

QByteArray secretXml(const QUuid& uuid, const char* usage, const QString& text)
{
    pugi::xml_document document;
    pugi::xml_node secret = document.append_child("secret");
    secret.append_attribute("ephemeral") = "no";
    secret.append_attribute("private") = "no";
    const auto add = [](pugi::xml_node parent, const char* name, const QByteArray& value) {
        parent.append_child(name).text().set(value.constData());
    };
    add(secret, "uuid", uuid.toByteArray(QUuid::WithoutBraces));
    add(secret, "description", text.toUtf8());
    pugi::xml_node use = secret.append_child("usage");
    use.append_attribute("type") = "iscsi";
    add(use, "target", usage);
    std::ostringstream out;
    document.print(out, "", pugi::format_raw | pugi::format_no_declaration);
    return QByteArray::fromStdString(out.str());
}

std::optional<QString> secretText(const QByteArray& xml)
{
    pugi::xml_document document;
    if (!document.load_buffer(xml.constData(), static_cast<std::size_t>(xml.size()), pugi::parse_default,
                              pugi::encoding_utf8))
        return std::nullopt;
    const pugi::xml_node secret = document.child("secret");
    if (!secret)
        return std::nullopt;
    return textOf(secret.child("description"));
}

QString serviceText(const ServiceRecord& record)
{
    QJsonObject object;
    object.insert(QStringLiteral("state"), serviceStateName(record.state));
    object.insert(QStringLiteral("reason"), record.reason);
    object.insert(QStringLiteral("by"), record.by);
    if (record.since.isValid())
        object.insert(QStringLiteral("since"), record.since.toUTC().toString(Qt::ISODate));
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

std::optional<ServiceRecord> serviceFromText(const QString& text)
{
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    const auto state = serviceStateFromName(object.value(QStringLiteral("state")).toString());
    if (!state)
        return std::nullopt;
    ServiceRecord record;
    record.state = *state;
    record.reason = object.value(QStringLiteral("reason")).toString();
    record.by = object.value(QStringLiteral("by")).toString();
    record.since =
        QDateTime::fromString(object.value(QStringLiteral("since")).toString(), Qt::ISODate).toUTC();
    return record;
}

QString claimantFromText(const QString& text)
{
    return QJsonDocument::fromJson(text.toUtf8()).object().value(QStringLiteral("by")).toString();
}

} // namespace drover::libvirt
