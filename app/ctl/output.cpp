// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/output.h"

#include "app/ctl/json.h"

#include <QJsonDocument>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace drover::ctl {
namespace {

const char* codeOf(Tone tone)
{
    switch (tone) {
    case Tone::Good:
        return "\033[32m";
    case Tone::Warning:
        return "\033[33m";
    case Tone::Bad:
        return "\033[31m";
    case Tone::Dim:
        return "\033[2m";
    case Tone::Strong:
        return "\033[1m";
    case Tone::Plain:
        break;
    }
    return "";
}

bool wantsColour()
{
    return qEnvironmentVariableIsEmpty("NO_COLOR") && qEnvironmentVariable("TERM") != QLatin1String("dumb") &&
           ::isatty(STDOUT_FILENO) == 1;
}

} // namespace

Output::Output(bool json, bool quiet, bool noColour)
    : m_json(json)
    , m_quiet(quiet)
    , m_terminal(::isatty(STDOUT_FILENO) == 1)
    , m_colour(!json && !noColour && wantsColour())
{
}

void Output::write(const QByteArray& bytes)
{
    if (m_broken)
        return;
    const auto size = static_cast<std::size_t>(bytes.size());
    m_broken = std::fwrite(bytes.constData(), 1, size, stdout) != size || std::fflush(stdout) != 0;
}

QString Output::toned(const QString& text, Tone tone) const
{
    if (!m_colour || tone == Tone::Plain || text.isEmpty())
        return text;
    return QLatin1String(codeOf(tone)) + text + QStringLiteral("\033[0m");
}

void Output::line(const QString& text, Tone tone)
{
    endProgress();
    write(toned(text, tone).toUtf8() + '\n');
}

void Output::table(const Table& table)
{
    std::vector<qsizetype> widths;
    widths.reserve(table.columns.size());
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        qsizetype width = table.columns[i].title.size();
        for (const auto& row : table.rows)
            width = std::max(width, row[i].text.size());
        widths.push_back(width);
    }
    const auto put = [&](const std::vector<Cell>& row) {
        QString text;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const QString padding(widths[i] - row[i].text.size(), QLatin1Char(' '));
            const QString cell = toned(row[i].text, row[i].tone);
            const bool last = i + 1 == row.size();
            if (i > 0)
                text += QStringLiteral("  ");
            if (table.columns[i].right)
                text += padding + cell;
            else
                text += last ? cell : cell + padding;
        }
        while (text.endsWith(QLatin1Char(' ')))
            text.chop(1);
        write(text.toUtf8() + '\n');
    };
    endProgress();
    std::vector<Cell> head;
    head.reserve(table.columns.size());
    for (const Column& column : table.columns)
        head.emplace_back(column.title, Tone::Strong);
    put(head);
    for (const auto& row : table.rows)
        put(row);
}

void Output::document(const QJsonObject& object)
{
    write(QJsonDocument(object).toJson(QJsonDocument::Indented));
}

void Output::document(const QJsonArray& array)
{
    write(QJsonDocument(array).toJson(QJsonDocument::Indented));
}

void Output::event(const QJsonObject& object)
{
    write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
}

void Output::progress(const QString& text)
{
    if (!m_terminal || m_quiet)
        return;
    m_inProgress = true;
    write("\r" + text.toUtf8() + "\033[K");
}

void Output::endProgress()
{
    if (m_inProgress)
        write("\r\033[K");
    m_inProgress = false;
}

void Output::note(const QString& text)
{
    if (m_json || m_quiet)
        return;
    endProgress();
    std::fprintf(stderr, "%s\n", text.toUtf8().constData());
}

void Output::error(const Error& error)
{
    endProgress();
    QByteArray text;
    if (m_json) {
        text = QJsonDocument(QJsonObject{{QStringLiteral("error"), errorJson(error)}})
                   .toJson(QJsonDocument::Compact);
    } else {
        text = "droverctl: " + error.message.toUtf8();
        if (!error.detail.isEmpty())
            text += "\n  " + error.detail.toUtf8();
    }
    std::fprintf(stderr, "%s\n", text.constData());
}

} // namespace drover::ctl
