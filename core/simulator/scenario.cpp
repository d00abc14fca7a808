// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/scenario.h"

#include "core/fleet/fleet_document.h"
#include "core/fleet/fleet_rules.h"
#include "core/simulator/cpu_model.h"
#include "core/simulator/scenario_needs.h"

#include <QCoreApplication>
#include <QHash>
#include <QSet>

#include <algorithm>
#include <utility>

namespace drover {
namespace {

using Node = FleetDocument::Node;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Scenario)
};

constexpr int mostOfAKind = 1000000;
constexpr int usualDigits = 1;

std::vector<Workload> usualWorkloads()
{
    const auto make = [](const char* name, Bytes hot, double share, double hotMib, double coldMib,
                         double cpu) {
        return Workload{QLatin1String(name),    hot, share, Rate::fromMib(hotMib),
                        Rate::fromMib(coldMib), 0.7, cpu};
    };
    return {make("idle", Bytes::fromMib(8), 0, 0.5, 0.02, 2), make("web", Bytes::fromMib(64), 0, 12, 0.4, 18),
            make("db", {}, 0.10, 35, 3, 45), make("hot", {}, 0.25, 190, 8, 90)};
}

/// Reads the parts of a scenario in their order: later ones name things of earlier ones.
class Reader
{
public:
    explicit Reader(Scenario& scenario) : m_scenario(scenario) { m_scenario.workloads = usualWorkloads(); }

    void read(const Node& root)
    {
        if (!root.isObjectOf({"version", "about", "seed", "churn", "xml", "keepalive_s", "limits",
                              "workloads", "hosts", "instances", "rules", "accepted", "migrations",
                              "faults"}))
            return;
        if (const auto version = root.required("version"); version && version->count() != 1)
            version->wrong(Text::tr("must be 1: this program knows no other version"));
        if (const auto f = root.field("about"))
            m_scenario.about = f->text();
        if (const auto f = root.field("seed"))
            m_scenario.seed = static_cast<quint64>(f->count());
        if (const auto f = root.field("churn"))
            m_scenario.churn = share(*f);
        if (const auto f = root.field("xml"))
            m_scenario.xml = f->flag();
        if (const auto f = root.field("keepalive_s"))
            m_scenario.keepalive = seconds(f->positive());
        if (const auto f = root.field("limits"))
            limits(*f);
        each(root, "workloads", &Reader::workload);
        if (const auto f = root.required("hosts")) {
            for (const Node& node : f->items())
                hosts(node);
        }
        each(root, "instances", &Reader::instances);
        each(root, "rules", &Reader::rule);
        each(root, "accepted", &Reader::acceptance);
        each(root, "migrations", &Reader::migration);
        each(root, "faults", &Reader::fault);
    }

private:
    struct Numbered
    {
        QString name;
        int count = 1;
        int first = 1;
        int digits = usualDigits;
        [[nodiscard]] QString at(int i) const
        {
            QString result = name;
            return result.replace(QLatin1String("{n}"),
                                  QStringLiteral("%1").arg(first + i, digits, 10, QLatin1Char('0')));
        }
    };

    void each(const Node& root, const char* field, void (Reader::*one)(const Node&))
    {
        const auto list = root.field(field);
        if (!list)
            return;
        for (const Node& node : list->items())
            (this->*one)(node);
    }

    static Milliseconds seconds(double s) { return Milliseconds(static_cast<qint64>(s * 1000)); }

    static double share(const Node& node)
    {
        const double found = node.notNegative();
        if (found > 1)
            node.wrong(Text::tr("must be a share from 0 to 1"));
        return found;
    }

    static Numbered numbered(const Node& node)
    {
        Numbered result;
        if (const auto f = node.required("name"))
            result.name = f->text();
        if (const auto f = node.field("count"))
            result.count = f->count();
        if (const auto f = node.field("first"))
            result.first = static_cast<int>(f->notNegative());
        if (const auto f = node.field("digits"))
            result.digits = f->count();
        if (result.count > mostOfAKind || result.digits > 9) {
            node.wrong(Text::tr("asks for more than any fleet has"));
            result.count = 0;
        } else if (result.count > 1 && !result.name.contains(QLatin1String("{n}"))) {
            node.wrong(
                Text::tr("makes %1 of one name: put {n} into \"%2\"").arg(result.count).arg(result.name));
            result.count = 0;
        }
        return result;
    }

    void limits(const Node& node)
    {
        if (!node.isObjectOf({"per_source", "per_destination", "total"}))
            return;
        if (const auto f = node.field("per_source"))
            m_scenario.limits.perSource = f->count();
        if (const auto f = node.field("per_destination"))
            m_scenario.limits.perDestination = f->count();
        if (const auto f = node.field("total"))
            m_scenario.limits.total = f->count();
    }

