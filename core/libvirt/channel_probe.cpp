// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/channel_probe.h"

#include "core/base/lane.h"
#include "core/base/log.h"
#include "core/libvirt/connection.h"
#include "core/libvirt/migrate_params.h"
#include "core/libvirt/xml_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRandomGenerator>
#include <QUrl>

#include <libvirt/virterror.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace drover::libvirt {
namespace {

using namespace std::chrono_literals;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

const QLatin1String prefix("drover-channel-");
/// The last of libvirt's range: used only when all others are.
constexpr int migrationPort = 49215;
constexpr auto daemonPatience = 6s;
constexpr auto portPatience = 4s;
constexpr auto cleanPatience = 2s;
/// The kernel gives a connection up after 134 s; a left-over is older than both calls of a probe.
constexpr qint64 leftOverAge = 300;

/// What the thread that calls and the one that waits share.
struct Course
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::optional<Error> failed; ///< the source could not be asked
    std::optional<RawError> daemon;
    std::optional<RawError> port;
    bool over = false;
};

QByteArray throwAway(const QString& name, const QByteArray& uuid)
{
    pugi::xml_document document;
    pugi::xml_node domain = document.append_child("domain");
    domain.append_attribute("type") = "qemu";
    domain.append_child("name").text() = name.toUtf8().constData();
    domain.append_child("uuid").text() = uuid.constData();
    domain.append_child("memory").text() = "1024";
    domain.append_child("vcpu").text() = "1";
    domain.append_child("os").append_child("type").text() = "hvm";
    return outerXml(domain).toUtf8();
}

/// The move that has to be refused: the destination's name for it is not the source's.
RawError tryWay(const DomainHandle& domain, const QByteArray& wrongXml, const QString& uri)
{
    MigrateParams params;
    params.add(VIR_MIGRATE_PARAM_DEST_XML, QString::fromUtf8(wrongXml));
    const int moved =
        virDomainMigrateToURI3(domain.get(), uri.toUtf8().constData(), params.data(), params.size(),
                               VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_OFFLINE | VIR_MIGRATE_PERSIST_DEST);
    return moved < 0 ? takeLastError() : RawError{VIR_ERR_OK, VIR_FROM_NONE, {}};
}

/// On a thread of its own, to the end, however long that takes.
void run(const HostConfig& source, const QString& peerUri, const QString& port, Course& course)
{
    const auto tell = [&](auto&& change) {
        const std::scoped_lock lock(course.mutex);
        change();
        course.changed.notify_all();
    };
    const QString name = QStringLiteral("%1%2-%3")
                             .arg(prefix)
                             .arg(QDateTime::currentSecsSinceEpoch())
                             .arg(QRandomGenerator::global()->generate(), 8, 16, QLatin1Char('0'));
    const QByteArray uuid = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    const Place place{source.id.value, {}, Text::tr("Trying the way to another host")};
    const Result<Connection> connection = openConnection(source);
    if (!connection) {
        tell([&] {
            course.failed = connection.error();
            course.over = true;
        });
        return;
    }
    const DomainHandle domain(virDomainDefineXML(connection->get(), throwAway(name, uuid).constData()));
    if (!domain) {
        const Error error = lastError(place);
        tell([&] {
            course.failed = error;
            course.over = true;
        });
        return;
    }
    const QByteArray wrong = throwAway(name + QStringLiteral("-x"), uuid);
    const RawError daemon = tryWay(domain, wrong, peerUri);
    tell([&] { course.daemon = daemon; });
    ChannelEvidence found;
    judgeDaemon(daemon, found);
    if (!port.isEmpty() && found.daemon == ChannelEvidence::Daemon::Reached) {
        const RawError answer = tryWay(domain, wrong, QStringLiteral("qemu+tcp://%1/system").arg(port));
        tell([&] { course.port = answer; });
    }
    if (virDomainUndefine(domain.get()) < 0)
        qCWarning(logBackend).noquote() << lastError(place).message << name;
    tell([&] { course.over = true; });
}

bool has(const RawError& raw, const char* part)
{
    return raw.message.contains(QLatin1String(part), Qt::CaseInsensitive);
}

} // namespace

