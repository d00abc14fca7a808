// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hypervisor/content_digest.h"

#include <QtEndian>

#include <algorithm>

namespace drover {
namespace {

constexpr qint64 pieceLength = 1 << 20;
constexpr qint64 sampleCount = 64;
constexpr qint64 sampleLength = 64 * 1024;

const QByteArray& zeros()
{
    static const QByteArray block(pieceLength, '\0');
    return block;
}

const QByteArray& digestOfZeros()
{
    static const QByteArray digest = QCryptographicHash::hash(zeros(), ContentDigest::algorithm);
    return digest;
}

/// Spreads neighbouring numbers over the whole range (splitmix64).
quint64 scattered(quint64 value)
{
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

} // namespace

void ContentDigest::endPiece()
{
    if (m_zerosOnly && m_filled == pieceLength) {
        m_whole.addData(digestOfZeros());
    } else {
        if (m_zerosOnly)
            m_piece.addData(QByteArrayView(zeros()).first(m_filled));
        m_whole.addData(m_piece.result());
        m_piece.reset();
    }
    m_filled = 0;
    m_zerosOnly = true;
}

void ContentDigest::addData(const char* data, qint64 length)
{
    while (length > 0) {
        const qint64 part = std::min(length, pieceLength - m_filled);
        if (m_zerosOnly) {
            m_piece.addData(QByteArrayView(zeros()).first(m_filled));
            m_zerosOnly = false;
        }
        m_piece.addData(QByteArrayView(data, part));
        data += part;
        length -= part;
        m_filled += part;
        if (m_filled == pieceLength)
            endPiece();
    }
}

void ContentDigest::addZeros(qint64 length)
{
    while (length > 0) {
        const qint64 part = std::min(length, pieceLength - m_filled);
        if (!m_zerosOnly)
            m_piece.addData(QByteArrayView(zeros()).first(part));
        length -= part;
        m_filled += part;
        if (m_filled == pieceLength)
            endPiece();
    }
}

QByteArray ContentDigest::result()
{
    if (m_filled > 0)
        endPiece();
    return m_whole.result();
}

std::vector<Sample> samplesOf(Bytes length)
{
    if (length.value <= 0)
        return {};
    if (length.value <= sampleCount * sampleLength)
        return {Sample{{}, length}};
    std::vector<Sample> samples;
    samples.reserve(sampleCount);
    const qint64 share = length.value / sampleCount;
    for (qint64 i = 0; i < sampleCount; ++i) {
        // Anywhere within its share: blocks at equal distances would miss what repeats at that distance.
        const auto room = static_cast<quint64>(share - sampleLength + 1);
        qint64 offset =
            i * share + static_cast<qint64>(scattered(static_cast<quint64>(length.value + i)) % room);
        if (i == 0)
            offset = 0;
        else if (i == sampleCount - 1)
            offset = length.value - sampleLength;
        samples.push_back({{offset}, {sampleLength}});
    }
    return samples;
}

QByteArray lengthMark(Bytes length)
{
    QByteArray mark(sizeof(quint64), '\0');
    qToLittleEndian(static_cast<quint64>(length.value), mark.data());
    return mark;
}

} // namespace drover
