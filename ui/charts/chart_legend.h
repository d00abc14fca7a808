// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>

#include <vector>

namespace drover {

/// Names of the lines of a chart with their values, each behind a stroke drawn as the line is.
class ChartLegend final : public QWidget
{
    Q_OBJECT
public:
    struct Entry
    {
        QString name;
        QString value;
        QColor colour;
        bool dashed = false;
        bool operator==(const Entry&) const = default;
    };
    explicit ChartLegend(QWidget* parent = nullptr);

    /// @param prefix stands before the entries: the time that the values belong to; may be empty
    void setEntries(std::vector<Entry> entries, const QString& prefix);
    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] int widthOf(const Entry& entry, bool named) const;
    [[nodiscard]] int fullWidth(bool named) const;

    std::vector<Entry> m_entries;
    QString m_prefix;
};

} // namespace drover
