// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/storage_gather.h"

#include "core/job/image_path.h"
#include "core/job/layer_compare.h"

#include <QCoreApplication>

#include <algorithm>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StorageProof)
};

using Answer = FolderProof::Answer;

/// libvirt follows no chain that is longer.
constexpr std::size_t longestChain = 200;

bool isSame(ImageThere there)
{
    return there == ImageThere::SameFile || there == ImageThere::EqualCopy;
}

/// Gathers for one instance and one pair of hosts.
class Gatherer
{
public:
    Gatherer(StorageEnd source, StorageEnd destination, ProofCache& proofs, const GatherOptions& options,
             std::stop_token stop)
        : m_source(source)
        , m_destination(destination)
        , m_proofs(proofs)
        , m_options(options)
        , m_stop(std::move(stop))
    {
    }

    Result<DiskEvidence> disk(const Disk& disk)
    {
        DiskEvidence evidence;
        evidence.target = disk.target;
        if (disk.source.isEmpty()) {
            evidence.storageClass = StorageClass::None;
            return evidence;
        }
        if (disk.type == QLatin1String("network"))
            return network(disk, std::move(evidence));
        if (disk.type == QLatin1String("volume"))
            return volume(disk, std::move(evidence));
        if (disk.type == QLatin1String("file") || disk.type == QLatin1String("block"))
            return local(disk, disk.source, disk.source, std::move(evidence));
        evidence.reason = Text::tr("disks of type %1 cannot be compared").arg(disk.type);
        return evidence;
    }

private:
    // ---- kinds of disks
    Result<DiskEvidence> network(const Disk& disk, DiskEvidence evidence)
    {
        evidence.storageClass = StorageClass::Network;
        for (const BackingImage& image : disk.backing) {
            if (!image.source.startsWith(QLatin1Char('/')))
                continue;
            const Result<void> added = chain(image.source, image.source, image.format, true, evidence);
            if (!added)
                return fail(added.error());
            break; // the chain below was followed from there
        }
        settleLower(evidence, 0);
        return evidence;
    }

    /// A disk that is written as pool/volume: libvirt wants a pool of this name on the destination.
    Result<DiskEvidence> volume(const Disk& disk, DiskEvidence evidence)
    {
        const QString pool = disk.source.section(QLatin1Char('/'), 0, 0);
        const QString name = disk.source.section(QLatin1Char('/'), 1);
        const Result<std::optional<QString>> here = m_source.access.volumePath(pool, name, m_stop);
        const Result<std::optional<QString>> there =
            here ? m_destination.access.volumePath(pool, name, m_stop) : Result<std::optional<QString>>();
        for (const auto* asked : {&here, &there}) {
            if (*asked)
                continue;
            if (endsGathering(asked->error()))
                return fail(asked->error());
            evidence.reason = asked->error().message;
            return evidence;
        }
        if (!*here) {
            evidence.reason = Text::tr("%1 has no volume %2 in an active pool %3; refresh or start the pool")
                                  .arg(m_source.host.value, name, pool);
            return evidence;
        }
        if (!(*here)->startsWith(QLatin1Char('/'))) { // a pool on the network
            if (*there == *here) {
                evidence.storageClass = StorageClass::Network;
            } else {
                evidence.reason =
                    Text::tr("%1 has no volume %2 in an active pool %3, which the disk needs there")
                        .arg(m_destination.host.value, name, pool);
            }
            return evidence;
        }
        Result<DiskEvidence> found = local(disk, **here, there->value_or(**here), std::move(evidence));
        const bool writable = found && found->storageClass != StorageClass::ReadOnly;
        if (writable && !*there && found->destinationPool != pool) {
            found->storageClass = StorageClass::Unknown;
            found->reason = Text::tr("%1 has no active pool %2, by which the disk is named; define one there")
                                .arg(m_destination.host.value, pool);
        }
        return found;
    }

