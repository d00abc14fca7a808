// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log/log_model.h"

#include "ui/theme/colours.h"
#include "ui/theme/signs.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>
#include <chrono>

namespace drover {

namespace {

QString levelWord(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return LogModel::tr("debug");
    case LogLevel::Info:
        return LogModel::tr("info");
    case LogLevel::Warning:
        return LogModel::tr("warning");
    case LogLevel::Error:
        return LogModel::tr("error");
    }
    return {};
}

Severity severityOf(LogLevel level)
{
    return level == LogLevel::Error     ? Severity::Error
           : level == LogLevel::Warning ? Severity::Warning
                                        : Severity::Info;
}

} // namespace

LogModel::LogModel(QObject* parent)
    : QAbstractTableModel(parent)
    , m_mailbox([this](std::vector<LogEntry> batch) {
        m_waiting.insert(m_waiting.end(), batch.begin(), batch.end());
        if (!m_gather.isActive())
            m_gather.start();
    })
    , m_handle(m_mailbox)
{
    m_gather.setSingleShot(true);
    m_gather.setInterval(std::chrono::milliseconds(100));
    connect(&m_gather, &QTimer::timeout, this, [this] { append(std::exchange(m_waiting, {})); });
    LogBook::instance().setListener([handle = m_handle](const LogEntry& entry) { handle.push(entry); });
    append(LogBook::instance().entries());
}

LogModel::~LogModel()
{
    LogBook::instance().setListener({});
    m_handle.close();
}

void LogModel::count(const LogEntry& entry)
{
    m_errors += entry.level == LogLevel::Error ? 1 : 0;
    m_warnings += entry.level == LogLevel::Warning ? 1 : 0;
}

void LogModel::append(std::vector<LogEntry> batch)
{
    if (batch.empty())
        return;
    std::ranges::for_each(batch, [this](const LogEntry& entry) { count(entry); });
    if (batch.size() > LogBook::capacity)
        batch.erase(batch.begin(), batch.end() - static_cast<std::ptrdiff_t>(LogBook::capacity));
    const std::size_t after = m_entries.size() + batch.size();
    if (after > LogBook::capacity) {
        const auto excess = static_cast<std::ptrdiff_t>(after - LogBook::capacity);
        beginRemoveRows({}, 0, static_cast<int>(excess) - 1);
        m_entries.erase(m_entries.begin(), m_entries.begin() + excess);
        endRemoveRows();
    }
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(batch.size()) - 1);
    m_entries.insert(m_entries.end(), batch.begin(), batch.end());
    endInsertRows();
    Q_EMIT countsChanged();
}

int LogModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int LogModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant LogModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LogEntry& entry = m_entries[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case TimeColumn:
            return entry.at.toLocalTime().toString(QStringLiteral("HH:mm:ss.zzz"));
        case LevelColumn:
            return levelWord(entry.level);
        case CategoryColumn:
            return entry.category;
        case TextColumn:
            return entry.text;
        default:
            return {};
        }
    case Qt::ToolTipRole:
        return index.column() == TextColumn ? QVariant(entry.text) : QVariant();
    case Qt::DecorationRole:
        if (index.column() != LevelColumn || entry.level == LogLevel::Debug)
            return {};
        return signIcon(signOf(severityOf(entry.level)),
                        themeColours(QGuiApplication::palette()).textOf(toneOf(severityOf(entry.level))));
    case LevelRole:
        return static_cast<int>(entry.level);
    default:
        return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case LevelColumn:
        return tr("Level");
    case CategoryColumn:
        return tr("About");
    case TextColumn:
        return tr("Text");
    default:
        return {};
    }
}

QString LogModel::line(int row) const
{
    const LogEntry& entry = m_entries[static_cast<std::size_t>(row)];
    return QStringLiteral("%1 %2 %3: %4")
        .arg(entry.at.toString(Qt::ISODateWithMs), levelWord(entry.level), entry.category, entry.text);
}

} // namespace drover
