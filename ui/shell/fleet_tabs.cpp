// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/fleet_tabs.h"

#include "ui/board/board_view.h"
#include "ui/details/capacity_view.h"
#include "ui/theme/metrics.h"
#include "ui/views/host_table.h"
#include "ui/views/instance_table.h"

#include <QFontDatabase>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>

namespace drover {

FleetTabs::FleetTabs(Session& session, DragJudge& judge, QWidget* parent)
    : QStackedWidget(parent)
    , m_session(session)
    , m_tabs(new QTabWidget(this))
    , m_board(new BoardView(session, judge, m_tabs))
    , m_hosts(new HostTable(session, judge, m_tabs))
    , m_instances(new InstanceTable(session, judge, m_tabs))
    , m_capacity(new CapacityView(session, m_tabs))
    , m_emptyPage(makeEmptyPage())
{
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Views of the fleet"));
    m_tabs->addTab(m_board, tr("Board"));
    m_tabs->addTab(m_hosts, tr("Hosts"));
    m_tabs->addTab(m_instances, tr("Instances"));
    m_tabs->addTab(m_capacity, tr("Capacity"));
    addWidget(m_emptyPage);
    addWidget(m_tabs);

    const auto tell = [this](const auto& view) {
        return [this, &view] {
            if (!m_selecting)
                Q_EMIT fleetSelectionChanged(view.selection());
        };
    };
    connect(m_board, &BoardView::fleetSelectionChanged, this, tell(*m_board));
    connect(m_hosts, &HostTable::fleetSelectionChanged, this, tell(*m_hosts));
    connect(m_instances, &InstanceTable::fleetSelectionChanged, this, tell(*m_instances));
    connect(m_board, &BoardView::moveRequested, this, &FleetTabs::moveRequested);
    connect(m_hosts, &HostTable::moveRequested, this, &FleetTabs::moveRequested);
    connect(m_board, &BoardView::moveToRequested, this, &FleetTabs::moveToRequested);
    connect(m_instances, &InstanceTable::moveToRequested, this, &FleetTabs::moveToRequested);
    connect(m_board, &BoardView::menuRequested, this, &FleetTabs::menuRequested);
    connect(m_hosts, &HostTable::menuRequested, this, &FleetTabs::menuRequested);
    connect(m_instances, &InstanceTable::menuRequested, this, &FleetTabs::menuRequested);
    connect(m_board, &BoardView::hostActivated, this, &FleetTabs::activated);
    connect(m_board, &BoardView::instanceActivated, this, &FleetTabs::activated);
    connect(m_hosts, &HostTable::hostActivated, this, &FleetTabs::activated);
    connect(m_instances, &InstanceTable::instanceActivated, this, &FleetTabs::activated);
    connect(&session, &Session::inventoryChanged, this, [this](const InventoryChange& change) {
        if (change.hostListChanged)
            showPage();
    });
    showPage();
}

QWidget* FleetTabs::makeEmptyPage()
{
    auto* page = new QWidget(this);
    m_emptyTitle = new QLabel(tr("No hosts yet. Add one, or look at the demo fleet."), page);
    m_emptyTitle->setFont(metrics::headingFont(font()));
    m_emptyTitle->setWordWrap(true);
    m_emptyTitle->setTextFormat(Qt::PlainText);
    m_emptyTitle->setAlignment(Qt::AlignHCenter);
    m_emptyText = new QLabel(page);
    m_emptyText->setTextFormat(Qt::RichText);
    m_emptyText->setWordWrap(true);
    m_emptyText->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_emptyText->setMinimumWidth(480);
    m_emptyText->setText(tr("<p>Hosts stand in the fleet file. The shortest one:</p>"
                            "<pre>{ \"version\": 1,\n  \"hosts\": [ { \"name\": \"h1\", \"uri\": "
                            "\"qemu+ssh://root@h1/system\" } ] }</pre>"));
    auto* demo = new QPushButton(tr("Look at the demo fleet"), page);
    demo->setAccessibleName(demo->text());
    demo->setMinimumSize(200, 32);
    connect(demo, &QPushButton::clicked, this, &FleetTabs::demoRequested);
    auto* layout = new QVBoxLayout(page);
    layout->setSpacing(metrics::wideGap);
    layout->addStretch(2);
    layout->addWidget(m_emptyTitle);
    layout->addWidget(m_emptyText, 0, Qt::AlignHCenter);
    layout->addWidget(demo, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    return page;
}

void FleetTabs::showPage()
{
    const bool empty = m_failed || m_session.inventory()->hosts().empty();
    setCurrentWidget(empty ? m_emptyPage : m_tabs);
}

void FleetTabs::showFleetError(const Error& error)
{
    m_failed = true;
    m_emptyTitle->setText(tr("The fleet file cannot be read"));
    QString text = QStringLiteral("<p>%1</p>").arg(error.message.toHtmlEscaped());
    if (!error.detail.isEmpty())
        text += QStringLiteral("<pre>%1</pre>").arg(error.detail.toHtmlEscaped());
    m_emptyText->setText(text + tr("<p>Nothing was connected to. Mend the file and start Drover again.</p>"));
    showPage();
}

QWidget& FleetTabs::currentView()
{
    return currentWidget() == m_tabs ? *m_tabs->currentWidget() : *m_emptyPage;
}

void FleetTabs::setFilter(const FleetFilter& filter)
{
    m_board->setFilter(filter);
    m_hosts->setFilter(filter);
    m_instances->setFilter(filter);
    m_capacity->setFilter(filter);
}

void FleetTabs::select(const FleetSelection& selection)
{
    m_selecting = true;
    if (!selection.instances.empty()) {
        m_board->selectInstance(selection.instances.front());
        m_instances->selectInstance(selection.instances.front());
    } else if (!selection.hosts.empty()) {
        m_board->selectHost(selection.hosts.front());
        m_hosts->selectHost(selection.hosts.front());
    }
    m_selecting = false;
}

} // namespace drover