    void workload(const Node& node)
    {
        if (!node.isObjectOf({"name", "hot_mib", "hot_share", "hot_mib_per_s", "cold_mib_per_s", "used_share",
                              "cpu_percent"}))
            return;
        Workload made;
        if (const auto f = node.required("name"))
            made.name = f->text();
        if (const auto f = node.field("hot_mib"))
            made.hotSet = Bytes::fromMib(f->notNegative());
        if (const auto f = node.field("hot_share"))
            made.hotShare = share(*f);
        if (const auto f = node.field("hot_mib_per_s"))
            made.hotRate = Rate::fromMib(f->notNegative());
        if (const auto f = node.field("cold_mib_per_s"))
            made.coldRate = Rate::fromMib(f->notNegative());
        if (const auto f = node.field("used_share"))
            made.usedShare = share(*f);
        if (const auto f = node.field("cpu_percent"))
            made.cpuPercent = f->notNegative();
        const auto same = std::find_if(m_scenario.workloads.begin(), m_scenario.workloads.end(),
                                       [&](const Workload& w) { return w.name == made.name; });
        if (same == m_scenario.workloads.end())
            m_scenario.workloads.push_back(made);
        else
            *same = made;
    }

    static QString cpu(const Node& node)
    {
        const QString model = node.text();
        if (!model.isEmpty() && !isSimulatedCpuModel(model))
            node.wrong(Text::tr("is no CPU model of the simulator: %1 (known: %2)")
                           .arg(model, simulatedCpuModels().join(QStringLiteral(", "))));
        return model;
    }

    static quint64 version(const Node& node)
    {
        const QStringList parts = node.text().split(QLatin1Char('.'));
        quint64 result = 0;
        bool good = parts.size() == 3;
        for (int i = 0; good && i < 3; ++i)
            result = result * 1000 + parts.at(i).toUInt(&good);
        if (!good)
            node.wrong(Text::tr("must be a version such as 7.2.0"));
        return result;
    }

    void hosts(const Node& node)
    {
        if (!node.isObjectOf({"name", "count", "first", "digits", "zone", "cpus", "memory_gib", "disk_gib",
                              "cpu", "link_mib_per_s", "hypervisor_version", "libvirt_version", "cpu_ratio",
                              "memory_ratio", "reserved_memory_mib", "service", "service_reason",
                              "service_by", "fittings"}))
            return;
        const Numbered names = numbered(node);
        ScenarioHost host;
        host.config.zone = QStringLiteral("az1");
        host.cpuModel = QStringLiteral("Skylake-Server-noTSX-IBRS");
        host.memory = Bytes::fromGib(64);
        host.disk = Bytes::fromGib(1000);
        host.link = Rate::fromMib(1120);
        if (const auto f = node.field("zone"))
            host.config.zone = f->text();
        if (const auto f = node.field("cpus"))
            host.cpus = f->count();
        if (const auto f = node.field("memory_gib"))
            host.memory = Bytes::fromGib(f->positive());
        if (const auto f = node.field("disk_gib"))
            host.disk = Bytes::fromGib(f->positive());
        if (const auto f = node.field("cpu"))
            host.cpuModel = cpu(*f);
        if (const auto f = node.field("link_mib_per_s"))
            host.link = Rate::fromMib(f->positive());
        if (const auto f = node.field("hypervisor_version"))
            host.hypervisorVersion = version(*f);
        if (const auto f = node.field("libvirt_version"))
            host.libvirtVersion = version(*f);
        if (const auto f = node.field("cpu_ratio"))
            host.config.cpuRatio = f->positive();
        if (const auto f = node.field("memory_ratio"))
            host.config.memoryRatio = f->positive();
        if (const auto f = node.field("reserved_memory_mib"))
            host.config.reservedMemory = Bytes::fromMib(f->notNegative());
        if (const auto f = node.field("service"))
            host.service.state = serviceStateFromName(f->choice({"enabled", "disabled", "maintenance"}))
                                     .value_or(ServiceState::Enabled);
        if (const auto f = node.field("service_reason"))
            host.service.reason = f->text();
        if (const auto f = node.field("service_by"))
            host.service.by = f->text();
        if (const auto f = node.field("fittings"))
            host.fittings = readFittings(*f);
        for (int i = 0; i < names.count; ++i) {
            host.config.id = {names.at(i)};
            host.config.uri = QStringLiteral("qemu+tls://%1.demo.example/system").arg(host.config.id.value);
            if (m_hostIndex.contains(host.config.id.value)) {
                node.wrong(Text::tr("makes a second host named %1").arg(host.config.id.value));
                return;
            }
            m_hostIndex.insert(host.config.id.value, m_scenario.hosts.size());
            m_scenario.hosts.push_back(host);
        }
    }

