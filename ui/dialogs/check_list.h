// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/check.h"

#include <QWidget>

#include <map>
#include <utility>
#include <vector>

class QToolButton;
class QVBoxLayout;

namespace drover {

class CheckRow;

/// The answers of the checks of one or several moves: problems first, what passed folded under its number. A
/// tick box stands with each sentence that is to be accepted. Answers that come later change the rows in
/// place.
class CheckList final : public QWidget
{
    Q_OBJECT
public:
    struct Entry
    {
        int move = 0;     ///< which of the moves it belongs to
        QString instance; ///< stands before the sentence where there are several moves; else empty
        CheckResult result;
        bool accepted = false;
    };
    explicit CheckList(QWidget* parent = nullptr);

    void setEntries(std::vector<Entry> entries);

Q_SIGNALS:
    void acceptedChanged(int move, const QString& check, bool accepted);

private:
    using Key = std::pair<int, QString>;
    void arrange();

    std::vector<Entry> m_entries;
    std::map<Key, CheckRow*> m_rows;
    QVBoxLayout* m_problems;
    QVBoxLayout* m_passes;
    QWidget* m_folded;
    QToolButton* m_unfold;
};

} // namespace drover
