// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/output.h"
#include "app/ctl/signals.h"
#include "core/base/log.h"

#include <QCoreApplication>
#include <QTimer>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>

namespace drover::ctl {
namespace {

/// Qt wants a UTF-8 locale and complains on standard error where it finds none; scripts often have none.
void ensureUtf8()
{
    std::setlocale(LC_ALL, "");
    if (std::strcmp(::nl_langinfo(CODESET), "UTF-8") != 0)
        ::setenv("LC_ALL", "C.UTF-8", 1);
}

void writeDemos(Output& output)
{
    QJsonArray array;
    for (const DemoFleet& demo : demoFleets()) {
        if (output.json())
            array.append(
                QJsonObject{{QLatin1String("name"), demo.name}, {QLatin1String("about"), demo.about}});
        else
            output.line(QStringLiteral("%1 %2").arg(demo.name, -12).arg(demo.about));
    }
    if (output.json())
        output.document(array);
}

int refuse(Output& output, const Error& error)
{
    output.error(error);
    return WrongUsage;
}

int runCommand(const Invocation& invocation, Output& output)
{
    if (invocation.command->changes) {
        if (invocation.readOnly)
            return refuse(output,
                          {ErrorCode::InvalidInput,
                           QStringLiteral("droverctl %1 changes something, and --read-only forbids it")
                               .arg(QLatin1String(invocation.command->name)),
                           {},
                           {},
                           {}});
        if (const Result<void> may = mayAsk(invocation); !may)
            return refuse(output, may.error());
    }
    const Signals signals;
    Result<Composition> composition = compose(invocation.source);
    if (!composition)
        return refuse(output, composition.error());
    SessionOptions options;
    options.readOnly = invocation.readOnly;
    Session session(composition->backend, options);
    Context context(invocation, output, session);
    const std::unique_ptr<Command> command = invocation.command->make(context);
    QObject::connect(&context, &Context::finished, QCoreApplication::instance(),
                     [](int status) { QCoreApplication::exit(status); });
    QObject::connect(&signals, &Signals::interrupted, &context, [&] {
        if (command->interrupted())
            context.finish(Interrupted);
    });
    QTimer::singleShot(0, &context, [&] {
        session.setFleet(composition->fleet);
        command->start();
    });
    const int status = QCoreApplication::exec();
    std::fflush(nullptr);
    // The answer is out: a host that hangs must not hold the shell. What the hosts carry goes on by itself,
    // and nothing else is left to be written.
    std::_Exit(status);
}

int run(const QStringList& words)
{
    Result<Invocation> invocation = parseWords(words, allCommands());
    if (!invocation) {
        Output output(asksForJson(words), false, true);
        return refuse(output, invocation.error());
    }
    Output output(invocation->json, invocation->quiet, invocation->noColour);
    LogBook::instance().install(invocation->verbose ? LogLevel::Info : LogLevel::Error);
    if (invocation->version) {
        output.line(QStringLiteral("droverctl " DROVER_VERSION));
        return Done;
    }
    if (invocation->help) {
        const QString text =
            invocation->command != nullptr ? helpText(*invocation->command) : helpText(allCommands());
        std::fputs(text.toUtf8().constData(), stdout);
        return Done;
    }
    if (invocation->listDemos) {
        writeDemos(output);
        return Done;
    }
    return runCommand(*invocation, output);
}

} // namespace
} // namespace drover::ctl

int main(int argc, char** argv)
{
    drover::ctl::ensureUtf8();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("droverctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(DROVER_VERSION));
    return drover::ctl::run(QCoreApplication::arguments().mid(1));
}
