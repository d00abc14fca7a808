// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"
#include "core/hypervisor/storage_access.h"
#include "core/libvirt/connection.h"
#include "core/libvirt/storage_folder.h"

namespace drover::libvirt {

/// Copies a file through sparse streams, on connections of its own that live for one copy: what one
/// connection carries must not wait for the other's questions. Only for files that nobody writes to: a
/// running guest's disk is read without consistency and without an error. A file that changed while it was
/// copied is refused.
class LibvirtVolumeTransfer final : public VolumeTransfer
{
public:
    LibvirtVolumeTransfer(HostConfig source, HostConfig destination)
        : m_source(std::move(source)), m_destination(std::move(destination))
    {
    }
    Result<CopyResult> copy(const QString& sourcePath, const QString& targetPath, const Progress& progress,
                            std::stop_token stop) override;

private:
    struct Course;
    /// @param again the folder was seen through another look's pool, which went before the copy began
    [[nodiscard]] Result<CopyResult> copyOnce(const QString& sourcePath, const QString& targetPath,
                                              const Progress& progress, const std::stop_token& stop,
                                              bool& again) const;
    [[nodiscard]] Result<CopyResult> run(Course& course, const Progress& progress,
                                         const std::stop_token& stop) const;
    [[nodiscard]] Result<void> checkEnds(const Course& course, const CopyResult& copied) const;
    [[nodiscard]] Error withoutTarget(Error error, const QString& targetPath) const;

    HostConfig m_source;
    HostConfig m_destination;
};

} // namespace drover::libvirt