    Result<DiskEvidence> local(const Disk& disk, const QString& path, const QString& pathThere,
                               DiskEvidence evidence)
    {
        evidence.folder = folderOf(path);
        m_topProof = {};
        const Result<void> pool = destinationPool(folderOf(pathThere), evidence);
        if (!pool)
            return fail(pool.error());
        const Result<void> added = chain(path, pathThere, disk.format, disk.readOnly, evidence);
        if (!added)
            return fail(added.error());
        const LayerEvidence& top = evidence.layers.front();
        evidence.proven = top.there == ImageThere::SameFile;
        const QString why = top.reason.isEmpty() ? m_topProof.reason : top.reason;
        if (disk.readOnly) {
            evidence.storageClass = StorageClass::ReadOnly;
            evidence.reason = why;
            return evidence;
        }
        if (evidence.proven) {
            evidence.storageClass = StorageClass::Shared;
            evidence.reason = why;
            settleLower(evidence, 1);
        } else if (m_topProof.answer == Answer::Other && top.there != ImageThere::Unknown) {
            evidence.storageClass = StorageClass::Local;
            evidence.reason = m_topProof.reason;
        } else {
            evidence.reason = why;
        }
        return evidence;
    }

    /// A disk that stays where it is needs all that lies below it there too.
    void settleLower(DiskEvidence& evidence, std::size_t from) const
    {
        for (std::size_t i = from; i < evidence.layers.size(); ++i) {
            const LayerEvidence& layer = evidence.layers.at(i);
            if (isSame(layer.there) || layer.there == ImageThere::NotAsked)
                continue;
            evidence.storageClass = StorageClass::Unknown;
            evidence.reason = Text::tr("%1 lies over %2, and %3 is not known to have the same file")
                                  .arg(evidence.target, layer.image.path, m_destination.host.value);
            if (!layer.reason.isEmpty())
                evidence.reason += QStringLiteral(": ") + layer.reason;
            return;
        }
    }

    // ---- what the hosts say
    Result<void> destinationPool(const QString& folder, DiskEvidence& evidence)
    {
        const Result<std::optional<StoragePool>> pool = m_destination.access.poolAt(folder, m_stop);
        if (!pool)
            return endsGathering(pool.error()) ? Result<void>(fail(pool.error())) : Result<void>();
        if (*pool) {
            evidence.destinationPool = (*pool)->name;
            evidence.available = (*pool)->available;
        }
        return {};
    }

    /// Appends the image under @p path and what lies below it.
    /// @param format as the definition has it: what a raw disk's content claims to be was written by the
    /// guest
    Result<void> chain(QString path, QString pathThere, QString format, bool readOnly, DiskEvidence& evidence)
    {
        const bool wasEmpty = evidence.layers.empty();
        for (bool top = true; evidence.layers.size() < longestChain; top = false) {
            LayerEvidence layer;
            layer.image.path = path;
            const bool seenBefore =
                std::any_of(evidence.layers.begin(), evidence.layers.end(),
                            [&](const LayerEvidence& known) { return known.image.path == path; });
            if (seenBefore || !path.startsWith(QLatin1Char('/'))) {
                layer.there = isNetworkPath(path) ? ImageThere::NotAsked : ImageThere::Unknown;
                layer.reason = isNetworkPath(path) ? Text::tr("it lies on the network")
                               : seenBefore        ? Text::tr("the chain of images runs in a circle")
                                                   : Text::tr("what lies there cannot be looked at");
                evidence.layers.push_back(std::move(layer));
                return {};
            }
            const Result<std::optional<ImageFacts>> image = m_source.access.image(path, m_stop);
            if (!image && endsGathering(image.error()))
                return fail(image.error());
            if (!image || !*image) {
                layer.there = ImageThere::Unknown;
                layer.reason =
                    image ? Text::tr("%1 has no such file").arg(m_source.host.value) : image.error().message;
                evidence.layers.push_back(std::move(layer));
                return {};
            }
            layer.image = **image;
            layer.image.path = path;
            if (isRawFormat(format))
                standAlone(layer.image);
            const Result<FolderProof> proof = proofOf(path, pathThere);
            if (!proof)
                return fail(proof.error());
            if (top && wasEmpty)
                m_topProof = *proof;
            const LayerQuestion question{m_source,         m_destination,      pathThere,          *proof,
                                         top && !readOnly, m_options.thorough, isRawFormat(format)};
            if (const Result<void> compared = compareLayer(question, layer, m_stop); !compared)
                return compared;
            if (looksSame(layer, *proof))
                doubt(layer, folderOf(path));
            const QString next = layer.image.backingPath;
            format =
                layer.image.backingFormat.isEmpty() ? QStringLiteral("probed") : layer.image.backingFormat;
            evidence.layers.push_back(std::move(layer));
            if (next.isEmpty())
                return {};
            path = backingOf(path, next);
            pathThere = path;
        }
        return {};
    }

