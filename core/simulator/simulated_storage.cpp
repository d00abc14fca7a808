// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/simulated_storage.h"

#include "core/simulator/simulator_text.h"

#include <utility>

namespace drover {
namespace {

using World = std::shared_ptr<SimulatedWorld>;

class Files final : public StorageAccess
{
public:
    Files(World world, HostId host) : m_world(std::move(world)), m_host(std::move(host)) {}
    Result<std::optional<ImageFacts>> image(const QString& path, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop, [&](WorldModel& m, std::size_t h) { return m.image(h, path); });
    }
    Result<std::optional<StoragePool>> poolAt(const QString& folder, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop,
                               [&](WorldModel& m, std::size_t h) { return m.poolAt(h, folder); });
    }
    Result<void> putMarker(const QString& folder, const QString& name, std::stop_token stop) override
    {
        NewImage marker;
        marker.path = folder + QLatin1Char('/') + name;
        const Result<ImageFacts> made = create(marker, stop);
        return made ? Result<void>() : Result<void>(fail(made.error()));
    }
    Result<bool> seesMarker(const QString& folder, const QString& name, std::stop_token stop) override
    {
        const auto found = image(folder + QLatin1Char('/') + name, stop);
        if (!found)
            return fail(found.error());
        return found->has_value();
    }
    Result<void> removeMarker(const QString& folder, const QString& name) override
    {
        const Result<void> removed = remove(folder + QLatin1Char('/') + name);
        return !removed && removed.error().code == ErrorCode::NotFound ? Result<void>() : removed;
    }
    Result<ImageFacts> create(const NewImage& image, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop,
                               [&](WorldModel& m, std::size_t h) { return m.createFile(h, image); });
    }
    Result<void> remove(const QString& path) override
    {
        return m_world->onHost(m_host, {},
                               [&](WorldModel& m, std::size_t h) { return m.removeFile(h, path); });
    }
    Result<QByteArray> digest(const QString& path, DigestOf /*what*/, std::stop_token stop) override
    {
        return m_world->onHost(m_host, stop,
                               [&](WorldModel& m, std::size_t h) { return m.digestOf(h, path); });
    }

private:
    World m_world;
    HostId m_host;
};

class Transfer final : public VolumeTransfer
{
public:
    Transfer(World world, HostId source, HostId destination)
        : m_world(std::move(world)), m_source(std::move(source)), m_destination(std::move(destination))
    {
    }
    Result<CopyResult> copy(const QString& sourcePath, const QString& targetPath, const Progress& progress,
                            std::stop_token stop) override
    {
        return m_world->copy(m_source, m_destination, sourcePath, targetPath, progress, stop);
    }

private:
    World m_world;
    HostId m_source;
    HostId m_destination;
};

} // namespace

std::unique_ptr<StorageAccess> simulatedStorage(std::shared_ptr<SimulatedWorld> world, HostId host)
{
    return std::make_unique<Files>(std::move(world), std::move(host));
}

std::unique_ptr<VolumeTransfer> simulatedTransfer(std::shared_ptr<SimulatedWorld> world, HostId source,
                                                  HostId destination)
{
    return std::make_unique<Transfer>(std::move(world), std::move(source), std::move(destination));
}

} // namespace drover
