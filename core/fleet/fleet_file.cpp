// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet_file.h"

#include "core/fleet/fleet_document.h"
#include "core/fleet/fleet_rules.h"

#include <QCoreApplication>
#include <QFile>
#include <QHash>

namespace drover {
namespace {

using Node = FleetDocument::Node;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FleetFile)
};

constexpr qint64 largestFile = qint64{64} * 1024 * 1024;
constexpr double largestAmount =
    1e9; ///< of MiB or GiB: beyond it an entry is a slip, and bytes would overflow

/// What "defaults" gives to every host that does not say otherwise.
struct Defaults
{
    HostConfig host;
    std::optional<Node> uri; ///< may contain {name}
    std::optional<Node> peerUri;
};

double amount(const Node& node)
{
    const double found = node.notNegative();
    if (found <= largestAmount)
        return found;
    node.wrong(Text::tr("is more than any host has"));
    return 0;
}

/// A field that null clears again.
QString textOrNull(const Node& node)
{
    return node.isNull() ? QString() : node.text();
}

void readAddress(const Node& node, QString& address)
{
    address = textOrNull(node);
    for (const QChar c : address) {
        if (c.isSpace() || c == QLatin1Char('/')) {
            node.wrong(Text::tr("must be an address or a host name without scheme and path, but is \"%1\"")
                           .arg(address));
            return;
        }
    }
}

/// The fields that a host and "defaults" have in common, but for the URIs.
void readCommon(const Node& node, HostConfig& host)
{
    if (const auto f = node.field("zone"))
        host.zone = f->text();
    if (const auto f = node.field("data_address"))
        readAddress(*f, host.dataAddress);
    if (const auto f = node.field("cpu_ratio"))
        host.cpuRatio = f->positive();
    if (const auto f = node.field("memory_ratio"))
        host.memoryRatio = f->positive();
    if (const auto f = node.field("disk_ratio"))
        host.diskRatio = f->positive();
    if (const auto f = node.field("reserved_memory_mib"))
        host.reservedMemory = Bytes::fromMib(amount(*f));
    if (const auto f = node.field("reserved_disk_gib"))
        host.reservedDisk = Bytes::fromGib(amount(*f));
    if (const auto f = node.field("link_mib_per_s"))
        host.link = f->isNull() ? std::nullopt : std::optional(Rate::fromMib(f->positive()));
    if (const auto f = node.field("disk_pools"))
        host.diskPools = f->isNull() ? std::nullopt : std::optional(f->texts());
    if (const auto f = node.field("read_only"))
        host.readOnly = f->flag();
    if (const auto f = node.field("username"))
        host.username = textOrNull(*f);
    if (const auto f = node.field("labels"))
        host.labels = f->texts();
}

QString readUri(const Node& node, const QString& name)
{
    QString uri = node.text();
    const bool isDefault = node.path().startsWith(QLatin1String("defaults."));
    if (isDefault)
        uri.replace(QLatin1String("{name}"), name);
    if (const Result<void> usable = checkUri(uri); !usable) {
        node.wrong(isDefault ? Text::tr("for the host %1: %2").arg(name, usable.error().message)
                             : usable.error().message);
    }
    return uri;
}

QString readName(const Node& node)
{
    const QString name = node.text();
    for (const QChar c : name) {
        if (c == QLatin1Char('/') || c.isSpace() || c.category() == QChar::Other_Control) {
            node.wrong(Text::tr("the name \"%1\" must not contain spaces or \"/\"").arg(name));
            break;
        }
    }
    if (name.startsWith(QLatin1Char('-')))
        node.wrong(Text::tr("the name \"%1\" must not begin with \"-\"").arg(name));
    return name;
}

Defaults readDefaults(const Node& root)
{
    Defaults defaults;
    const auto node = root.field("defaults");
    if (!node || !node->isObjectOf({"uri", "zone", "peer_uri", "data_address", "cpu_ratio", "memory_ratio",
                                    "disk_ratio", "reserved_memory_mib", "reserved_disk_gib",
                                    "link_mib_per_s", "disk_pools", "read_only", "username", "labels"}))
        return defaults;
    readCommon(*node, defaults.host);
    defaults.uri = node->field("uri");
    defaults.peerUri = node->field("peer_uri");
    // Tried with a stand-in, so that a bad one is found also while no host uses it.
    if (defaults.uri)
        (void)readUri(*defaults.uri, QStringLiteral("h1"));
    if (defaults.peerUri)
        (void)readUri(*defaults.peerUri, QStringLiteral("h1"));
    return defaults;
}

HostConfig readHost(const Node& node, const Defaults& defaults)
{
    HostConfig host = defaults.host;
    if (!node.isObjectOf({"name", "uri", "zone", "peer_uri", "data_address", "cpu_ratio", "memory_ratio",
                          "disk_ratio", "reserved_memory_mib", "reserved_disk_gib", "link_mib_per_s",
                          "disk_pools", "read_only", "username", "labels"}))
        return host;
    const auto name = node.required("name");
    if (!name)
        return host;
    host.id = HostId{readName(*name)};
    if (const auto own = node.field("uri"))
        host.uri = readUri(*own, host.id.value);
    else if (defaults.uri)
        host.uri = readUri(*defaults.uri, host.id.value);
    else
        node.wrong(Text::tr("the host %1 has no uri, and \"defaults\" gives none").arg(host.id.value));
    if (const auto own = node.field("peer_uri"))
        host.peerUri = own->isNull() ? QString() : readUri(*own, host.id.value);
    else if (defaults.peerUri)
        host.peerUri = readUri(*defaults.peerUri, host.id.value);
    readCommon(node, host);
    return host;
}

