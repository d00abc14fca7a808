// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/colours.h"
#include "ui/theme/signs.h"

#include <QWidget>

class QLabel;

namespace drover {

/// A sentence with a sign before it, in the colour of its tone. As many lines as it needs.
class VerdictLine final : public QWidget
{
    Q_OBJECT
public:
    explicit VerdictLine(QWidget* parent = nullptr);
    void setVerdict(Sign sign, Tone tone, const QString& text);
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void colour();

    QLabel* m_text;
    Sign m_sign = Sign::Pending;
    Tone m_tone = Tone::Plain;
};

} // namespace drover
