// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/move_images.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(MoveProcedure)
};

using Way = ImageTransfer::Way;
using Role = DiskTransfer::Role;

/// A rate over less than this says more about buffers than about the way.
constexpr Milliseconds ratePeriod{500};

bool isOwn(const DiskTransfer& disk, const ImageTransfer& image)
{
    return disk.role == Role::Copied && &image == &disk.images.back();
}

Bytes sizeOf(const ImageTransfer& image)
{
    return image.image.length.value_or(image.image.allocation);
}

} // namespace

MoveImages::MoveImages(Backend& backend, MoveOrder& order, MoveWatcher& watcher, std::stop_token stop)
    : m_backend(backend)
    , m_order(order)
    , m_watcher(watcher)
    , m_stop(std::move(stop))
    , m_source(backend.storageAccess(order.source))
    , m_destination(backend.storageAccess(order.destination))
{
}

Result<void> MoveImages::stopped() const
{
    if (!m_stop.stop_requested())
        return {};
    return fail(Error{ErrorCode::Cancelled,
                      Text::tr("The move of %1 was cancelled").arg(m_order.name),
                      {},
                      {},
                      m_order.name});
}

Result<void> MoveImages::prepare()
{
    if (const Result<void> compared = compare(); !compared)
        return compared;
    planProgress();
    for (const DiskTransfer& disk : m_order.copies.disks) {
        for (const ImageTransfer& image : disk.images) {
            if (const Result<void> goOn = stopped(); !goOn)
                return goOn;
            Result<void> done;
            if (image.way == Way::CopyFile && !isOwn(disk, image))
                done = copyFile(image);
            else if (image.way == Way::Fill)
                done = fill(image);
            if (!done)
                return done;
        }
    }
    return {};
}

Result<void> MoveImages::copyDisks()
{
    for (const DiskTransfer& disk : m_order.copies.disks) {
        for (const ImageTransfer& image : disk.images) {
            if (image.way != Way::CopyFile || !isOwn(disk, image))
                continue;
            if (const Result<void> copied = copyFile(image); !copied)
                return copied;
        }
    }
    return {};
}

Result<void> MoveImages::compare()
{
    for (DiskTransfer& disk : m_order.copies.disks) {
        for (ImageTransfer& image : disk.images) {
            if (image.way != Way::Compare)
                continue;
            bool same = false;
            if (const Result<void> compared = equal(image, same); !compared)
                return compared;
            if (same) {
                image.way = Way::Stays;
                continue;
            }
            const QString differs =
                Text::tr("%1 on %2 is not what %3 has under this path")
                    .arg(image.image.path, m_order.destination.id.value, m_order.source.id.value);
            if (disk.role == Role::Medium || m_order.carrier == Carrier::Console)
                return fail(Error{
                    ErrorCode::Refused,
                    differs + (disk.role == Role::Medium
                                   ? Text::tr(": have the medium %1 ejected for the move").arg(disk.target)
                                   : QString()),
                    {},
                    m_order.destination.id.value,
                    m_order.name});
            m_watcher.decided(QStringLiteral("copy-all"),
                              differs + Text::tr(": all data are copied, into one image"));
            flattenAll(m_order.copies);
            return compare(); // of the rest, media above all
        }
    }
    return {};
}

Result<void> MoveImages::equal(const ImageTransfer& image, bool& same)
{
    const Instant begin = m_backend.clock().now();
    const Result<QByteArray> here = m_source->digest(image.image.path, DigestOf::Everything, m_stop);
    if (!here)
        return fail(here.error());
    const Result<QByteArray> there = m_destination->digest(image.image.path, DigestOf::Everything, m_stop);
    if (!there)
        return fail(there.error());
    same = *here == *there;
    m_times.verify = m_times.verify.value_or(Milliseconds(0)) + since(begin);
    return stopped();
}

Result<void> MoveImages::makeRoom(const ImageTransfer& image)
{
    const QString& path = image.image.path;
    const Result<std::optional<ImageFacts>> there = m_destination->image(path, m_stop);
    if (!there)
        return fail(there.error());
    if (there->has_value()) {
        if (!image.replaces)
            return fail(Error{ErrorCode::Refused,
                              Text::tr("%1 has a file %2 by now: it is not overwritten")
                                  .arg(m_order.destination.id.value, path),
                              {},
                              m_order.destination.id.value,
                              m_order.name});
        if (const Result<void> removed = m_destination->remove(path); !removed)
            return removed;
        m_watcher.decided(
            QStringLiteral("delete"),
            Text::tr("the old file %1 on %2, as accepted").arg(path, m_order.destination.id.value));
    }
    // From here on a file of this name is ours, whole or not.
    m_made.push_back(path);
    return {};
}

