// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet_document.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QStringDecoder>

#include <algorithm>
#include <cmath>
#include <json/json.h>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FleetFile)
};

QString shortened(const QString& text)
{
    return text.size() <= 60 ? text : text.left(57) + QStringLiteral("…");
}

QString describe(const Json::Value& value)
{
    switch (value.type()) {
    case Json::nullValue:
        return QStringLiteral("null");
    case Json::stringValue:
        return QStringLiteral("\"%1\"").arg(shortened(QString::fromStdString(value.asString())));
    case Json::booleanValue:
        return value.asBool() ? QStringLiteral("true") : QStringLiteral("false");
    case Json::arrayValue:
        return Text::tr("a list");
    case Json::objectValue:
        return Text::tr("an object");
    case Json::intValue:
    case Json::uintValue:
    case Json::realValue:
        break;
    }
    return QString::number(value.asDouble(), 'g', 12);
}

QString listed(std::initializer_list<const char*> words)
{
    QStringList list;
    for (const char* word : words)
        list.append(QLatin1String(word));
    return list.join(QStringLiteral(", "));
}

/// Where the bytes stop being UTF-8; −1 when they never do.
qsizetype firstBadByte(const QByteArray& text)
{
    QStringDecoder whole(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    [[maybe_unused]] const QString decoded = whole(text);
    if (!whole.hasError())
        return -1;
    qsizetype lineStart = 0;
    while (lineStart < text.size()) {
        qsizetype lineEnd = text.indexOf('\n', lineStart);
        if (lineEnd < 0)
            lineEnd = text.size();
        QStringDecoder line(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        [[maybe_unused]] const QString decodedLine =
            line(QByteArrayView(text).sliced(lineStart, lineEnd - lineStart));
        if (line.hasError())
            return lineStart;
        lineStart = lineEnd + 1;
    }
    return 0;
}

} // namespace

FleetDocument::FleetDocument(QByteArray text, QString fileName)
    : m_text(std::move(text)), m_fileName(std::move(fileName)), m_root(std::make_unique<Json::Value>())
{
    // A byte order mark is no part of the text, and the offsets below count without it.
    if (m_text.startsWith("\xEF\xBB\xBF"))
        m_text.remove(0, 3);
}

FleetDocument::~FleetDocument() = default;

std::optional<FleetDocument::Node> FleetDocument::read()
{
    if (!readSyntax())
        return std::nullopt;
    return Node(*this, *m_root, QString());
}

bool FleetDocument::readSyntax()
{
    if (const qsizetype bad = firstBadByte(m_text); bad >= 0) {
        faultAt(bad, Text::tr("not JSON: the text is not UTF-8"));
        return false;
    }
    Json::CharReaderBuilder builder;
    Json::CharReaderBuilder::strictMode(&builder.settings_);
    const std::unique_ptr<Json::CharReader> reader(builder.newCharReader());
    std::string errors;
    bool readable = false;
    try {
        readable =
            reader->parse(m_text.constData(), m_text.constData() + m_text.size(), m_root.get(), &errors);
    } catch (const std::exception&) { // the library's own answer to values nested too deeply
        faultAt(0, Text::tr("not JSON that can be read: values are nested too deeply"));
        return false;
    }
    if (!readable) {
        static const QRegularExpression pattern(
            QStringLiteral(R"(\* Line (\d+), Column (\d+)\n\s*([^\n]*))"));
        const QRegularExpressionMatch match = pattern.match(QString::fromStdString(errors));
        QString what = match.captured(3);
        static const QRegularExpression twice(QStringLiteral("^Duplicate key: '(.*)'$"));
        if (const QRegularExpressionMatch field = twice.match(what); field.hasMatch()) {
            what = Text::tr("the field \"%1\" is given twice; keep one of the two").arg(field.captured(1));
        } else {
            while (what.endsWith(QLatin1Char('.')))
                what.chop(1);
            what = Text::tr("not JSON: %1").arg(what.isEmpty() ? Text::tr("it cannot be read") : what);
        }
        faultAt(offsetOf(match.captured(1).toInt(), match.captured(2).toInt()), what);
        return false;
    }
    // The library lets through what the standard does not allow, numbers such as 007 for one.
    QJsonParseError strict;
    if (QJsonDocument::fromJson(m_text, &strict).isNull() && strict.error != QJsonParseError::NoError) {
        faultAt(std::clamp<qsizetype>(strict.offset, 0, m_text.size()),
                Text::tr("not JSON: %1").arg(strict.errorString()));
        return false;
    }
    return true;
}

int FleetDocument::lineOf(qsizetype offset) const
{
    return 1 + static_cast<int>(QByteArrayView(m_text).first(std::min(offset, m_text.size())).count('\n'));
}

qsizetype FleetDocument::offsetOf(int line, int column) const
{
    qsizetype start = 0;
    for (int i = 1; i < line; ++i) {
        const qsizetype next = m_text.indexOf('\n', start);
        if (next < 0)
            break;
        start = next + 1;
    }
    return std::clamp<qsizetype>(start + std::max(column, 1) - 1, 0, m_text.size());
}

qsizetype FleetDocument::keyBefore(qsizetype valueOffset) const
{
    qsizetype i = std::min(valueOffset, m_text.size()) - 1;
    while (i >= 0 && m_text.at(i) != ':')
        --i;
    while (i >= 0 && m_text.at(i) != '"')
        --i;
    for (--i; i >= 0; --i) {
        if (m_text.at(i) != '"')
            continue;
        qsizetype slashes = 0;
        while (i - 1 - slashes >= 0 && m_text.at(i - 1 - slashes) == '\\')
            ++slashes;
        if (slashes % 2 == 0)
            return i;
    }
    return valueOffset;
}

void FleetDocument::faultAt(qsizetype offset, const QString& what)
{
    if (m_fault)
        return;
    const qsizetype place = std::clamp<qsizetype>(offset, 0, m_text.size());
    const qsizetype lineStart = place == 0 ? 0 : m_text.lastIndexOf('\n', place - 1) + 1;
    const qsizetype column =
        1 + QString::fromUtf8(QByteArrayView(m_text).sliced(lineStart, place - lineStart)).size();
    m_fault =
        Error{ErrorCode::InvalidInput,
              Text::tr("%1, line %2, column %3: %4").arg(m_fileName).arg(lineOf(place)).arg(column).arg(what),
              {},
              {},
              {}};
}

QString FleetDocument::Node::pathOf(const QString& field) const
{
    return m_path.isEmpty() ? field : m_path + QLatin1Char('.') + field;
}

int FleetDocument::Node::line() const
{
    return m_document->lineOf(m_value->getOffsetStart());
}

void FleetDocument::Node::wrong(const QString& sentence) const
{
    m_document->faultAt(m_value->getOffsetStart(),
                        m_path.isEmpty() ? sentence : QStringLiteral("%1: %2").arg(m_path, sentence));
}

void FleetDocument::Node::wrongType(const QString& wanted) const
{
    wrong(Text::tr("must be %1, but is %2").arg(wanted, describe(*m_value)));
}

bool FleetDocument::Node::isObjectOf(std::initializer_list<const char*> fields) const
{
    if (!m_value->isObject()) {
        wrongType(Text::tr("an object"));
        return false;
    }
    // In the order of the text, so that the first fault of the file is the one that is told.
    const std::string* unknown = nullptr;
    ptrdiff_t place = 0;
    const std::vector<std::string> names = m_value->getMemberNames();
    for (const std::string& name : names) {
        const bool known =
            std::any_of(fields.begin(), fields.end(), [&](const char* f) { return name == f; });
        const ptrdiff_t at = (*m_value)[name].getOffsetStart();
        if (!known && (unknown == nullptr || at < place)) {
            unknown = &name;
            place = at;
        }
    }
    if (unknown == nullptr)
        return true;
    m_document->faultAt(m_document->keyBefore(place),
                        Text::tr("%1: unknown field; known here are %2")
                            .arg(pathOf(shortened(QString::fromStdString(*unknown))), listed(fields)));
    return false;
}

std::optional<FleetDocument::Node> FleetDocument::Node::field(const char* name) const
{
    if (!m_value->isObject() || !m_value->isMember(name))
        return std::nullopt;
    return Node(*m_document, (*m_value)[name], pathOf(QLatin1String(name)));
}

std::optional<FleetDocument::Node> FleetDocument::Node::required(const char* name) const
{
    std::optional<Node> found = field(name);
    if (!found)
        wrong(Text::tr("the field \"%1\" is missing").arg(QLatin1String(name)));
    return found;
}

std::vector<FleetDocument::Node> FleetDocument::Node::items() const
{
    std::vector<Node> list;
    if (!m_value->isArray()) {
        wrongType(Text::tr("a list"));
        return list;
    }
    list.reserve(m_value->size());
    for (Json::ArrayIndex i = 0; i < m_value->size(); ++i)
        list.push_back(Node(*m_document, (*m_value)[i], QStringLiteral("%1[%2]").arg(m_path).arg(i)));
    return list;
}

bool FleetDocument::Node::isNull() const
{
    return m_value->isNull();
}

QString FleetDocument::Node::text() const
{
    if (!m_value->isString()) {
        wrongType(Text::tr("a text"));
        return {};
    }
    const QString found = QString::fromStdString(m_value->asString());
    if (found.trimmed().isEmpty())
        wrong(Text::tr("must not be empty"));
    return found;
}

QString FleetDocument::Node::choice(std::initializer_list<const char*> allowed) const
{
    const QString found = text();
    const bool known =
        std::any_of(allowed.begin(), allowed.end(), [&](const char* a) { return found == QLatin1String(a); });
    if (!known)
        wrong(Text::tr("must be one of %1, but is \"%2\"").arg(listed(allowed), shortened(found)));
    return found;
}

QStringList FleetDocument::Node::texts() const
{
    QStringList list;
    for (const Node& item : items())
        list.append(item.text());
    return list;
}

bool FleetDocument::Node::flag() const
{
    if (m_value->isBool())
        return m_value->asBool();
    wrongType(Text::tr("true or false"));
    return false;
}

double FleetDocument::Node::number() const
{
    if (m_value->isNumeric() && std::isfinite(m_value->asDouble()))
        return m_value->asDouble();
    wrongType(Text::tr("a number"));
    return 1;
}

double FleetDocument::Node::positive() const
{
    const double found = number();
    if (found > 0)
        return found;
    wrong(Text::tr("must be greater than 0, but is %1").arg(describe(*m_value)));
    return 1;
}

double FleetDocument::Node::notNegative() const
{
    const double found = number();
    if (found >= 0)
        return found;
    wrong(Text::tr("must not be negative, but is %1").arg(describe(*m_value)));
    return 1;
}

int FleetDocument::Node::count() const
{
    if (m_value->isInt() && m_value->asInt() >= 1)
        return m_value->asInt();
    wrongType(Text::tr("a whole number of at least 1"));
    return 1;
}

} // namespace drover
