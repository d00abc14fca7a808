// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet_file.h"

#include <QTemporaryDir>
#include <QTest>

using namespace drover;

namespace {

/// The example of the command line's contract, to the letter. (One literal a line: moc loses its way in long
/// ones.)
const QByteArray fullExample =
    R"({ "version": 1,)"
    "\n"
    R"(  "defaults": { "uri": "qemu+tls://{name}.example/system", "zone": "az1" },)"
    "\n"
    R"(  "hosts": [ { "name": "h1", "uri": "qemu+tls://h1.example/system", "zone": "az1",)"
    "\n"
    R"(               "peer_uri": "qemu+tls://h1.example/system", "data_address": "10.0.0.1",)"
    "\n"
    R"(               "cpu_ratio": 4.0, "memory_ratio": 1.0, "disk_ratio": 1.0, "reserved_memory_mib": 512, "reserved_disk_gib": 0,)"
    "\n"
    R"(               "link_mib_per_s": null, "disk_pools": null, "read_only": false, "username": null, "labels": ["ssd"] } ],)"
    "\n"
    R"(  "rules": [ { "kind": "anti-affinity", "instances": ["db1","db2"], "hard": true }, { "kind": "pin", "match": "project:licensed", "hosts": ["h1","h2"], "hard": true } ],)"
    "\n"
    R"(  "instances": [ { "match": "project:db", "policy": "cap", "downtime_cap_ms": 200, "postcopy": false, "in_drain": "move" } ],)"
    "\n"
    R"(  "accepted": [ { "check": "channel", "zone": "az1", "by": "ops", "reason": "closed network", "until": "2027-03-31" } ],)"
    "\n"
    R"(  "operators": [ { "user": "night", "zones": ["az1"], "hosts": [], "may": ["view","migrate"] } ],)"
    "\n"
    R"(  "limits": { "per_source": 2, "per_destination": 2, "per_link": null, "total": 8 } })"
    "\n";

QByteArray oneHost(const QByteArray& fields)
{
    return R"({"hosts": [{"name": "h1", "uri": "qemu:///system")" + fields + "}]}";
}

} // namespace

class TestFleetFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheWholeExample();
    void readsLeastFields();
    void fillsInDefaults();
    void nullTakesADefaultBack();
    void readsLimits();
    void acceptsAnEmptyFleet();
    void acceptsAByteOrderMark();
    void refusals_data();
    void refusals();
    void namesLineAndColumn_data();
    void namesLineAndColumn();
    void uris_data();
    void uris();
    void passwordsAreNotRepeated();
    void filesOnDisk();
};

void TestFleetFile::readsTheWholeExample()
{
    const Result<FleetFile> fleet = parseFleet(fullExample, QStringLiteral("fleet.json"));
    QVERIFY2(fleet.has_value(), fleet ? "" : qPrintable(fleet.error().message));
    QCOMPARE(fleet->hosts.size(), std::size_t{1});
    const HostConfig& host = fleet->hosts.front();
    QCOMPARE(host.id.value, QStringLiteral("h1"));
    QCOMPARE(host.uri, QStringLiteral("qemu+tls://h1.example/system"));
    QCOMPARE(host.zone, QStringLiteral("az1"));
    QCOMPARE(host.peerUri, QStringLiteral("qemu+tls://h1.example/system"));
    QCOMPARE(host.dataAddress, QStringLiteral("10.0.0.1"));
    QCOMPARE(host.cpuRatio, 4.0);
    QCOMPARE(host.memoryRatio, 1.0);
    QCOMPARE(host.diskRatio, 1.0);
    QCOMPARE(host.reservedMemory.value, Bytes::fromMib(512).value);
    QCOMPARE(host.reservedDisk.value, 0);
    QVERIFY(!host.link);
    QVERIFY(!host.diskPools);
    QVERIFY(!host.readOnly);
    QVERIFY(host.username.isEmpty());
    QCOMPARE(host.labels, QStringList{QStringLiteral("ssd")});
    QCOMPARE(fleet->raw, fullExample);
}

void TestFleetFile::readsLeastFields()
{
    const Result<FleetFile> fleet = parseFleet(oneHost({}), QStringLiteral("f"));
    QVERIFY(fleet.has_value());
    HostConfig plain;
    plain.id = HostId{QStringLiteral("h1")};
    plain.uri = QStringLiteral("qemu:///system");
    QVERIFY(fleet->hosts.front() == plain);
    QVERIFY(fleet->limits == FleetLimits{});
}