    Result<FolderProof> proofOf(const QString& path, const QString& pathThere)
    {
        if (isDevicePath(path))
            return FolderProof{Answer::Unknown,
                               Text::tr("no marker can be written beside the device %1").arg(path)};
        const QString folder = folderOf(path);
        if (folder != folderOf(pathThere))
            return FolderProof{
                Answer::Other,
                Text::tr("the pool lies under another path on %1").arg(m_destination.host.value)};
        if (const auto known = m_proofs.find(m_source.host, m_destination.host, folder))
            return *known;
        if (const auto known = m_unproven.find(folder); known != m_unproven.end())
            return known->second;
        Result<FolderProof> proof = proveFolder(folder, m_source, m_destination, m_stop);
        if (!proof)
            return proof;
        m_proofs.keep(m_source.host, m_destination.host, folder, *proof);
        if (proof->answer == Answer::Unknown)
            m_unproven.emplace(folder, *proof);
        return proof;
    }

    /// Two files do not share the nanosecond of their last change: this is one file, and a host did not see
    /// the marker because it answers from a network file system's cache.
    [[nodiscard]] static bool looksSame(const LayerEvidence& layer, const FolderProof& proof)
    {
        return proof.answer == Answer::Other && layer.found && layer.image.changedNs &&
               layer.image.changedNs == layer.found->changedNs &&
               layer.image.modifiedNs == layer.found->modifiedNs && layer.image.length == layer.found->length;
    }

    void doubt(LayerEvidence& layer, const QString& folder)
    {
        m_proofs.drop(m_source.host, m_destination.host, folder);
        layer.there = ImageThere::Unknown;
        layer.everyByte = false;
        layer.reason =
            Text::tr(
                "%1 did not see the marker, but its file has the very times of the one on %2: probably a "
                "network file system that answers from its cache; ask again in a minute")
                .arg(m_destination.host.value, m_source.host.value);
    }

    StorageEnd m_source;
    StorageEnd m_destination;
    ProofCache& m_proofs;
    GatherOptions m_options;
    std::stop_token m_stop;
    FolderProof m_topProof;                    ///< of the folder of the disk's own image
    std::map<QString, FolderProof> m_unproven; ///< so that it is tried once for an instance
};

} // namespace

Result<StorageEvidence> gatherStorage(const DomainDefinition& instance, StorageEnd source,
                                      StorageEnd destination, ProofCache& proofs,
                                      const GatherOptions& options, std::stop_token stop)
{
    Gatherer gatherer(source, destination, proofs, options, stop);
    StorageEvidence evidence;
    for (const Disk& disk : instance.disks) {
        Result<DiskEvidence> found = gatherer.disk(disk);
        if (!found)
            return fail(found.error());
        evidence.disks.push_back(std::move(*found));
    }
    return evidence;
}

} // namespace drover
