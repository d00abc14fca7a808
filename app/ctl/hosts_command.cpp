// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"

#include <cmath>

namespace drover::ctl {
namespace {

QString number(double value)
{
    return std::abs(value - std::round(value)) < 0.005 ? QString::number(std::llround(value))
                                                       : QString::number(value, 'f', 2);
}

QString of(const QString& used, const QString& total)
{
    return used + QStringLiteral(" / ") + total;
}

QString wholeMib(Bytes bytes)
{
    return QString::number(std::llround(bytes.mib()));
}

QString wholeGib(Bytes bytes)
{
    return QString::number(std::llround(bytes.gib()));
}

Tone toneOf(ServiceState state)
{
    return state == ServiceState::Enabled ? Tone::Plain : Tone::Warning;
}

class Hosts final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        for (const QString& name : context().invocation().arguments) {
            const HostId id{name};
            if (context().inventory()->host(id) == nullptr) {
                context().fail({ErrorCode::NotFound,
                                QStringLiteral("There is no host %1 in the fleet").arg(name),
                                {},
                                name,
                                {}});
                return;
            }
            if (std::find(m_named.begin(), m_named.end(), id) == m_named.end())
                m_named.push_back(id);
        }
        const auto answered = [this] {
            return m_named.empty() ? context().allHaveAnswered()
                                   : std::all_of(m_named.begin(), m_named.end(), [this](const HostId& id) {
                                         return context().hasAnswered(id);
                                     });
        };
        context().when(answered, context().patience(), [this] { write(); });
    }

private:
    [[nodiscard]] MovesUnderWay movesTo(const HostId& id) const
    {
        const MovesByHost moves = context().session().movesUnderWay();
        const auto it = moves.find(id);
        return it == moves.end() ? MovesUnderWay{} : it->second;
    }

    void write()
    {
        std::vector<const Host*> hosts;
        const Snapshot now = context().inventory();
        for (const auto& host : now->hosts()) {
            if (m_named.empty())
                hosts.push_back(host.get());
        }
        for (const HostId& id : m_named)
            hosts.push_back(now->host(id));
        if (context().output().json())
            writeJson(*now, hosts);
        else if (m_named.empty())
            writeOverview(hosts);
        else
            writeCapacity(hosts);
        context().finish(Done);
    }

    void writeJson(const Inventory& inventory, const std::vector<const Host*>& hosts) const
    {
        QJsonArray array;
        for (const Host* host : hosts) {
            const std::optional<Error> down = context().whyDown(*host);
            array.append(hostJson(inventory, *host, movesTo(host->id()), context().session().clock().now(),
                                  down ? &*down : nullptr));
        }
        context().output().document(array);
    }

    void writeOverview(const std::vector<const Host*>& hosts) const
    {
        if (hosts.empty()) {
            context().output().note(
                QStringLiteral("The fleet is empty: write hosts into %1, or look at --demo")
                    .arg(context().invocation().source.fleetFile.isEmpty()
                             ? defaultFleetFile()
                             : context().invocation().source.fleetFile));
            return;
        }
        Table table;
        table.columns = {{QStringLiteral("HOST")},
                         {QStringLiteral("ZONE")},
                         {QStringLiteral("STATE")},
                         {QStringLiteral("SERVICE")},
                         {QStringLiteral("RUNNING"), true},
                         {QStringLiteral("VCPUS"), true},
                         {QStringLiteral("MEMORY MIB"), true},
                         {QStringLiteral("FREE MIB"), true},
                         {QStringLiteral("DISK GIB"), true},
                         {QStringLiteral("NOTE")}};
        for (const Host* host : hosts)
            table.rows.push_back(overviewRow(*host));
        context().output().table(table);
    }

    [[nodiscard]] std::vector<Cell> overviewRow(const Host& host) const
    {
        const std::optional<Error> down = context().whyDown(host);
        std::vector<Cell> row{{host.id().value, Tone::Strong},
                              host.config.zone,
                              down ? Cell(QStringLiteral("down"), Tone::Bad)
                                   : Cell(QStringLiteral("up"), Tone::Good)};
        if (!host.reading) {
            row.insert(row.end(), 6, Cell(unknownMark(), Tone::Dim));
            row.emplace_back(down ? down->message : QString());
            return row;
        }
        const Capacity c = capacityOf(host, movesTo(host.id()));
        const ServiceRecord service = host.service();
        row.emplace_back(serviceStateName(service.state), toneOf(service.state));
        row.emplace_back(of(QString::number(c.running), QString::number(c.instances)));
        row.emplace_back(of(number(c.usedNow.vcpus), number(c.effective.vcpus)));
        row.emplace_back(of(wholeMib(c.usedNow.memory), wholeMib(c.effective.memory)));
        row.emplace_back(wholeMib(c.free.memory), c.free.memory.value < 0 ? Tone::Bad : Tone::Plain);
        row.emplace_back(of(wholeGib(c.usedNow.disk), wholeGib(c.effective.disk)));
        QStringList notes;
        if (down)
            notes.append(down->message);
        if (!host.duplicateOf.isEmpty())
            notes.append(QStringLiteral("same machine as %1").arg(host.duplicateOf));
        if (!service.reason.isEmpty())
            notes.append(service.reason);
        row.emplace_back(notes.join(QStringLiteral("; ")));
        return row;
    }

    /// As Nova's host-describe had it: totals, use, and one row for each project.
    void writeCapacity(const std::vector<const Host*>& hosts) const
    {
        Table table;
        table.columns = {{QStringLiteral("HOST")},
                         {QStringLiteral("PROJECT")},
                         {QStringLiteral("INSTANCES"), true},
                         {QStringLiteral("CPU"), true},
                         {QStringLiteral("MEMORY MIB"), true},
                         {QStringLiteral("DISK GIB"), true}};
        const auto add = [&table](const Host& host, const QString& what, const QString& instances,
                                  const Resources& r) {
            table.rows.push_back(
                {host.id().value, what, instances, number(r.vcpus), wholeMib(r.memory), wholeGib(r.disk)});
        };
        for (const Host* host : hosts) {
            if (const std::optional<Error> down = context().whyDown(*host))
                context().output().note(
                    QStringLiteral("%1 is down: %2").arg(host->id().value, down->message));
            if (!host->reading) {
                table.rows.push_back({host->id().value, QStringLiteral("(not known)"), unknownMark(),
                                      unknownMark(), unknownMark(), unknownMark()});
                continue;
            }
            const Capacity c = capacityOf(*host, movesTo(host->id()));
            add(*host, QStringLiteral("(total)"), QString(), c.total);
            add(*host, QStringLiteral("(effective)"), QString(), c.effective);
            add(*host, QStringLiteral("(used_now)"), QString::number(c.running), c.usedNow);
            add(*host, QStringLiteral("(used_max)"), QString::number(c.instances), c.usedMax);
            add(*host, QStringLiteral("(free)"), QString(), c.free);
            for (const ProjectUse& use : c.projects)
                add(*host, use.project.isEmpty() ? QStringLiteral("(none)") : use.project,
                    QString::number(use.instances), use.used);
        }
        context().output().table(table);
    }

    std::vector<HostId> m_named;
};

} // namespace

std::unique_ptr<Command> makeHosts(Context& context)
{
    return std::make_unique<Hosts>(context);
}

} // namespace drover::ctl