void TestFleetFile::fillsInDefaults()
{
    const Result<FleetFile> fleet = parseFleet(R"({
        "defaults": {"uri": "qemu+tcp://{name}.lan/system", "peer_uri": "qemu+tls://{name}.peer/system", "zone": "z",
                     "cpu_ratio": 2, "reserved_memory_mib": 1024, "reserved_disk_gib": 1.5, "link_mib_per_s": 100,
                     "disk_pools": ["a", "b"], "read_only": true, "username": "ops", "labels": ["x"],
                     "data_address": "fd00::1"},
        "hosts": [{"name": "a"}, {"name": "b", "uri": "qemu+ssh://root@b/system", "cpu_ratio": 8, "zone": "other",
                                  "read_only": false, "labels": []}]})",
                                               QStringLiteral("f"));
    QVERIFY2(fleet.has_value(), fleet ? "" : qPrintable(fleet.error().message));
    const HostConfig& a = fleet->hosts.at(0);
    QCOMPARE(a.uri, QStringLiteral("qemu+tcp://a.lan/system"));
    QCOMPARE(a.peerUri, QStringLiteral("qemu+tls://a.peer/system"));
    QCOMPARE(a.zone, QStringLiteral("z"));
    QCOMPARE(a.cpuRatio, 2.0);
    QCOMPARE(a.reservedMemory.value, Bytes::fromMib(1024).value);
    QCOMPARE(a.reservedDisk.value, Bytes::fromGib(1.5).value);
    QCOMPARE(a.link->mib(), 100.0);
    QCOMPARE(*a.diskPools, (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
    QVERIFY(a.readOnly);
    QCOMPARE(a.username, QStringLiteral("ops"));
    QCOMPARE(a.dataAddress, QStringLiteral("fd00::1"));
    const HostConfig& b = fleet->hosts.at(1);
    QCOMPARE(b.uri, QStringLiteral("qemu+ssh://root@b/system"));
    QCOMPARE(b.peerUri, QStringLiteral("qemu+tls://b.peer/system"));
    QCOMPARE(b.zone, QStringLiteral("other"));
    QCOMPARE(b.cpuRatio, 8.0);
    QVERIFY(!b.readOnly);
    QVERIFY(b.labels.isEmpty());
}

void TestFleetFile::nullTakesADefaultBack()
{
    const Result<FleetFile> fleet = parseFleet(R"({
        "defaults": {"uri": "qemu+tls://{name}/system", "peer_uri": "qemu+tls://{name}/system", "link_mib_per_s": 5,
                     "disk_pools": ["p"], "username": "u", "data_address": "10.0.0.1"},
        "hosts": [{"name": "a", "peer_uri": null, "link_mib_per_s": null, "disk_pools": null, "username": null,
                   "data_address": null}]})",
                                               QStringLiteral("f"));
    QVERIFY2(fleet.has_value(), fleet ? "" : qPrintable(fleet.error().message));
    const HostConfig& a = fleet->hosts.front();
    QVERIFY(a.peerUri.isEmpty());
    QVERIFY(!a.link);
    QVERIFY(!a.diskPools);
    QVERIFY(a.username.isEmpty());
    QVERIFY(a.dataAddress.isEmpty());
}

void TestFleetFile::readsLimits()
{
    const Result<FleetFile> fleet =
        parseFleet(R"({"limits": {"per_source": 3, "per_destination": 4, "per_link": 5, "total": 6}})",
                   QStringLiteral("f"));
    QVERIFY(fleet.has_value());
    QVERIFY((fleet->limits == FleetLimits{3, 4, 5, 6}));
}

void TestFleetFile::acceptsAnEmptyFleet()
{
    for (const QByteArray& text : {QByteArray("{}"), QByteArray(R"({"version": 1, "hosts": []})")}) {
        const Result<FleetFile> fleet = parseFleet(text, QStringLiteral("f"));
        QVERIFY(fleet.has_value());
        QVERIFY(fleet->hosts.empty());
    }
}

void TestFleetFile::acceptsAByteOrderMark()
{
    QVERIFY(parseFleet("\xEF\xBB\xBF" + oneHost({}), QStringLiteral("f")).has_value());
    const Result<FleetFile> bad = parseFleet("\xEF\xBB\xBF{\"colour\": 1}", QStringLiteral("f"));
    QVERIFY(!bad);
    QVERIFY2(bad.error().message.contains(QStringLiteral("line 1, column 2:")),
             qPrintable(bad.error().message));
}

