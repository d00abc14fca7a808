// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/colours.h"

#include <QDialog>

#include <functional>

class QLabel;
class QSpinBox;

namespace drover {

/// Asks for one number and says, while it is chosen, what it will do. Never blocks: show it with open(); it
/// deletes itself.
class AmountDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Consequence
    {
        QString text;
        Tone tone = Tone::Plain;
    };
    struct Question
    {
        QString title;  ///< "Speed of web-03"
        QString prompt; ///< "Send at most"
        QString suffix; ///< " MiB/s"
        QString verb;   ///< of the button: "Set speed"
        int least = 1;
        int most = 100000;
        int value = 100;
        int step = 1;
        std::function<Consequence(int)> consequence;
    };
    AmountDialog(Question question, QWidget* parent);

Q_SIGNALS:
    void chosen(int value);

private:
    void tellConsequence();

    Question m_question;
    QSpinBox* m_box;
    QLabel* m_consequence;
};

} // namespace drover
