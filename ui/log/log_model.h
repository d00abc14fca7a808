// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/log.h"
#include "core/base/mailbox.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <deque>
#include <vector>

namespace drover {

/// The program's log, oldest first, as far as it is kept. Listens to the log book while it lives; entries
/// that arrive together are inserted together.
class LogModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TimeColumn, LevelColumn, CategoryColumn, TextColumn, ColumnCount };
    enum Role { LevelRole = Qt::UserRole + 1 }; ///< int: LogLevel

    explicit LogModel(QObject* parent = nullptr);
    ~LogModel() override;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] int errors() const { return m_errors; }     ///< since the start
    [[nodiscard]] int warnings() const { return m_warnings; } ///< since the start
    /// "12:30:01.250 warning host: text", for the clipboard.
    [[nodiscard]] QString line(int row) const;

Q_SIGNALS:
    void countsChanged();

private:
    void append(std::vector<LogEntry> batch);
    void count(const LogEntry& entry);

    std::deque<LogEntry> m_entries;
    std::vector<LogEntry> m_waiting;
    QTimer m_gather;
    int m_errors = 0;
    int m_warnings = 0;
    Mailbox<LogEntry> m_mailbox;
    MailboxHandle<LogEntry> m_handle;
};

} // namespace drover