void TestFleetFile::refusals_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QByteArray& text, const char* field, const char* says) {
        QTest::newRow(name) << text << QString::fromLatin1(field) << QString::fromUtf8(says);
    };
    row("empty file", "", "", "not JSON");
    row("no JSON", "hosts: h1", "", "not JSON");
    row("cut off", R"({"hosts": [{"name": "h1")", "", "not JSON");
    row("comma at the end", R"({"hosts": [],})", "", "not JSON");
    row("comment", "{ // all hosts\n}", "", "not JSON");
    row("text after the end", "{} {}", "", "not JSON");
    row("number with leading zeros", oneHost(R"(, "cpu_ratio": 007)"), "", "not JSON");
    row("not UTF-8", QByteArray("{\"a\": \"\xff\"}"), "", "not UTF-8");
    row("nested too deeply", QByteArray(100000, '['), "", "not JSON");
    row("a list", "[]", "", "must be an object, but is a list");
    row("a bare value", "5", "", "not JSON");
    row("field twice", R"({"hosts": [], "hosts": []})", "hosts", "is given twice");
    row("field of a host twice", oneHost(R"(, "zone": "a", "zone": "b")"), "zone", "is given twice");
    row("unknown field", R"({"host": []})", "host", "unknown field; known here are version");
    row("unknown field of a host", oneHost(R"(, "memry_ratio": 1)"), "hosts[0].memry_ratio", "unknown field");
    row("unknown field of defaults", R"({"defaults": {"name": "h1"}})", "defaults.name", "unknown field");
    row("unknown field of limits", R"({"limits": {"per_host": 1}})", "limits.per_host", "unknown field");
    row("version as text", R"({"version": "1"})", "version", "must be a whole number");
    row("version of the future", R"({"version": 2})", "version", "reads version 1");
    row("hosts as object", R"({"hosts": {}})", "hosts", "must be a list, but is an object");
    row("host as text", R"({"hosts": ["h1"]})", "hosts[0]", "must be an object, but is \"h1\"");
    row("name missing", R"({"hosts": [{"uri": "qemu:///system"}]})", "hosts[0]",
        "the field \"name\" is missing");
    row("name as number", R"({"hosts": [{"name": 1}]})", "hosts[0].name", "must be a text, but is 1");
    row("name empty", R"({"hosts": [{"name": " ", "uri": "qemu:///system"}]})", "hosts[0].name",
        "must not be empty");
    row("name with slash", R"({"hosts": [{"name": "a/b", "uri": "qemu:///system"}]})", "hosts[0].name",
        "spaces or \"/\"");
    row("name like an option", R"({"hosts": [{"name": "-h1", "uri": "qemu:///system"}]})", "hosts[0].name",
        "begin with");
    row("uri missing", R"({"hosts": [{"name": "h1"}]})", "hosts[0]",
        "the host h1 has no uri, and \"defaults\" gives none");
    row("uri of another kind", R"({"hosts": [{"name": "h1", "uri": "http://h1/"}]})", "hosts[0].uri",
        "scheme http");
    row("uri with a placeholder", R"({"hosts": [{"name": "h1", "uri": "qemu+tls://{name}/system"}]})",
        "hosts[0].uri", "only the uri and peer_uri");
    row("uri of defaults", R"({"defaults": {"uri": "qemu+tsl://{name}/system"}})", "defaults.uri",
        "transport tsl");
    row("uri of defaults with another placeholder", R"({"defaults": {"uri": "qemu+tls://{nam}/system"}})",
        "defaults.uri", "{ or }");
    row("peer uri", oneHost(R"(, "peer_uri": "h1")"), "hosts[0].peer_uri", "has no scheme");
    row("two hosts of one name",
        R"({"hosts": [{"name": "h1", "uri": "qemu:///system"}, {"name": "h1", "uri": "qemu:///system"}]})",
        "hosts[1].name", "two hosts are named \"h1\", the first in line 1");
    row("cpu ratio 0", oneHost(R"(, "cpu_ratio": 0)"), "hosts[0].cpu_ratio",
        "must be greater than 0, but is 0");
    row("memory ratio below 0", oneHost(R"(, "memory_ratio": -1.5)"), "hosts[0].memory_ratio",
        "must be greater than 0, but is -1.5");
    row("disk ratio of defaults", R"({"defaults": {"disk_ratio": 0}})", "defaults.disk_ratio",
        "greater than 0");
    row("ratio as text", oneHost(R"(, "cpu_ratio": "4")"), "hosts[0].cpu_ratio",
        "must be a number, but is \"4\"");
    row("ratio null", oneHost(R"(, "cpu_ratio": null)"), "hosts[0].cpu_ratio",
        "must be a number, but is null");
    row("reserve below 0", oneHost(R"(, "reserved_memory_mib": -1)"), "hosts[0].reserved_memory_mib",
        "negative");
    row("reserve beyond reason", oneHost(R"(, "reserved_disk_gib": 1e300)"), "hosts[0].reserved_disk_gib",
        "more than any");
    row("link 0", oneHost(R"(, "link_mib_per_s": 0)"), "hosts[0].link_mib_per_s", "greater than 0");
    row("pools as text", oneHost(R"(, "disk_pools": "default")"), "hosts[0].disk_pools", "must be a list");
    row("pool as number", oneHost(R"(, "disk_pools": ["a", 1])"), "hosts[0].disk_pools[1]", "must be a text");
    row("read only as number", oneHost(R"(, "read_only": 1)"), "hosts[0].read_only",
        "must be true or false, but is 1");
    row("labels null", oneHost(R"(, "labels": null)"), "hosts[0].labels", "must be a list, but is null");
    row("address as URI", oneHost(R"(, "data_address": "tcp://10.0.0.1")"), "hosts[0].data_address",
        "without scheme");
    row("limit 0", R"({"limits": {"total": 0}})", "limits.total", "whole number of at least 1");
    row("limit of a half", R"({"limits": {"per_source": 1.5}})", "limits.per_source",
        "whole number of at least 1");
    row("limit null", R"({"limits": {"per_source": null}})", "limits.per_source", "but is null");
    row("rule without kind", R"({"rules": [{"instances": ["a"]}]})", "rules[0]", "\"kind\" is missing");
    row("rule of no kind", R"({"rules": [{"kind": "near", "instances": ["a"]}]})", "rules[0].kind",
        "must be one of affinity");
    row("rule for nobody", R"({"rules": [{"kind": "affinity"}]})", "rules[0]", "whom it concerns");
    row("pin to nowhere", R"({"rules": [{"kind": "pin", "instances": ["a"]}]})", "rules[0]",
        "needs \"hosts\"");
    row("wish without match", R"({"instances": [{"postcopy": true}]})", "instances[0]",
        "\"match\" is missing");
    row("wish with no policy", R"({"instances": [{"match": "a", "policy": "fast"}]})", "instances[0].policy",
        "one of none");
    row("accepted for good, what cannot be",
        R"({"accepted": [{"check": "nova", "by": "a", "reason": "b", "until": "2027-01-01"}]})",
        "accepted[0].check", "move by move");
    row("accepted no check",
        R"({"accepted": [{"check": "luck", "by": "a", "reason": "b", "until": "2027-01-01"}]})",
        "accepted[0].check", "luck");
    row("accepted for half a pair",
        R"({"accepted": [{"check": "cpu", "hosts": ["a"], "by": "a", "reason": "b", "until": "2027-01-01"}]})",
        "accepted[0].hosts", "two hosts");
    row("rule of a number", R"({"rules": [{"kind": "pin", "instances": ["a"], "hosts": 3}]})",
        "rules[0].hosts", "");
    row("accepted until never",
        R"({"accepted": [{"check": "cpu", "by": "a", "reason": "b", "until": "soon"}]})", "accepted[0].until",
        "a day like");
    row("operator without user", R"({"operators": [{"may": []}]})", "operators[0]", "\"user\" is missing");
}

