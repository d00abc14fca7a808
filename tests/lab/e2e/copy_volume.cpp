// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/libvirt_backend.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>

/// copy_volume SOURCE-URI PATH DESTINATION-URI PATH: copies one file as the console does and writes what it
/// took as JSON. For measurements.
int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.size() != 5) {
        std::fputs("usage: copy_volume SOURCE-URI PATH DESTINATION-URI PATH\n", stderr);
        return 2;
    }
    drover::HostConfig source;
    source.id = {QStringLiteral("source")};
    source.uri = words.at(1);
    drover::HostConfig destination;
    destination.id = {QStringLiteral("destination")};
    destination.uri = words.at(3);
    const auto backend = drover::makeLibvirtBackend();
    QElapsedTimer took;
    took.start();
    const auto copied = backend->volumeTransfer(source, destination)->copy(words.at(2), words.at(4), {}, {});
    if (!copied) {
        std::fprintf(stderr, "%s\n", qPrintable(copied.error().message));
        return 1;
    }
    const QJsonObject said{{QStringLiteral("ms"), took.elapsed()},
                           {QStringLiteral("length"), copied->length.value},
                           {QStringLiteral("data"), copied->data.value}};
    std::puts(QJsonDocument(said).toJson(QJsonDocument::Compact).constData());
    return 0;
}
