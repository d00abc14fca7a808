// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/judge.h"
#include "ui/delegates/capacity_bar.h"

#include <QWidget>

namespace drover {

/// The memory of a host as it would be after the move: the bar, and its figures under it.
class CapacityAfter final : public QWidget
{
    Q_OBJECT
public:
    explicit CapacityAfter(QWidget* parent = nullptr);
    /// @param right what stands at the right end under the bar
    void setVerdict(const HostVerdict& verdict, bool known, const QString& right);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    BarFigures m_figures;
    QString m_left;
    QString m_right;
};

} // namespace drover