void TestFleetFile::refusals()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, field);
    QFETCH(QString, says);
    const Result<FleetFile> fleet = parseFleet(text, QStringLiteral("dir/fleet.json"));
    QVERIFY(!fleet);
    QCOMPARE(fleet.error().code, ErrorCode::InvalidInput);
    const QString message = fleet.error().message;
    QVERIFY2(message.startsWith(QStringLiteral("dir/fleet.json, line ")), qPrintable(message));
    QVERIFY2(message.contains(QStringLiteral(", column ")), qPrintable(message));
    QVERIFY2(message.contains(field), qPrintable(message));
    QVERIFY2(message.contains(says), qPrintable(message));
}

void TestFleetFile::namesLineAndColumn_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("place");
    QTest::newRow("key of an unknown field")
        << QByteArray("{\n  \"hosts\": [],\n  \"colour\" : 1\n}") << QStringLiteral("line 3, column 3:");
    QTest::newRow("the first of two unknown fields")
        << QByteArray("{\n  \"zebra\": 1,\n  \"apple\": 1\n}") << QStringLiteral("line 2, column 3:");
    QTest::newRow("an unknown field whose name holds a quote")
        << QByteArray("{ \"a\\\"b\": 1 }") << QStringLiteral("line 1, column 3:");
    QTest::newRow("a wrong value") << QByteArray("{\r\n \"version\":\r\n   true}")
                                   << QStringLiteral("line 3, column 4:");
    QTest::newRow("columns count characters, not bytes")
        << QByteArray("{\"hosts\": [{\"name\": \"h1\", \"zone\": \"Zürich\", \"uri\": 7}]}")
        << QStringLiteral("line 1, column 52:");
    QTest::newRow("syntax") << QByteArray("{\n  \"hosts\": [\n    oops\n  ]\n}")
                            << QStringLiteral("line 3, column 5:");
    QTest::newRow("twice") << QByteArray("{\n \"version\": 1,\n \"version\": 1\n}")
                           << QStringLiteral("line 3, column 2:");
    QTest::newRow("second host of a name")
        << QByteArray("{\"hosts\": [\n{\"name\": \"a\", \"uri\": \"qemu:///system\"},\n"
                      "{\"name\": \"a\", \"uri\": \"qemu:///system\"}]}")
        << QStringLiteral("line 3, column 10: hosts[1].name: two hosts are named \"a\", the first in line 2");
}

