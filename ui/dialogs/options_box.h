// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/migration_options.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QSpinBox;
class QToolButton;

namespace drover {

/// The options of a move, folded to one line that says how they stand.
class OptionsBox final : public QWidget
{
    Q_OBJECT
public:
    explicit OptionsBox(QWidget* parent = nullptr);

    /// What was chosen, put over @p base (which keeps what has no field here).
    [[nodiscard]] MigrationOptions options(MigrationOptions base) const;
    [[nodiscard]] QString summary() const; ///< "pause at most 300 ms · throttle off · …"

Q_SIGNALS:
    void changed();
    void folded(bool folded);

private:
    void tellChange();

    QToolButton* m_unfold;
    QLabel* m_summary;
    QWidget* m_fields;
    QSpinBox* m_bandwidth;
    QSpinBox* m_downtime;
    QCheckBox* m_autoConverge;
    QCheckBox* m_postCopy;
};

} // namespace drover
