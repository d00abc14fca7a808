// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/details_text.h"

#include "ui/details/capacity_rows.h"
#include "ui/jobs/job_words.h"
#include "ui/models/fleet_words.h"

#include <QCoreApplication>

namespace drover {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Details)
};

/// Builds the little HTML that a text browser shows well: headings, rows of name and value, chips.
class Page
{
public:
    explicit Page(const ThemeColours& colours) : m_colours(colours) {}
    void title(const QString& text)
    {
        m_html += QStringLiteral("<p style='font-size:large; margin-bottom:6px'><b>%1</b></p>")
                      .arg(text.toHtmlEscaped());
    }
    void chips(const QStringList& words)
    {
        QStringList made;
        for (const QString& word : words)
            made.append(chip(word));
        m_html += QStringLiteral("<p style='margin-top:0; margin-bottom:8px'>%1</p>")
                      .arg(made.join(QStringLiteral(" &nbsp;")));
    }
    [[nodiscard]] QString chip(const QString& word) const
    {
        return QStringLiteral("<span style='background-color:%1; color:%2'>&nbsp;%3&nbsp;</span>")
            .arg(m_colours.tile.name(), m_colours.text.name(), word.toHtmlEscaped());
    }
    void heading(const QString& text)
    {
        m_html += QStringLiteral("<hr/><p style='margin-top:4px; margin-bottom:4px'><b>%1</b></p>")
                      .arg(text.toHtmlEscaped());
    }
    void beginRows()
    {
        m_html += QStringLiteral("<table cellspacing='0' cellpadding='2' style='margin-top:8px'>");
    }
    void row(const QString& name, const QString& value)
    {
        m_html +=
            QStringLiteral(
                "<tr><td style='color:%1; padding-right:12px; white-space:nowrap'>%2</td><td>%3</td></tr>")
                .arg(m_colours.mutedText.name(), name.toHtmlEscaped(), value.toHtmlEscaped());
    }
    void endRows() { m_html += QStringLiteral("</table>"); }
    void line(const QString& html) { m_html += QStringLiteral("<p style='margin:2px 0'>%1</p>").arg(html); }
    [[nodiscard]] QString muted(const QString& text) const
    {
        return QStringLiteral("<span style='color:%1'>%2</span>")
            .arg(m_colours.mutedText.name(), text.toHtmlEscaped());
    }
    void raw(const QString& html) { m_html += html; }
    [[nodiscard]] const ThemeColours& colours() const { return m_colours; }
    [[nodiscard]] QString html() const { return m_html; }

private:
    const ThemeColours& m_colours;
    QString m_html;
};

QString orDash(const QString& text)
{
    return text.isEmpty() ? unknownMark() : text;
}

void disks(Page& page, const DomainDefinition& definition)
{
    if (definition.disks.empty())
        return;
    page.heading(Text::tr("Disks"));
    for (const Disk& disk : definition.disks) {
        const QString size = disk.capacity ? formatBytes(*disk.capacity) : unknownMark();
        page.line(QStringLiteral("%1 &nbsp;%2 %3 &nbsp;%4")
                      .arg(disk.target.toHtmlEscaped(), size, disk.format.toHtmlEscaped(),
                           page.chip(storageClassName(disk.storageClass))));
        QString source = orDash(disk.source);
        for (const BackingImage& image : disk.backing)
            source += QStringLiteral(" ← ") + image.source;
        page.line(page.muted(source));
    }
}

void interfaces(Page& page, const DomainDefinition& definition)
{
    if (definition.interfaces.empty())
        return;
    page.heading(Text::tr("Network"));
    for (const Interface& interface : definition.interfaces)
        page.line(QStringLiteral("%1 &nbsp;%2 %3")
                      .arg(interface.mac.toHtmlEscaped(), interface.source.toHtmlEscaped(),
                           page.muted(interface.model)));
}

void places(Page& page, const Instance& instance)
{
    page.heading(Text::tr("Places"));
    page.beginRows();
    for (const Place& place : instance.places) {
        QStringList words{placeRoleName(place.role), words::powerState(place.state)};
        words.removeDuplicates();
        if (!place.persistent)
            words.append(Text::tr("transient"));
        page.row(place.host.value, words.join(QStringLiteral(", ")));
    }
    page.endRows();
}

void capacity(Page& page, const Host& host)
{
    const std::vector<CapacityRow> rows = capacityRows(host);
    if (rows.empty())
        return;
    page.heading(Text::tr("Capacity"));
    const QString muted = page.colours().mutedText.name();
    QString html = QStringLiteral("<table cellspacing='0' cellpadding='2' width='100%'><tr>");
    const QStringList headings{QString(), Text::tr("CPU"), Text::tr("MiB"), Text::tr("GiB disk"),
                               Text::tr("inst.")};
    for (const QString& heading : headings)
        html += QStringLiteral("<td align='right' style='color:%1'>%2</td>").arg(muted, heading);
    html += QStringLiteral("</tr>");
    for (const CapacityRow& row : rows) {
        html += QStringLiteral("<tr><td style='white-space:nowrap'>%1</td>").arg(row.name.toHtmlEscaped());
        const QStringList cells{
            vcpusText(row.resources.vcpus), formatMib(row.resources.memory).section(QLatin1Char(' '), 0, 0),
            gibText(row.resources.disk), row.instances ? QString::number(*row.instances) : unknownMark()};
        for (const QString& cell : cells)
            html += QStringLiteral("<td align='right'>%1</td>").arg(cell);
        html += QStringLiteral("</tr>");
    }
    page.raw(html + QStringLiteral("</table>"));
}

} // namespace

