// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/migrate_params.h"

#include "core/libvirt/job_control.h"
#include "core/libvirt/uri.h"

#include <QCoreApplication>

#include <utility>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

/// Without limit: the most that fits QEMU's 64 bits. Given always, because a limit that somebody set for an
/// earlier migration is kept by the host and would apply to this one.
constexpr unsigned long long unlimitedMibPerSecond = 8796093022207ULL;

unsigned definitionFlags(const MigrationSpec& spec)
{
    if (!spec.persistent)
        return 0;
    unsigned flags = 0;
    if (!spec.options.noPersist)
        flags |= VIR_MIGRATE_PERSIST_DEST;
    // Undefined at the source without being persisted at the destination it would be defined nowhere.
    if (!spec.options.keepSource && !spec.options.noPersist)
        flags |= VIR_MIGRATE_UNDEFINE_SOURCE;
    return flags;
}

} // namespace

MigrateParams::MigrateParams(MigrateParams&& other) noexcept
    : m_params(std::exchange(other.m_params, nullptr))
    , m_count(std::exchange(other.m_count, 0))
    , m_capacity(std::exchange(other.m_capacity, 0))
{
}

void MigrateParams::add(const char* name, int value)
{
    virTypedParamsAddInt(&m_params, &m_count, &m_capacity, name, value);
}

void MigrateParams::add(const char* name, unsigned long long value)
{
    virTypedParamsAddULLong(&m_params, &m_count, &m_capacity, name, value);
}

void MigrateParams::add(const char* name, const QString& value)
{
    virTypedParamsAddString(&m_params, &m_count, &m_capacity, name, value.toUtf8().constData());
}

Result<MigrateCall> migrateCallOf(const MigrationSpec& spec)
{
    const MigrationOptions& options = spec.options;
    const auto refuse = [&](ErrorCode code, const QString& why) {
        return fail(Error{code, why, {}, spec.source.id.value, spec.name});
    };
    MigrateCall call;
    switch (spec.kind) {
    case MigrationKind::Live:
        call.flags = VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_LIVE | definitionFlags(spec);
        break;
    case MigrationKind::Offline:
        if (!spec.persistent || options.noPersist)
            return refuse(
                ErrorCode::InvalidInput,
                Text::tr("An offline move of %1 is nothing but its definition: it has to be made persistent "
                         "on %2")
                    .arg(spec.name, spec.destination.id.value));
        call.flags = VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_OFFLINE | definitionFlags(spec);
        return call; // nothing below concerns a guest that is off
    case MigrationKind::Auto:
    case MigrationKind::LiveBlock:
    case MigrationKind::Cold:
        return refuse(ErrorCode::Unsupported,
                      Text::tr("Moves of the kind %1 are not available in this version: %2 was not touched")
                          .arg(migrationKindName(spec.kind), spec.name));
    }
    if (options.carrier == Carrier::Console)
        return refuse(
            ErrorCode::Unsupported,
            Text::tr("A move carried by this console is not available in this version: %1 was not touched")
                .arg(spec.name));
    if (!spec.destination.dataAddress.isEmpty())
        call.params.add(VIR_MIGRATE_PARAM_URI, migrateUri(spec.destination.dataAddress));
    call.params.add(VIR_MIGRATE_PARAM_BANDWIDTH,
                    options.bandwidth ? wholeMibPerSecond(*options.bandwidth) : unlimitedMibPerSecond);
    if (options.autoConverge) {
        call.flags |= VIR_MIGRATE_AUTO_CONVERGE;
        if (options.autoConvergeInitial)
            call.params.add(VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL, *options.autoConvergeInitial);
        if (options.autoConvergeIncrement)
            call.params.add(VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT, *options.autoConvergeIncrement);
    }
    if (options.postCopy)
        call.flags |= VIR_MIGRATE_POSTCOPY;
    if (options.tls)
        call.flags |= VIR_MIGRATE_TLS;
    // libvirt takes these two together and then loses the guest at the switch, reporting success.
    constexpr unsigned deadly = VIR_MIGRATE_POSTCOPY | VIR_MIGRATE_PARALLEL;
    if ((call.flags & deadly) == deadly)
        return refuse(ErrorCode::Refused,
                      Text::tr("Post-copy and parallel connections must not be combined: the guest "
                               "would be lost"));
    return call;
}

} // namespace drover::libvirt
