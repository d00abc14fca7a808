// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace drover {

/// Paints the rows of the jobs table: name over route, verdict with its sign, progress as a bar beside its
/// figure. With compact rows the route stands behind the name.
class JobDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit JobDelegate(QObject* parent = nullptr);
    void setCompact(bool compact) { m_compact = compact; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    bool m_compact = false;
};

} // namespace drover
