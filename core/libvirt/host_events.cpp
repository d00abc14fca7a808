// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/host_events.h"

#include "core/libvirt/connection.h"
#include "core/libvirt/job_stats_map.h"

#include <mutex>
#include <utility>
#include <vector>

namespace drover::libvirt {

/// What callbacks and reader share. libvirt holds it too, as the callbacks' opaque pointer, until it has let
/// go.
struct HostEvents::Shared
{
    std::mutex mutex;
    HostEventSink sink; ///< empty once stopped
    Seen seen;
    bool lost = false;

    /// Pushes under the lock, so that stop() leaves nobody inside the sink.
    template <class Note>
    void push(const HostEvent& event, Note note)
    {
        const std::scoped_lock lock(mutex);
        note(seen);
        if (sink)
            sink(event);
    }
};

namespace {

using SharedPtr = std::shared_ptr<HostEvents::Shared>;
using Kind = HostEvent::Kind;

HostEvents::Shared& shared(void* opaque)
{
    return **static_cast<SharedPtr*>(opaque);
}

void freeOpaque(void* opaque)
{
    delete static_cast<SharedPtr*>(opaque);
}

HostEvent eventOf(Kind kind, virDomainPtr domain = nullptr)
{
    HostEvent event;
    event.kind = kind;
    if (domain != nullptr)
        event.instance = idOf(domain);
    return event;
}

int onLifecycle(virConnectPtr, virDomainPtr domain, int type, int detail, void* opaque)
{
    Kind kind = Kind::InventoryChanged;
    if (type == VIR_DOMAIN_EVENT_STARTED && detail == VIR_DOMAIN_EVENT_STARTED_MIGRATED)
        kind = Kind::IncomingStarted;
    else if (type == VIR_DOMAIN_EVENT_DEFINED || type == VIR_DOMAIN_EVENT_UNDEFINED)
        kind = Kind::DefinitionChanged;
    const HostEvent event = eventOf(kind, domain);
    const bool leaving = type == VIR_DOMAIN_EVENT_SUSPENDED && detail == VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED;
    // Pausing and resuming leave the definition alone, but a guest that has just arrived is resumed.
    const bool redefined = type != VIR_DOMAIN_EVENT_SUSPENDED;
    shared(opaque).push(event, [&](HostEvents::Seen& seen) {
        if (redefined)
            seen.definitions.insert(event.instance);
        if (leaving)
            seen.migrating.insert(event.instance);
    });
    return 0;
}

void definitionChanged(virDomainPtr domain, void* opaque)
{
    const HostEvent event = eventOf(Kind::DefinitionChanged, domain);
    shared(opaque).push(event, [&](HostEvents::Seen& seen) { seen.definitions.insert(event.instance); });
}

void onDevice(virConnectPtr, virDomainPtr domain, const char*, void* opaque)
{
    definitionChanged(domain, opaque);
}

void onMetadata(virConnectPtr, virDomainPtr domain, int, const char*, void* opaque)
{
    definitionChanged(domain, opaque);
}

void onTray(virConnectPtr, virDomainPtr domain, const char*, int, void* opaque)
{
    definitionChanged(domain, opaque);
}

void onBlockJob(virConnectPtr, virDomainPtr domain, const char*, int, int status, void* opaque)
{
    if (status == VIR_DOMAIN_BLOCK_JOB_COMPLETED) // the chain below the disk is another one now
        definitionChanged(domain, opaque);
}

void onIteration(virConnectPtr, virDomainPtr domain, int iteration, void* opaque)
{
    HostEvent event = eventOf(Kind::JobIteration, domain);
    event.iteration = iteration;
    shared(opaque).push(event, [&](HostEvents::Seen& seen) { seen.migrating.insert(event.instance); });
}

void onJobCompleted(virConnectPtr, virDomainPtr domain, virTypedParameterPtr params, int count, void* opaque)
{
    HostEvent event = eventOf(Kind::JobCompleted, domain);
    const TypedParams values(params, count);
    if (values.integer(VIR_DOMAIN_JOB_OPERATION).value_or(VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT) !=
        VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT)
        return; // a snapshot, a save, …
    event.stats = jobStatsOf(VIR_DOMAIN_JOB_COMPLETED, values, false);
    shared(opaque).push(event, [](HostEvents::Seen&) {});
}

void onPool(virConnectPtr, virStoragePoolPtr, int, int, void* opaque)
{
    shared(opaque).push(eventOf(Kind::InventoryChanged), [](HostEvents::Seen& seen) { seen.pools = true; });
}

void onPoolRefresh(virConnectPtr, virStoragePoolPtr, void* opaque)
{
    shared(opaque).push(eventOf(Kind::InventoryChanged), [](HostEvents::Seen& seen) { seen.pools = true; });
}

void onSecret(virConnectPtr, virSecretPtr, int, int, void* opaque)
{
    shared(opaque).push(eventOf(Kind::InventoryChanged), [](HostEvents::Seen& seen) { seen.secrets = true; });
}

/// What libvirt may still call back into after its connection was given up: a few bytes each time, at most
/// once for each lost connection.
void keepForEver(std::unique_ptr<SharedPtr> opaque)
{
    static std::mutex mutex;
    static std::vector<std::unique_ptr<SharedPtr>> kept;
    const std::scoped_lock lock(mutex);
    kept.push_back(std::move(opaque));
}

void onClose(virConnectPtr, int, void* opaque)
{
    HostEvents::Shared& state = shared(opaque);
    const std::scoped_lock lock(state.mutex);
    state.lost = true;
    if (state.sink)
        state.sink(eventOf(Kind::ConnectionLost));
}

} // namespace

HostEvents::HostEvents(HostEventSink sink) : m_sink(std::move(sink)) {}

HostEvents::~HostEvents()
{
    stop();
}

void HostEvents::addDomainEvent(int eventId, virConnectDomainEventGenericCallback callback)
{
    auto* opaque = new SharedPtr(m_shared); // freed by libvirt through freeOpaque
    const int id =
        virConnectDomainEventRegisterAny(m_connection.get(), nullptr, eventId, callback, opaque, freeOpaque);
    if (id < 0)
        freeOpaque(opaque);
    else
        m_domainCallbacks.push_back(id);
}

void HostEvents::start(const Connection& connection)
{
    stop();
    m_connection = connection.share();
    m_shared = std::make_shared<Shared>();
    m_shared->sink = m_sink;
    // Ours to free: a driver that cannot lose its connection says yes, keeps nothing and frees nothing.
    m_closeOpaque = std::make_unique<SharedPtr>(m_shared);
    virConnectRegisterCloseCallback(m_connection.get(), onClose, m_closeOpaque.get(), nullptr);

    addDomainEvent(VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(onLifecycle));
    addDomainEvent(VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, VIR_DOMAIN_EVENT_CALLBACK(onIteration));
    addDomainEvent(VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, VIR_DOMAIN_EVENT_CALLBACK(onJobCompleted));
    addDomainEvent(VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(onMetadata));
    addDomainEvent(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(onDevice));
    addDomainEvent(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(onDevice));
    addDomainEvent(VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(onTray));
    addDomainEvent(VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK(onBlockJob));

    const auto addPoolEvent = [this](int eventId, virConnectStoragePoolEventGenericCallback callback) {
        auto* opaque = new SharedPtr(m_shared);
        const int id = virConnectStoragePoolEventRegisterAny(m_connection.get(), nullptr, eventId, callback,
                                                             opaque, freeOpaque);
        if (id < 0)
            freeOpaque(opaque);
        else
            m_poolCallbacks.push_back(id);
    };
    addPoolEvent(VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE, VIR_STORAGE_POOL_EVENT_CALLBACK(onPool));
    addPoolEvent(VIR_STORAGE_POOL_EVENT_ID_REFRESH, VIR_STORAGE_POOL_EVENT_CALLBACK(onPoolRefresh));

    auto* opaque = new SharedPtr(m_shared);
    m_secretCallback =
        virConnectSecretEventRegisterAny(m_connection.get(), nullptr, VIR_SECRET_EVENT_ID_LIFECYCLE,
                                         VIR_SECRET_EVENT_CALLBACK(onSecret), opaque, freeOpaque);
    if (m_secretCallback < 0)
        freeOpaque(opaque);
}

void HostEvents::stop()
{
    if (!m_connection)
        return;
    {
        const std::scoped_lock lock(m_shared->mutex);
        m_shared->sink = {};
    }
    // Waits for one that is running. On a dead connection it may fail and leave the callback registered.
    if (virConnectUnregisterCloseCallback(m_connection.get(), onClose) < 0)
        keepForEver(std::move(m_closeOpaque));
    m_closeOpaque.reset();
    for (const int id : std::exchange(m_domainCallbacks, {}))
        virConnectDomainEventDeregisterAny(m_connection.get(), id);
    for (const int id : std::exchange(m_poolCallbacks, {}))
        virConnectStoragePoolEventDeregisterAny(m_connection.get(), id);
    if (const int id = std::exchange(m_secretCallback, -1); id >= 0)
        virConnectSecretEventDeregisterAny(m_connection.get(), id);
    m_connection.reset();
    m_shared.reset();
}

bool HostEvents::lost() const
{
    if (!m_shared)
        return true;
    const std::scoped_lock lock(m_shared->mutex);
    return m_shared->lost;
}

HostEvents::Seen HostEvents::take()
{
    if (!m_shared)
        return {};
    const std::scoped_lock lock(m_shared->mutex);
    return std::exchange(m_shared->seen, {});
}

} // namespace drover::libvirt
