// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/composition.h"
#include "core/base/result.h"

#include <QStringList>

namespace drover {

/// What `drover` was told on its command line.
struct CommandLine
{
    SourceOptions source;
    QString store;
    bool readOnly = false;
    bool verbose = false;
    bool help = false;
    bool version = false;
    bool listDemos = false;
};

/// Reads the arguments (the program's name first). An error says what is wrong with which of them.
[[nodiscard]] Result<CommandLine> parseCommandLine(const QStringList& arguments);
/// The text of --help. Needs an application object.
[[nodiscard]] QString helpText();

} // namespace drover
