// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QLoggingCategory>
#include <QString>

#include <functional>
#include <vector>

namespace drover {

Q_DECLARE_LOGGING_CATEGORY(logCore)
Q_DECLARE_LOGGING_CATEGORY(logHost)    ///< connections and inventory
Q_DECLARE_LOGGING_CATEGORY(logMove)    ///< migrations and what was decided about them
Q_DECLARE_LOGGING_CATEGORY(logBackend) ///< what libvirt or the simulator says

enum class LogLevel { Debug, Info, Warning, Error };

struct LogEntry
{
    QDateTime at; ///< UTC
    LogLevel level = LogLevel::Info;
    QString category; ///< "host", "move", …
    QString text;
};

/// Keeps the last entries of the program's log for the log view, and passes on each new one.
/// Installed once at start, before other threads. Thread-safe.
class LogBook
{
public:
    using Listener = std::function<void(const LogEntry&)>;

    static LogBook& instance();
    /// Takes over Qt's message handler. @p toStderr: least level that also goes to standard error.
    void install(LogLevel toStderr);
    [[nodiscard]] std::vector<LogEntry> entries() const; ///< oldest first, at most capacity
    /// Called on the logging thread with each entry; must only push it on. An empty function removes it.
    void setListener(Listener listener);

    static constexpr std::size_t capacity = 5000;

private:
    LogBook() = default;
};

} // namespace drover