Result<void> MoveImages::fill(const ImageTransfer& image)
{
    if (const Result<void> free = makeRoom(image); !free)
        return free;
    NewImage wanted;
    wanted.path = image.image.path;
    wanted.format = image.image.format;
    wanted.capacity = image.image.capacity;
    wanted.backingPath = image.image.backingPath;
    wanted.backingFormat = image.image.backingFormat;
    const Result<ImageFacts> made = m_destination->create(wanted, m_stop);
    if (!made)
        return fail(made.error());
    // libvirt would copy into one that lacks its base, and lose what is in the base.
    if (made->capacity != wanted.capacity || made->format != wanted.format ||
        made->backingPath != wanted.backingPath)
        return fail(Error{
            ErrorCode::OperationFailed,
            Text::tr("%1 made %2 other than asked: %3 of %4%5")
                .arg(m_order.destination.id.value, wanted.path, made->format, formatBytes(made->capacity),
                     made->backingPath.isEmpty() ? QString() : Text::tr(" over %1").arg(made->backingPath)),
            {},
            m_order.destination.id.value,
            m_order.name});
    return {};
}

Result<void> MoveImages::copyFile(const ImageTransfer& image)
{
    if (const Result<void> goOn = stopped(); !goOn)
        return goOn;
    if (const Result<void> free = makeRoom(image); !free)
        return free;
    const QString& path = image.image.path;
    const Instant begin = m_backend.clock().now();
    if (m_copyBegan == Instant{})
        m_copyBegan = begin;
    const auto transfer = m_backend.volumeTransfer(m_order.source, m_order.destination);
    const Result<CopyResult> copied =
        transfer->copy(path, path, [this](const CopyProgress& progress) { tell(progress); }, m_stop);
    m_times.copy = m_times.copy.value_or(Milliseconds(0)) + since(begin);
    if (!copied)
        return fail(copied.error());
    m_times.data += copied->data;
    m_done += sizeOf(image);
    const Instant verifyBegin = m_backend.clock().now();
    const Result<QByteArray> there = m_destination->digest(path, DigestOf::Everything, m_stop);
    m_times.verify = m_times.verify.value_or(Milliseconds(0)) + since(verifyBegin);
    if (!there)
        return fail(there.error());
    if (*there != copied->digest)
        return fail(Error{ErrorCode::OperationFailed,
                          Text::tr("The copy of %1 on %2 is not what was sent: its storage or the way to it "
                                   "is at fault")
                              .arg(path, m_order.destination.id.value),
                          {},
                          m_order.destination.id.value,
                          m_order.name});
    return {};
}

void MoveImages::planProgress()
{
    for (const DiskTransfer& disk : m_order.copies.disks) {
        for (const ImageTransfer& image : disk.images) {
            if (image.way == Way::CopyFile)
                m_total += sizeOf(image);
        }
    }
}

void MoveImages::tell(const CopyProgress& progress)
{
    const Instant now = m_backend.clock().now();
    const Bytes done = m_done + progress.done;
    if (m_rateSince == Instant{} || done < m_rateFrom) {
        m_rateSince = now;
        m_rateFrom = done;
    } else if (now - m_rateSince >= ratePeriod) {
        m_rate = Rate{static_cast<double>((done - m_rateFrom).value) * 1000.0 /
                      static_cast<double>((now - m_rateSince).count())};
        m_rateSince = now;
        m_rateFrom = done;
    }
    JobStats stats;
    stats.phase = JobStats::Phase::Disks;
    stats.elapsed = now - m_copyBegan;
    stats.diskTotal = std::max(m_total, done);
    stats.diskRemaining = stats.diskTotal - done;
    stats.transfer = m_rate;
    m_watcher.copying(stats);
}

void MoveImages::undo(std::vector<Leftover>& left)
{
    // Overlays before what they stand on.
    for (auto path = m_made.rbegin(); path != m_made.rend(); ++path) {
        const Result<std::optional<ImageFacts>> there = m_destination->image(*path, {});
        if (there && !there->has_value())
            continue;
        const Result<void> removed = there ? m_destination->remove(*path) : Result<void>(fail(there.error()));
        if (!removed)
            left.push_back(
                {m_order.destination.id, *path,
                 Text::tr("made for this move, and could not be removed: %1").arg(removed.error().message),
                 false});
    }
    m_made.clear();
}

void MoveImages::leave(const QString& reason, std::vector<Leftover>& left) const
{
    for (const QString& path : m_made)
        left.push_back({m_order.destination.id, path, reason, false});
}

void MoveImages::settleSource(bool remove, std::vector<Leftover>& left)
{
    const HostId& host = m_order.source.id;
    for (const DiskTransfer& disk : m_order.copies.disks) {
        if (disk.role != Role::Copied)
            continue;
        const QString& path = disk.images.back().image.path;
        if (!remove) {
            left.push_back(
                {host, path, Text::tr("%1 ran from it until the move; kept").arg(m_order.name), true});
        } else if (m_order.usedAtSource.contains(path)) {
            left.push_back({host, path, Text::tr("another instance of %1 uses it").arg(host.value), false});
        } else if (const Result<void> removed = m_source->remove(path); !removed) {
            left.push_back(
                {host, path, Text::tr("could not be removed: %1").arg(removed.error().message), false});
        }
        for (auto image = disk.images.rbegin() + 1; image != disk.images.rend(); ++image) {
            if (remove && image->way != Way::Stays)
                left.push_back({host, image->image.path,
                                Text::tr("a base image; other instances may stand on it"), true});
        }
    }
}

} // namespace drover
