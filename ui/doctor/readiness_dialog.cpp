// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/doctor/readiness_dialog.h"

#include "core/session/doctor.h"
#include "ui/dialogs/check_list.h"
#include "ui/doctor/readiness_model.h"
#include "ui/shell/padded_header.h"
#include "ui/theme/metrics.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace drover {

ReadinessDialog::ReadinessDialog(Session& session, std::vector<HostId> hosts, QWidget* parent)
    : QDialog(parent)
    , m_session(session)
    , m_hosts(std::move(hosts))
    , m_pair(new QLabel(this))
    , m_checks(new CheckList(this))
    , m_progress(new QLabel(this))
    , m_again(new QPushButton(tr("Examine again"), this))
    , m_probe(new QPushButton(tr("Move a throw-away instance…"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Doctor"));
    if (m_hosts.size() > mostHosts()) {
        m_leftOut = m_hosts.size() - mostHosts();
        m_hosts.resize(mostHosts());
    }
    m_model = new ReadinessModel(m_hosts, this);
    auto* heading = new QLabel(tr("Can instances move between these hosts?"), this);
    heading->setFont(metrics::headingFont(font()));

    m_table = new QTableView(this);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Readiness of each pair of hosts"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setIconSize({metrics::signSize, metrics::signSize});
    m_table->setCornerButtonEnabled(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 16);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 2 * metrics::gap);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->setTabKeyNavigation(false);

    m_pair->setTextFormat(Qt::PlainText);
    m_pair->setWordWrap(true);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(m_checks);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Answers for the chosen pair"));

    m_progress->setTextFormat(Qt::PlainText);
    m_progress->setWordWrap(true);
    auto* close = new QPushButton(tr("Close"), this);
    close->setDefault(true);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(metrics::gap);
    foot->addWidget(m_progress, 1);
    foot->addWidget(m_probe);
    foot->addWidget(m_again);
    foot->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, metrics::wideGap);
    layout->setSpacing(metrics::wideGap);
    layout->addWidget(heading);
    layout->addWidget(m_table, 3);
    layout->addWidget(m_pair);
    layout->addWidget(scroll, 4);
    layout->addLayout(foot);
    padHeaders(*this);
    resize(820, 600);

    m_probe->setEnabled(!session.readOnly());
    if (session.readOnly())
        m_probe->setToolTip(tr("This session only reads"));
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ReadinessDialog::showPair);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &ReadinessDialog::showPair);
    connect(m_again, &QPushButton::clicked, this, [this] { examine(false); });
    connect(m_probe, &QPushButton::clicked, this, &ReadinessDialog::askToProbe);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    if (m_hosts.size() > 1)
        m_table->setCurrentIndex(m_model->index(0, 1));
    m_table->setFocus();
    examine(false);
}

ReadinessDialog::~ReadinessDialog() = default;

void ReadinessDialog::examine(bool probe)
{
    m_doctor = m_session.makeDoctor(m_hosts, probe);
    connect(m_doctor.get(), &Doctor::changed, this, [this] {
        m_model->setReports(m_doctor->reports());
        showProgress();
    });
    connect(m_doctor.get(), &Doctor::concluded, this, &ReadinessDialog::showProgress);
    m_model->setReports(m_doctor->reports());
    showProgress();
    m_doctor->start();
}

void ReadinessDialog::askToProbe()
{
    auto* question =
        new QMessageBox(QMessageBox::Question, tr("Move a throw-away instance"),
                        tr("Start a tiny instance on each of these %n hosts and move it to each other one?",
                           nullptr, static_cast<int>(m_hosts.size())),
                        QMessageBox::Cancel, this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(
        tr("It runs no code and is removed again. Where both hosts have a pool of the same path, a "
           "disk of 48 MiB goes with it and shows the speed."));
    QPushButton* go = question->addButton(tr("Move it"), QMessageBox::AcceptRole);
    connect(question, &QMessageBox::buttonClicked, this, [this, go](QAbstractButton* button) {
        if (button == static_cast<QAbstractButton*>(go))
            examine(true);
    });
    question->open();
}

void ReadinessDialog::showPair()
{
    const PairReport* pair = m_model->report(m_table->currentIndex());
    std::vector<CheckList::Entry> entries;
    if (pair != nullptr) {
        for (const CheckResult& check : pair->checks)
            entries.push_back({0, {}, check, false});
        m_pair->setText(
            pair->done ? tr("%1 → %2: %3").arg(pair->from.value, pair->to.value, pair->reason)
                       : tr("%1 → %2: both hosts are being asked").arg(pair->from.value, pair->to.value));
    } else {
        m_pair->setText(tr("Choose a pair to read what was found."));
    }
    m_checks->setEntries(std::move(entries));
}

void ReadinessDialog::showProgress()
{
    const std::vector<PairReport>& reports = m_doctor->reports();
    const auto done =
        std::count_if(reports.begin(), reports.end(), [](const PairReport& r) { return r.done; });
    const auto all = static_cast<std::ptrdiff_t>(reports.size());
    QString text =
        done < all ? tr("%1 of %2 pairs examined").arg(done).arg(all) : tr("All %1 pairs examined").arg(all);
    if (m_leftOut > 0)
        text += tr("; %1 more hosts are left out: select some of them in the table of hosts first")
                    .arg(static_cast<qulonglong>(m_leftOut));
    m_progress->setText(text);
    m_again->setEnabled(done == all);
    m_probe->setEnabled(done == all && !m_session.readOnly());
}

} // namespace drover
