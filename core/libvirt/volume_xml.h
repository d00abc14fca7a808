// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/hypervisor/storage_access.h"

#include <QByteArray>

#include <optional>

namespace drover::libvirt {

/// What virStorageVolGetXMLDesc says. @p host and @p path are for the sentence of an error.
[[nodiscard]] Result<ImageFacts> parseVolumeXml(const QByteArray& xml, const QString& host,
                                                const QString& path);

/// The document that makes a volume of which nothing is allocated ahead. @p name: within its folder.
[[nodiscard]] QByteArray newVolumeXml(const QString& name, const NewImage& image);

/// The document of a pool that lives for one look into a folder.
[[nodiscard]] QByteArray lookPoolXml(const QString& name, const QString& folder);

/// A name for such a pool: with the present time, so that one that was left behind can be told.
[[nodiscard]] QString newLookPoolName(qint64 nowSeconds);
[[nodiscard]] bool isLookPool(const QString& name);
/// When it was made, in seconds since the epoch by the clock of the console that made it; nothing: it is no
/// such pool.
[[nodiscard]] std::optional<qint64> lookPoolMade(const QString& name);

/// "/var/lib/images" and "a.qcow2"; repeated slashes and a last one are taken away. No name: not an absolute
/// path of a file.
struct FilePath
{
    QString folder;
    QString name;
};
[[nodiscard]] FilePath splitPath(const QString& path);
/// Without repeated slashes and a last one, as libvirt compares folders.
[[nodiscard]] QString plainFolder(const QString& folder);

} // namespace drover::libvirt