    std::optional<std::size_t> hostAt(const Node& node)
    {
        const QString name = node.text();
        const auto found = m_hostIndex.constFind(name);
        if (found != m_hostIndex.constEnd())
            return *found;
        node.wrong(Text::tr("names the host %1, which is not in this scenario").arg(name));
        return std::nullopt;
    }

    std::vector<std::size_t> placesOf(const Node& node)
    {
        std::vector<std::size_t> places;
        if (const auto f = node.field("host")) {
            if (const auto at = hostAt(*f))
                places.push_back(*at);
        } else if (const auto list = node.field("hosts")) {
            for (const Node& item : list->items()) {
                if (const auto at = hostAt(item))
                    places.push_back(*at);
            }
        } else {
            QString zone;
            if (const auto named = node.field("zone"))
                zone = named->text();
            for (std::size_t i = 0; i < m_scenario.hosts.size(); ++i) {
                const ScenarioHost& host = m_scenario.hosts[i];
                if ((zone.isEmpty() || host.config.zone == zone) &&
                    host.service.state == ServiceState::Enabled)
                    places.push_back(i);
            }
        }
        if (places.empty())
            node.wrong(Text::tr("has no host to be on: give host, hosts or a zone with enabled hosts"));
        return places;
    }

    void instances(const Node& node)
    {
        if (!node.isObjectOf({"name",     "count", "first",      "digits",     "host",     "hosts",   "zone",
                              "project",  "title", "vcpus",      "memory_mib", "disk_gib", "storage", "base",
                              "workload", "state", "persistent", "autostart",  "cpu",      "needs"}))
            return;
        const Numbered names = numbered(node);
        const std::vector<std::size_t> places = placesOf(node);
        if (places.empty())
            return;
        ScenarioInstance instance;
        instance.memory = Bytes::fromMib(2048);
        instance.disk = Bytes::fromGib(20);
        instance.cpuModel = QStringLiteral("Haswell-noTSX");
        if (const auto f = node.field("project"))
            instance.project = f->text();
        if (const auto f = node.field("title"))
            instance.title = f->text();
        if (const auto f = node.field("vcpus"))
            instance.vcpus = f->count();
        if (const auto f = node.field("memory_mib"))
            instance.memory = Bytes::fromMib(f->positive());
        if (const auto f = node.field("disk_gib"))
            instance.disk = Bytes::fromGib(f->notNegative());
        if (const auto f = node.field("storage")) {
            const QString where = f->choice({"network", "local", "shared"});
            instance.localDisk = where == QLatin1String("local");
            instance.sharedDisk = where == QLatin1String("shared");
        }
        if (const auto f = node.field("base"))
            instance.onBase = f->flag();
        if (const auto f = node.field("persistent"))
            instance.persistent = f->flag();
        if (const auto f = node.field("autostart"))
            instance.autostart = f->flag();
        if (const auto f = node.field("cpu"))
            instance.cpuModel = cpu(*f);
        if (const auto f = node.field("state")) {
            const QString state = f->choice({"running", "paused", "shutoff"});
            instance.state = state == QLatin1String("paused")    ? PowerState::Paused
                             : state == QLatin1String("shutoff") ? PowerState::ShutOff
                                                                 : PowerState::Running;
        }
        if (const auto f = node.field("needs"))
            readNeeds(*f, instance);
        if (const auto f = node.field("workload"))
            instance.workload = workloadAt(*f);
        if (!instance.persistent && instance.state == PowerState::ShutOff)
            node.wrong(Text::tr("is transient and shut off: such an instance does not exist"));
        for (int i = 0; i < names.count; ++i) {
            instance.name = names.at(i);
            if (m_instances.contains(instance.name)) {
                node.wrong(Text::tr("makes a second instance named %1").arg(instance.name));
                return;
            }
            m_instances.insert(instance.name);
            instance.host = places[static_cast<std::size_t>(i) % places.size()];
            m_scenario.instances.push_back(instance);
        }
    }

