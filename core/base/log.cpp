// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

#include <cstdio>
#include <deque>
#include <mutex>
#include <utility>

namespace drover {

Q_LOGGING_CATEGORY(logCore, "drover.core", QtInfoMsg)
Q_LOGGING_CATEGORY(logHost, "drover.host", QtInfoMsg)
Q_LOGGING_CATEGORY(logMove, "drover.move", QtInfoMsg)
Q_LOGGING_CATEGORY(logBackend, "drover.backend", QtInfoMsg)

namespace {

struct Book
{
    std::mutex mutex;
    std::deque<LogEntry> entries;
    LogBook::Listener listener;
    LogLevel toStderr = LogLevel::Warning;
};

Book& book()
{
    static Book* theBook = new Book; // lives as long as the last thread that may still log
    return *theBook;
}

LogLevel levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return LogLevel::Debug;
    case QtInfoMsg:
        return LogLevel::Info;
    case QtWarningMsg:
        return LogLevel::Warning;
    case QtCriticalMsg:
    case QtFatalMsg:
        return LogLevel::Error;
    }
    return LogLevel::Info;
}

void handle(QtMsgType type, const QMessageLogContext& context, const QString& text)
{
    LogEntry entry{QDateTime::currentDateTimeUtc(), levelOf(type), QString::fromUtf8(context.category), text};
    if (entry.category.startsWith(QLatin1String("drover.")))
        entry.category.remove(0, 7);
    LogBook::Listener listener;
    bool print = false;
    {
        const std::scoped_lock lock(book().mutex);
        book().entries.push_back(entry);
        if (book().entries.size() > LogBook::capacity)
            book().entries.pop_front();
        listener = book().listener;
        print = entry.level >= book().toStderr;
    }
    if (listener)
        listener(entry);
    if (print)
        std::fprintf(stderr, "drover: %s\n", text.toLocal8Bit().constData());
}

} // namespace

LogBook& LogBook::instance()
{
    static LogBook theInstance;
    return theInstance;
}

void LogBook::install(LogLevel toStderr)
{
    {
        const std::scoped_lock lock(book().mutex);
        book().toStderr = toStderr;
    }
    qInstallMessageHandler(handle);
}

std::vector<LogEntry> LogBook::entries() const
{
    const std::scoped_lock lock(book().mutex);
    return {book().entries.begin(), book().entries.end()};
}

void LogBook::setListener(Listener listener)
{
    const std::scoped_lock lock(book().mutex);
    book().listener = std::move(listener);
}

} // namespace drover
