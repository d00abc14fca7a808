// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"

namespace drover::ctl {
namespace {

class Show final : public Command
{
public:
    using Command::Command;

    void start() override
    {
        context().findInstance(context().invocation().arguments.front(), std::nullopt,
                               [this](const Instance& instance) { write(instance); });
    }

private:
    void field(const QString& name, const QString& value) const
    {
        context().output().line(
            QStringLiteral("%1 %2").arg(name, -12).arg(value.isEmpty() ? unknownMark() : value));
    }

    void write(const Instance& instance)
    {
        const Job* job = context().session().jobOf(instance.id);
        if (context().output().json()) {
            context().output().document(instanceDetailsJson(instance, job));
        } else {
            writeFacts(instance);
            writeDevices(*instance.domain.definition);
        }
        context().finish(Done);
    }

    void writeFacts(const Instance& instance) const
    {
        const DomainDefinition& d = *instance.domain.definition;
        const DomainStatus& status = instance.domain.status;
        field(QStringLiteral("name"), d.name);
        if (!d.title.isEmpty())
            field(QStringLiteral("title"), d.title);
        field(QStringLiteral("uuid"), toString(instance.id));
        field(QStringLiteral("host"),
              instance.inConflict() ? QStringLiteral("conflict: see places") : instance.host.value);
        field(QStringLiteral("state"),
              QStringLiteral("%1 (%2)").arg(powerStateName(status.state), stateReasonName(status.reason)));
        if (instance.isMoving())
            field(QStringLiteral("moving to"), instance.movingTo.value);
        field(QStringLiteral("vcpus"), QString::number(d.maxVcpus));
        field(QStringLiteral("memory"), formatBytes(d.maxMemory));
        field(QStringLiteral("machine"), d.machine);
        field(QStringLiteral("project"), d.project.isEmpty() ? QStringLiteral("(none)") : d.project);
        if (!d.managedBy.isEmpty())
            field(QStringLiteral("managed by"), d.managedBy);
        field(QStringLiteral("persistent"), status.persistent ? QStringLiteral("yes") : QStringLiteral("no"));
        field(QStringLiteral("autostart"), !status.autostart   ? QString()
                                           : *status.autostart ? QStringLiteral("yes")
                                                               : QStringLiteral("no"));
        field(QStringLiteral("storage"), storageSummary(d));
        for (const Place& place : instance.places)
            field(QStringLiteral("place"),
                  QStringLiteral("%1: %2, %3%4")
                      .arg(place.host.value, placeRoleName(place.role), powerStateName(place.state),
                           place.persistent ? QString() : QStringLiteral(", transient")));
    }

    void writeDevices(const DomainDefinition& d) const
    {
        for (const Disk& disk : d.disks) {
            field(QStringLiteral("disk"),
                  QStringLiteral("%1: %2, %3, %4%5")
                      .arg(disk.target, disk.source.isEmpty() ? QStringLiteral("(empty)") : disk.source,
                           disk.format, storageClassName(disk.storageClass),
                           disk.capacity ? QStringLiteral(", %1").arg(formatBytes(*disk.capacity))
                                         : QString()));
        }
        for (const Interface& interface : d.interfaces) {
            field(QStringLiteral("interface"),
                  QStringLiteral("%1: %2 %3, %4")
                      .arg(interface.mac, interface.type, interface.source, interface.model));
        }
        for (const QString& device : deviceWords(d))
            field(QStringLiteral("device"), device);
    }
};

} // namespace

std::unique_ptr<Command> makeShow(Context& context)
{
    return std::make_unique<Show>(context);
}

} // namespace drover::ctl
