// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_storage.h"

#include "core/hypervisor/content_digest.h"

#include <mutex>
#include <set>
#include <utility>

namespace drover::test {

struct FakeStorage::State
{
    struct Folder
    {
        QString store;
        bool refused = false;
        std::optional<StoragePool> pool;
    };
    struct HostState
    {
        std::map<QString, Folder> folders;
        std::map<QString, QString> volumes;
        bool readOnly = false;
        bool hidesMarkers = false;
        bool dead = false;
    };
    mutable std::mutex mutex;
    std::map<QString, HostState> hosts;
    std::map<QString, std::map<QString, FakeFile>> stores;
    std::vector<FakeFault> faults;
    QStringList asked;
    int calls = 0;
    int markersWritten = 0;
    qint64 clockNs = 1;
};

namespace {

using State = FakeStorage::State;

std::pair<QString, QString> split(const QString& path)
{
    const auto slash = path.lastIndexOf(QLatin1Char('/'));
    return {path.left(slash), path.mid(slash + 1)};
}

bool isMarker(const QString& name)
{
    return name.startsWith(QLatin1String(markerPrefix));
}

class FakeAccess final : public StorageAccess
{
public:
    FakeAccess(std::shared_ptr<State> state, QString host)
        : m_state(std::move(state)), m_host(std::move(host))
    {
    }

