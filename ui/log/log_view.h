// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/log.h"

#include <QWidget>

class QComboBox;
class QSortFilterProxyModel;
class QTableView;

namespace drover {

class LogModel;

/// What the program did and what hosts said: filtered by level, copied line by line or whole. Follows its end
/// unless it was scrolled up.
class LogView final : public QWidget
{
    Q_OBJECT
public:
    explicit LogView(QWidget* parent = nullptr);
    [[nodiscard]] LogModel& model() { return *m_model; }
    [[nodiscard]] QTableView& table() { return *m_table; }
    void setLeast(LogLevel level);

private:
    void copy();

    LogModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QComboBox* m_least;
    QTableView* m_table;
};

} // namespace drover
