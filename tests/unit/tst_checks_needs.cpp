// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/check_case.h"

#include <QTest>

using namespace drover;
using namespace drover::testing;

namespace {

using C = CheckCase;
using S = Severity;
using Kind = Device::Kind;

void bridged(C& c)
{
    c.instance->interfaces = {
        {{}, QStringLiteral("52:54:00:00:00:01"), QStringLiteral("bridge"), QStringLiteral("br0"), {}}};
}

void networked(C& c)
{
    c.instance->interfaces = {
        {{}, QStringLiteral("52:54:00:00:00:01"), QStringLiteral("network"), QStringLiteral("prod"), {}}};
    c.instance->interfaces[0].portgroup = QStringLiteral("web");
    c.instance->interfaces[0].bridge = QStringLiteral("br1");
    c.instance->interfaces[0].filter = QStringLiteral("clean");
}

ArrangeCheck network(std::function<void(C&)> change)
{
    return [change = std::move(change)](C& c) {
        networked(c);
        c.details = change;
    };
}

ArrangeCheck device(Kind kind, const char* text, const char* detail = "", bool offline = false)
{
    return [=](C& c) {
        c.instance->devices = {{kind, QLatin1String(text), {}, QLatin1String(detail)}};
        if (offline)
            c.offline();
    };
}

} // namespace

class TestChecksNeeds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void versions_data();
    void versions() { runCheckRow(); }
    void cpu_data();
    void cpu() { runCheckRow(); }
    void capacity_data();
    void capacity() { runCheckRow(); }
    void network_data();
    void network() { runCheckRow(); }
    void devices_data();
    void devices() { runCheckRow(); }
    void channel_data();
    void channel() { runCheckRow(); }
    void others_data();
    void others() { runCheckRow(); }
    void novaShowsItsCommand();
    void checkpointsCanLoseData();
};

void TestChecksNeeds::versions_data()
{
    checkColumns();
    checkRow("as new", "versions", S::Pass, QStringLiteral("h2 is not older than h1, and knows pc-q35-7.2"),
             [](C&) {});
    checkRow("other hypervisor", "versions", S::Error,
             QStringLiteral("h1 runs QEMU, h2 runs Xen: an instance cannot go from one to the other"),
             [](C& c) {
                 auto facts = C::factsOf(c.destinationReading);
                 facts->hypervisor = QStringLiteral("Xen");
                 c.destinationReading->facts = facts;
             });
    const auto older = [](C& c) {
        auto facts = C::factsOf(c.destinationReading);
        facts->hypervisorVersion = 6002000;
        c.destinationReading->facts = facts;
    };
    checkRow("older, machine known", "versions", S::Warning,
             QStringLiteral("QEMU on h2 is older: 6.2.0, on h1 7.2.22"), older);
    checkRow("machine unknown in the host's words", "versions", S::Error,
             QStringLiteral("h2 cannot run this machine: the machine 'pc-q35-7.2' is not supported"),
             [older](C& c) {
                 older(c);
                 c.details = [](C& d) {
                     d.there.machine = {MachineAnswer::Known::No,
                                        QStringLiteral("the machine 'pc-q35-7.2' is not supported")};
                 };
             });
    checkRow("machine unknown by the list", "versions", S::Error,
             QStringLiteral("h2 does not know the machine type pc-q35-9.9"), [](C& c) {
                 c.instance->machine = QStringLiteral("pc-q35-9.9");
                 c.askedDetails = false;
             });
    checkRow("machine not told", "versions", S::Warning,
             QStringLiteral("h2 did not say whether it knows the machine type pc-q35-7.2"), [](C& c) {
                 auto facts = C::factsOf(c.destinationReading);
                 facts->machines.clear();
                 c.destinationReading->facts = facts;
                 c.askedDetails = false;
             });
    checkRow("libvirt older", "versions", S::Warning,
             QStringLiteral("libvirt on h2 is older: 8.0.0, on h1 9.0.0"), [](C& c) {
                 auto facts = C::factsOf(c.destinationReading);
                 facts->libvirtVersion = 8000000;
                 c.destinationReading->facts = facts;
             });
    checkRow("pinned beyond", "versions", S::Error,
             QStringLiteral("It is pinned to host CPU 16, 20, and h2 has 16 CPUs"),
             [](C& c) { c.instance->placement.hostCpus = {3, 16, 20}; });
    checkRow("node absent", "versions", S::Error,
             QStringLiteral("It is bound to NUMA node 3, which h2 does not have"),
             [](C& c) { c.instance->placement.hostNodes = {0, 3}; });
    checkRow("nodes not told", "versions", S::Warning,
             QStringLiteral("It is bound to NUMA node 1, and h2 did not say which it has"), [](C& c) {
                 c.instance->placement.hostNodes = {1};
                 c.details = [](C& d) { d.there.cells.reset(); };
             });
    checkRow("nodes still asked", "versions", S::Pass, QStringLiteral("Checking the NUMA nodes of h2…"),
             [](C& c) {
                 c.instance->placement.hostNodes = {1};
                 c.askedDetails = false;
                 c.evidence.complete = false;
             });
}

