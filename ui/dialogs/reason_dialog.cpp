// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/reason_dialog.h"

#include "ui/theme/metrics.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace drover {

ReasonDialog::ReasonDialog(const QString& title, const QString& consequence, const QString& verb,
                           QWidget* parent)
    : QDialog(parent), m_reason(new QLineEdit(this)), m_verb(new QPushButton(verb, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    auto* heading = new QLabel(title, this);
    heading->setTextFormat(Qt::PlainText);
    heading->setFont(metrics::headingFont(font()));
    auto* about = new QLabel(consequence, this);
    about->setTextFormat(Qt::PlainText);
    about->setWordWrap(true);
    about->setMinimumWidth(400);
    auto* prompt = new QLabel(tr("&Reason"), this);
    prompt->setBuddy(m_reason);
    m_reason->setAccessibleName(tr("Reason"));
    m_reason->setPlaceholderText(tr("for example: new DIMMs"));
    auto* missing = new QLabel(tr("a reason is missing"), this);
    missing->setEnabled(false);

    auto* cancel = new QPushButton(tr("Cancel"), this);
    m_verb->setDefault(true);
    m_verb->setEnabled(false);
    auto* row = new QHBoxLayout;
    row->setSpacing(metrics::gap);
    row->addWidget(prompt);
    row->addWidget(m_reason, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(metrics::gap);
    buttons->addStretch();
    buttons->addWidget(missing);
    buttons->addWidget(cancel);
    buttons->addWidget(m_verb);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(metrics::wideGap);
    layout->addWidget(heading);
    layout->addWidget(about);
    layout->addLayout(row);
    layout->addStretch();
    layout->addLayout(buttons);

    connect(m_reason, &QLineEdit::textChanged, this, [this, missing](const QString& text) {
        const bool given = !text.trimmed().isEmpty();
        m_verb->setEnabled(given);
        missing->setVisible(!given);
    });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_verb, &QPushButton::clicked, this, [this] {
        Q_EMIT chosen(m_reason->text().trimmed());
        accept();
    });
    m_reason->setFocus();
}

} // namespace drover
