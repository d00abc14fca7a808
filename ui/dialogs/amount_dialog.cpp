// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/amount_dialog.h"

#include "ui/theme/metrics.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace drover {

AmountDialog::AmountDialog(Question question, QWidget* parent)
    : QDialog(parent)
    , m_question(std::move(question))
    , m_box(new QSpinBox(this))
    , m_consequence(new QLabel(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(m_question.title);

    auto* heading = new QLabel(m_question.title, this);
    heading->setTextFormat(Qt::PlainText);
    heading->setFont(metrics::headingFont(font()));

    m_box->setRange(m_question.least, m_question.most);
    m_box->setSingleStep(m_question.step);
    m_box->setSuffix(m_question.suffix);
    m_box->setValue(m_question.value);
    m_box->setAlignment(Qt::AlignRight);
    m_box->setMinimumWidth(140);
    m_box->setAccessibleName(m_question.prompt);
    auto* prompt = new QLabel(m_question.prompt, this);
    prompt->setBuddy(m_box);

    m_consequence->setWordWrap(true);
    m_consequence->setTextFormat(Qt::PlainText);
    m_consequence->setMinimumWidth(400);
    m_consequence->setMinimumHeight(fontMetrics().lineSpacing() * 3);
    m_consequence->setAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* set = new QPushButton(m_question.verb, this);
    set->setDefault(true);
    buttons->addButton(set, QDialogButtonBox::AcceptRole);

    auto* row = new QHBoxLayout;
    row->setSpacing(metrics::gap);
    row->addWidget(prompt);
    row->addWidget(m_box);
    row->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(metrics::wideGap);
    layout->addWidget(heading);
    layout->addLayout(row);
    layout->addWidget(m_consequence, 1);
    layout->addWidget(buttons);

    connect(m_box, &QSpinBox::valueChanged, this, &AmountDialog::tellConsequence);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT chosen(m_box->value());
        accept();
    });
    tellConsequence();
    m_box->selectAll();
    m_box->setFocus();
}

void AmountDialog::tellConsequence()
{
    const Consequence consequence = m_question.consequence(m_box->value());
    m_consequence->setText(consequence.text);
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, themeColours(palette()).textOf(consequence.tone));
    m_consequence->setPalette(colours);
}

} // namespace drover
