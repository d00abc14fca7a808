// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/volume_stream.h"

#include "core/libvirt/error_map.h"

#include <QCoreApplication>

namespace drover::libvirt {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Libvirt)
};

/// The most that one message on the wire carries (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX).
constexpr std::size_t wirePayload = 262120;
constexpr int atHole = -3;

QString readingOf(const QString& path)
{
    return Text::tr("Reading the content of %1").arg(path);
}

} // namespace

VolumeStream::VolumeStream(StreamHandle stream, QString host, QString doing)
    : m_stream(std::move(stream)), m_host(std::move(host)), m_doing(std::move(doing))
{
}

VolumeStream::~VolumeStream()
{
    abort();
}

void VolumeStream::abort()
{
    if (m_stream)
        virStreamAbort(m_stream.get()); // it repeats an error that was reported already
    m_stream.reset();
}

Error VolumeStream::errorNow() const
{
    return lastError({m_host, {}, m_doing});
}

Result<VolumeStream> VolumeStream::open(const Connection& connection, const VolumeHandle& volume,
                                        Direction direction, const QString& host, const QString& path)
{
    VolumeStream stream(StreamHandle(virStreamNew(connection.get(), 0)), host,
                        direction == Direction::Down ? readingOf(path) : Text::tr("Writing %1").arg(path));
    if (!stream.m_stream)
        return fail(stream.errorNow());
    const int opened = direction == Direction::Down
                           ? virStorageVolDownload(volume.get(), stream.m_stream.get(), 0, 0,
                                                   VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM)
                           : virStorageVolUpload(volume.get(), stream.m_stream.get(), 0, 0,
                                                 VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM);
    if (opened < 0) {
        const Error error = stream.errorNow();
        stream.m_stream.reset(); // never begun: nothing to abort
        return fail(error);
    }
    return stream;
}

Result<VolumeStream> VolumeStream::openPart(const Connection& connection, const VolumeHandle& volume,
                                            Bytes offset, Bytes length, const QString& host,
                                            const QString& path)
{
    VolumeStream stream(StreamHandle(virStreamNew(connection.get(), 0)), host, readingOf(path));
    if (!stream.m_stream)
        return fail(stream.errorNow());
    if (virStorageVolDownload(volume.get(), stream.m_stream.get(),
                              static_cast<unsigned long long>(offset.value),
                              static_cast<unsigned long long>(length.value), 0) < 0) {
        const Error error = stream.errorNow();
        stream.m_stream.reset();
        return fail(error);
    }
    return stream;
}

Result<VolumeStream::Piece> VolumeStream::receive()
{
    if (m_buffer.empty())
        m_buffer.resize(wirePayload);
    const int got =
        virStreamRecvFlags(m_stream.get(), m_buffer.data(), m_buffer.size(), VIR_STREAM_RECV_STOP_AT_HOLE);
    if (got >= 0)
        return Piece{QByteArrayView(m_buffer.data(), got), 0};
    if (got != atHole)
        return fail(errorNow());
    long long length = 0;
    if (virStreamRecvHole(m_stream.get(), &length, 0) < 0)
        return fail(errorNow());
    return length > 0 ? Result<Piece>(Piece{{}, length}) : receive(); // an empty hole is not the end
}

Result<void> VolumeStream::send(QByteArrayView data)
{
    while (!data.isEmpty()) {
        const int sent = virStreamSend(m_stream.get(), data.data(), static_cast<std::size_t>(data.size()));
        if (sent < 0)
            return fail(errorNow());
        data = data.sliced(sent);
    }
    return {};
}

Result<void> VolumeStream::sendHole(qint64 length)
{
    if (virStreamSendHole(m_stream.get(), length, 0) < 0)
        return fail(errorNow());
    return {};
}

Result<void> VolumeStream::finish()
{
    if (virStreamFinish(m_stream.get()) < 0) {
        const Error error = errorNow();
        m_stream.reset(); // a finished stream cannot be aborted
        return fail(error);
    }
    m_stream.reset();
    return {};
}

} // namespace drover::libvirt