void TestChecksNeeds::cpu_data()
{
    checkColumns();
    checkRow("maximum", "cpu", S::Warning,
             QStringLiteral(
                 "Its CPU is \"maximum\": libvirt compares nothing, and what h2 lacks vanishes under the "
                 "running guest"),
             [](C& c) { c.instance->cpuMode = QStringLiteral("maximum"); });
    const auto follows = [](const QStringList& here, const QStringList& there) -> ArrangeCheck {
        return [=](C& c) {
            c.details = [=](C& d) {
                d.here.guest->nextCpuMode = QStringLiteral("host-model");
                d.here.hostModel = HostCpuModel{QStringLiteral("A"), here};
                d.there.hostModel = HostCpuModel{QStringLiteral("B"), there};
            };
        };
    };
    const QString aes = QStringLiteral("aes");
    const QString pku = QStringLiteral("pku");
    checkRow("one-way", "cpu", S::Warning,
             QStringLiteral(
                 "One-way: its CPU follows the host; once restarted on h2 it cannot return to h1, which "
                 "lacks pku"),
             follows({aes}, {aes, pku}));
    checkRow("back and forth", "cpu", S::Pass, QStringLiteral("h2 can run this CPU"),
             follows({aes, pku}, {aes}));
    checkRow(
        "way back not known", "cpu", S::Warning,
        QStringLiteral("Its CPU follows the host; whether it could return to h1 after a restart on h2 is not "
                       "known"),
        follows({}, {aes}));
}

void TestChecksNeeds::capacity_data()
{
    checkColumns();
    const auto huge = [](C& c) { c.instance->placement.hugePages = {{Bytes::fromMib(2), {}}}; };
    checkRow("huge pages", "capacity", S::Pass,
             QStringLiteral("Room on h2: 65 024 MiB left by size, 61 440 MiB free at this moment"), huge);
    checkRow("too few huge pages", "capacity", S::Error,
             QStringLiteral("Needs 2 048 MiB in huge pages of 2 MiB, h2 has 512 MiB free of them"),
             [huge](C& c) {
                 huge(c);
                 c.details = [](C& d) {
                     d.there.pages = std::vector<PagePool>{{Bytes::fromMib(2), Bytes::fromMib(512)},
                                                           {Bytes::fromGib(1), Bytes::fromGib(9)}};
                 };
             });
    checkRow("default size counts all", "capacity", S::Pass,
             QStringLiteral("Room on h2: 65 024 MiB left by size, 61 440 MiB free at this moment"), [](C& c) {
                 c.instance->placement.hugePages = {{}};
                 c.details = [](C& d) {
                     d.there.pages = std::vector<PagePool>{{Bytes::fromGib(1), Bytes::fromGib(9)}};
                 };
             });
    checkRow("huge pages not told", "capacity", S::Warning,
             QStringLiteral("It needs huge pages (2 MiB), and h2 did not say how many are free"),
             [huge](C& c) {
                 huge(c);
                 c.details = [](C& d) { d.there.pages.reset(); };
             });
    checkRow("still asked", "capacity", S::Pass, QStringLiteral("Checking huge pages and NUMA nodes of h2…"),
             [huge](C& c) {
                 huge(c);
                 c.askedDetails = false;
                 c.evidence.complete = false;
             });
    checkRow(
        "node too full", "capacity", S::Error,
        QStringLiteral("Uses 2 048 MiB from the NUMA nodes it is bound to, which have 1 024 MiB free on h2"),
        [](C& c) {
            c.instance->placement.hostNodes = {1};
            c.instance->placement.strictNodes = true;
            c.details = [](C& d) {
                d.there.cells = std::vector<NumaCell>{{0, Bytes::fromGib(50)}, {1, Bytes::fromGib(1)}};
            };
        });
    checkRow("asked just now", "capacity", S::Error,
             QStringLiteral("Uses 2 048 MiB, h2 has only 1 024 MiB free at this moment"),
             [](C& c) { c.details = [](C& d) { d.there.memoryFree = Bytes::fromGib(1); }; });
}

