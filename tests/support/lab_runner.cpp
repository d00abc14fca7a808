// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/lab_runner.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

#include <unistd.h>

namespace drover::test {

bool isInLab()
{
    return qEnvironmentVariableIsSet("DROVER_LAB_CONSOLE");
}

int enterLab(int argc, char** argv, const QByteArray& prefix, int hosts, int guests)
{
    qputenv("DROVER_LAB_CONSOLE", "1");
    const QByteArray lab = qgetenv("DROVER_SOURCE_DIR") + "/tests/lab/lab";
    const QByteArray self = QFile::symLinkTarget(QStringLiteral("/proc/self/exe")).toUtf8();
    std::vector<QByteArray> words{lab,        "run",
                                  "--name",   prefix + QByteArray::number(getpid()),
                                  "--hosts",  QByteArray::number(hosts),
                                  "--guests", QByteArray::number(guests),
                                  "--",       lab,
                                  "exec",     "con",
                                  "--",       self};
    for (int i = 1; i < argc; ++i)
        words.emplace_back(argv[i]);
    std::vector<char*> raw;
    raw.reserve(words.size() + 1);
    for (QByteArray& word : words)
        raw.push_back(word.data());
    raw.push_back(nullptr);
    execv(lab.constData(), raw.data());
    qCritical("%s cannot be started: set DROVER_SOURCE_DIR, and run as root", lab.constData());
    return 1;
}

std::vector<HostConfig> labHosts()
{
    QFile file(qEnvironmentVariable("DROVER_LAB_DIR") + QStringLiteral("/fleet.json"));
    std::vector<HostConfig> hosts;
    if (!file.open(QIODevice::ReadOnly))
        return hosts;
    const QJsonArray written =
        QJsonDocument::fromJson(file.readAll()).object().value(QStringLiteral("hosts")).toArray();
    for (const auto& value : written) {
        const QJsonObject object = value.toObject();
        HostConfig host;
        host.id = {object.value(QStringLiteral("name")).toString()};
        host.uri = object.value(QStringLiteral("uri")).toString();
        host.peerUri = object.value(QStringLiteral("peer_uri")).toString();
        host.dataAddress = object.value(QStringLiteral("data_address")).toString();
        hosts.push_back(std::move(host));
    }
    return hosts;
}

LabOutput labCommand(const QStringList& arguments, int timeoutMs)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(qEnvironmentVariable("DROVER_LAB"), arguments);
    LabOutput output;
    if (process.waitForFinished(timeoutMs) && process.exitStatus() == QProcess::NormalExit)
        output.exitCode = process.exitCode();
    output.text = process.readAll();
    return output;
}

LabOutput labScript(const QString& host, const QString& script, int timeoutMs)
{
    return labCommand({QStringLiteral("exec"), host, QStringLiteral("--"), QStringLiteral("sh"),
                       QStringLiteral("-c"), script},
                      timeoutMs);
}

} // namespace drover::test
