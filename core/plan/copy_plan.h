// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/domain.h"
#include "core/fleet/migration_options.h"
#include "core/fleet/storage_evidence.h"

#include <QSet>

#include <vector>

namespace drover {

/// How one image file of an instance gets to the destination.
struct ImageTransfer
{
    enum class Way {
        Stays,    ///< the destination sees the very file, or has an equal one
        Compare,  ///< it has one that may be equal: every byte is compared before the start
        CopyFile, ///< sent byte for byte through this computer, and compared afterwards
        Fill,     ///< made empty there; the hosts fill it
    };
    Way way = Way::Stays;
    ImageFacts image; ///< as the source has it
    /// The destination has another file under this path, which is removed first: the operator accepted that.
    bool replaces = false;
    bool operator==(const ImageTransfer&) const = default;
};

/// What becomes of one disk of an instance.
struct DiskTransfer
{
    enum class Role {
        Stays,  ///< reachable from both hosts
        Copied, ///< its data travel
        Medium, ///< of a CD-ROM drive or a disk that is only read
        Eject,  ///< the drive is emptied for the move
    };
    QString target;
    Role role = Role::Stays;
    std::vector<ImageTransfer> images; ///< the deepest first; the disk's own image last
    /// All of its data travel and arrive in one image, without the chain below.
    bool flattened = false;
    bool operator==(const DiskTransfer&) const = default;
};

/// Something that stands in the way, or that the operator should know.
struct CopyConcern
{
    enum class Weight { Info, Warning, Accept, Error };
    Weight weight = Weight::Error;
    QString message;
    QString fix;
    bool operator==(const CopyConcern&) const = default;
};

/// What a move does with all disks of an instance.
struct CopyPlan
{
    std::vector<DiskTransfer> disks; ///< without empty drives
    std::vector<CopyConcern> concerns;
    /// Only the top layers travel: what lies below is equal on both hosts, or is copied first.
    bool incremental = false;
    /// There are files that are not copied, and each was proven to be the same on both hosts.
    bool storageProven = false;
    /// Evidence is still being gathered for at least one disk.
    bool pending = false;

    [[nodiscard]] QStringList targets(DiskTransfer::Role role) const;
    [[nodiscard]] bool hasError() const;
    /// What has to travel at most, by the blocks that the source uses.
    [[nodiscard]] Bytes toCopy() const;
    [[nodiscard]] bool copiesFiles() const; ///< something passes through this computer
    bool operator==(const CopyPlan&) const = default;
};

/// Everything that planCopies() looks at.
struct CopyQuestion
{
    const DomainDefinition& definition;
    const MigrationOptions& options;
    MigrationKind kind; ///< never Auto
    bool byConsole;     ///< images travel as streams through this computer
    QString source;
    QString destination;
    const StorageEvidence* evidence; ///< null: none
    bool complete;                   ///< all was asked: evidence that is not there will not come
    QSet<QString> usedThere;         ///< paths that other instances of the destination use
};

/// Decides for each disk what has to be done so that the instance finds its data at the destination. Pure.
/// The rules: never onto a file that is in use; an increment only over what is, or will be, equal by content;
/// what is not known is an error.
[[nodiscard]] CopyPlan planCopies(const CopyQuestion& question);

/// All data of every disk are copied into one image each, the increment is given up.
void flattenAll(CopyPlan& plan);

/// The class of a disk by evidence, else by what is known of it without.
[[nodiscard]] StorageClass classOf(const Disk& disk, const StorageEvidence* evidence);
[[nodiscard]] const DiskEvidence* evidenceOf(const Disk& disk, const StorageEvidence* evidence);
/// Both hosts have to be asked about a disk of this instance before it can be said what a move does to it.
[[nodiscard]] bool needsStorageEvidence(const DomainDefinition& definition);

} // namespace drover
