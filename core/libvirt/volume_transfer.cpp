// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/volume_transfer.h"

#include "core/hypervisor/content_digest.h"
#include "core/libvirt/volume_stream.h"
#include "core/libvirt/volume_xml.h"

#include <QCoreApplication>
#include <QElapsedTimer>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

constexpr qint64 progressEveryMs = 200;

/// The folder of a file and, where it is there, the file.
struct End
{
    Connection connection;
    std::optional<StorageFolder> folder;
    FilePath file;
};

Result<End> openEnd(const HostConfig& host, const QString& path)
{
    End end;
    end.file = splitPath(path);
    if (end.file.name.isEmpty() || isDevicePath(path)) {
        return fail(Error{ErrorCode::Unsupported,
                          Text::tr("%1 of %2 is not a file: only files can be copied through this console")
                              .arg(path, host.id.value),
                          {},
                          host.id.value,
                          {}});
    }
    Result<Connection> connection = openConnection(host);
    if (!connection)
        return fail(connection.error());
    end.connection = std::move(*connection);
    Result<std::optional<StorageFolder>> folder =
        StorageFolder::open(end.connection, host.id.value, end.file.folder);
    if (!folder)
        return fail(folder.error());
    if (!*folder) {
        return fail(Error{ErrorCode::NotFound,
                          Text::tr("%1 has no folder %2; make it, or define a storage pool there")
                              .arg(host.id.value, end.file.folder),
                          {},
                          host.id.value,
                          {}});
    }
    end.folder.emplace(std::move(**folder));
    return end;
}

} // namespace

struct LibvirtVolumeTransfer::Course
{
    End from;
    End to;
    VolumeHandle source;
    VolumeHandle target;
    ImageFacts before;  ///< of the source
    bool begun = false; ///< both streams were open
};

Result<CopyResult> LibvirtVolumeTransfer::copy(const QString& sourcePath, const QString& targetPath,
                                               const Progress& progress, std::stop_token stop)
{
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
        bool again = false;
        Result<CopyResult> copied = copyOnce(sourcePath, targetPath, progress, stop, again);
        if (copied || !again || attempt == attempts || stop.stop_requested())
            return copied;
    }
}

Result<CopyResult> LibvirtVolumeTransfer::copyOnce(const QString& sourcePath, const QString& targetPath,
                                                   const Progress& progress, const std::stop_token& stop,
                                                   bool& again) const
{
    Result<End> from = openEnd(m_source, sourcePath);
    if (!from)
        return fail(from.error());
    Result<std::optional<VolumeHandle>> source = from->folder->volume(from->file.name);
    if (!source)
        return fail(source.error());
    const QString host = m_source.id.value;
    const Error missing{
        ErrorCode::NotFound, Text::tr("%1 has no file %2").arg(host, sourcePath), {}, host, {}};
    if (!*source)
        return fail(missing);
    const Result<std::optional<ImageFacts>> before = factsOf(**source, host);
    if (!before)
        return fail(before.error());
    if (!*before)
        return fail(missing);

    Result<End> to = openEnd(m_destination, targetPath);
    if (!to)
        return fail(to.error());
    if (stop.stop_requested()) {
        return fail(Error{
            ErrorCode::Cancelled, Text::tr("The copy of %1 was stopped").arg(sourcePath), {}, host, {}});
    }
    // Empty, and raw whatever it will hold: an upload into a longer file would leave old content under its
    // first hole, and the stream alone gives it its length.
    Result<VolumeHandle> target = to->folder->create(to->file.name, NewImage{});
    if (!target)
        return fail(target.error());
    Course course{std::move(*from), std::move(*to), std::move(**source), std::move(*target), **before};
    Result<CopyResult> copied = run(course, progress, stop);
    if (copied)
        return copied;
    again = !course.begun && (course.from.folder->isBorrowed() || course.to.folder->isBorrowed());
    return fail(withoutTarget(copied.error(), targetPath));
}

