// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/volume_digest.h"

#include "core/hypervisor/content_digest.h"
#include "core/libvirt/error_map.h"
#include "core/libvirt/volume_stream.h"

#include <QCoreApplication>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

Result<void> addAll(Result<VolumeStream> stream, const QString& host, ContentDigest& digest,
                    const std::stop_token& stop)
{
    if (!stream)
        return fail(stream.error());
    for (;;) {
        if (stop.stop_requested())
            return fail(storageStopped(host));
        const auto piece = stream->receive();
        if (!piece)
            return fail(piece.error());
        if (piece->isEnd())
            return stream->finish();
        digest.addZeros(piece->hole);
        digest.addData(piece->data.data(), piece->data.size());
    }
}

} // namespace

Error storageStopped(const QString& host)
{
    return {
        ErrorCode::Cancelled, Text::tr("Asking %1 about its storage was stopped").arg(host), {}, host, {}};
}

Result<QByteArray> digestOf(const Connection& connection, const VolumeHandle& volume, const QString& host,
                            const QString& path, DigestOf what, const std::stop_token& stop)
{
    ContentDigest digest;
    if (what == DigestOf::Everything) {
        const Result<void> added =
            addAll(VolumeStream::open(connection, volume, VolumeStream::Direction::Down, host, path), host,
                   digest, stop);
        if (!added)
            return fail(added.error());
        return digest.result();
    }
    virStorageVolInfo info{}; // allocation holds the file's length then
    if (virStorageVolGetInfoFlags(volume.get(), &info, VIR_STORAGE_VOL_GET_PHYSICAL) < 0)
        return fail(lastError({host, {}, Text::tr("Reading the length of %1").arg(path)}));
    const Bytes length{static_cast<qint64>(info.allocation)};
    const QByteArray mark = lengthMark(length);
    digest.addData(mark.constData(), mark.size());
    for (const Sample& part : samplesOf(length)) {
        const Result<void> added =
            addAll(VolumeStream::openPart(connection, volume, part.offset, part.length, host, path), host,
                   digest, stop);
        if (!added)
            return fail(added.error());
    }
    return digest.result();
}

} // namespace drover::libvirt
