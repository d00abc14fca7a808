// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/options.h"

#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cmath>

namespace drover::ctl {
namespace {

constexpr std::array<OptionSpec, 14> globals = {{
    {"fleet", "FILE", "fleet file (default: $XDG_CONFIG_HOME/drover/fleet.json)"},
    {"store", "FILE", "store of journal and history; this version keeps none"},
    {"demo", "[SCENARIO]", "a simulated fleet instead of a fleet file; \"list\" names them"},
    {"demo-speed", "X", "how fast the simulated fleet's time runs (1)"},
    {"json", nullptr, "one JSON document, or one JSON object a line where a command streams"},
    {"quiet", nullptr, "no notes and no progress, only results and errors"},
    {"verbose", nullptr, "also what the program does, on standard error"},
    {"no-color", nullptr, "no colour, also on a terminal"},
    {"read-only", nullptr, "connect for reading only"},
    {"wait", "S", "how long a host may stay silent (10)"},
    {"yes", nullptr, "do not ask before something is changed; accepts no check"},
    {"password-file", "FILE", "a password from standard input", false},
    {"help", nullptr, "this text; after a command: about the command"},
    {"version", nullptr, "the version"},
}};

const OptionSpec* find(std::span<const OptionSpec> specs, const QString& name)
{
    const auto it = std::find_if(specs.begin(), specs.end(),
                                 [&](const OptionSpec& spec) { return name == QLatin1String(spec.name); });
    return it == specs.end() ? nullptr : &*it;
}

tl::unexpected<Error> wrong(const QString& message)
{
    return fail(ErrorCode::InvalidInput, message);
}

/// "--demo" may stand alone: the word after it is its own only where it cannot be anything else.
bool isScenario(const QString& word)
{
    if (word.isEmpty() || word.startsWith(QLatin1Char('-')))
        return false;
    if (word == QLatin1String("list") || word.contains(QLatin1Char('/')) ||
        word.endsWith(QLatin1String(".json")))
        return true;
    const std::vector<DemoFleet> demos = demoFleets();
    return std::any_of(demos.begin(), demos.end(), [&](const DemoFleet& demo) { return demo.name == word; });
}

class WordReader
{
public:
    WordReader(const QStringList& words, const std::vector<CommandSpec>& commands)
        : m_words(words), m_commands(commands)
    {
    }

    Result<Invocation> read()
    {
        bool onlyArguments = false;
        for (m_at = 0; m_at < m_words.size(); ++m_at) {
            const QString& word = m_words.at(m_at);
            Result<void> step;
            if (!onlyArguments && word == QLatin1String("--"))
                onlyArguments = true;
            else if (!onlyArguments && word == QLatin1String("-h"))
                m_result.help = true;
            else if (!onlyArguments && word.size() > 1 && word.startsWith(QLatin1Char('-')))
                step = readOption(word);
            else if (m_result.command == nullptr)
                step = readCommand(word);
            else
                m_result.arguments.append(word);
            if (!step)
                return fail(step.error());
        }
        return finish();
    }

private:
    Result<void> readCommand(const QString& word)
    {
        const auto it = std::find_if(m_commands.begin(), m_commands.end(),
                                     [&](const CommandSpec& c) { return word == QLatin1String(c.name); });
        if (it != m_commands.end()) {
            m_result.command = &*it;
            return {};
        }
        QStringList known;
        for (const CommandSpec& command : m_commands)
            known.append(QLatin1String(command.name));
        return wrong(QStringLiteral("Unknown command \"%1\". Known are: %2")
                         .arg(word, known.join(QStringLiteral(", "))));
    }

    [[nodiscard]] const OptionSpec* findOption(const QString& name) const
    {
        if (const OptionSpec* global = find(globals, name))
            return global;
        if (m_result.command == nullptr)
            return nullptr;
        if (const OptionSpec* own = find(m_result.command->options, name))
            return own;
        return m_result.command->migrationOptions ? find(migrationOptionSpecs(), name) : nullptr;
    }