Result<CopyResult> LibvirtVolumeTransfer::run(Course& course, const Progress& progress,
                                              const std::stop_token& stop) const
{
    const QString sourcePath = course.before.path;
    // The upload first: a download that nobody reads yet would fill this computer's memory.
    Result<VolumeStream> up = VolumeStream::open(
        course.to.connection, course.target, VolumeStream::Direction::Up, m_destination.id.value,
        course.to.file.folder + QLatin1Char('/') + course.to.file.name);
    if (!up)
        return fail(up.error());
    Result<VolumeStream> down = VolumeStream::open(
        course.from.connection, course.source, VolumeStream::Direction::Down, m_source.id.value, sourcePath);
    if (!down)
        return fail(down.error());
    course.begun = true;
    CopyResult result;
    ContentDigest digest;
    QElapsedTimer sinceTold;
    sinceTold.start();
    const auto tell = [&] {
        if (progress)
            progress({course.before.length.value_or(result.length), result.length, result.data});
        sinceTold.start();
    };
    tell();
    for (;;) {
        if (stop.stop_requested()) {
            return fail(Error{ErrorCode::Cancelled,
                              Text::tr("The copy of %1 from %2 to %3 was stopped")
                                  .arg(sourcePath, m_source.id.value, m_destination.id.value),
                              {},
                              m_source.id.value,
                              {}});
        }
        const Result<VolumeStream::Piece> piece = down->receive();
        if (!piece)
            return fail(piece.error());
        if (piece->isEnd())
            break;
        if (const Result<void> sent = piece->hole > 0 ? up->sendHole(piece->hole) : up->send(piece->data);
            !sent)
            return fail(sent.error());
        digest.addZeros(piece->hole);
        digest.addData(piece->data.data(), piece->data.size());
        result.length += {piece->hole + piece->data.size()};
        result.data += {piece->data.size()};
        if (sinceTold.elapsed() >= progressEveryMs)
            tell();
    }
    if (const Result<void> read = down->finish(); !read)
        return fail(read.error());
    if (const Result<void> written = up->finish(); !written)
        return fail(written.error());
    if (const Result<void> sound = checkEnds(course, result); !sound)
        return fail(sound.error());
    tell();
    result.digest = digest.result();
    return result;
}

Result<void> LibvirtVolumeTransfer::checkEnds(const Course& course, const CopyResult& copied) const
{
    const QString path = course.before.path;
    const Result<std::optional<ImageFacts>> after =
        lookAt(course.from.connection, m_source.id.value, course.from.file);
    if (!after)
        return fail(after.error());
    if (!*after || (*after)->modifiedNs != course.before.modifiedNs ||
        (*after)->length != course.before.length) {
        return fail(Error{ErrorCode::Refused,
                          Text::tr("%1 of %2 was written to while it was copied; shut off what uses it and "
                                   "copy it again")
                              .arg(path, m_source.id.value),
                          {},
                          m_source.id.value,
                          {}});
    }
    const Result<std::optional<ImageFacts>> arrived =
        lookAt(course.to.connection, m_destination.id.value, course.to.file);
    if (!arrived)
        return fail(arrived.error());
    // A file that was deleted under the upload took all of it without a word.
    if (!*arrived || ((*arrived)->length && *(*arrived)->length != copied.length)) {
        return fail(
            Error{ErrorCode::OperationFailed,
                  Text::tr("The copy of %1 did not arrive on %2 as it was sent; somebody else changed "
                           "it there")
                      .arg(path, m_destination.id.value),
                  {},
                  m_destination.id.value,
                  {}});
    }
    return {};
}

Error LibvirtVolumeTransfer::withoutTarget(Error error, const QString& targetPath) const
{
    const QString host = m_destination.id.value;
    if (error.detail.contains(QLatin1String("No space left")))
        error.message = Text::tr("There is no room for %1 on %2: free some, or choose another host")
                            .arg(targetPath, host);
    // On a fresh connection: the old one may be what failed.
    const Result<End> end = openEnd(m_destination, targetPath);
    Result<void> removed;
    if (!end) {
        removed = fail(end.error());
    } else {
        const Result<std::optional<VolumeHandle>> target = end->folder->volume(end->file.name);
        if (!target)
            removed = fail(target.error());
        else if (*target)
            removed = deleteVolume(**target, host);
    }
    if (!removed) {
        error.message +=
            QStringLiteral(". ") +
            Text::tr("The half-made file %1 stays on %2: delete it by hand").arg(targetPath, host);
        error.detail += QStringLiteral(" | ") + removed.error().message;
    }
    return error;
}

} // namespace drover::libvirt