std::vector<HostConfig> readHosts(const Node& root)
{
    const Defaults defaults = readDefaults(root);
    std::vector<HostConfig> hosts;
    const auto list = root.field("hosts");
    if (!list)
        return hosts;
    QHash<QString, int> lines;
    for (const Node& item : list->items()) {
        HostConfig host = readHost(item, defaults);
        const auto name = item.field("name");
        if (name && lines.contains(host.id.value)) {
            name->wrong(
                Text::tr("two hosts are named \"%1\", the first in line %2; give one of them another name")
                    .arg(host.id.value)
                    .arg(lines.value(host.id.value)));
        } else if (name) {
            lines.insert(host.id.value, name->line());
        }
        hosts.push_back(std::move(host));
    }
    return hosts;
}

FleetLimits readLimits(const Node& root)
{
    FleetLimits limits;
    const auto node = root.field("limits");
    if (!node || !node->isObjectOf({"per_source", "per_destination", "per_link", "total"}))
        return limits;
    if (const auto f = node->field("per_source"))
        limits.perSource = f->count();
    if (const auto f = node->field("per_destination"))
        limits.perDestination = f->count();
    if (const auto f = node->field("per_link"))
        limits.perLink = f->isNull() ? std::nullopt : std::optional(f->count());
    if (const auto f = node->field("total"))
        limits.total = f->count();
    return limits;
}

// The parts below are kept as they were written and only looked at here, so that a slip in them is told at
// once and not on the day they are used.

void lookAtInstanceWish(const Node& wish)
{
    if (!wish.isObjectOf({"match", "policy", "downtime_cap_ms", "deadline_s", "postcopy", "in_drain"}))
        return;
    if (const auto f = wish.required("match"))
        (void)f->text();
    if (const auto f = wish.field("policy"))
        (void)f->choice({"none", "gentle", "balanced", "deadline", "cap"});
    if (const auto f = wish.field("downtime_cap_ms"))
        (void)f->positive();
    if (const auto f = wish.field("deadline_s"))
        (void)f->positive();
    if (const auto f = wish.field("postcopy"))
        (void)f->flag();
    if (const auto f = wish.field("in_drain"))
        (void)f->choice({"move", "leave", "shutdown", "cold"});
}

void lookAtOperator(const Node& person)
{
    if (!person.isObjectOf({"user", "zones", "hosts", "may"}))
        return;
    if (const auto f = person.required("user"))
        (void)f->text();
    for (const char* name : {"zones", "hosts", "may"}) {
        if (const auto f = person.field(name))
            (void)f->texts();
    }
}

template <class T>
std::vector<T> readEach(const Node& root, const char* field, T (*read)(const Node&))
{
    std::vector<T> found;
    if (const auto list = root.field(field)) {
        for (const Node& item : list->items())
            found.push_back(read(item));
    }
    return found;
}

void lookAtEach(const Node& root, const char* field, void (*look)(const Node&))
{
    const auto list = root.field(field);
    if (!list)
        return;
    for (const Node& item : list->items())
        look(item);
}

} // namespace

Result<FleetFile> parseFleet(const QByteArray& text, const QString& fileName)
{
    FleetDocument document(text, fileName);
    FleetFile fleet;
    fleet.raw = text;
    if (const std::optional<Node> root = document.read();
        root && root->isObjectOf({"version", "defaults", "hosts", "rules", "instances", "accepted",
                                  "operators", "limits"})) {
        if (const auto f = root->field("version"); f && f->count() != 1)
            f->wrong(Text::tr("this program reads version 1 of the fleet file"));
        fleet.hosts = readHosts(*root);
        fleet.limits = readLimits(*root);
        fleet.rules = readEach<PlacementRule>(*root, "rules", readRule);
        lookAtEach(*root, "instances", lookAtInstanceWish);
        fleet.accepted = readEach<StandingAcceptance>(*root, "accepted", readAcceptance);
        lookAtEach(*root, "operators", lookAtOperator);
    }
    if (document.fault())
        return fail(*document.fault());
    return fleet;
}

Result<FleetFile> loadFleet(const QString& fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Io,
                    Text::tr("The fleet file %1 cannot be read: %2").arg(fileName, file.errorString()));
    if (file.size() > largestFile)
        return fail(ErrorCode::InvalidInput,
                    Text::tr("The fleet file %1 is larger than 64 MiB").arg(fileName));
    const QByteArray text = file.readAll();
    if (file.error() != QFileDevice::NoError)
        return fail(ErrorCode::Io,
                    Text::tr("The fleet file %1 cannot be read: %2").arg(fileName, file.errorString()));
    return parseFleet(text, fileName);
}

} // namespace drover
