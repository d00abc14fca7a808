// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"
#include "core/fleet/domain.h"

#include <QString>

#include <optional>
#include <vector>

namespace drover {

/// One image file or volume as a host's storage interface describes it.
struct ImageFacts
{
    QString path;
    QString format;                   ///< raw, qcow2, iso, …
    Bytes capacity;                   ///< virtual size
    Bytes allocation;                 ///< blocks really used
    std::optional<Bytes> length;      ///< of the file, where the host tells it
    QString backingPath;              ///< empty: stands by itself
    QString backingFormat;            ///< empty: none, or not written down
    QString pool;                     ///< the pool that lists it
    std::optional<qint64> modifiedNs; ///< since the epoch, by the host's clock
    std::optional<qint64> changedNs;  ///< of its inode
    QString key; ///< what the pool tells it apart by: the path of a file, the serial or UUID of a device
    bool operator==(const ImageFacts&) const = default;
};

/// What the destination has under the path of one image of a chain.
enum class ImageThere {
    NotAsked,
    Absent,
    SameFile,  ///< proven to be the very file (shared storage)
    EqualCopy, ///< another file; size and content were compared and are equal
    EqualSize, ///< another file of equal virtual size; its content was not compared
    Different, ///< size or content differ
    Unknown,   ///< the host could not say; see the reason
};

struct LayerEvidence
{
    ImageFacts image; ///< as the source has it; only path is set where it could not be read
    ImageThere there = ImageThere::NotAsked;
    std::optional<ImageFacts> found; ///< what the destination has under that path
    QString reason;                  ///< why Unknown or Different, or what was compared, in words
    bool everyByte = false;          ///< EqualCopy: all of it was compared; false: samples
    bool operator==(const LayerEvidence&) const = default;
};

/// What was found out about one disk of an instance for one pair of hosts.
struct DiskEvidence
{
    QString target;
    StorageClass storageClass = StorageClass::Unknown;
    bool proven = false;               ///< a marker written on one side was seen on the other
    QString reason;                    ///< why Unknown, or how it was shown, in words
    std::vector<LayerEvidence> layers; ///< the image itself first, then what lies below it
    QString folder;                    ///< of the image, as the source names it
    QString destinationPool;           ///< active pool whose target path is that folder; empty: none
    std::optional<Bytes> available;    ///< free in that pool
    bool operator==(const DiskEvidence&) const = default;
};

/// Storage of one instance for one pair of hosts. Holds for ten minutes, and is made again before a start.
struct StorageEvidence
{
    std::vector<DiskEvidence> disks; ///< in the order of the definition
    bool operator==(const StorageEvidence&) const = default;
};

} // namespace drover
