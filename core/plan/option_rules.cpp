// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/option_rules.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(OptionRules)
};

constexpr quint64 postCopyBandwidthSince = 5001000;
constexpr quint64 parallelSince = 5002000;
constexpr quint64 parallelCompressionSince = 9004000;
constexpr quint64 parallelQemuSince = 4000000;
constexpr int mostConnections = 255;
constexpr int mostLevel = 9;
constexpr Milliseconds mostDowntime{2000000};

struct Compression
{
    QString method;
    std::optional<int> level;
    bool good = true;
};

Compression compressionOf(const QString& text)
{
    Compression made;
    made.method = text.section(QLatin1Char(':'), 0, 0);
    if (text.contains(QLatin1Char(':'))) {
        const int level = text.section(QLatin1Char(':'), 1).toInt(&made.good);
        made.level = level;
        made.good = made.good && level >= 0 && level <= mostLevel;
    }
    return made;
}

/// Judges one option after the other. Each function answers with the reason against, or nothing.
class Judge
{
public:
    Judge(const MigrationOptions& options, const OptionContext& context)
        : o(options), c(context), m_compression(compressionOf(options.compression))
    {
    }

    std::vector<OptionAnswer> all() const
    {
        return {
            answer(OptionId::Bandwidth, o.bandwidth.has_value(), memoryTravels()),
            answer(OptionId::MaxDowntime, o.maxDowntime.has_value(), downtime()),
            answer(OptionId::AutoConverge, o.autoConverge, guestRuns()),
            answer(OptionId::AutoConvergeInitial, o.autoConvergeInitial.has_value(),
                   throttle(o.autoConvergeInitial)),
            answer(OptionId::AutoConvergeIncrement, o.autoConvergeIncrement.has_value(),
                   throttle(o.autoConvergeIncrement)),
            answer(OptionId::PostCopy, o.postCopy, postCopy()),
            answer(OptionId::PostCopyBandwidth, o.postCopyBandwidth.has_value(), postCopyBandwidth()),
            answer(OptionId::Parallel, o.parallel.has_value(), parallel()),
            answer(OptionId::Compression, !o.compression.isEmpty(), compression()),
            answer(OptionId::Tls, o.tls, tls()),
            answer(OptionId::Tunnelled, o.tunnelled, tunnelled()),
            answer(OptionId::Direct, o.carrier == Carrier::Console, direct()),
            answer(OptionId::Disks, !o.disks.isEmpty(), disks()),
            answer(OptionId::KeepSource, o.keepSource, {}),
            answer(OptionId::NoPersist, o.noPersist, noPersist()),
            answer(OptionId::Timeout, o.timeout.has_value(), timeout()),
            answer(OptionId::OnTimeout, !o.onTimeout.isEmpty(), onTimeout()),
        };
    }

private:
    static OptionAnswer answer(OptionId id, bool set, const QString& against)
    {
        return {id, set, against.isEmpty(), against};
    }

    [[nodiscard]] QString memoryTravels() const
    {
        return c.kind == MigrationKind::Offline ? Text::tr("an offline move sends no memory") : QString();
    }
    [[nodiscard]] QString guestRuns() const
    {
        if (c.kind == MigrationKind::Cold)
            return Text::tr("a cold move waits for no running guest");
        return memoryTravels();
    }
    /// @param since libvirt's version on both hosts
    [[nodiscard]] QString supported(quint64 since, quint64 hypervisor) const
    {
        for (const Host* host : {c.source, c.destination}) {
            if (host == nullptr || host->reading == nullptr)
                continue;
            const HostFacts& facts = *host->reading->facts;
            if (facts.libvirtVersion > 0 && facts.libvirtVersion < since)
                return Text::tr("libvirt %1 on %2 cannot do it; it needs %3")
                    .arg(versionText(facts.libvirtVersion), host->id().value, versionText(since));
            if (facts.hypervisorVersion > 0 && facts.hypervisorVersion < hypervisor)
                return Text::tr("%1 %2 on %3 cannot do it; it needs %4")
                    .arg(facts.hypervisor, versionText(facts.hypervisorVersion), host->id().value,
                         versionText(hypervisor));
        }
        return {};
    }

