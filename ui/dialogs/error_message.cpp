// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/error_message.h"

#include <QMessageBox>

namespace drover {

void showError(QWidget* parent, const QString& what, const Error& error)
{
    auto* box = new QMessageBox(QMessageBox::Warning, what, what, QMessageBox::Ok, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(error.message);
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    if (!error.detail.isEmpty())
        box->setDetailedText(error.detail);
    box->open();
}

} // namespace drover
