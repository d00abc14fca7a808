// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace drover {

/// Asks why a host is closed. Everybody who looks at the host will read it, so an empty one is not taken.
/// Show it with open(); it deletes itself.
class ReasonDialog final : public QDialog
{
    Q_OBJECT
public:
    ReasonDialog(const QString& title, const QString& consequence, const QString& verb, QWidget* parent);

Q_SIGNALS:
    void chosen(const QString& reason);

private:
    QLineEdit* m_reason;
    QPushButton* m_verb;
};

} // namespace drover