    [[nodiscard]] QString downtime() const
    {
        if (const QString why = guestRuns(); !why.isEmpty())
            return why;
        if (o.maxDowntime && (o.maxDowntime->count() < 1 || *o.maxDowntime > mostDowntime))
            return Text::tr("a downtime is from 1 to 2 000 000 ms");
        return {};
    }
    [[nodiscard]] QString throttle(const std::optional<int>& percent) const
    {
        if (const QString why = guestRuns(); !why.isEmpty())
            return why;
        if (percent && (*percent < 1 || *percent > 99))
            return Text::tr("a throttle is from 1 to 99 percent");
        return o.autoConverge ? QString() : Text::tr("it tunes auto-converge, which is not allowed");
    }
    [[nodiscard]] QString postCopy() const
    {
        if (const QString why = guestRuns(); !why.isEmpty())
            return why;
        if (o.parallel)
            return Text::tr("post-copy beside parallel connections loses the guest at the switch");
        if (o.tunnelled)
            return Text::tr("post-copy does not work through the daemons' connection");
        if (m_compression.method == QLatin1String("mt"))
            return Text::tr("post-copy does not work with compression by threads");
        if (c.state == PowerState::Paused)
            return Text::tr("a paused guest needs no post-copy, and libvirt refuses it");
        return {};
    }
    [[nodiscard]] QString postCopyBandwidth() const
    {
        if (const QString why = guestRuns(); !why.isEmpty())
            return why;
        if (!o.postCopy)
            return Text::tr("it limits post-copy, which is not allowed");
        return supported(postCopyBandwidthSince, 0);
    }
    [[nodiscard]] QString parallel() const
    {
        if (const QString why = memoryTravels(); !why.isEmpty())
            return why;
        if (o.postCopy)
            return Text::tr("parallel connections beside post-copy lose the guest at the switch");
        if (o.tunnelled)
            return Text::tr("the daemons' connection is a single one");
        if (o.parallel && (*o.parallel < 1 || *o.parallel > mostConnections))
            return Text::tr("there may be 1 to 255 connections");
        return supported(parallelSince, parallelQemuSince);
    }
    [[nodiscard]] QString compression() const
    {
        if (const QString why = memoryTravels(); !why.isEmpty())
            return why;
        if (o.compression.isEmpty())
            return {};
        const QString& method = m_compression.method;
        const bool ofParallel = method == QLatin1String("zlib") || method == QLatin1String("zstd");
        if (!m_compression.good)
            return Text::tr("a compression level is a whole number from 0 to 9");
        if (method == QLatin1String("mt")) {
            if (o.parallel)
                return Text::tr("compression by threads does not work with parallel connections");
            return o.postCopy ? Text::tr("compression by threads does not work with post-copy") : QString();
        }
        if (method == QLatin1String("xbzrle"))
            return m_compression.level ? Text::tr("xbzrle has no level") : QString();
        if (!ofParallel)
            return Text::
                tr("there is no compression \"%1\": xbzrle, mt, and zlib or zstd with parallel connections")
                    .arg(method);
        if (!o.parallel)
            return Text::tr("%1 compresses parallel connections only").arg(method);
        return supported(parallelCompressionSince, 0);
    }
    [[nodiscard]] QString tls() const
    {
        if (const QString why = memoryTravels(); !why.isEmpty())
            return why;
        return o.tunnelled ? Text::tr("the daemons' connection brings its own encryption: one of the two")
                           : QString();
    }
    [[nodiscard]] QString tunnelled() const
    {
        if (const QString why = memoryTravels(); !why.isEmpty())
            return why;
        if (c.kind == MigrationKind::LiveBlock || c.kind == MigrationKind::Cold || !o.disks.isEmpty())
            return Text::tr("disks cannot be copied through the daemons' connection");
        if (o.carrier == Carrier::Console)
            return Text::tr("a direct move has no connection between the daemons");
        if (o.parallel || o.postCopy || o.tls)
            return Text::tr("it does not work with parallel connections, post-copy or TLS");
        return {};
    }
    [[nodiscard]] QString direct() const
    {
        return o.tunnelled ? Text::tr("a direct move has no connection between the daemons") : QString();
    }
    [[nodiscard]] QString disks() const
    {
        if (c.kind == MigrationKind::Live)
            return Text::tr("a live move copies no disks: take live-block");
        return o.tunnelled ? Text::tr("disks cannot be copied through the daemons' connection") : QString();
    }
    [[nodiscard]] QString noPersist() const
    {
        const bool stopped = c.kind == MigrationKind::Offline || c.kind == MigrationKind::Cold;
        return stopped ? Text::tr("an instance that does not run is nothing but its definition") : QString();
    }
    [[nodiscard]] QString timeout() const
    {
        return o.timeout && o.timeout->count() < 1000 ? Text::tr("a timeout is at least a second")
                                                      : guestRuns();
    }
    [[nodiscard]] QString onTimeout() const
    {
        if (o.onTimeout.isEmpty())
            return guestRuns();
        if (!o.timeout)
            return Text::tr("it needs a timeout");
        if (o.onTimeout == QLatin1String("postcopy"))
            return o.postCopy ? QString() : Text::tr("post-copy is not allowed");
        const bool known = o.onTimeout == QLatin1String("abort") || o.onTimeout == QLatin1String("pause");
        return known ? guestRuns()
                     : Text::tr("what follows a timeout is abort, pause or postcopy, not \"%1\"")
                           .arg(o.onTimeout);
    }

