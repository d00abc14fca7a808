// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <vector>

namespace drover::ctl {

enum class Tone { Plain, Good, Warning, Bad, Dim, Strong };

/// A cell of a table: what is written, and in what tone where the terminal has colours.
struct Cell
{
    Cell(QString words,
         Tone how = Tone::Plain) // NOLINT(google-explicit-constructor): rows read as lists of texts
        : text(std::move(words)), tone(how)
    {
    }
    QString text;
    Tone tone;
};

struct Column
{
    QString title;
    bool right = false; ///< numbers stand at the right
};

struct Table
{
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
};

/// The program's standard output and standard error. Main thread only.
class Output
{
public:
    Output(bool json, bool quiet, bool noColour);

    [[nodiscard]] bool json() const { return m_json; }
    [[nodiscard]] bool quiet() const { return m_quiet; }
    [[nodiscard]] bool toTerminal() const { return m_terminal; }
    /// True once standard output takes nothing more (its reader has gone).
    [[nodiscard]] bool broken() const { return m_broken; }

    void line(const QString& text, Tone tone = Tone::Plain);
    void table(const Table& table);
    /// One document, indented for people who look at it.
    void document(const QJsonObject& object);
    void document(const QJsonArray& array);
    /// One object on one line, at once.
    void event(const QJsonObject& object);
    /// The line at the bottom that is written over again and again; on a terminal only.
    void progress(const QString& text);
    void endProgress();

    /// Something worth knowing that is no result: on standard error, never with --json or --quiet.
    void note(const QString& text);
    /// In words, or as {"error":{…}}, on standard error.
    void error(const Error& error);

private:
    void write(const QByteArray& bytes);
    [[nodiscard]] QString toned(const QString& text, Tone tone) const;

    bool m_json;
    bool m_quiet;
    bool m_terminal;
    bool m_colour;
    bool m_broken = false;
    bool m_inProgress = false;
};

} // namespace drover::ctl