void TestChecksNeeds::network_data()
{
    checkColumns();
    checkRow("none", "network", S::Pass, QStringLiteral("No interface needs a network of the host"),
             [](C&) {});
    checkRow("bridge", "network", S::Pass, QStringLiteral("h2 has br0"), bridged);
    checkRow("no bridge", "network", S::Error, QStringLiteral("h2 has no bridge or card br0"), [](C& c) {
        bridged(c);
        c.details = [](C& d) { d.there.links[0].exists = false; };
    });
    checkRow("no bridge, offline", "network", S::Warning, QStringLiteral("h2 has no bridge or card br0"),
             [](C& c) {
                 bridged(c);
                 c.offline();
                 c.details = [](C& d) { d.there.links[0].exists = false; };
             });
    checkRow("hosts that list no bridges", "network", S::Warning,
             QStringLiteral("Whether h2 has the bridge or card br0 is not known"), [](C& c) {
                 bridged(c);
                 c.details = [](C& d) { d.here.links[0].exists = d.there.links[0].exists = false; };
             });
    checkRow("other MTU", "network", S::Warning,
             QStringLiteral("The MTU of the bridge br0 is 1500 on h1, 9000 on h2"), [](C& c) {
                 bridged(c);
                 c.details = [](C& d) { d.there.links[0].mtu = 9000; };
             });
    checkRow("network", "network", S::Pass, QStringLiteral("h2 has prod"), networked);
    checkRow("no network", "network", S::Error, QStringLiteral("h2 has no network prod"),
             ::network([](C& d) { d.there.networks[0].exists = false; }));
    checkRow("not active", "network", S::Error, QStringLiteral("The network prod of h2 is not active"),
             ::network([](C& d) { d.there.networks[0].active = false; }));
    checkRow(
        "portgroup", "network", S::Warning,
        QStringLiteral("The network prod of h2 has no portgroup web: its settings would silently not apply"),
        ::network([](C& d) { d.there.networks[0].portgroups.clear(); }));
    checkRow("other bridge", "network", S::Warning,
             QStringLiteral("The network prod leads to the bridge br1 on h1, to br7 on h2"),
             ::network([](C& d) { d.there.networks[0].bridge = QStringLiteral("br7"); }));
    checkRow("filter absent", "network", S::Error, QStringLiteral("h2 has no filter clean"),
             ::network([](C& d) { d.there.filters.begin()->second = false; }));
    checkRow("filter not told", "network", S::Warning,
             QStringLiteral("h2 did not say whether it has the filter clean"),
             ::network([](C& d) { d.there.filters.clear(); }));
    checkRow("two findings", "network", S::Error,
             QStringLiteral("The network prod of h2 is not active; h2 has no filter clean"),
             ::network([](C& d) {
                 d.there.networks[0].active = false;
                 d.there.filters.begin()->second = false;
             }));
    checkRow("not told", "network", S::Warning,
             QStringLiteral("h2 did not say which networks and bridges it has"), [](C& c) {
                 bridged(c);
                 c.askedDetails = false;
             });
    checkRow("still asked", "network", S::Pass, QStringLiteral("Checking the networks of h2…"), [](C& c) {
        bridged(c);
        c.askedDetails = false;
        c.evidence.complete = false;
    });
}

