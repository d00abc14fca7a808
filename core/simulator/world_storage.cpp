// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulator_text.h"
#include "core/simulator/world_model.h"

#include <QCryptographicHash>

#include <algorithm>
#include <utility>

namespace drover {
namespace {

const QString localFolder = QStringLiteral("/var/lib/libvirt/images");
const QString sharedFolder = QStringLiteral("/srv/shared");

QString folderOf(const QString& path)
{
    return path.section(QLatin1Char('/'), 0, -2);
}

QByteArray contentOf(const QString& seed)
{
    return QCryptographicHash::hash(seed.toUtf8(), QCryptographicHash::Sha256);
}

} // namespace

std::map<QString, WorldModel::SimFile>& WorldModel::filesAt(std::size_t host, const QString& path)
{
    return folderOf(path) == sharedFolder ? m_sharedFiles : m_hosts[host].files;
}

WorldModel::SimFile* WorldModel::fileAt(std::size_t host, const QString& path)
{
    auto& files = filesAt(host, path);
    const auto at = files.find(path);
    return at == files.end() ? nullptr : &at->second;
}

void WorldModel::makeFilesOf(std::size_t host, const DomainDefinition& definition)
{
    for (const Disk& disk : definition.disks) {
        if (disk.type != QLatin1String("file") || disk.source.isEmpty())
            continue;
        SimFile own;
        own.facts.path = disk.source;
        own.facts.format = disk.format;
        own.facts.capacity = disk.capacity.value_or(Bytes{});
        own.facts.allocation = disk.allocation.value_or(Bytes{});
        own.facts.length = own.facts.allocation;
        own.content = contentOf(definition.name + disk.source);
        if (!disk.backing.empty()) {
            own.facts.backingPath = disk.backing.front().source;
            own.facts.backingFormat = disk.backing.front().format;
        }
        filesAt(host, disk.source).insert_or_assign(disk.source, own);
        for (std::size_t i = 0; i < disk.backing.size(); ++i) {
            SimFile base = own;
            base.facts.path = disk.backing[i].source;
            base.facts.format = disk.backing[i].format;
            base.facts.backingPath = i + 1 < disk.backing.size() ? disk.backing[i + 1].source : QString();
            base.facts.backingFormat = i + 1 < disk.backing.size() ? disk.backing[i + 1].format : QString();
            base.content = contentOf(base.facts.path);
            filesAt(host, base.facts.path).insert_or_assign(base.facts.path, base);
        }
    }
}

Result<std::optional<ImageFacts>> WorldModel::image(std::size_t host, const QString& path)
{
    const SimFile* found = fileAt(host, path);
    return found == nullptr ? std::optional<ImageFacts>() : std::optional(found->facts);
}

Result<std::optional<StoragePool>> WorldModel::poolAt(std::size_t host, const QString& folder)
{
    if (folder != localFolder && folder != sharedFolder)
        return std::optional<StoragePool>();
    StoragePool pool;
    pool.name = folder == localFolder ? QStringLiteral("default") : QStringLiteral("shared");
    pool.type = folder == localFolder ? QStringLiteral("dir") : QStringLiteral("netfs");
    pool.targetPath = folder;
    pool.active = true;
    pool.capacity = m_hosts[host].disk;
    Bytes used;
    for (const auto& [path, file] : folder == localFolder ? m_hosts[host].files : m_sharedFiles)
        used += file.facts.allocation;
    pool.available = std::max(pool.capacity - used, Bytes{});
    return std::optional(std::move(pool));
}

Result<ImageFacts> WorldModel::createFile(std::size_t host, const NewImage& image)
{
    const QString name = m_hosts[host].config.id.value;
    const QString folder = folderOf(image.path);
    if (folder != localFolder && folder != sharedFolder)
        return failAt(ErrorCode::NotFound, host, {},
                      SimulatorText::tr("%1 has no folder %2").arg(name, folder));
    if (fileAt(host, image.path) != nullptr)
        return failAt(ErrorCode::Refused, host, {},
                      SimulatorText::tr("%1 has a file %2 already").arg(name, image.path));
    if (!image.backingPath.isEmpty() && fileAt(host, image.backingPath) == nullptr)
        return failAt(ErrorCode::NotFound, host, {},
                      SimulatorText::tr("%1 has no file %2").arg(name, image.backingPath));
    SimFile made;
    made.facts.path = image.path;
    made.facts.format = image.format;
    made.facts.capacity = image.capacity;
    made.facts.length = Bytes{};
    made.facts.backingPath = image.backingPath;
    made.facts.backingFormat = image.backingFormat;
    made.content = contentOf({});
    filesAt(host, image.path).emplace(image.path, made);
    return made.facts;
}

Result<void> WorldModel::removeFile(std::size_t host, const QString& path)
{
    const QString name = m_hosts[host].config.id.value;
    for (const SimDomain& domain : m_hosts[host].domains) {
        for (const Disk& disk : domain.domain.definition->disks) {
            if (disk.source == path)
                return failAt(ErrorCode::Refused, host, domain.domain.definition->name,
                              SimulatorText::tr("%1 of %2 is a disk of %3, and was not deleted")
                                  .arg(path, name, domain.domain.definition->name));
        }
    }
    if (filesAt(host, path).erase(path) == 0)
        return failAt(ErrorCode::NotFound, host, {}, SimulatorText::tr("%1 has no file %2").arg(name, path));
    return {};
}

Result<QByteArray> WorldModel::digestOf(std::size_t host, const QString& path)
{
    const SimFile* found = fileAt(host, path);
    if (found == nullptr)
        return failAt(ErrorCode::NotFound, host, {},
                      SimulatorText::tr("%1 has no file %2").arg(m_hosts[host].config.id.value, path));
    return found->content;
}

// ---- copies through the console

Result<WorldModel::RunId> WorldModel::startCopy(std::size_t source, std::size_t destination,
                                                const QString& from, const QString& to)
{
    const SimFile* file = fileAt(source, from);
    if (file == nullptr)
        return failAt(ErrorCode::NotFound, source, {},
                      SimulatorText::tr("%1 has no file %2").arg(m_hosts[source].config.id.value, from));
    NewImage empty;
    empty.path = to;
    if (const Result<ImageFacts> made = createFile(destination, empty); !made)
        return fail(made.error());
    Copy copy;
    copy.source = source;
    copy.destination = destination;
    copy.from = from;
    copy.to = to;
    copy.total = static_cast<double>(file->facts.length.value_or(file->facts.allocation).value);
    m_copies.emplace(++m_lastRun, std::move(copy));
    return m_lastRun;
}

std::optional<CopyProgress> WorldModel::copyProgress(RunId id) const
{
    const auto at = m_copies.find(id);
    if (at == m_copies.end())
        return std::nullopt;
    const Bytes done{static_cast<qint64>(at->second.done)};
    return CopyProgress{Bytes{static_cast<qint64>(at->second.total)}, done, done};
}

std::optional<Result<CopyResult>> WorldModel::takeCopy(RunId id)
{
    const auto at = m_copies.find(id);
    if (at == m_copies.end() || !at->second.ended)
        return std::nullopt;
    const Copy copy = std::move(at->second);
    m_copies.erase(at);
    if (copy.failure)
        return Result<CopyResult>(fail(*copy.failure));
    const Bytes length{static_cast<qint64>(copy.total)};
    return Result<CopyResult>(CopyResult{length, length, fileAt(copy.destination, copy.to)->content});
}

void WorldModel::cancelCopy(RunId id)
{
    const auto at = m_copies.find(id);
    if (at == m_copies.end())
        return;
    filesAt(at->second.destination, at->second.to).erase(at->second.to);
    m_copies.erase(at);
}

void WorldModel::failCopy(Copy& copy, ErrorCode code, std::size_t host, const QString& text)
{
    copy.failure = failAt(code, host, {}, text).value();
    copy.ended = true;
    filesAt(copy.destination, copy.to).erase(copy.to);
}

void WorldModel::moveCopy(Copy& copy, double rate)
{
    if (copy.ended)
        return;
    for (const std::size_t host : {copy.source, copy.destination}) {
        const SimHost& at = m_hosts[host];
        if (at.reach == Reach::Refused || (at.reach == Reach::Silent && silentFor(host) >= m_keepalive)) {
            failCopy(copy, ErrorCode::Unreachable, host,
                     SimulatorText::tr("The connection to %1 was lost while %2 was copied")
                         .arg(at.config.id.value, copy.from));
            return;
        }
    }
    copy.done = std::min(copy.total, copy.done + rate * static_cast<double>(step.count()) / 1000.0);
    if (copy.done < copy.total)
        return;
    const SimFile* file = fileAt(copy.source, copy.from);
    if (file == nullptr) {
        failCopy(
            copy, ErrorCode::NotFound, copy.source,
            SimulatorText::tr("%1 is gone from %2").arg(copy.from, m_hosts[copy.source].config.id.value));
        return;
    }
    SimFile arrived = *file;
    arrived.facts.path = copy.to;
    filesAt(copy.destination, copy.to).insert_or_assign(copy.to, std::move(arrived));
    copy.ended = true;
}

// ---- disks of a migration

double WorldModel::diskBytes(const MigrationSpec& spec, std::size_t source)
{
    const SimDomain* domain = domainAt(source, spec.instance);
    double sum = 0;
    for (const Disk& disk : domain->domain.definition->disks) {
        if (!spec.disks.contains(disk.target))
            continue;
        for (const SimFile* file = fileAt(source, disk.source); file != nullptr;
             file = file->facts.backingPath.isEmpty() || spec.incremental
                        ? nullptr
                        : fileAt(source, file->facts.backingPath))
            sum += static_cast<double>(file->facts.allocation.value);
    }
    return sum;
}

Result<void> WorldModel::prepareDisks(const MigrationSpec& spec, std::size_t source, std::size_t destination)
{
    for (const Disk& disk : domainAt(source, spec.instance)->domain.definition->disks) {
        if (!spec.disks.contains(disk.target))
            continue;
        const SimFile* here = fileAt(source, disk.source);
        const SimFile* there = fileAt(destination, disk.source);
        if (here == nullptr)
            return failAt(
                ErrorCode::NotFound, source, spec.name,
                SimulatorText::tr("%1 has no file %2").arg(m_hosts[source].config.id.value, disk.source));
        if (there != nullptr && there->facts.capacity != here->facts.capacity)
            return failAt(
                ErrorCode::OperationFailed, source, spec.name,
                SimulatorText::tr("migration of disk %1 failed: Source and target image have different sizes")
                    .arg(disk.target));
        if (there != nullptr)
            continue;
        if (spec.incremental)
            return failAt(
                ErrorCode::Unsupported, source, spec.name,
                SimulatorText::tr("pre-creation of storage targets for incremental storage migration is "
                                  "not supported"));
        NewImage image;
        image.path = disk.source;
        image.format = here->facts.format;
        image.capacity = here->facts.capacity;
        if (const Result<ImageFacts> made = createFile(destination, image); !made)
            return fail(made.error());
    }
    return {};
}

void WorldModel::fillDisks(const MigrationSpec& spec, std::size_t source, std::size_t destination)
{
    const SimDomain* domain = domainAt(source, spec.instance);
    for (const Disk& disk : domain->domain.definition->disks) {
        if (!spec.disks.contains(disk.target))
            continue;
        const SimFile* here = fileAt(source, disk.source);
        SimFile* there = fileAt(destination, disk.source);
        if (here == nullptr || there == nullptr)
            continue;
        there->content = here->content;
        there->facts.allocation = here->facts.allocation;
        there->facts.length = here->facts.length;
    }
}

} // namespace drover
