// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace drover {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(CommandLine)
};

void addOptions(QCommandLineParser& parser)
{
    parser.setApplicationDescription(Text::tr("Moves instances between libvirt/KVM hosts."));
    parser.addOptions({
        {QStringLiteral("fleet"), Text::tr("Fleet file; %1 when absent.").arg(defaultFleetFile()),
         QStringLiteral("FILE")},
        {QStringLiteral("store"), Text::tr("Store of journal and history."), QStringLiteral("FILE")},
        {QStringLiteral("demo"),
         Text::tr("A simulated fleet instead of a fleet file; small when none is named, list to see them."),
         QStringLiteral("[SCENARIO]")},
        {QStringLiteral("demo-speed"), Text::tr("How fast the simulated time runs."),
         QStringLiteral("FACTOR")},
        {QStringLiteral("read-only"), Text::tr("Change nothing anywhere.")},
        {QStringLiteral("verbose"), Text::tr("Also write details of the log to standard error.")},
        {{QStringLiteral("h"), QStringLiteral("help")}, Text::tr("This text.")},
        {QStringLiteral("version"), Text::tr("The version.")},
    });
}

/// The value of --demo may be missing, which the parser does not know: it is always given to it.
QStringList withDemoValue(const QStringList& arguments)
{
    QStringList all;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        if (arguments[i] != QLatin1String("--demo")) {
            all.append(arguments[i]);
            continue;
        }
        const bool named = i + 1 < arguments.size() && !arguments[i + 1].startsWith(QLatin1Char('-'));
        all.append(QStringLiteral("--demo=%1").arg(named ? arguments[++i] : QStringLiteral("small")));
    }
    return all;
}

} // namespace

Result<CommandLine> parseCommandLine(const QStringList& arguments)
{
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(withDemoValue(arguments)))
        return fail(ErrorCode::InvalidInput, parser.errorText());
    if (!parser.positionalArguments().isEmpty())
        return fail(
            ErrorCode::InvalidInput,
            Text::tr("“%1” means nothing here; see --help").arg(parser.positionalArguments().constFirst()));
    CommandLine line;
    line.help = parser.isSet(QStringLiteral("help"));
    line.version = parser.isSet(QStringLiteral("version"));
    line.readOnly = parser.isSet(QStringLiteral("read-only"));
    line.verbose = parser.isSet(QStringLiteral("verbose"));
    line.store = parser.value(QStringLiteral("store"));
    line.source.fleetFile = parser.value(QStringLiteral("fleet"));
    line.source.demo = parser.isSet(QStringLiteral("demo"));
    line.source.scenario = parser.value(QStringLiteral("demo"));
    line.listDemos = line.source.demo && line.source.scenario == QLatin1String("list");
    if (line.source.demo && parser.isSet(QStringLiteral("fleet")))
        return fail(ErrorCode::InvalidInput, Text::tr("--demo and --fleet cannot be used together"));
    if (parser.isSet(QStringLiteral("demo-speed"))) {
        const QString text = parser.value(QStringLiteral("demo-speed"));
        bool understood = false;
        line.source.demoSpeed = text.toDouble(&understood);
        if (!understood || line.source.demoSpeed <= 0)
            return fail(ErrorCode::InvalidInput,
                        Text::tr("--demo-speed: “%1” is not a number above 0").arg(text));
    }
    return line;
}

QString helpText()
{
    QCommandLineParser parser;
    addOptions(parser);
    return parser.helpText();
}

} // namespace drover
