// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/capacity_rows.h"

#include <QCoreApplication>

#include <cmath>

namespace drover {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Capacity)
};

} // namespace

std::vector<CapacityRow> capacityRows(const Host& host)
{
    if (!host.reading)
        return {};
    const Capacity capacity = capacityOf(host);
    std::vector<CapacityRow> rows;
    rows.push_back({QStringLiteral("(total)"), capacity.effective, std::nullopt,
                    Text::tr("What may be used: (total − reserve) × ratio. The machine itself has %1 CPUs, "
                             "%2 of memory, %3 of disk.")
                        .arg(vcpusText(capacity.total.vcpus), formatBytes(capacity.total.memory),
                             formatBytes(capacity.total.disk))});
    rows.push_back(
        {QStringLiteral("(used_now)"), capacity.usedNow, capacity.running,
         Text::tr("Running and paused instances: vCPUs, balloon size, physical size of their disks")});
    rows.push_back(
        {QStringLiteral("(used_max)"), capacity.usedMax, capacity.instances,
         Text::tr("What all defined instances could use: maximum vCPUs and memory, disk capacity")});
    for (const ProjectUse& use : capacity.projects)
        rows.push_back({use.project.isEmpty() ? Text::tr("(no project)") : use.project, use.used,
                        use.instances, Text::tr("Instances of this project")});
    return rows;
}

QString vcpusText(double vcpus)
{
    return QString::number(vcpus, 'f', std::abs(vcpus - std::round(vcpus)) < 0.05 ? 0 : 1);
}

QString gibText(Bytes bytes)
{
    // formatMib() groups digits; its unit stands in the heading here.
    QString digits = formatMib(Bytes::fromMib(std::round(bytes.gib())));
    digits.truncate(digits.indexOf(QLatin1Char(' ')));
    return digits;
}

} // namespace drover