    std::size_t workloadAt(const Node& node)
    {
        const QString name = node.text();
        const auto& all = m_scenario.workloads;
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Workload& w) { return w.name == name; });
        if (found == all.end()) {
            node.wrong(
                Text::tr("names the workload %1, which is neither usual nor in this scenario").arg(name));
            return 0;
        }
        return static_cast<std::size_t>(found - all.begin());
    }

    QString instanceAt(const Node& node)
    {
        const QString name = node.text();
        if (!m_instances.contains(name))
            node.wrong(Text::tr("names the instance %1, which is not in this scenario").arg(name));
        return name;
    }

    void rule(const Node& node) { m_scenario.rules.push_back(readRule(node)); }
    void acceptance(const Node& node) { m_scenario.accepted.push_back(readAcceptance(node)); }

    void migration(const Node& node)
    {
        if (!node.isObjectOf({"instance", "to", "at_s", "under_way_for_s", "bandwidth_mib_per_s",
                              "max_downtime_ms", "auto_converge", "post_copy"}))
            return;
        ScenarioMigration made;
        if (const auto f = node.required("instance"))
            made.instance = instanceAt(*f);
        if (const auto f = node.required("to")) {
            if (const auto at = hostAt(*f))
                made.to = m_scenario.hosts[*at].config.id;
        }
        if (const auto f = node.field("at_s"))
            made.at = seconds(f->notNegative());
        if (const auto f = node.field("under_way_for_s"))
            made.at = -seconds(f->notNegative());
        if (const auto f = node.field("bandwidth_mib_per_s"))
            made.options.bandwidth = Rate::fromMib(f->positive());
        if (const auto f = node.field("max_downtime_ms"))
            made.options.maxDowntime = Milliseconds(f->count());
        if (const auto f = node.field("auto_converge"))
            made.options.autoConverge = f->flag();
        if (const auto f = node.field("post_copy"))
            made.options.postCopy = f->flag();
        m_scenario.migrations.push_back(made);
    }

    void fault(const Node& node)
    {
        using Kind = ScenarioFault::Kind;
        if (!node.isObjectOf({"kind", "host", "instance", "at_s", "when", "for_s", "mib_per_s", "text"}))
            return;
        const auto kind = node.required("kind");
        if (!kind)
            return;
        static const std::vector<std::pair<QString, Kind>> kinds{
            {QStringLiteral("silent"), Kind::Silent},
            {QStringLiteral("refused"), Kind::Refused},
            {QStringLiteral("daemon-killed"), Kind::DaemonKilled},
            {QStringLiteral("open-hangs"), Kind::OpenHangs},
            {QStringLiteral("link"), Kind::LinkRate},
            {QStringLiteral("power-off"), Kind::PowerOff},
            {QStringLiteral("fail"), Kind::Fail},
            {QStringLiteral("no-start"), Kind::NoStart}};
        const QString name = kind->choice(
            {"silent", "refused", "daemon-killed", "open-hangs", "link", "power-off", "fail", "no-start"});
        ScenarioFault made;
        for (const auto& [known, value] : kinds) {
            if (known == name)
                made.kind = value;
        }
        const bool ofInstance = made.kind == Kind::PowerOff || made.kind == Kind::Fail;
        if (ofInstance) {
            if (const auto f = node.required("instance"))
                made.instance = instanceAt(*f);
        } else if (const auto f = node.required("host")) {
            if (const auto at = hostAt(*f))
                made.host = m_scenario.hosts[*at].config.id;
        }
        if (made.kind == Kind::LinkRate) {
            if (const auto f = node.required("mib_per_s"))
                made.rate = Rate::fromMib(f->positive());
        }
        if (const auto f = node.field("text"))
            made.text = f->text();
        if (const auto f = node.field("for_s"))
            made.lasts = seconds(f->positive());
        if (const auto f = node.field("at_s"))
            made.at = seconds(f->notNegative());
        if (const auto f = node.field("when"))
            condition(*f, made);
        m_scenario.faults.push_back(made);
    }

    void condition(const Node& node, ScenarioFault& made)
    {
        if (!node.isObjectOf({"instance", "iteration", "percent"}))
            return;
        if (const auto f = node.required("instance"))
            made.watched = instanceAt(*f);
        if (const auto f = node.field("iteration"))
            made.iteration = f->count();
        if (const auto f = node.field("percent"))
            made.percent = f->positive();
        if (made.iteration == 0 && made.percent <= 0)
            node.wrong(Text::tr("must say when: iteration or percent"));
    }

    Scenario& m_scenario;
    QHash<QString, std::size_t> m_hostIndex;
    QSet<QString> m_instances;
};

} // namespace

Result<Scenario> parseScenario(const QByteArray& text, const QString& fileName)
{
    FleetDocument document(text, fileName);
    const std::optional<Node> root = document.read();
    Scenario scenario;
    if (root)
        Reader(scenario).read(*root);
    if (document.fault())
        return fail(*document.fault());
    return scenario;
}

} // namespace drover
