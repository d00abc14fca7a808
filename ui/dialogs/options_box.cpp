// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/options_box.h"

#include "ui/theme/metrics.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace drover {

namespace {

constexpr int qemuDowntime = 300; // ms, what QEMU allows when nobody says otherwise

} // namespace

OptionsBox::OptionsBox(QWidget* parent)
    : QWidget(parent)
    , m_unfold(new QToolButton(this))
    , m_summary(new QLabel(this))
    , m_fields(new QWidget(this))
    , m_bandwidth(new QSpinBox(this))
    , m_downtime(new QSpinBox(this))
    , m_autoConverge(new QCheckBox(
          tr("Slow the instance down step by step if it does not converge (auto-converge)"), this))
    , m_postCopy(
          new QCheckBox(tr("Allow post-copy: begun by hand; a lost link then means a lost instance"), this))
{
    m_unfold->setCheckable(true);
    m_unfold->setAutoRaise(true);
    m_unfold->setFocusPolicy(Qt::StrongFocus);
    m_unfold->setAccessibleName(tr("Options"));
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_summary->setForegroundRole(QPalette::PlaceholderText);

    m_bandwidth->setRange(0, 100000);
    m_bandwidth->setSingleStep(10);
    m_bandwidth->setSpecialValueText(tr("unlimited"));
    m_bandwidth->setSuffix(tr(" MiB/s"));
    m_bandwidth->setAccessibleName(tr("Speed at most"));
    m_downtime->setRange(1, 2000000);
    m_downtime->setSingleStep(50);
    m_downtime->setValue(qemuDowntime);
    m_downtime->setSuffix(tr(" ms"));
    m_downtime->setAccessibleName(tr("Pause at most"));
    for (QSpinBox* box : {m_bandwidth, m_downtime}) {
        box->setAlignment(Qt::AlignRight);
        box->setMinimumWidth(140);
        connect(box, &QSpinBox::valueChanged, this, &OptionsBox::tellChange);
    }
    for (QCheckBox* box : {m_autoConverge, m_postCopy}) {
        box->setAccessibleName(box->text());
        connect(box, &QCheckBox::toggled, this, &OptionsBox::tellChange);
    }

    auto* form = new QFormLayout(m_fields);
    form->setContentsMargins(24, 0, 0, 0);
    form->setHorizontalSpacing(metrics::wideGap);
    form->setVerticalSpacing(metrics::gap);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    form->addRow(tr("Speed at most"), m_bandwidth);
    form->addRow(tr("Pause at most"), m_downtime);
    form->addRow(m_autoConverge);
    form->addRow(m_postCopy);
    m_fields->hide();
    auto* head = new QHBoxLayout;
    head->setSpacing(metrics::gap);
    head->addWidget(m_unfold);
    head->addWidget(m_summary, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::gap);
    layout->addLayout(head);
    layout->addWidget(m_fields);
    connect(m_unfold, &QToolButton::toggled, this, [this](bool on) {
        m_fields->setVisible(on);
        m_unfold->setText(on ? tr("▾ Options") : tr("▸ Options"));
        Q_EMIT folded(!on);
    });
    m_unfold->setText(tr("▸ Options"));
    m_summary->setText(summary());
}

MigrationOptions OptionsBox::options(MigrationOptions base) const
{
    base.bandwidth =
        m_bandwidth->value() > 0 ? std::optional(Rate::fromMib(m_bandwidth->value())) : std::nullopt;
    base.maxDowntime =
        m_downtime->value() != qemuDowntime ? std::optional(Milliseconds(m_downtime->value())) : std::nullopt;
    base.autoConverge = m_autoConverge->isChecked();
    base.postCopy = m_postCopy->isChecked();
    return base;
}

QString OptionsBox::summary() const
{
    const QStringList parts{
        tr("pause at most %1").arg(formatDuration(Milliseconds(m_downtime->value()))),
        m_autoConverge->isChecked() ? tr("throttle allowed") : tr("throttle off"),
        m_postCopy->isChecked() ? tr("post-copy allowed") : tr("post-copy off"),
        m_bandwidth->value() > 0 ? tr("speed at most %1").arg(formatRate(Rate::fromMib(m_bandwidth->value())))
                                 : tr("speed unlimited"),
    };
    return parts.join(QStringLiteral(" · "));
}

void OptionsBox::tellChange()
{
    m_summary->setText(summary());
    Q_EMIT changed();
}

} // namespace drover
