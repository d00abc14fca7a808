// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/units.h"
#include "core/libvirt/handles.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace drover::libvirt {

/// A blocking stream of a volume's content; aborted when it goes away unfinished. On a connection of its own
/// whose thread reads all the time: one that nobody reads fills the memory.
class VolumeStream
{
public:
    enum class Direction { Down, Up };
    /// Holes are kept as holes. @p path: for the sentences of errors.
    [[nodiscard]] static Result<VolumeStream> open(const Connection& connection, const VolumeHandle& volume,
                                                   Direction direction, const QString& host,
                                                   const QString& path);
    /// Downloads a part, holes as zeros.
    [[nodiscard]] static Result<VolumeStream> openPart(const Connection& connection,
                                                       const VolumeHandle& volume, Bytes offset, Bytes length,
                                                       const QString& host, const QString& path);
    VolumeStream(VolumeStream&&) noexcept = default;
    VolumeStream& operator=(VolumeStream&&) = delete;
    VolumeStream(const VolumeStream&) = delete;
    VolumeStream& operator=(const VolumeStream&) = delete;
    ~VolumeStream();

    /// What came: data, or a hole of that length, or (neither) the end.
    struct Piece
    {
        QByteArrayView data;
        qint64 hole = 0;
        [[nodiscard]] bool isEnd() const { return data.isEmpty() && hole == 0; }
    };
    /// The data hold until the next call.
    [[nodiscard]] Result<Piece> receive();
    [[nodiscard]] Result<void> send(QByteArrayView data);
    [[nodiscard]] Result<void> sendHole(qint64 length);
    /// For an upload: only this proves that the last block was written.
    [[nodiscard]] Result<void> finish();
    void abort();

private:
    VolumeStream(StreamHandle stream, QString host, QString doing);
    [[nodiscard]] Error errorNow() const;

    StreamHandle m_stream;
    QString m_host;
    QString m_doing;
    std::vector<char> m_buffer;
};

} // namespace drover::libvirt
