// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/verdict_line.h"

#include "ui/theme/metrics.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

namespace drover {

VerdictLine::VerdictLine(QWidget* parent) : QWidget(parent), m_text(new QLabel(this))
{
    setAccessibleName(tr("Verdict"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::signSize + 6, 0, 0, 0);
    layout->addWidget(m_text);
}

void VerdictLine::setVerdict(Sign sign, Tone tone, const QString& text)
{
    if (sign == m_sign && tone == m_tone && text == m_text->text())
        return;
    m_sign = sign;
    m_tone = tone;
    m_text->setText(text);
    colour();
    update();
}

QString VerdictLine::text() const
{
    return m_text->text();
}

void VerdictLine::colour()
{
    QPalette colours = m_text->palette();
    colours.setColor(QPalette::WindowText, themeColours(palette()).textOf(m_tone));
    if (m_text->palette() != colours)
        m_text->setPalette(colours);
}

void VerdictLine::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        colour();
}

void VerdictLine::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event)
    QPainter painter(this);
    const int line = fontMetrics().height();
    const ThemeColours& colours = themeColours(palette());
    paintSign(painter, QRectF(0, (line - metrics::signSize) / 2.0 + 1, metrics::signSize, metrics::signSize),
              m_sign, m_tone == Tone::Plain ? colours.mutedText : colours.textOf(m_tone));
}

} // namespace drover
