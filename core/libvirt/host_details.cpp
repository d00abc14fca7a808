// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/host_details.h"

#include "core/libvirt/connection.h"
#include "core/libvirt/details_xml.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/host_reader.h"

#include <libvirt/virterror.h>

#include <algorithm>
#include <set>

namespace drover::libvirt {
namespace {

using NetworkHandle = Handle<virNetwork, virNetworkFree, virNetworkRef>;
using FilterHandle = Handle<virNWFilter, virNWFilterFree, virNWFilterRef>;
using InterfaceHandle = Handle<virInterface, virInterfaceFree, virInterfaceRef>;

/// Collects the answers of one host.
class Reader
{
public:
    Reader(const Connection& connection, const DomainDefinition& guest)
        : m_connection(connection), m_guest(guest)
    {
    }

    HostDetails read(bool own)
    {
        for (const Interface& nic : m_guest.interfaces)
            readInterface(nic);
        readHypervisor();
        m_made.memoryFree = readFreeMemory(m_connection);
        if (!m_guest.placement.hugePages.empty() || !m_guest.placement.hostNodes.empty())
            readMemoryLayout();
        if (!m_guest.placement.hostCpus.empty()) {
            if (const int cpus = virNodeGetCPUMap(m_connection.get(), nullptr, nullptr, 0); cpus > 0)
                m_made.cpus = cpus;
        }
        if (m_guest.xml.contains(QLatin1String("<secret ")))
            readSecrets();
        if (own)
            m_made.guest = readHoldings();
        return std::move(m_made);
    }

private:
    [[nodiscard]] virConnectPtr raw() const { return m_connection.get(); }

    /// Notes a refusal, and says whether the thing that was looked up is not there.
    bool isAbsent(int code)
    {
        const RawError error = takeLastError();
        if (error.code == VIR_ERR_ACCESS_DENIED || error.code == VIR_ERR_OPERATION_DENIED)
            m_made.denied = plainWords(error.message);
        return error.code == code;
    }

    void readInterface(const Interface& nic)
    {
        if (nic.type == QLatin1String("network"))
            readNetworkOf(nic.source);
        else if (nic.type == QLatin1String("bridge") || nic.type == QLatin1String("direct"))
            readLink(nic.source);
        if (nic.filter.isEmpty() || m_made.filters.contains(nic.filter))
            return;
        const FilterHandle filter(virNWFilterLookupByName(raw(), nic.filter.toUtf8().constData()));
        if (filter)
            m_made.filters[nic.filter] = true;
        else if (isAbsent(VIR_ERR_NO_NWFILTER))
            m_made.filters[nic.filter] = false;
    }

    void readNetworkOf(const QString& name)
    {
        const bool known = std::any_of(m_made.networks.begin(), m_made.networks.end(),
                                       [&](const NetworkFacts& n) { return n.name == name; });
        if (known || name.isEmpty())
            return;
        NetworkFacts facts;
        facts.name = name;
        const NetworkHandle network(virNetworkLookupByName(raw(), name.toUtf8().constData()));
        if (!network) {
            if (!isAbsent(VIR_ERR_NO_NETWORK))
                return;
            facts.exists = false;
        } else {
            facts.active = virNetworkIsActive(network.get()) == 1;
            readNetwork(takeBytes(virNetworkGetXMLDesc(network.get(), 0)), facts);
        }
        m_made.networks.push_back(std::move(facts));
    }

    void readLink(const QString& name)
    {
        const bool known = std::any_of(m_made.links.begin(), m_made.links.end(),
                                       [&](const LinkFacts& l) { return l.name == name; });
        if (known || name.isEmpty())
            return;
        const InterfaceHandle link(virInterfaceLookupByName(raw(), name.toUtf8().constData()));
        if (link)
            m_made.links.push_back({name, true, readMtu(takeBytes(virInterfaceGetXMLDesc(link.get(), 0)))});
        else if (isAbsent(VIR_ERR_NO_INTERFACE))
            m_made.links.push_back({name, false, std::nullopt});
    }