QString instanceDetails(const Instance& instance, const Job* job, const ThemeColours& colours)
{
    const DomainDefinition& definition = *instance.domain.definition;
    const DomainStatus& status = instance.domain.status;
    const std::optional<Rate> dirty = job != nullptr && job->last.dirty ? job->last.dirty : status.dirtyRate;
    Page page(colours);
    page.title(definition.name);
    QStringList chips{words::powerState(status.state), definition.project.isEmpty()
                                                           ? Text::tr("no project")
                                                           : Text::tr("project %1").arg(definition.project)};
    if (!status.persistent)
        chips.append(Text::tr("transient"));
    if (!definition.managedBy.isEmpty())
        chips.append(Text::tr("managed by %1").arg(definition.managedBy));
    page.chips(chips);
    page.beginRows();
    if (!definition.title.isEmpty())
        page.row(Text::tr("Title"), definition.title);
    page.row(Text::tr("Host"), job != nullptr          ? jobRoute(*job)
                               : instance.inConflict() ? Text::tr("on more than one")
                                                       : instance.host.value);
    if (job != nullptr)
        page.row(Text::tr("Move"), jobVerdict(*job).text);
    page.row(Text::tr("Memory"),
             status.memory == definition.maxMemory || status.memory == Bytes{}
                 ? formatMib(definition.maxMemory)
                 : Text::tr("%1 of %2").arg(formatMib(status.memory), formatMib(definition.maxMemory)));
    page.row(Text::tr("vCPUs"), status.vcpus == definition.maxVcpus
                                    ? QString::number(status.vcpus)
                                    : Text::tr("%1 of %2").arg(status.vcpus).arg(definition.maxVcpus));
    page.row(Text::tr("Dirty rate"), dirty ? formatRate(*dirty) : unknownMark());
    page.row(Text::tr("CPU model"), [&] {
        // <model …>NAME</model> of the running guest's CPU.
        const qsizetype open = definition.cpuXml.indexOf(QLatin1String("<model"));
        const qsizetype begin = open < 0 ? -1 : definition.cpuXml.indexOf(QLatin1Char('>'), open);
        const qsizetype end = begin < 0 ? -1 : definition.cpuXml.indexOf(QLatin1Char('<'), begin);
        return end < 0 ? unknownMark() : definition.cpuXml.mid(begin + 1, end - begin - 1);
    }());
    page.row(Text::tr("Machine"), orDash(definition.machine));
    page.row(Text::tr("UUID"), toString(definition.id));
    page.endRows();
    disks(page, definition);
    interfaces(page, definition);
    if (!definition.devices.empty()) {
        page.heading(Text::tr("Devices"));
        for (const QString& device : deviceWords(definition))
            page.line(device.toHtmlEscaped());
    }
    places(page, instance);
    return page.html();
}

QString hostDetails(const Host& host, int instances, Instant now, const ThemeColours& colours)
{
    Page page(colours);
    page.title(host.id().value);
    QStringList chips{words::hostState(host, now)};
    if (!host.config.zone.isEmpty())
        chips.append(Text::tr("zone %1").arg(host.config.zone));
    if (host.config.readOnly || (host.reading && host.reading->facts->readOnly))
        chips.append(Text::tr("read-only"));
    page.chips(chips);
    if (host.connection == ConnectionState::Down) {
        page.line(QStringLiteral("<span style='color:%1'>%2</span>")
                      .arg(colours.error.name(), words::silentHost(host, instances, now).toHtmlEscaped()));
        page.line(host.error.message.toHtmlEscaped());
        if (!host.error.detail.isEmpty())
            page.line(page.muted(host.error.detail));
    }
    if (!host.duplicateOf.isEmpty())
        page.line(Text::tr("The same machine as %1: not counted.").arg(host.duplicateOf).toHtmlEscaped());
    page.beginRows();
    page.row(Text::tr("URI"), host.config.uri);
    const Result<QString> peer = peerUriOf(host.config);
    page.row(Text::tr("For other hosts"), peer ? *peer : unknownMark());
    if (host.reading) {
        const HostFacts& facts = *host.reading->facts;
        const ServiceRecord service = host.reading->service;
        page.row(Text::tr("Host name"), orDash(facts.hostname));
        page.row(Text::tr("Versions"), words::versions(host));
        page.row(Text::tr("CPU"), Text::tr("%1 × %2").arg(facts.cpus).arg(orDash(facts.cpuModel)));
        page.row(Text::tr("Memory"), formatMib(facts.memory));
        page.row(Text::tr("Free now"),
                 host.reading->memoryFreeNow ? formatMib(*host.reading->memoryFreeNow) : unknownMark());
        page.row(Text::tr("Instances"), QString::number(instances));
        if (service.state != ServiceState::Enabled) {
            page.row(Text::tr("Closed"), orDash(service.reason));
            page.row(Text::tr("By"),
                     service.since.isValid()
                         ? QStringLiteral("%1, %2").arg(service.by, service.since.toLocalTime().toString(
                                                                        QStringLiteral("yyyy-MM-dd HH:mm")))
                         : orDash(service.by));
            if (!service.keptOnHost)
                page.row(QString(), Text::tr("closed in this console only"));
        }
        if (!host.reading->claimedBy.isEmpty())
            page.row(Text::tr("Claimed by"), host.reading->claimedBy);
    }
    page.row(Text::tr("Last answer"), words::hostAge(host, now));
    page.endRows();
    capacity(page, host);
    return page.html();
}

} // namespace drover
