// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QLatin1String>
#include <QString>
#include <QStringList>

#include <initializer_list>
#include <memory>
#include <optional>
#include <vector>

namespace Json {
class Value;
}

namespace drover {

/// A JSON document whose values know their place in the file. Reading it goes on after a fault and keeps the
/// first one: whoever reads asks fault() at the end and then throws away what was read. Used by one thread.
class FleetDocument
{
public:
    class Node;

    FleetDocument(QByteArray text, QString fileName);
    ~FleetDocument();
    FleetDocument(const FleetDocument&) = delete;
    FleetDocument& operator=(const FleetDocument&) = delete;

    /// The outermost value; nothing when the text is not JSON or gives a field twice: then fault() says
    /// where.
    [[nodiscard]] std::optional<Node> read();
    [[nodiscard]] const std::optional<Error>& fault() const { return m_fault; }
    /// Line of a byte of the text, from 1.
    [[nodiscard]] int lineOf(qsizetype offset) const;

private:
    void faultAt(qsizetype offset, const QString& what);
    bool readSyntax();
    [[nodiscard]] qsizetype offsetOf(int line, int column) const;
    [[nodiscard]] qsizetype keyBefore(qsizetype valueOffset) const;

    QByteArray m_text;
    QString m_fileName;
    std::unique_ptr<Json::Value> m_root;
    std::optional<Error> m_fault;
};

/// One value of the document with the path that names it ("hosts[2].uri"). Each reader records a fault and
/// answers with something harmless when the value is not what is asked for.
class FleetDocument::Node
{
public:
    /// False, with a fault, unless this is an object with no other fields than these.
    [[nodiscard]] bool isObjectOf(std::initializer_list<const char*> fields) const;
    [[nodiscard]] std::optional<Node> field(const char* name) const;    ///< nothing when absent
    [[nodiscard]] std::optional<Node> required(const char* name) const; ///< a fault when absent
    [[nodiscard]] std::vector<Node> items() const;                      ///< of an array
    [[nodiscard]] bool isNull() const;

    [[nodiscard]] QString text() const; ///< a string with something in it
    [[nodiscard]] QString choice(std::initializer_list<const char*> allowed) const;
    [[nodiscard]] QStringList texts() const; ///< an array of such strings
    [[nodiscard]] bool flag() const;
    [[nodiscard]] double number() const;
    [[nodiscard]] double positive() const;    ///< a number > 0
    [[nodiscard]] double notNegative() const; ///< a number ≥ 0
    [[nodiscard]] int count() const;          ///< a whole number ≥ 1

    /// Records what is wrong with this value: "hosts[2].uri" and the sentence follow the place.
    void wrong(const QString& sentence) const;
    [[nodiscard]] const QString& path() const { return m_path; }
    [[nodiscard]] int line() const;

private:
    friend class FleetDocument;
    Node(FleetDocument& document, const Json::Value& value, QString path)
        : m_document(&document), m_value(&value), m_path(std::move(path))
    {
    }
    void wrongType(const QString& wanted) const;
    [[nodiscard]] QString pathOf(const QString& field) const;

    FleetDocument* m_document;
    const Json::Value* m_value;
    QString m_path;
};

} // namespace drover
