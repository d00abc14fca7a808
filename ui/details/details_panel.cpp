// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/details_panel.h"

#include "ui/details/details_text.h"

#include <QEvent>
#include <QScrollBar>

#include <chrono>

namespace drover {

DetailsPanel::DetailsPanel(Session& session, QWidget* parent) : QTextBrowser(parent), m_session(session)
{
    setAccessibleName(tr("Details of what is selected"));
    setFrameShape(QFrame::NoFrame);
    setOpenLinks(false);
    document()->setDocumentMargin(12);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, &DetailsPanel::write);
    m_tick.start();
    write();
}

void DetailsPanel::setSelection(const FleetSelection& selection)
{
    if (selection == m_selection)
        return;
    m_selection = selection;
    m_written.clear();
    write();
}

QString DetailsPanel::text() const
{
    const Snapshot inventory = m_session.inventory();
    const ThemeColours& colours = themeColours(palette());
    if (!m_selection.instances.empty()) {
        if (const Instance* instance = inventory->instance(m_selection.instances.front()))
            return instanceDetails(*instance, m_session.jobOf(instance->id), colours);
    }
    if (!m_selection.hosts.empty()) {
        if (const Host* host = inventory->host(m_selection.hosts.front()))
            return hostDetails(*host, static_cast<int>(inventory->instancesAt(host->id()).size()),
                               m_session.clock().now(), colours);
    }
    return QStringLiteral("<p style='color:%1'>%2</p>")
        .arg(colours.mutedText.name(), tr("Select a host or an instance to read about it here."));
}

void DetailsPanel::write()
{
    if (!isVisible() && !m_written.isEmpty())
        return;
    const QString html = text();
    if (html == m_written)
        return;
    // Marked text would be lost under the operator's hand.
    if (!m_written.isEmpty() && textCursor().hasSelection())
        return;
    const int place = m_written.isEmpty() ? 0 : verticalScrollBar()->value();
    m_written = html;
    setHtml(html);
    verticalScrollBar()->setValue(place);
}

void DetailsPanel::changeEvent(QEvent* event)
{
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        write();
}

void DetailsPanel::showEvent(QShowEvent* event)
{
    QTextBrowser::showEvent(event);
    write();
}

} // namespace drover
