// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/composition.h"
#include "app/gui/command_line.h"
#include "app/gui/quit_signals.h"
#include "core/base/log.h"
#include "core/session/session.h"
#include "ui/main_window.h"
#include "ui/probe/drover_application.h"
#include "ui/probe/responsiveness_probe.h"
#include "ui/theme/theme.h"

#include <QProcess>
#include <QSettings>
#include <QTextStream>

#include <csignal>
#include <cstdio>
#include <memory>

namespace {

using namespace drover;

constexpr int exitUsage = 2;

void say(std::FILE* file, const QString& text)
{
    QTextStream(file) << text << Qt::endl;
}

void sayError(const Error& error)
{
    say(stderr, QStringLiteral("drover: %1").arg(error.message));
    if (!error.detail.isEmpty())
        say(stderr, error.detail);
}

QStringList argumentsOf(int argc, char** argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    return arguments;
}

/// What needs no window. @return the exit status, or nothing to go on
std::optional<int> answerWithoutWindow(const CommandLine& line, int& argc, char** argv)
{
    if (line.help) {
        const QCoreApplication application(argc, argv);
        QTextStream(stdout) << helpText();
        return 0;
    }
    if (line.version) {
        say(stdout, QStringLiteral("drover %1").arg(QStringLiteral(DROVER_VERSION)));
        return 0;
    }
    if (line.listDemos) {
        for (const DemoFleet& demo : demoFleets())
            say(stdout, QStringLiteral("%1  %2").arg(demo.name, -12).arg(demo.about));
        return 0;
    }
    return std::nullopt;
}

int runWindow(DroverApplication& application, const CommandLine& line)
{
    QuitSignals signals;
    // Not quit(): that would ask about migrations, and whoever sends a signal does not answer.
    QObject::connect(&signals, &QuitSignals::quitRequested, &application, [] { QCoreApplication::exit(0); });
    Theme theme;
    theme.setChoice(themeChoiceFromName(QSettings().value(QStringLiteral("theme")).toString()));

    Result<Composition> read = compose(line.source);
    if (!read)
        sayError(read.error());
    Composition composition = read ? std::move(*read) : composeNothing(line.source);

    SessionOptions options;
    options.readOnly = line.readOnly;
    Session session(composition.backend, options);
    MainWindow window(session, theme, composition.title);
    if (!read)
        window.showFleetError(read.error());
    QObject::connect(&window, &MainWindow::demoRequested, &window, [] {
        QProcess::startDetached(QCoreApplication::applicationFilePath(), {QStringLiteral("--demo")});
    });
    window.show();
    // After the window: it must not wait for anything that a fleet needs.
    session.setFleet(composition.fleet);
    const int status = QApplication::exec();
    return read ? status : exitUsage;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    QCoreApplication::setOrganizationName(QStringLiteral("drover"));
    QCoreApplication::setApplicationName(QStringLiteral("drover"));
    QCoreApplication::setApplicationVersion(QStringLiteral(DROVER_VERSION));
    const Result<CommandLine> line = parseCommandLine(argumentsOf(argc, argv));
    if (!line) {
        sayError(line.error());
        return exitUsage;
    }
    if (const std::optional<int> done = answerWithoutWindow(*line, argc, argv))
        return *done;

    LogBook::instance().install(line->verbose ? LogLevel::Debug : LogLevel::Warning);
    DroverApplication application(argc, argv);
    QGuiApplication::setDesktopFileName(QStringLiteral("drover"));
    std::unique_ptr<ResponsivenessProbe> probe;
    const QString probeFile = qEnvironmentVariable("DROVER_PROBE");
    if (!probeFile.isEmpty())
        probe = std::make_unique<ResponsivenessProbe>();
    const int status = runWindow(application, *line);
    if (probe && !probe->writeTo(probeFile))
        say(stderr, QStringLiteral("drover: %1 cannot be written").arg(probeFile));
    return status;
}
