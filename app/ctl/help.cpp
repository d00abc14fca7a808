// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/options.h"

namespace drover::ctl {
namespace {

void addOptions(QString& text, std::span<const OptionSpec> options)
{
    for (const OptionSpec& option : options) {
        if (!option.available)
            continue;
        QString left = QStringLiteral("  --%1").arg(QLatin1String(option.name));
        if (option.value != nullptr)
            left += QLatin1Char(' ') + QLatin1String(option.value);
        text += QStringLiteral("%1 %2\n").arg(left, -34).arg(QLatin1String(option.about));
    }
}

QString usageOf(const CommandSpec& command)
{
    QString usage = QLatin1String(command.name);
    if (*command.arguments != 0)
        usage += QLatin1Char(' ') + QLatin1String(command.arguments);
    return usage;
}

} // namespace

QString helpText(const std::vector<CommandSpec>& commands)
{
    QString text =
        QStringLiteral("Usage: droverctl [OPTIONS] COMMAND [ARGUMENTS]\n\n"
                       "See hosts and instances of libvirt/KVM, and move instances between hosts.\n\n"
                       "Commands:\n");
    for (const CommandSpec& command : commands)
        text += QStringLiteral("  %1 %2\n").arg(usageOf(command), -32).arg(QLatin1String(command.about));
    text += QStringLiteral(
        "\nINSTANCE is a name, a UUID, or HOST/NAME. droverctl COMMAND --help tells a command's own "
        "options.\n\nOptions:\n");
    addOptions(text, globalOptions());
    text += QStringLiteral(
        "\nExit status: 0 done; 1 failed, cancelled, unknown or refused by a check; 2 wrong usage or "
        "unreadable input;\n3 a host could not be reached; 4 no such host or instance; 5 done in "
        "part; 130 interrupted.\n");
    return text;
}

QString helpText(const CommandSpec& command)
{
    QString text =
        QStringLiteral("Usage: droverctl %1%2\n\n%3\n")
            .arg(usageOf(command),
                 command.migrationOptions || !command.options.empty() ? QStringLiteral(" [OPTIONS]")
                                                                      : QString(),
                 QLatin1String(command.about));
    if (!command.options.empty()) {
        text += QStringLiteral("\nOptions:\n");
        addOptions(text, command.options);
    }
    if (command.migrationOptions) {
        text += QStringLiteral("\nMigration options:\n");
        addOptions(text, migrationOptionSpecs());
    }
    text += QStringLiteral("\nOptions of every command:\n");
    addOptions(text, globalOptions());
    return text;
}

} // namespace drover::ctl
