// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"

#include <QByteArray>
#include <QStringList>

#include <vector>

namespace drover::test {

/// True inside a lab's console namespace, where a test program starts itself again (see enterLab).
[[nodiscard]] bool isInLab();
/// Replaces this process by `lab run`, which starts this program again in the console namespace of a lab of
/// its own and takes that down at the end. Returns only where that fails: the program's exit code.
int enterLab(int argc, char** argv, const QByteArray& prefix, int hosts, int guests);
/// The hosts of the lab around this process.
[[nodiscard]] std::vector<HostConfig> labHosts();

struct LabOutput
{
    int exitCode = -1;
    QByteArray text; ///< both channels
};
/// Runs a command of the lab tool.
[[nodiscard]] LabOutput labCommand(const QStringList& arguments, int timeoutMs = 30000);
/// Runs a shell script in a host.
[[nodiscard]] LabOutput labScript(const QString& host, const QString& script, int timeoutMs = 30000);

} // namespace drover::test
