// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/check_row.h"

#include "core/plan/check.h"
#include "ui/theme/metrics.h"

#include <QCheckBox>
#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace drover {

namespace {

QString severityWord(const CheckResult& result)
{
    if (result.pending)
        return CheckRow::tr("still being asked");
    switch (result.severity) {
    case Severity::Pass:
        return CheckRow::tr("passed");
    case Severity::Info:
        return CheckRow::tr("information");
    case Severity::Warning:
        return CheckRow::tr("warning");
    case Severity::Error:
        return CheckRow::tr("error");
    }
    return {};
}

} // namespace

CheckRow::CheckRow(QWidget* parent)
    : QWidget(parent)
    , m_sentence(new QLabel(this))
    , m_fix(new QLabel(this))
    , m_accept(new QCheckBox(tr("I accept this"), this))
{
    for (QLabel* label : {m_sentence, m_fix}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::signSize + metrics::gap, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(m_sentence);
    layout->addWidget(m_fix);
    layout->addWidget(m_accept);
    // Only the operator's own click counts; what show() sets does not come back.
    connect(m_accept, &QCheckBox::clicked, this, &CheckRow::acceptedChanged);
    colour();
}

void CheckRow::show(const QString& instance, const CheckResult& result, bool accepted)
{
    QString sentence =
        instance.isEmpty() ? result.message : QStringLiteral("%1: %2").arg(instance, result.message);
    if (result.pending)
        sentence = tr("%1 (checking…)").arg(sentence);
    m_sentence->setText(sentence);
    m_sentence->setAccessibleName(QStringLiteral("%1: %2").arg(severityWord(result), sentence));
    m_fix->setText(result.fix.isEmpty() ? QString() : tr("Remedy: %1").arg(result.fix));
    m_fix->setVisible(!result.fix.isEmpty() && result.severity >= Severity::Warning);
    m_accept->setVisible(result.needsAcknowledgement || accepted);
    m_accept->setChecked(accepted);
    m_accept->setAccessibleName(tr("I accept this: %1").arg(sentence));
    m_sign = result.pending ? Sign::Pending : signOf(result.severity);
    m_tone = result.pending ? Tone::Plain : toneOf(result.severity);
    update();
}

void CheckRow::colour()
{
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, themeColours(palette()).mutedText);
    if (m_fix->palette() != colours)
        m_fix->setPalette(colours);
}

void CheckRow::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        colour();
}

void CheckRow::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event)
    QPainter painter(this);
    const ThemeColours& colours = themeColours(palette());
    const double top = (fontMetrics().height() - metrics::signSize) / 2.0 + 1;
    paintSign(painter, QRectF(0, top, metrics::signSize, metrics::signSize), m_sign,
              m_tone == Tone::Plain ? colours.mutedText : colours.textOf(m_tone));
}

} // namespace drover
