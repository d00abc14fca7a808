// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"

#include <algorithm>
#include <cmath>

namespace drover::ctl {
namespace {

const std::vector<PowerState>& allStates()
{
    static const std::vector<PowerState> states = {
        PowerState::Running, PowerState::Paused,    PowerState::ShuttingDown, PowerState::ShutOff,
        PowerState::Crashed, PowerState::Suspended, PowerState::Unknown};
    return states;
}

Tone toneOf(PowerState state)
{
    switch (state) {
    case PowerState::Running:
        return Tone::Good;
    case PowerState::Crashed:
        return Tone::Bad;
    case PowerState::ShutOff:
        return Tone::Dim;
    default:
        return Tone::Warning;
    }
}

class Instances final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        const Invocation& asked = context().invocation();
        if (asked.has("state") && !isState(asked.value("state"))) {
            QStringList known;
            for (const PowerState state : allStates())
                known.append(powerStateName(state));
            context().fail({ErrorCode::InvalidInput,
                            QStringLiteral("--state: there is no state \"%1\". Known are: %2")
                                .arg(asked.value("state"), known.join(QStringLiteral(", "))),
                            {},
                            {},
                            {}});
            return;
        }
        if (!asked.has("host")) {
            context().when([this] { return context().allHaveAnswered(); }, context().patience(),
                           [this] { write(); });
            return;
        }
        const HostId host{asked.value("host")};
        if (context().inventory()->host(host) == nullptr) {
            context().fail({ErrorCode::NotFound,
                            QStringLiteral("There is no host %1 in the fleet").arg(host.value),
                            {},
                            host.value,
                            {}});
            return;
        }
        context().whenAnswered({host}, [this] { write(); });
    }

private:
    static bool isState(const QString& name)
    {
        return std::any_of(allStates().begin(), allStates().end(),
                           [&](PowerState state) { return powerStateName(state) == name; });
    }

    [[nodiscard]] bool isWanted(const Instance& instance) const
    {
        const Invocation& asked = context().invocation();
        if (asked.has("project") && instance.domain.definition->project != asked.value("project"))
            return false;
        if (asked.has("state") && powerStateName(instance.domain.status.state) != asked.value("state"))
            return false;
        return !asked.has("host") ||
               std::any_of(instance.places.begin(), instance.places.end(),
                           [&](const Place& place) { return place.host.value == asked.value("host"); });
    }

    void write()
    {
        const Snapshot now = context().inventory();
        std::vector<std::shared_ptr<const Instance>> instances = now->instances();
        std::erase_if(instances, [this](const auto& instance) { return !isWanted(*instance); });
        std::sort(instances.begin(), instances.end(), [](const auto& a, const auto& b) {
            return a->name() != b->name() ? a->name() < b->name() : a->id < b->id;
        });
        if (context().output().json()) {
            QJsonArray array;
            for (const auto& instance : instances)
                array.append(instanceJson(*instance, context().session().jobOf(instance->id)));
            context().output().document(array);
        } else {
            writeTable(instances);
        }
        for (const auto& host : now->hosts()) {
            if (const std::optional<Error> down = context().whyDown(*host))
                context().output().note(QStringLiteral("%1 is down, its instances may be missing here: %2")
                                            .arg(host->id().value, down->message));
        }
        context().finish(Done);
    }

    void writeTable(const std::vector<std::shared_ptr<const Instance>>& instances) const
    {
        Table table;
        table.columns = {{QStringLiteral("NAME")},        {QStringLiteral("HOST")},
                         {QStringLiteral("STATE")},       {QStringLiteral("TASK")},
                         {QStringLiteral("VCPUS"), true}, {QStringLiteral("MEMORY MIB"), true},
                         {QStringLiteral("STORAGE")},     {QStringLiteral("PROJECT")}};
        for (const auto& instance : instances) {
            const DomainDefinition& d = *instance->domain.definition;
            const PowerState state = instance->domain.status.state;
            table.rows.push_back({{d.name, Tone::Strong},
                                  instance->inConflict() ? Cell(QStringLiteral("CONFLICT"), Tone::Bad)
                                                         : Cell(instance->host.value),
                                  {powerStateName(state), toneOf(state)},
                                  taskOf(*instance),
                                  QString::number(d.maxVcpus),
                                  QString::number(std::llround(d.maxMemory.mib())),
                                  storageSummary(d),
                                  d.project});
        }
        context().output().table(table);
    }

    [[nodiscard]] QString taskOf(const Instance& instance) const
    {
        const Job* job = context().session().jobOf(instance.id);
        if (job == nullptr && !instance.isMoving())
            return {};
        QString text = QStringLiteral("migrating");
        if (job != nullptr && !job->series.empty())
            text += QStringLiteral(" %1 %").arg(std::floor(job->last.progress));
        const QString to = job != nullptr ? job->destination.value : instance.movingTo.value;
        return to.isEmpty() ? text : text + QStringLiteral(" → ") + to;
    }
};

} // namespace

std::unique_ptr<Command> makeInstances(Context& context)
{
    return std::make_unique<Instances>(context);
}

} // namespace drover::ctl
