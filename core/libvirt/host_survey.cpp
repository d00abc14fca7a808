// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/connection.h"
#include "core/libvirt/details_xml.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/host_examiner.h"
#include "core/libvirt/host_reader.h"
#include "core/libvirt/storage_access.h"
#include "core/libvirt/xml_text.h"

#include <QCoreApplication>
#include <QDateTime>

#include <libvirt/virterror.h>

#include <algorithm>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

using NetworkHandle = Handle<virNetwork, virNetworkFree, virNetworkRef>;
using InterfaceHandle = Handle<virInterface, virInterfaceFree, virInterfaceRef>;

std::optional<std::vector<NetworkFacts>> readNetworks(const Connection& connection)
{
    virNetworkPtr* list = nullptr;
    const int count = virConnectListAllNetworks(connection.get(), &list, 0);
    if (count < 0)
        return std::nullopt;
    std::vector<NetworkFacts> networks;
    for (int i = 0; i < count; ++i) {
        const NetworkHandle network(list[i]);
        NetworkFacts facts;
        facts.name = QString::fromUtf8(virNetworkGetName(network.get()));
        facts.active = virNetworkIsActive(network.get()) == 1;
        readNetwork(takeBytes(virNetworkGetXMLDesc(network.get(), 0)), facts);
        networks.push_back(std::move(facts));
    }
    std::free(static_cast<void*>(list)); // NOLINT(cppcoreguidelines-no-malloc)
    std::sort(networks.begin(), networks.end(),
              [](const NetworkFacts& a, const NetworkFacts& b) { return a.name < b.name; });
    return networks;
}

std::optional<QStringList> readBridges(const Connection& connection)
{
    virInterfacePtr* list = nullptr;
    const int count =
        virConnectListAllInterfaces(connection.get(), &list, VIR_CONNECT_LIST_INTERFACES_ACTIVE);
    if (count < 0)
        return std::nullopt;
    QStringList bridges;
    for (int i = 0; i < count; ++i) {
        const InterfaceHandle link(list[i]);
        pugi::xml_document document;
        const QByteArray xml = takeBytes(virInterfaceGetXMLDesc(link.get(), 0));
        if (document.load_buffer(xml.constData(), static_cast<std::size_t>(xml.size())) &&
            attribute(document.child("interface"), "type") == QLatin1String("bridge"))
            bridges.append(QString::fromUtf8(virInterfaceGetName(link.get())));
    }
    std::free(static_cast<void*>(list)); // NOLINT(cppcoreguidelines-no-malloc)
    bridges.sort();
    return bridges;
}

/// The host's own "host-model", written out as a CPU that another host can be asked about.
void readModel(const Connection& connection, HostSurvey& survey)
{
    for (const char* type : {"kvm", "qemu"}) {
        char* answer = virConnectGetDomainCapabilities(connection.get(), nullptr, nullptr, nullptr, type, 0);
        if (answer == nullptr) {
            static_cast<void>(takeLastError()); // the next type
            continue;
        }
        const QByteArray xml = takeBytes(answer);
        const DomainCapabilities capabilities = readDomainCapabilities(xml);
        pugi::xml_document document;
        if (capabilities.hostModel.isEmpty() ||
            !document.load_buffer(xml.constData(), static_cast<std::size_t>(xml.size())))
            continue;
        const pugi::xml_node root = document.child("domainCapabilities");
        const auto guest = std::make_shared<DomainDefinition>();
        guest->domainType = QString::fromUtf8(root.child_value("domain"));
        guest->emulator = QString::fromUtf8(root.child_value("path"));
        guest->machine = QString::fromUtf8(root.child_value("machine"));
        guest->arch = QString::fromUtf8(root.child_value("arch"));
        const char* model = capabilities.hostModel.constData();
        char* baseline = virConnectBaselineHypervisorCPU(
            connection.get(), root.child_value("path"), root.child_value("arch"), root.child_value("machine"),
            root.child_value("domain"), &model, 1, 0);
        if (baseline == nullptr) {
            static_cast<void>(takeLastError());
            continue;
        }
        guest->cpuXml = QString::fromUtf8(takeBytes(baseline));
        guest->cpuMode = QStringLiteral("custom");
        const std::optional<HostCpuModel> read = readHostModel(guest->cpuXml.toUtf8());
        survey.cpuModel = read ? read->model : QString();
        survey.modelGuest = guest;
        return;
    }
    survey.problem = Text::tr("it names no CPU model of its own");
}

/// A file's time is the clock of the host that made it, as long as the folder is its own.
void readClock(const HostConfig& host, const Connection& connection, HostSurvey& survey, std::stop_token stop)
{
    const std::vector<StoragePool> pools = readPools(connection);
    const auto pool = std::find_if(pools.begin(), pools.end(), [](const StoragePool& p) {
        return p.active && p.type == QLatin1String("dir") && !p.targetPath.isEmpty();
    });
    if (pool == pools.end())
        return;
    LibvirtStorageAccess storage(host);
    const QString name =
        QStringLiteral(".drover-marker-") + QUuid::createUuid().toString(QUuid::WithoutBraces);
    const qint64 before = QDateTime::currentMSecsSinceEpoch();
    const Result<void> put = storage.putMarker(pool->targetPath, name, stop);
    const qint64 after = QDateTime::currentMSecsSinceEpoch();
    if (!put)
        return;
    const Result<std::optional<ImageFacts>> seen =
        storage.image(pool->targetPath + QLatin1Char('/') + name, stop);
    static_cast<void>(storage.removeMarker(pool->targetPath, name));
    if (!seen || !*seen || !(*seen)->modifiedNs)
        return;
    survey.clockDoubt = Milliseconds((after - before) / 2 + 10); // file systems round to a tick of their own
    survey.clockAhead = Milliseconds(*(*seen)->modifiedNs / 1000000 - (before + after) / 2);
}

} // namespace

Result<HostSurvey> LibvirtHostExaminer::survey(bool mayWrite, std::stop_token stop)
{
    const Result<Connection> connection = openConnection(m_host);
    if (!connection)
        return fail(connection.error());
    HostSurvey survey;
    survey.networks = readNetworks(*connection);
    survey.bridges = readBridges(*connection);
    readModel(*connection, survey);
    if (mayWrite && !m_host.readOnly && !stop.stop_requested())
        readClock(m_host, *connection, survey, stop);
    return survey;
}

} // namespace drover::libvirt
