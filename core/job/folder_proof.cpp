// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/folder_proof.h"

#include "core/base/log.h"

#include <QCoreApplication>
#include <QUuid>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StorageProof)
};

using Answer = FolderProof::Answer;

constexpr Milliseconds holds = std::chrono::minutes(10);
/// No proof takes that long: such a marker is left over.
constexpr Milliseconds leftOver = std::chrono::minutes(10);

/// A marker in a folder of one host. end() must be called before it goes away.
class Marker
{
public:
    Marker(const QString& folder, StorageEnd writer, StorageEnd reader)
        : m_folder(folder)
        , m_name(QLatin1String(markerPrefix) + QUuid::createUuid().toString(QUuid::WithoutBraces))
        , m_writer(writer)
        , m_reader(reader)
    {
    }

    Result<void> put(const std::stop_token& stop)
    {
        return m_writer.access.putMarker(m_folder, m_name, stop);
    }

    Result<bool> isSeen(const std::stop_token& stop)
    {
        Result<bool> seen = m_reader.access.seesMarker(m_folder, m_name, stop);
        m_seen = seen && *seen;
        return seen;
    }

    /// Removes it, whatever became of the rest: a write that failed may have been done all the same.
    /// @return what has to be said of a marker that stays
    [[nodiscard]] QString end(bool written)
    {
        Result<void> removed;
        constexpr int attempts = 3;
        for (int attempt = 0; attempt < attempts; ++attempt) {
            removed = m_writer.access.removeMarker(m_folder, m_name);
            if (removed)
                return {};
        }
        // Through the other host it is the same file only where it was seen there.
        if (m_seen && m_reader.access.removeMarker(m_folder, m_name))
            return {};
        const QString left = written
                                 ? Text::tr("the empty file %1/%2 stays on %3: delete it by hand")
                                       .arg(m_folder, m_name, m_writer.host.value)
                                 : Text::tr("an empty file %1/%2 may have been left on %3: delete it by hand")
                                       .arg(m_folder, m_name, m_writer.host.value);
        qCWarning(logMove).noquote() << left << '(' << removed.error().message << ')';
        m_removal = removed;
        return left;
    }

    /// What end() came to.
    [[nodiscard]] const Result<void>& removal() const { return m_removal; }

private:
    QString m_folder;
    QString m_name;
    StorageEnd m_writer;
    StorageEnd m_reader;
    bool m_seen = false;
    Result<void> m_removal;
};

struct OneWay
{
    FolderProof proof;
    bool written = false;
};

Result<OneWay> proveOneWay(const QString& folder, StorageEnd writer, StorageEnd reader,
                           const std::stop_token& stop)
{
    OneWay way;
    Marker marker(folder, writer, reader);
    const auto unknown = [&](const Error& error, const QString& left) -> Result<OneWay> {
        if (endsGathering(error)) {
            Error said = error;
            if (!left.isEmpty())
                said.message += QStringLiteral("; ") + left;
            return fail(said);
        }
        way.proof = {Answer::Unknown,
                     left.isEmpty() ? error.message : error.message + QStringLiteral("; ") + left};
        return way;
    };
    if (const Result<void> put = marker.put(stop); !put) {
        // Its answer may have been lost on the way; a plain no leaves nothing behind.
        const bool mayBeThere = endsGathering(put.error()) || put.error().code == ErrorCode::OperationFailed;
        return unknown(put.error(), mayBeThere ? marker.end(false) : QString());
    }
    way.written = true;
    const Result<bool> seen = marker.isSeen(stop);
    static_cast<void>(writer.access.removeOldMarkers(folder, leftOver, stop)); // the proof stands without
    const QString left = marker.end(true);
    if (!seen)
        return unknown(seen.error(), left);
    if (!marker.removal() && endsGathering(marker.removal().error()))
        return unknown(marker.removal().error(), left);
    const QString said =
        *seen
            ? Text::tr("a marker written on %1 was seen on %2").arg(writer.host.value, reader.host.value)
            : Text::tr("a marker written on %1 was not seen on %2").arg(writer.host.value, reader.host.value);
    way.proof = {*seen ? Answer::Same : Answer::Other,
                 left.isEmpty() ? said : said + QStringLiteral("; ") + left};
    return way;
}

} // namespace

bool endsGathering(const Error& error)
{
    switch (error.code) {
    case ErrorCode::Unreachable:
    case ErrorCode::AuthenticationFailed:
    case ErrorCode::Timeout:
    case ErrorCode::Cancelled:
        return true;
    default:
        return false;
    }
}

Result<FolderProof> proveFolder(const QString& folder, StorageEnd source, StorageEnd destination,
                                std::stop_token stop)
{
    if (stop.stop_requested()) {
        return fail(Error{ErrorCode::Cancelled,
                          Text::tr("Comparing the storage of %1 and %2 was stopped")
                              .arg(source.host.value, destination.host.value),
                          {},
                          source.host.value,
                          {}});
    }
    const Result<OneWay> there = proveOneWay(folder, source, destination, stop);
    if (!there)
        return fail(there.error());
    if (there->written || there->proof.answer != Answer::Unknown)
        return there->proof;
    // A folder that one host may only read may be written on the other.
    const Result<OneWay> back = proveOneWay(folder, destination, source, stop);
    if (!back)
        return fail(back.error());
    if (back->proof.answer != Answer::Unknown)
        return back->proof;
    return FolderProof{Answer::Unknown, there->proof.reason + QStringLiteral("; ") + back->proof.reason};
}

ProofCache::Key ProofCache::keyOf(const HostId& one, const HostId& other, const QString& folder)
{
    return one < other ? Key{one.value, other.value, folder} : Key{other.value, one.value, folder};
}

std::optional<FolderProof> ProofCache::find(const HostId& one, const HostId& other,
                                            const QString& folder) const
{
    const std::scoped_lock lock(m_mutex);
    const auto kept = m_kept.find(keyOf(one, other, folder));
    if (kept == m_kept.end() || m_clock->now() - kept->second.since >= holds)
        return std::nullopt;
    return kept->second.proof;
}

void ProofCache::keep(const HostId& one, const HostId& other, const QString& folder, const FolderProof& proof)
{
    if (proof.answer == Answer::Unknown)
        return;
    const std::scoped_lock lock(m_mutex);
    const Instant now = m_clock->now();
    std::erase_if(m_kept, [now](const auto& kept) { return now - kept.second.since >= holds; });
    m_kept[keyOf(one, other, folder)] = {proof, now};
}

void ProofCache::drop(const HostId& one, const HostId& other, const QString& folder)
{
    const std::scoped_lock lock(m_mutex);
    m_kept.erase(keyOf(one, other, folder));
}

void ProofCache::forget()
{
    const std::scoped_lock lock(m_mutex);
    m_kept.clear();
}

} // namespace drover
