// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/signs.h"

#include <QWidget>

class QCheckBox;
class QLabel;

namespace drover {

struct CheckResult;

/// One answer: sign, sentence, what would mend it and, where it can be accepted, the box to do so.
class CheckRow final : public QWidget
{
    Q_OBJECT
public:
    explicit CheckRow(QWidget* parent = nullptr);
    void show(const QString& instance, const CheckResult& result, bool accepted);

Q_SIGNALS:
    void acceptedChanged(bool accepted);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void colour();

    QLabel* m_sentence;
    QLabel* m_fix;
    QCheckBox* m_accept;
    Sign m_sign = Sign::Pending;
    Tone m_tone = Tone::Plain;
};

} // namespace drover