    Result<void> readOption(const QString& word)
    {
        const qsizetype equals = word.indexOf(QLatin1Char('='));
        const QString dashed = equals < 0 ? word : word.left(equals);
        const QString name = dashed.mid(2);
        const OptionSpec* spec = dashed.startsWith(QLatin1String("--")) ? findOption(name) : nullptr;
        if (spec == nullptr) {
            if (name == QLatin1String("force"))
                return wrong(
                    QStringLiteral("--force is not offered: accept a check by its id with --accept"));
            if (m_result.command == nullptr)
                return wrong(
                    QStringLiteral("Unknown option %1. An option of a command stands after the command; see "
                                   "droverctl --help")
                        .arg(dashed));
            return wrong(QStringLiteral("Unknown option %1; see droverctl %2 --help")
                             .arg(dashed, QLatin1String(m_result.command->name)));
        }
        if (!spec->available)
            return wrong(QStringLiteral("%1 is not available in this version").arg(dashed));
        QString value;
        if (name == QLatin1String("demo")) {
            if (equals >= 0)
                value = word.mid(equals + 1);
            else if (m_at + 1 < m_words.size() && isScenario(m_words.at(m_at + 1)))
                value = m_words.at(++m_at);
        } else if (spec->value != nullptr) {
            if (equals >= 0)
                value = word.mid(equals + 1);
            else if (m_at + 1 < m_words.size() && !m_words.at(m_at + 1).startsWith(QLatin1String("--")))
                value = m_words.at(++m_at);
            if (value.isEmpty())
                return wrong(
                    QStringLiteral("%1 needs a value: %1 %2").arg(dashed, QLatin1String(spec->value)));
        } else if (equals >= 0) {
            return wrong(QStringLiteral("%1 takes no value").arg(dashed));
        }
        QStringList& values = m_result.values[name];
        if (!values.isEmpty() && spec->value != nullptr && !spec->repeatable)
            return wrong(QStringLiteral("%1 is given twice").arg(dashed));
        values.append(value);
        return {};
    }

    Result<Invocation> finish()
    {
        Invocation& r = m_result;
        r.json = r.has("json");
        r.quiet = r.has("quiet");
        r.verbose = r.has("verbose");
        r.noColour = r.has("no-color");
        r.readOnly = r.has("read-only");
        r.yes = r.has("yes");
        r.help = r.help || r.has("help");
        r.version = r.has("version");
        r.source.fleetFile = r.value("fleet");
        r.source.demo = r.has("demo");
        r.source.scenario = r.value("demo");
        r.listDemos = r.source.scenario == QLatin1String("list");
        if (r.help || r.version || r.listDemos)
            return std::move(r);
        if (r.command == nullptr)
            return wrong(QStringLiteral("Say what to do: droverctl COMMAND; see droverctl --help"));
        if (r.quiet && r.verbose)
            return wrong(QStringLiteral("--quiet and --verbose exclude each other"));
        if (r.source.demo && !r.source.fleetFile.isEmpty())
            return wrong(QStringLiteral("--fleet and --demo exclude each other"));
        if (r.has("demo-speed")) {
            if (!r.source.demo)
                return wrong(QStringLiteral("--demo-speed needs --demo"));
            const Result<double> speed =
                positiveNumber(QStringLiteral("--demo-speed"), r.value("demo-speed"));
            if (!speed)
                return fail(speed.error());
            r.source.demoSpeed = *speed;
        }
        if (r.has("wait")) {
            const Result<double> seconds = positiveNumber(QStringLiteral("--wait"), r.value("wait"));
            if (!seconds)
                return fail(seconds.error());
            r.wait = Milliseconds(std::llround(*seconds * 1000.0));
        }
        if (const Result<void> fits = checkArguments(); !fits)
            return fail(fits.error());
        if (r.command->migrationOptions) {
            Result<MigrationOptions> options = migrationOptions(r);
            if (!options)
                return fail(options.error());
            r.migration = std::move(*options);
        }
        return std::move(r);
    }

    [[nodiscard]] Result<void> checkArguments() const
    {
        const CommandSpec& command = *m_result.command;
        const auto given = static_cast<int>(m_result.arguments.size());
        if (given < command.least)
            return wrong(QStringLiteral("droverctl %1 needs %2")
                             .arg(QLatin1String(command.name), QLatin1String(command.arguments)));
        if (command.most >= 0 && given > command.most)
            return wrong(QStringLiteral("droverctl %1 does not know what to do with \"%2\"; it takes %3")
                             .arg(QLatin1String(command.name), m_result.arguments.at(command.most),
                                  command.most == 0 ? QStringLiteral("no argument")
                                                    : QLatin1String(command.arguments)));
        for (const QString& argument : m_result.arguments) {
            if (argument.isEmpty())
                return wrong(
                    QStringLiteral("droverctl %1: an argument is empty").arg(QLatin1String(command.name)));
        }
        return {};
    }

    const QStringList& m_words;
    const std::vector<CommandSpec>& m_commands;
    qsizetype m_at = 0;
    Invocation m_result;
};

} // namespace

bool asksForJson(const QStringList& words)
{
    return words.contains(QStringLiteral("--json"));
}

Result<Invocation> parseWords(const QStringList& words, const std::vector<CommandSpec>& commands)
{
    return WordReader(words, commands).read();
}

Result<double> positiveNumber(const QString& option, const QString& text)
{
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    if (!isNumber || !std::isfinite(number) || number <= 0 || number > 1e9)
        return fail(ErrorCode::InvalidInput,
                    QStringLiteral("%1 must be a number greater than 0, but is \"%2\"").arg(option, text));
    return number;
}

std::span<const OptionSpec> globalOptions()
{
    return globals;
}

} // namespace drover::ctl