void TestChecksNeeds::devices_data()
{
    checkColumns();
    const auto error = [](const char* name, const QString& message, const ArrangeCheck& arrange) {
        checkRow(name, "devices", S::Error, message, arrange);
    };
    const auto warning = [](const char* name, const QString& message, const ArrangeCheck& arrange) {
        checkRow(name, "devices", S::Warning, message, arrange);
    };
    checkRow("none", "devices", S::Pass, QStringLiteral("Nothing ties it to h1"), [](C&) {});
    for (const Kind kind : {Kind::Pci, Kind::Mediated, Kind::ScsiHost, Kind::Vdpa})
        error(qPrintable(QStringLiteral("part of the host %1").arg(static_cast<int>(kind))),
              QStringLiteral("card: it is part of h1 and does not move"), device(kind, "card"));
    warning("pass-through, offline", QStringLiteral("card: it is part of h1 and does not move"),
            device(Kind::Pci, "card", "", true));
    checkRow("teamed", "devices", S::Info, QStringLiteral("card: let go for the move, by its teaming"),
             device(Kind::PciTeamed, "card"));
    warning("USB", QStringLiteral("stick: on h2 the guest finds another device, or none"),
            device(Kind::Usb, "stick"));
    error("virtiofs", QStringLiteral("folder: libvirt does not move a guest with virtiofs"),
          device(Kind::Virtiofs, "folder"));
    warning(
        "9p",
        QStringLiteral("folder: moves only while the guest has not mounted it, and where h2 has that folder"),
        device(Kind::Plan9, "folder"));
    error("shmem peer", QStringLiteral("seg: as a peer it cannot move"),
          device(Kind::SharedMemory, "seg", "peer"));
    checkRow("shmem master", "devices", S::Pass, QStringLiteral("Nothing ties it to h1"),
             device(Kind::SharedMemory, "seg", "master"));
    warning("socket", QStringLiteral("port: its folder has to exist on h2 too, which nothing shows"),
            device(Kind::Socket, "port"));
    error("tty", QStringLiteral("port: it is a device of h1"), device(Kind::HostCharacter, "port"));
    error("TPM chip", QStringLiteral("TPM: it is the chip of h1"), device(Kind::Tpm, "TPM", "passthrough"));
    warning(
        "TPM",
        QStringLiteral("TPM: its state lies on h1 and travels only with a recent hypervisor, or on shared "
                       "storage"),
        device(Kind::Tpm, "TPM", "emulator"));
    error("encrypted memory", QStringLiteral("SEV: such memory cannot be read, and so not moved"),
          device(Kind::LaunchSecurity, "SEV"));
    error("transient disk", QStringLiteral("vdb: libvirt does not move a guest with one"),
          device(Kind::TransientDisk, "vdb"));
    checkRow("NVRAM", "devices", S::Info,
             QStringLiteral("Its firmware variables travel with it; the template /ovmf has to exist on h2"),
             device(Kind::Nvram, "vars", "/ovmf"));
    warning("display",
            QStringLiteral("Its display listens on 10.0.0.1, which is an address of h1; on h2 the guest does "
                           "not start if that has no such address"),
            [](C& c) { c.instance->graphicsAddresses = {QStringLiteral("10.0.0.1")}; });
    checkRow("display everywhere", "devices", S::Pass, QStringLiteral("Nothing ties it to h1"), [](C& c) {
        c.instance->graphicsAddresses = {QStringLiteral("0.0.0.0"), QStringLiteral("127.0.0.1")};
    });
    warning("firmware", QStringLiteral("h2 does not list the firmware /ovmf.fd"), [](C& c) {
        c.instance->loader = QStringLiteral("/ovmf.fd");
        c.details = [](C& d) { d.there.loaders = QStringList{QStringLiteral("/other.fd")}; };
    });
    error("snapshots", QStringLiteral("It has 2 snapshot(s) on h1: libvirt moves no instance with snapshots"),
          [](C& c) { c.details = [](C& d) { d.here.guest->snapshots = 2; }; });
    error("saved state", QStringLiteral("It has a saved state on h1, which would stay there and be lost"),
          [](C& c) {
              c.offline();
              c.details = [](C& d) { d.here.guest->managedSave = true; };
          });
    error("block job", QStringLiteral("A job works on its disk vda"), [](C& c) {
        c.details = [](C& d) { d.here.guest->blockJobs = QStringList{QStringLiteral("vda")}; };
    });
    warning("checkpoints",
            QStringLiteral("It has 1 checkpoint(s) on h1, which are lost: the next backup is a full one"),
            [](C& c) { c.details = [](C& d) { d.here.guest->checkpoints = 1; }; });
    warning("not told", QStringLiteral("h1 did not say whether it has snapshots or a saved state"),
            [](C& c) { c.askedDetails = false; });
    checkRow("still asked", "devices", S::Pass, QStringLiteral("Checking snapshots and saved state on h1…"),
             [](C& c) {
                 c.askedDetails = false;
                 c.evidence.complete = false;
             });
    error("an error beside a warning", QStringLiteral("card: it is part of h1 and does not move"), [](C& c) {
        c.instance->devices = {{Kind::Usb, QStringLiteral("stick"), {}, {}},
                               {Kind::Pci, QStringLiteral("card"), {}, {}}};
    });
}