Result<ChannelEvidence> LibvirtChannelProbe::probe(const ChannelRequest& request, std::stop_token stop)
{
    const auto course = std::make_shared<Course>();
    const QString port = request.tryPort ? migrationPortOf(request.destination, request.peerUri) : QString();
    runDetached(QStringLiteral("channel"), [course, source = m_source, peer = request.peerUri, port] {
        removeLeftOverProbes(source);
        run(source, peer, port, *course);
    });
    std::unique_lock lock(course->mutex);
    const auto wait = [&](auto patience, auto&& ready) {
        return course->changed.wait_for(lock, stop, patience, ready) || ready();
    };
    ChannelEvidence evidence;
    if (!wait(daemonPatience, [&] { return course->daemon || course->over; })) {
        evidence.daemon = ChannelEvidence::Daemon::NoAnswer;
        return evidence;
    }
    if (course->failed)
        return fail(*course->failed);
    judgeDaemon(*course->daemon, evidence);
    if (port.isEmpty() || evidence.daemon != ChannelEvidence::Daemon::Reached) {
        static_cast<void>(wait(cleanPatience, [&] { return course->over; }));
        return evidence;
    }
    evidence.portAddress = port;
    if (!wait(portPatience, [&] { return course->port.has_value(); })) {
        evidence.port = ChannelEvidence::Port::NoAnswer;
        return evidence;
    }
    judgePort(*course->port, evidence);
    // A short program must not end between the answer and the cleaning up.
    static_cast<void>(wait(cleanPatience, [&] { return course->over; }));
    return evidence;
}

bool isProbeName(const QString& name)
{
    return name.startsWith(prefix);
}

bool isLeftOverProbe(const QString& name, qint64 nowSeconds)
{
    if (!isProbeName(name))
        return false;
    bool good = false;
    const qint64 begun = name.mid(prefix.size()).section(QLatin1Char('-'), 0, 0).toLongLong(&good);
    return !good || std::abs(nowSeconds - begun) > leftOverAge;
}

void removeLeftOverProbes(const HostConfig& host)
{
    if (host.readOnly)
        return;
    const Result<Connection> connection = openConnection(host);
    if (!connection)
        return; // whoever asks next will find them
    virDomainPtr* list = nullptr;
    const int count = virConnectListAllDomains(connection->get(), &list, VIR_CONNECT_LIST_DOMAINS_INACTIVE);
    for (int i = 0; i < count; ++i) {
        const DomainHandle domain(list[i]);
        const QString name = nameOf(domain);
        if (isLeftOverProbe(name, QDateTime::currentSecsSinceEpoch()) && virDomainUndefine(domain.get()) == 0)
            qCInfo(logBackend).noquote() << host.id.value << "removed the left-over" << name;
    }
    if (count >= 0)
        std::free(static_cast<void*>(list)); // NOLINT(cppcoreguidelines-no-malloc)
}

void judgeDaemon(const RawError& raw, ChannelEvidence& evidence)
{
    using Daemon = ChannelEvidence::Daemon;
    const Error error = toError(raw, {});
    if (raw.code == VIR_ERR_OK || raw.code == VIR_ERR_CONFIG_UNSUPPORTED ||
        has(raw, "Attempt to migrate guest to the same host")) {
        evidence.daemon = Daemon::Reached;
        return;
    }
    evidence.daemonReason = plainWords(raw.message);
    evidence.denied = error.code == ErrorCode::PermissionDenied;
    if (has(raw, "Connection timed out"))
        evidence.daemon = Daemon::NoAnswer;
    else if (error.code == ErrorCode::Unreachable || error.code == ErrorCode::AuthenticationFailed)
        evidence.daemon = Daemon::Failed;
    else
        evidence.daemon = Daemon::Unknown;
}

void judgePort(const RawError& raw, ChannelEvidence& evidence)
{
    using Port = ChannelEvidence::Port;
    // A refusal comes from the host itself: what is sent there arrives.
    if (raw.code == VIR_ERR_OK || raw.code == VIR_ERR_CONFIG_UNSUPPORTED || has(raw, "Connection refused") ||
        has(raw, "End of file") || has(raw, "Connection reset")) {
        evidence.port = Port::Reachable;
        return;
    }
    evidence.portReason = plainWords(raw.message);
    evidence.port = has(raw, "Connection timed out") ? Port::NoAnswer : Port::Failed;
}

QString migrationPortOf(const HostConfig& destination, const QString& peerUri)
{
    QString address = destination.dataAddress;
    if (address.isEmpty())
        address = QUrl(peerUri).host();
    if (address.isEmpty())
        return {};
    if (address.count(QLatin1Char(':')) > 1 && !address.startsWith(QLatin1Char('[')))
        address = QStringLiteral("[%1]").arg(address);
    const bool hasPort = address.lastIndexOf(QLatin1Char(':')) > address.lastIndexOf(QLatin1Char(']')) &&
                         address.contains(QLatin1Char(':'));
    return hasPort ? QString() : QStringLiteral("%1:%2").arg(address).arg(migrationPort);
}

} // namespace drover::libvirt