    Result<std::optional<ImageFacts>> image(const QString& path, std::stop_token stop) override
    {
        using Answer = std::optional<ImageFacts>;
        return call<Answer>(stop, [&](State::HostState& host) -> Result<Answer> {
            m_state->asked.append(path);
            const auto [folder, name] = split(path);
            const auto files = store(host, folder);
            if (!files)
                return fail(files.error());
            if (*files == nullptr || (*files)->count(name) == 0)
                return Answer();
            return Answer(facts(path, (*files)->at(name)));
        });
    }
    Result<std::optional<StoragePool>> poolAt(const QString& folder, std::stop_token stop) override
    {
        using Answer = std::optional<StoragePool>;
        return call<Answer>(stop, [&](State::HostState& host) -> Result<Answer> {
            const auto found = host.folders.find(folder);
            return found == host.folders.end() ? Answer() : found->second.pool;
        });
    }
    Result<void> putMarker(const QString& folder, const QString& name, std::stop_token stop) override
    {
        return call<void>(stop, [&](State::HostState& host) -> Result<void> {
            if (host.readOnly)
                return fail(error(ErrorCode::PermissionDenied, QStringLiteral("is connected read-only")));
            const auto files = store(host, folder);
            if (!files)
                return fail(files.error());
            if (*files == nullptr)
                return fail(error(ErrorCode::NotFound, QStringLiteral("has no folder ") + folder));
            if ((*files)->count(name) != 0)
                return fail(error(ErrorCode::Refused, QStringLiteral("has such a file")));
            (**files)[name] = FakeFile{{}, QStringLiteral("raw"), {}, {}, {}, now(), {}};
            ++m_state->markersWritten;
            return {};
        });
    }
    Result<bool> seesMarker(const QString& folder, const QString& name, std::stop_token stop) override
    {
        return call<bool>(stop, [&](State::HostState& host) -> Result<bool> {
            const auto files = store(host, folder);
            if (!files)
                return fail(files.error());
            return *files != nullptr && !host.hidesMarkers && (*files)->count(name) != 0;
        });
    }
    Result<void> removeMarker(const QString& folder, const QString& name) override
    {
        return call<void>({}, [&](State::HostState& host) -> Result<void> {
            const auto files = store(host, folder);
            if (!files)
                return fail(files.error());
            if (*files != nullptr && isMarker(name))
                (*files)->erase(name);
            return {};
        });
    }
    Result<void> removeOldMarkers(const QString& folder, Milliseconds age, std::stop_token stop) override
    {
        return call<void>(stop, [&](State::HostState& host) -> Result<void> {
            const auto files = store(host, folder);
            if (!files || *files == nullptr)
                return files ? Result<void>() : Result<void>(fail(files.error()));
            const qint64 limit = now() - std::chrono::nanoseconds(age).count();
            std::erase_if(**files, [limit](const auto& file) {
                return isMarker(file.first) && file.second.content.isEmpty() && file.second.timeNs < limit;
            });
            return {};
        });
    }
    Result<std::optional<QString>> volumePath(const QString& pool, const QString& volume,
                                              std::stop_token stop) override
    {
        using Answer = std::optional<QString>;
        return call<Answer>(stop, [&](State::HostState& host) -> Result<Answer> {
            const auto found = host.volumes.find(pool + QLatin1Char('/') + volume);
            return found == host.volumes.end() ? Answer() : found->second;
        });
    }
    Result<ImageFacts> create(const NewImage& wanted, std::stop_token stop) override
    {
        return call<ImageFacts>(stop, [&](State::HostState& host) -> Result<ImageFacts> {
            const auto [folder, name] = split(wanted.path);
            const auto files = store(host, folder);
            if (!files)
                return fail(files.error());
            if (*files == nullptr || (*files)->count(name) != 0)
                return fail(error(ErrorCode::Refused, QStringLiteral("does not make ") + wanted.path));
            const FakeFile made{
                {}, wanted.format, wanted.capacity, wanted.backingPath, wanted.backingFormat, now(), {}};
            (**files)[name] = made;
            return facts(wanted.path, made);
        });
    }
    Result<void> remove(const QString& path) override
    {
        return call<void>({}, [&](State::HostState& host) -> Result<void> {
            const auto [folder, name] = split(path);
            const auto files = store(host, folder);
            if (!files)
                return fail(files.error());
            if (*files == nullptr || (*files)->erase(name) == 0)
                return fail(error(ErrorCode::NotFound, QStringLiteral("has no file ") + path));
            return {};
        });
    }
    Result<QByteArray> digest(const QString& path, DigestOf what, std::stop_token stop) override
    {
        return call<QByteArray>(stop, [&](State::HostState& host) -> Result<QByteArray> {
            m_state->asked.append(path);
            const auto [folder, name] = split(path);
            const auto files = store(host, folder);
            if (!files)
                return fail(files.error());
            if (*files == nullptr || (*files)->count(name) == 0)
                return fail(error(ErrorCode::NotFound, QStringLiteral("has no file ") + path));
            const QByteArray& content = (*files)->at(name).content;
            ContentDigest digest;
            if (what == DigestOf::Everything) {
                digest.addData(content.constData(), content.size());
                return digest.result();
            }
            const QByteArray mark = lengthMark({content.size()});
            digest.addData(mark.constData(), mark.size());
            for (const Sample& part : samplesOf({content.size()}))
                digest.addData(content.constData() + part.offset.value, part.length.value);
            return digest.result();
        });
    }

private:
    [[nodiscard]] Error error(ErrorCode code, const QString& what) const
    {
        return {code, m_host + QLatin1Char(' ') + what, {}, m_host, {}};
    }
    [[nodiscard]] qint64 now() { return m_state->clockNs += 1000; }
    [[nodiscard]] ImageFacts facts(const QString& path, const FakeFile& file)
    {
        ImageFacts facts;
        facts.path = path;
        facts.format = file.format;
        facts.capacity = file.capacity;
        facts.length = Bytes{file.content.size()};
        facts.allocation = *facts.length;
        facts.backingPath = file.backingPath;
        facts.backingFormat = file.backingFormat;
        facts.modifiedNs = file.timeNs;
        facts.changedNs = file.timeNs;
        facts.key = file.key.isEmpty() ? path : file.key;
        return facts;
    }
    /// Null: the host has no such folder.
    [[nodiscard]] Result<std::map<QString, FakeFile>*> store(State::HostState& host, const QString& folder)
    {
        const auto found = host.folders.find(folder);
        if (found == host.folders.end())
            return static_cast<std::map<QString, FakeFile>*>(nullptr);
        if (found->second.refused)
            return fail(error(ErrorCode::Refused, QStringLiteral("lets nobody look into ") + folder));
        return &m_state->stores[found->second.store];
    }