void TestChecksNeeds::channel_data()
{
    checkColumns();
    const auto found = [](auto change) -> ArrangeCheck {
        return [change](C& c) { change(*c.evidence.channel); };
    };
    using E = ChannelEvidence;
    checkRow("in the clear", "channel", S::Warning,
             QStringLiteral("Not encrypted: memory crosses the network to h2 in the clear"), [](C&) {});
    checkRow("in the clear, while hosts are compared", "channel", S::Info,
             QStringLiteral("Not encrypted: memory crosses the network to h2 in the clear"),
             [](C& c) { c.evidence.complete = false; });
    checkRow("encrypted", "channel", S::Pass,
             QStringLiteral("Memory is sent encrypted to qemu+tls://h2.example/system"), [](C& c) {
                 c.options.tls = true;
                 c.evidence.channel->tlsAtSource = c.evidence.channel->tlsAtDestination = true;
             });
    checkRow("certificates not known", "channel", S::Warning,
             QStringLiteral(
                 "TLS was asked for; whether h1 and h2 have certificates for it shows only at the start"),
             [](C& c) { c.options.tls = true; });
    checkRow("no certificates", "channel", S::Error,
             QStringLiteral("TLS was asked for, and h2 has no certificates for it"), [](C& c) {
                 c.options.tls = true;
                 c.evidence.channel->tlsAtSource = true;
                 c.evidence.channel->tlsAtDestination = false;
             });
    checkRow("offline", "channel", S::Pass,
             QStringLiteral("The daemon of h1 reaches qemu+tls://h2.example/system"),
             [](C& c) { c.offline(); });
    checkRow("tunnelled over TLS", "channel", S::Pass,
             QStringLiteral("The daemon of h1 reaches qemu+tls://h2.example/system"),
             [](C& c) { c.options.tunnelled = true; });
    checkRow(
        "refused", "channel", S::Error,
        QStringLiteral("The daemon of h1 cannot reach h2 (qemu+tls://h2.example/system): Connection refused"),
        found([](E& e) {
            e.daemon = E::Daemon::Failed;
            e.daemonReason = QStringLiteral("Connection refused");
        }));
    checkRow("swallowed", "channel", S::Error,
             QStringLiteral(
                 "The daemon of h1 gets no answer from h2 (qemu+tls://h2.example/system): what it sends is "
                 "swallowed"),
             found([](E& e) { e.daemon = E::Daemon::NoAnswer; }));
    checkRow("could not be tried", "channel", S::Warning,
             QStringLiteral(
                 "Whether the daemon of h1 reaches that of h2 is not known: busy; Not encrypted: memory "
                 "crosses the network to h2 in the clear"),
             found([](E& e) {
                 e.daemon = E::Daemon::Unknown;
                 e.daemonReason = QStringLiteral("busy");
             }));
    checkRow("never tried", "channel", S::Warning,
             QStringLiteral(
                 "Whether the daemon of h1 reaches that of h2 could not be tried; Not encrypted: memory "
                 "crosses the network to h2 in the clear"),
             [](C& c) { c.evidence.channel.reset(); });
    checkRow(
        "port swallowed", "channel", S::Error,
        QStringLiteral("h1 reaches the daemon of h2, but what it sends to its migration port h2:49215 is "
                       "swallowed"),
        found([](E& e) { e.port = E::Port::NoAnswer; }));
    checkRow("port unreachable", "channel", S::Error,
             QStringLiteral("h1 reaches the daemon of h2, but not its migration port: No route to host"),
             found([](E& e) {
                 e.port = E::Port::Failed;
                 e.portReason = QStringLiteral("No route to host");
             }));
    checkRow("port does not matter offline", "channel", S::Pass,
             QStringLiteral("The daemon of h1 reaches qemu+tls://h2.example/system"), [](C& c) {
                 c.offline();
                 c.evidence.channel->port = E::Port::NoAnswer;
             });
    checkRow("ssh has no address for others", "channel", S::Error,
             QStringLiteral("h2's daemon has no address for other hosts: set peer_uri"),
             [](C& c) { c.destination.config.uri = QStringLiteral("qemu+ssh://root@h2/system"); });
    checkRow("ssh with a peer URI", "channel", S::Warning,
             QStringLiteral("Not encrypted: memory crosses the network to h2 in the clear"), [](C& c) {
                 c.destination.config.uri = QStringLiteral("qemu+ssh://root@h2/system");
                 c.destination.config.peerUri = QStringLiteral("qemu+tcp://h2/system");
             });
}

