// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <vector>

namespace drover {

/// Digest of a file's content that does not mind holes: the BLAKE2b-256 over the BLAKE2b-256 of each MiB. A
/// MiB of zeros costs as good as nothing, be it a hole or written, and the digest is the same: ten sparse TiB
/// take a second. (Qt's SHA-256 takes 120 MiB/s, slower than a copy; its BLAKE2b six times that.)
class ContentDigest
{
public:
    static constexpr QCryptographicHash::Algorithm algorithm = QCryptographicHash::Blake2b_256;
    ContentDigest() : m_piece(algorithm), m_whole(algorithm) {}
    void addData(const char* data, qint64 length);
    void addZeros(qint64 length);
    /// Ends it: nothing may be added afterwards.
    [[nodiscard]] QByteArray result();

private:
    void endPiece();

    QCryptographicHash m_piece;
    QCryptographicHash m_whole;
    qint64 m_filled = 0;     ///< of the present piece
    bool m_zerosOnly = true; ///< so far, in the present piece
};

/// Part of a file.
struct Sample
{
    Bytes offset;
    Bytes length;
};

/// The parts that DigestOf::Samples looks at: 64 blocks of 64 KiB at places that follow from the length
/// alone, the first and the last block among them; all of a file that is no longer than that.
[[nodiscard]] std::vector<Sample> samplesOf(Bytes length);

/// What DigestOf::Samples starts with.
[[nodiscard]] QByteArray lengthMark(Bytes length);

} // namespace drover
