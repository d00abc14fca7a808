// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/volume_xml.h"

#include "core/libvirt/xml_text.h"

#include <QCoreApplication>
#include <QUuid>

#include <sstream>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

constexpr QLatin1String lookPrefix("drover-look-");

/// "1700000000.000000042": seconds, and nanoseconds where there are any.
std::optional<qint64> nanoseconds(const QString& text)
{
    if (text.isEmpty())
        return std::nullopt;
    bool ok = false;
    const qint64 seconds = text.section(QLatin1Char('.'), 0, 0).toLongLong(&ok);
    if (!ok)
        return std::nullopt;
    const QString fraction = text.section(QLatin1Char('.'), 1).leftJustified(9, QLatin1Char('0'), true);
    const qint64 nanos = fraction.toLongLong(&ok);
    if (!ok)
        return std::nullopt;
    return seconds * 1000000000 + nanos;
}

void append(pugi::xml_node parent, const char* name, const QString& text)
{
    parent.append_child(name).text().set(text.toUtf8().constData());
}

QByteArray textOf(const pugi::xml_document& document)
{
    std::ostringstream out;
    document.print(out, "", pugi::format_raw | pugi::format_no_declaration);
    return QByteArray::fromStdString(out.str());
}

} // namespace

Result<ImageFacts> parseVolumeXml(const QByteArray& xml, const QString& host, const QString& path)
{
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(
        xml.constData(), static_cast<std::size_t>(xml.size()), pugi::parse_default, pugi::encoding_utf8);
    const pugi::xml_node root = document.child("volume");
    if (!parsed || !root) {
        return fail(Error{ErrorCode::InvalidInput,
                          Text::tr("What %1 says of %2 cannot be read").arg(host, path),
                          QString::fromUtf8(parsed.description()),
                          host,
                          {}});
    }
    ImageFacts facts;
    const pugi::xml_node target = root.child("target");
    facts.path = libvirt::textOf(target.child("path"));
    facts.format = attribute(target.child("format"), "type");
    facts.key = libvirt::textOf(root.child("key"));
    const auto size = [&root](const char* name) { // plain numbers here are bytes, unlike in a domain's XML
        const pugi::xml_node node = root.child(name);
        return node.attribute("unit") ? sizeOf(node) : Bytes{node.text().as_llong()};
    };
    facts.capacity = size("capacity");
    facts.allocation = size("allocation");
    if (root.child("physical"))
        facts.length = size("physical");
    const pugi::xml_node backing = root.child("backingStore");
    facts.backingPath = libvirt::textOf(backing.child("path"));
    if (!facts.backingPath.isEmpty())
        facts.backingFormat = attribute(backing.child("format"), "type");
    const pugi::xml_node times = target.child("timestamps");
    facts.modifiedNs = nanoseconds(libvirt::textOf(times.child("mtime")));
    facts.changedNs = nanoseconds(libvirt::textOf(times.child("ctime")));
    return facts;
}

QByteArray newVolumeXml(const QString& name, const NewImage& image)
{
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("volume");
    append(root, "name", name);
    pugi::xml_node capacity = root.append_child("capacity");
    capacity.append_attribute("unit").set_value("bytes");
    capacity.text().set(static_cast<long long>(image.capacity.value));
    append(root, "allocation", QStringLiteral("0"));
    root.append_child("target").append_child("format").append_attribute("type").set_value(
        image.format.toUtf8().constData());
    if (!image.backingPath.isEmpty()) {
        pugi::xml_node backing = root.append_child("backingStore");
        append(backing, "path", image.backingPath);
        backing.append_child("format").append_attribute("type").set_value(
            image.backingFormat.toUtf8().constData());
    }
    return textOf(document);
}

QByteArray lookPoolXml(const QString& name, const QString& folder)
{
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("pool");
    root.append_attribute("type").set_value("dir");
    append(root, "name", name);
    append(root.append_child("target"), "path", folder);
    return textOf(document);
}

QString newLookPoolName(qint64 nowSeconds)
{
    return lookPrefix + QString::number(nowSeconds) + QLatin1Char('-') +
           QUuid::createUuid().toString(QUuid::WithoutBraces).left(8);
}

bool isLookPool(const QString& name)
{
    return name.startsWith(lookPrefix);
}

std::optional<qint64> lookPoolMade(const QString& name)
{
    if (!isLookPool(name))
        return std::nullopt;
    bool ok = false;
    const qint64 seconds = name.mid(lookPrefix.size()).section(QLatin1Char('-'), 0, 0).toLongLong(&ok);
    return ok ? std::optional(seconds) : std::nullopt;
}

QString plainFolder(const QString& folder)
{
    QString plain;
    plain.reserve(folder.size());
    for (const QChar letter : folder) {
        if (letter != QLatin1Char('/') || !plain.endsWith(QLatin1Char('/')))
            plain.append(letter);
    }
    if (plain.size() > 1 && plain.endsWith(QLatin1Char('/')))
        plain.chop(1);
    return plain;
}

FilePath splitPath(const QString& path)
{
    const auto slash = path.lastIndexOf(QLatin1Char('/'));
    if (!path.startsWith(QLatin1Char('/')) || slash + 1 == path.size())
        return {};
    return {plainFolder(slash == 0 ? QStringLiteral("/") : path.left(slash)), path.mid(slash + 1)};
}

} // namespace drover::libvirt