void TestChecksNeeds::others_data()
{
    checkColumns();
    checkRow("not allowed", "permission", S::Error,
             QStringLiteral("h1 does not allow this account to migrate: access denied"), [](C& c) {
                 c.evidence.channel = ChannelEvidence{};
                 c.evidence.channel->denied = true;
                 c.evidence.channel->daemonReason = QStringLiteral("access denied");
             });
    checkRow("a refused question", "permission", S::Warning,
             QStringLiteral(
                 "h2 refused this account a question (access denied): whether it may migrate is not known"),
             [](C& c) { c.details = [](C& d) { d.there.denied = QStringLiteral("access denied"); }; });
    checkRow("none", "nova", S::Pass, QStringLiteral("No other manager is known to own it"), [](C&) {});
    checkRow("managed", "nova", S::Warning,
             QStringLiteral(
                 "OpenStack Nova manages it (web, flavour m1.small, project shop): moved behind Nova's back, "
                 "Nova's records are wrong"),
             [](C& c) {
                 c.instance->managedBy = QStringLiteral("nova");
                 c.instance->nova = NovaFacts{
                     QStringLiteral("web"), QStringLiteral("m1.small"), QStringLiteral("shop"), {}, {}};
             });
    const auto dirty = [](double dirtyMib, double linkMib, bool postCopy = false) -> ArrangeCheck {
        return [=](C& c) {
            c.vm.domain.status.dirtyRate = Rate::fromMib(dirtyMib);
            c.source.config.link = Rate::fromMib(linkMib * 2);
            c.destination.config.link = Rate::fromMib(linkMib);
            c.options.postCopy = postCopy;
        };
    };
    checkRow("not measured", "convergence", S::Info,
             QStringLiteral("How fast it rewrites its memory is not known"), [](C&) {});
    checkRow("converges", "convergence", S::Pass,
             QStringLiteral("It rewrites 20 MiB/s, and 110 MiB/s can be sent"), dirty(20, 110));
    checkRow("does not", "convergence", S::Warning,
             QStringLiteral("It rewrites 180 MiB/s, and only 110 MiB/s can be sent: it will not converge"),
             dirty(180, 110));
    checkRow("post-copy", "convergence", S::Info,
             QStringLiteral(
                 "It rewrites 180 MiB/s, and only 110 MiB/s can be sent: it ends by the switch to post-copy, "
                 "which is allowed"),
             dirty(180, 110, true));
    checkRow("offline", "convergence", S::Pass, QStringLiteral("Shut off: nothing has to converge"),
             [](C& c) { c.offline(); });
}

void TestChecksNeeds::novaShowsItsCommand()
{
    C c;
    c.instance->managedBy = QStringLiteral("nova");
    const auto results = c.run();
    QVERIFY(!mayStart(results));
    QVERIFY(resultOf(results, "nova")
                ->fix.endsWith(QStringLiteral(
                    "server migrate --live-migration --host h2 00000001-1000-4000-8000-000000000001")));
    c.options.accepted = {QStringLiteral("nova")};
    QVERIFY(mayStart(c.run()));
}

void TestChecksNeeds::checkpointsCanLoseData()
{
    C c;
    c.details = [](C& d) { d.here.guest->checkpoints = 1; };
    QVERIFY(resultOf(c.run(), "devices")->losesData);
    c.details = {};
    QVERIFY(!resultOf(c.run(), "devices")->losesData);
}

QTEST_GUILESS_MAIN(TestChecksNeeds)
#include "tst_checks_needs.moc"