void TestFleetFile::namesLineAndColumn()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, place);
    const Result<FleetFile> fleet = parseFleet(text, QStringLiteral("f"));
    QVERIFY(!fleet);
    QVERIFY2(fleet.error().message.contains(place), qPrintable(fleet.error().message));
}

void TestFleetFile::uris_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<bool>("good");
    const auto row = [](const char* uri, bool good) { QTest::newRow(uri) << QString::fromUtf8(uri) << good; };
    row("qemu:///system", true);
    row("qemu:///session", true);
    row("qemu://h1.example/system", true);
    row("qemu+unix:///system?socket=/run/h1/sock", true);
    row("qemu+tls://h1.example:16514/system", true);
    row("qemu+tcp://[::1]:16509/system", true);
    row("qemu+tcp://10.0.0.1/system", true);
    row("qemu+ssh://root@h1/system?keyfile=/home/a/.ssh/id", true);
    row("qemu+libssh2://h1/system", true);
    row("test:///default", true);
    row("test+tcp://h1/default", true);
    row("", false);
    row("h1", false);
    row("qemu", false);
    row("qemu:", false);
    row("qemu:///", false);
    row("qemu:///sytem", false);
    row("qemu+tls:///system", false);
    row("qemu+ssh:///system", false);
    row("qemu+unix://h1/system", false);
    row("qemu+://h1/system", false);
    row("qemu+http://h1/system", false);
    row("xen:///system", false);
    row("http://h1/system", false);
    row("qemu+tcp://h1:99999/system", false);
    row("qemu+tcp://h 1/system", false);
    row("qemu+tcp://h1/system\n", false);
    row("qemu+ssh://root:secret@h1/system", false);
    row("test:///", false);
}

void TestFleetFile::uris()
{
    QFETCH(QString, uri);
    QFETCH(bool, good);
    const Result<void> answer = checkUri(uri);
    QVERIFY2(answer.has_value() == good, answer ? "accepted" : qPrintable(answer.error().message));
    if (!answer)
        QVERIFY(!answer.error().message.isEmpty());
}

void TestFleetFile::passwordsAreNotRepeated()
{
    const Result<void> answer = checkUri(QStringLiteral("qemu+ssh://root:hunter2@h1/nowhere"));
    QVERIFY(!answer);
    QVERIFY(answer.error().message.contains(QStringLiteral("password")));
    QVERIFY(!answer.error().message.contains(QStringLiteral("hunter2")));
}

void TestFleetFile::filesOnDisk()
{
    QTemporaryDir dir;
    const QString missing = dir.filePath(QStringLiteral("none.json"));
    const Result<FleetFile> none = loadFleet(missing);
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::Io);
    QVERIFY(none.error().message.contains(missing));

    QFile file(dir.filePath(QStringLiteral("fleet.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(fullExample);
    file.close();
    const Result<FleetFile> read = loadFleet(file.fileName());
    QVERIFY(read.has_value());
    QCOMPARE(read->hosts.size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(TestFleetFile)
#include "tst_fleet_file.moc"