    const MigrationOptions& o;
    const OptionContext& c;
    Compression m_compression;
};

QString nameOf(OptionId id)
{
    switch (id) {
    case OptionId::Bandwidth:
        return Text::tr("Bandwidth");
    case OptionId::MaxDowntime:
        return Text::tr("Longest downtime");
    case OptionId::AutoConverge:
        return Text::tr("Auto-converge");
    case OptionId::AutoConvergeInitial:
        return Text::tr("First throttle");
    case OptionId::AutoConvergeIncrement:
        return Text::tr("Throttle step");
    case OptionId::PostCopy:
        return Text::tr("Post-copy");
    case OptionId::PostCopyBandwidth:
        return Text::tr("Post-copy bandwidth");
    case OptionId::Parallel:
        return Text::tr("Parallel connections");
    case OptionId::Compression:
        return Text::tr("Compression");
    case OptionId::Tls:
        return Text::tr("TLS");
    case OptionId::Tunnelled:
        return Text::tr("Tunnelled");
    case OptionId::Direct:
        return Text::tr("Direct");
    case OptionId::Disks:
        return Text::tr("Disks to copy");
    case OptionId::KeepSource:
        return Text::tr("Keep at the source");
    case OptionId::NoPersist:
        return Text::tr("Not persistent");
    case OptionId::Timeout:
        return Text::tr("Timeout");
    case OptionId::OnTimeout:
        break;
    }
    return Text::tr("What follows a timeout");
}

} // namespace

std::vector<OptionAnswer> judgeOptions(const MigrationOptions& options, const OptionContext& context)
{
    return Judge(options, context).all();
}

std::optional<QString> contradiction(const MigrationOptions& options, const OptionContext& context)
{
    const std::vector<OptionAnswer> answers = judgeOptions(options, context);
    const auto bad = std::find_if(answers.begin(), answers.end(),
                                  [](const OptionAnswer& a) { return a.set && !a.available; });
    if (bad == answers.end())
        return std::nullopt;
    return QStringLiteral("%1: %2").arg(nameOf(bad->id), bad->reason);
}

} // namespace drover
