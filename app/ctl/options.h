// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/composition.h"
#include "core/base/result.h"
#include "core/base/units.h"
#include "core/fleet/migration_options.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace drover::ctl {

class Command;
class Context;

/// One option as it is written after two dashes.
struct OptionSpec
{
    const char* name;
    const char* value; ///< what its value is called in the help; null for a switch
    const char* about;
    bool available = true; ///< false: it belongs to the contract, and this version refuses it
    bool repeatable = false;
};

/// One command of the program.
struct CommandSpec
{
    const char* name;
    const char* arguments; ///< as in the help: "INSTANCE HOST"
    int least;
    int most; ///< −1: any number
    const char* about;
    std::vector<OptionSpec> options;
    bool migrationOptions;
    bool changes; ///< asks before it acts
    std::function<std::unique_ptr<Command>(Context&)> make;
};

/// What a command line asks for.
struct Invocation
{
    SourceOptions source;
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    bool noColour = false;
    bool readOnly = false;
    bool yes = false;
    Milliseconds wait{10000}; ///< how long a host may stay silent
    bool listDemos = false;
    bool version = false;
    bool help = false;
    const CommandSpec* command = nullptr; ///< null with help, version or the list of demos alone
    QStringList arguments;
    QHash<QString, QStringList> values; ///< of the command's own options; an empty text for a switch
    MigrationOptions migration;

    [[nodiscard]] bool has(const char* option) const { return values.contains(QLatin1String(option)); }
    [[nodiscard]] QString value(const char* option) const
    {
        return values.value(QLatin1String(option)).value(0);
    }
};

/// True where the words ask for JSON, also when they are wrong otherwise: an error must come out in that
/// form.
[[nodiscard]] bool asksForJson(const QStringList& words);
/// Reads the words after the program's name. Errors are InvalidInput and name the word.
[[nodiscard]] Result<Invocation> parseWords(const QStringList& words,
                                            const std::vector<CommandSpec>& commands);
/// Reads the migration options out of the values. Part of parseWords.
[[nodiscard]] Result<MigrationOptions> migrationOptions(const Invocation& invocation);

[[nodiscard]] std::span<const OptionSpec> globalOptions();
[[nodiscard]] std::span<const OptionSpec> migrationOptionSpecs();
/// A number above 0, or a sentence that names the option.
[[nodiscard]] Result<double> positiveNumber(const QString& option, const QString& text);

[[nodiscard]] QString helpText(const std::vector<CommandSpec>& commands);
[[nodiscard]] QString helpText(const CommandSpec& command);

} // namespace drover::ctl
