// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/migrate_params.h"

#include "core/libvirt/job_control.h"
#include "core/libvirt/uri.h"

#include <QCoreApplication>
#include <QUrl>

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

/// Disks are always named: without a list libvirt would copy shared and network disks onto themselves.
void addDisks(const MigrationSpec& spec, MigrateCall& call)
{
    if (!spec.disks.isEmpty())
        call.flags |= spec.incremental ? VIR_MIGRATE_NON_SHARED_INC : VIR_MIGRATE_NON_SHARED_DISK;
    for (const QString& target : spec.disks)
        call.params.add(VIR_MIGRATE_PARAM_MIGRATE_DISKS, target);
    if (spec.storageProven)
        call.flags |= VIR_MIGRATE_UNSAFE; // libvirt goes by the kind of file system alone
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

namespace {

/// Everything that travels besides the way it takes: nothing here concerns a guest that is only defined.
void addTuning(const MigrationOptions& options, MigrateCall& call)
{
    call.params.add(VIR_MIGRATE_PARAM_BANDWIDTH,
                    options.bandwidth ? wholeMibPerSecond(*options.bandwidth) : unlimitedMibPerSecond);
    if (options.autoConverge) {
        call.flags |= VIR_MIGRATE_AUTO_CONVERGE;
        if (options.autoConvergeInitial)
            call.params.add(VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL, *options.autoConvergeInitial);
        if (options.autoConvergeIncrement)
            call.params.add(VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT, *options.autoConvergeIncrement);
    }
    if (options.postCopy) {
        call.flags |= VIR_MIGRATE_POSTCOPY;
        if (options.postCopyBandwidth)
            call.params.add(VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY,
                            wholeMibPerSecond(*options.postCopyBandwidth));
    }
    if (options.parallel) {
        call.flags |= VIR_MIGRATE_PARALLEL;
        call.params.add(VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS, *options.parallel);
    }
    if (options.compression.isEmpty())
        return;
    call.flags |= VIR_MIGRATE_COMPRESSED;
    const QString method = options.compression.section(QLatin1Char(':'), 0, 0);
    call.params.add(VIR_MIGRATE_PARAM_COMPRESSION, method);
    if (!options.compression.contains(QLatin1Char(':')))
        return;
    const int level = options.compression.section(QLatin1Char(':'), 1).toInt();
    if (method == QLatin1String("mt"))
        call.params.add(VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL, level);
    else // libvirt 9.4 and newer; by text, so that this builds with older headers
        call.params.add(method == QLatin1String("zlib") ? "compression.zlib.level" : "compression.zstd.level",
                        level);
}

} // namespace

Result<MigrateCall> migrateCallOf(const MigrationSpec& spec)
{
    const MigrationOptions& options = spec.options;
    const auto refuse = [&](ErrorCode code, const QString& why) {
        return fail(Error{code, why, {}, spec.source.id.value, spec.name});
    };
    MigrateCall call;
    const bool direct = options.carrier == Carrier::Console;
    const unsigned way = direct ? 0U : static_cast<unsigned>(VIR_MIGRATE_PEER2PEER);
    switch (spec.kind) {
    case MigrationKind::Live:
    case MigrationKind::LiveBlock:
        call.flags = way | VIR_MIGRATE_LIVE | definitionFlags(spec);
        break;
    case MigrationKind::Cold: // started paused, and not one instruction is run on the way
        call.flags = way | VIR_MIGRATE_PAUSED | definitionFlags(spec);
        break;
    case MigrationKind::Offline:
        if (!spec.persistent || options.noPersist)
            return refuse(
                ErrorCode::InvalidInput,
                Text::tr("An offline move of %1 is nothing but its definition: it has to be made persistent "
                         "on %2")
                    .arg(spec.name, spec.destination.id.value));
        call.flags = way | VIR_MIGRATE_OFFLINE | definitionFlags(spec);
        return call; // nothing below concerns a guest that is off
    case MigrationKind::Auto:
        return refuse(
            ErrorCode::Internal,
            Text::tr("The kind of the move of %1 was not chosen: it was not touched").arg(spec.name));
    }
    // Without a list every disk would be copied, a network disk onto itself.
    if (spec.kind == MigrationKind::LiveBlock && spec.disks.isEmpty())
        return refuse(ErrorCode::InvalidInput,
                      Text::tr("No disk of %1 is named for the copy: it was not touched").arg(spec.name));
    if (options.tunnelled &&
        (direct || !spec.disks.isEmpty() || options.tls || options.parallel || options.postCopy))
        return refuse(
            ErrorCode::Refused,
            Text::tr("A tunnelled move takes neither disks nor TLS, parallel connections or post-copy, "
                     "and is carried by the hosts"));
    if (options.tunnelled)
        call.flags |= VIR_MIGRATE_TUNNELLED;
    else if (!spec.destination.dataAddress.isEmpty())
        call.params.add(VIR_MIGRATE_PARAM_URI, migrateUri(spec.destination.dataAddress));
    addTuning(options, call);
    addDisks(spec, call);
    if (options.tls) {
        call.flags |= VIR_MIGRATE_TLS;
        // An address stands in no certificate: the name that the daemon is opened by does.
        const QString name = QUrl(spec.peerUri.isEmpty() ? spec.destination.uri : spec.peerUri).host();
        if (!spec.destination.dataAddress.isEmpty() && !name.isEmpty())
            call.params.add(VIR_MIGRATE_PARAM_TLS_DESTINATION, name);
    }
    // libvirt takes these two together and then loses the guest at the switch, reporting success.
    constexpr unsigned deadly = VIR_MIGRATE_POSTCOPY | VIR_MIGRATE_PARALLEL;
    if ((call.flags & deadly) == deadly)
        return refuse(ErrorCode::Refused,
                      Text::tr("Post-copy and parallel connections must not be combined: the guest "
                               "would be lost"));
    return call;
}

} // namespace drover::libvirt