    void readHypervisor()
    {
        const QByteArray emulator = m_guest.emulator.toUtf8();
        const QByteArray arch = m_guest.arch.toUtf8();
        const QByteArray machine = m_guest.machine.toUtf8();
        const QByteArray type = m_guest.domainType.toUtf8();
        const auto orNull = [](const QByteArray& text) {
            return text.isEmpty() ? nullptr : text.constData();
        };
        char* answer = virConnectGetDomainCapabilities(raw(), orNull(emulator), orNull(arch), orNull(machine),
                                                       orNull(type), 0);
        if (answer == nullptr) {
            const RawError error = takeLastError();
            // Of a machine type that is not known, and of a program that is not there.
            const bool no = error.code == VIR_ERR_INVALID_ARG || error.code == VIR_ERR_CONFIG_UNSUPPORTED ||
                            (error.code == VIR_ERR_SYSTEM_ERROR && error.domain == VIR_FROM_QEMU);
            m_made.machine.known = no ? MachineAnswer::Known::No : MachineAnswer::Known::NotTold;
            m_made.machine.reason = plainWords(error.message);
            return;
        }
        m_made.machine.known = MachineAnswer::Known::Yes;
        const DomainCapabilities capabilities = readDomainCapabilities(takeBytes(answer));
        m_made.loaders = capabilities.loaders;
        if (capabilities.hostModel.isEmpty())
            return;
        const char* model = capabilities.hostModel.constData();
        char* baseline = virConnectBaselineHypervisorCPU(raw(), orNull(emulator), orNull(arch),
                                                         orNull(machine), orNull(type), &model, 1,
                                                         VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES);
        if (baseline != nullptr)
            m_made.hostModel = readHostModel(takeBytes(baseline));
        else
            static_cast<void>(isAbsent(VIR_ERR_OK));
    }

    void readMemoryLayout()
    {
        char* capabilities = virConnectGetCapabilities(raw());
        if (capabilities == nullptr)
            return;
        const HostTopology topology = readTopology(takeBytes(capabilities));
        if (topology.cells.empty())
            return;
        const int first = *std::min_element(topology.cells.begin(), topology.cells.end());
        const int last = *std::max_element(topology.cells.begin(), topology.cells.end());
        const auto count = static_cast<unsigned>(last - first + 1);
        std::vector<unsigned long long> free(count);
        const int told = virNodeGetCellsFreeMemory(raw(), free.data(), first, static_cast<int>(count));
        std::vector<NumaCell> cells;
        for (const int id : topology.cells) {
            NumaCell cell{id, std::nullopt};
            if (id - first < told)
                cell.free = Bytes{static_cast<qint64>(free[static_cast<std::size_t>(id - first)])};
            cells.push_back(cell);
        }
        m_made.cells = std::move(cells);
        std::vector<PagePool> pools;
        for (const Bytes size : topology.hugePages) {
            auto kib = static_cast<unsigned>(size.value / 1024);
            std::vector<unsigned long long> counts(count);
            if (virNodeGetFreePages(raw(), 1, &kib, first, count, counts.data(), 0) < 0)
                return;
            PagePool pool{size, {}};
            for (const unsigned long long one : counts)
                pool.free += Bytes{static_cast<qint64>(one) * size.value};
            pools.push_back(pool);
        }
        m_made.pages = std::move(pools);
    }

    void readSecrets()
    {
        virSecretPtr* list = nullptr;
        const int count = virConnectListAllSecrets(raw(), &list, 0);
        if (count < 0)
            return;
        QStringList uuids;
        for (int i = 0; i < count; ++i) {
            const SecretHandle secret(list[i]);
            char text[VIR_UUID_STRING_BUFLEN] = {};
            if (virSecretGetUUIDString(secret.get(), text) == 0)
                uuids.append(QString::fromLatin1(text));
        }
        std::free(static_cast<void*>(list)); // NOLINT(cppcoreguidelines-no-malloc)
        m_made.secrets = uuids;
    }

    [[nodiscard]] std::optional<GuestHoldings> readHoldings()
    {
        const DomainHandle domain(
            virDomainLookupByUUIDString(raw(), toString(m_guest.id).toUtf8().constData()));
        if (!domain)
            return std::nullopt;
        GuestHoldings holds;
        const auto count = [](int answer) { return answer < 0 ? std::nullopt : std::optional(answer); };
        holds.snapshots = count(virDomainSnapshotNum(domain.get(), 0));
        holds.checkpoints = count(virDomainListAllCheckpoints(domain.get(), nullptr, 0));
        if (const int saved = virDomainHasManagedSaveImage(domain.get(), 0); saved >= 0)
            holds.managedSave = saved == 1;
        if (virDomainIsActive(domain.get()) == 1) {
            for (const Disk& disk : m_guest.disks) {
                virDomainBlockJobInfo info{};
                if (!disk.source.isEmpty() &&
                    virDomainGetBlockJobInfo(domain.get(), disk.target.toUtf8().constData(), &info, 0) > 0)
                    holds.blockJobs.append(disk.target);
            }
        }
        if (char* next = virDomainGetXMLDesc(domain.get(), VIR_DOMAIN_XML_INACTIVE); next != nullptr)
            holds.nextCpuMode = readCpuMode(takeBytes(next));
        return holds;
    }

    const Connection& m_connection;
    const DomainDefinition& m_guest;
    HostDetails m_made;
};

} // namespace

HostDetails readDetails(const Connection& connection, const DomainDefinition& guest, bool own)
{
    return Reader(connection, guest).read(own);
}

} // namespace drover::libvirt