    template <class T, class Work>
    Result<T> call(const std::stop_token& stop, Work work)
    {
        std::function<void()> instead;
        std::optional<FakeFault> fault;
        const std::unique_lock lock(m_state->mutex);
        State::HostState& host = m_state->hosts[m_host];
        ++m_state->calls;
        for (const FakeFault& one : m_state->faults) {
            if (one.call != m_state->calls)
                continue;
            if (one.instead)
                one.instead();
            else
                fault = one;
        }
        if (stop.stop_requested())
            return fail(error(ErrorCode::Cancelled, QStringLiteral("was asked to stop")));
        if (host.dead)
            return fail(error(ErrorCode::Unreachable, QStringLiteral("does not answer")));
        if (!fault)
            return work(host);
        if (fault->afterEffect)
            static_cast<void>(work(host));
        host.dead = fault->fromThenOn;
        return fail(error(fault->code, QStringLiteral("failed at call %1").arg(fault->call)));
    }

    std::shared_ptr<State> m_state;
    QString m_host;
};

} // namespace

FakeStorage::FakeStorage() : m_state(std::make_shared<State>()) {}

void FakeStorage::addFolder(const QString& host, const QString& folder, const QString& store)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->hosts[host].folders[folder].store = store.isEmpty() ? host + folder : store;
}

void FakeStorage::addPool(const QString& host, const QString& folder, const StoragePool& pool)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->hosts[host].folders[folder].pool = pool;
}

void FakeStorage::refuse(const QString& host, const QString& folder)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->hosts[host].folders[folder].refused = true;
}

void FakeStorage::setReadOnly(const QString& host)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->hosts[host].readOnly = true;
}

void FakeStorage::setFile(const QString& host, const QString& path, const FakeFile& file)
{
    const std::scoped_lock lock(m_state->mutex);
    const auto [folder, name] = split(path);
    FakeFile kept = file;
    if (!kept.timeNs)
        kept.timeNs = m_state->clockNs += 1000;
    m_state->stores[m_state->hosts[host].folders[folder].store][name] = kept;
}

void FakeStorage::setVolume(const QString& host, const QString& pool, const QString& volume,
                            const QString& path)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->hosts[host].volumes[pool + QLatin1Char('/') + volume] = path;
}

void FakeStorage::hideMarkers(const QString& host)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->hosts[host].hidesMarkers = true;
}

void FakeStorage::setFault(const FakeFault& fault)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->faults.push_back(fault);
}

void FakeStorage::setTime(qint64 nanoseconds)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->clockNs = nanoseconds;
}

std::unique_ptr<StorageAccess> FakeStorage::access(const QString& host)
{
    return std::make_unique<FakeAccess>(m_state, host);
}

int FakeStorage::calls() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->calls;
}

int FakeStorage::markersWritten() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->markersWritten;
}

QStringList FakeStorage::markers() const
{
    const std::scoped_lock lock(m_state->mutex);
    QStringList found;
    for (const auto& [store, files] : m_state->stores) {
        for (const auto& [name, file] : files) {
            if (isMarker(name))
                found.append(store + QLatin1Char('/') + name);
        }
    }
    return found;
}

std::map<QString, FakeFile> FakeStorage::files() const
{
    const std::scoped_lock lock(m_state->mutex);
    std::map<QString, FakeFile> found;
    for (const auto& [store, files] : m_state->stores) {
        for (const auto& [name, file] : files) {
            if (!isMarker(name))
                found[store + QLatin1Char('/') + name] = file;
        }
    }
    return found;
}

QStringList FakeStorage::asked() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->asked;
}

} // namespace drover::test
