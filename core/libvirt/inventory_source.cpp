// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/inventory_source.h"

#include "core/libvirt/connection.h"
#include "core/libvirt/error_map.h"

#include <QCoreApplication>

#include <utility>

namespace drover::libvirt {
namespace {

/// Where no event tells about secrets, and in case one was missed.
constexpr std::chrono::seconds sharedAge{60};
constexpr std::chrono::seconds sharedAgeWithoutEvents{2};

} // namespace

LibvirtInventorySource::LibvirtInventorySource(HostConfig host, HostEventSink sink)
    : m_host(std::move(host)), m_events(std::move(sink))
{
}

LibvirtInventorySource::~LibvirtInventorySource()
{
    close();
}

Result<void> LibvirtInventorySource::open(std::stop_token stop)
{
    close();
    Result<Connection> opened = openConnection(m_host);
    if (!opened)
        return fail(opened.error());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled,
                    QCoreApplication::translate("Libvirt", "Opening %1 was stopped").arg(m_host.id.value));
    m_connection = std::move(*opened);
    // Before the first reading: whatever changes after it is told.
    m_events.start(m_connection);
    m_session = std::make_unique<Session>(m_host);
    return {};
}

void LibvirtInventorySource::close()
{
    m_events.stop();
    m_session.reset();
    m_connection.reset();
}

Result<void> LibvirtInventorySource::readSlowParts(bool fresh, const HostEvents::Seen& seen, Time now)
{
    Session& session = *m_session;
    fresh = fresh || !session.facts;
    if (fresh) {
        Result<std::shared_ptr<const HostFacts>> facts = readFacts(m_connection, m_host);
        if (!facts)
            return fail(facts.error());
        if (!session.facts || *session.facts != **facts)
            session.facts = std::move(*facts);
    }
    if (fresh || seen.pools || now - session.poolsAt > poolAge) {
        session.pools = readPools(m_connection);
        session.poolsAt = now;
    }
    const auto age = m_events.tellsSecrets() ? sharedAge : sharedAgeWithoutEvents;
    if (fresh || seen.secrets || now - session.sharedAt > age) {
        session.shared = readSharedRecords(m_connection);
        session.sharedAt = now;
    }
    return {};
}

Result<std::shared_ptr<const HostReading>> LibvirtInventorySource::read(bool fresh, std::stop_token stop)
{
    const auto lost = [this] {
        return fail(Error{
            ErrorCode::Unreachable,
            QCoreApplication::translate("Libvirt", "The connection to %1 was lost").arg(m_host.id.value),
            {},
            m_host.id.value,
            {}});
    };
    if (!m_session || m_events.lost() || !isAlive(m_connection))
        return lost();
    const HostEvents::Seen seen = m_events.take();
    const auto now = std::chrono::steady_clock::now();
    if (const Result<void> slow = readSlowParts(fresh, seen, now); !slow)
        return fail(slow.error());

    DomainReader::Wish wish;
    wish.fresh = fresh;
    wish.definitions = seen.definitions;
    wish.migrating = seen.migrating;
    if (now - m_session->jobsAt > jobAge) { // migrations that began before we looked
        wish.everyJob = true;
        m_session->jobsAt = now;
    }
    Result<DomainReader::Reading> domains = m_session->domains.read(m_connection, wish, stop);
    if (!domains)
        return fail(domains.error());

    auto reading = std::make_shared<HostReading>();
    reading->facts = m_session->facts;
    reading->domains = std::move(domains->domains);
    reading->network = domains->network;
    reading->pools = m_session->pools;
    reading->service = m_session->shared.service;
    reading->claimedBy = m_session->shared.claimedBy;
    reading->memoryFreeNow = readFreeMemory(m_connection);
    reading->cpuPercent = m_session->cpu.read(m_connection);
    // The small questions above swallow their errors; a host that was lost among them must not look read.
    if (m_events.lost() || !isAlive(m_connection))
        return lost();
    return std::shared_ptr<const HostReading>(std::move(reading));
}

} // namespace drover::libvirt
