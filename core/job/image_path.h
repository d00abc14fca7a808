// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <algorithm>

/// What the name of an image tells about where it is.
namespace drover {

[[nodiscard]] inline bool isDevicePath(const QString& path)
{
    return path.startsWith(QLatin1String("/dev/"));
}

/// As libvirt takes it: a disk without a word about its format is raw.
[[nodiscard]] inline bool isRawFormat(const QString& format)
{
    return format.isEmpty() || format == QLatin1String("raw");
}

/// "nbd://h9/x": reached from every host in the same way, or not at all.
[[nodiscard]] inline bool isNetworkPath(const QString& path)
{
    return !path.startsWith(QLatin1Char('/')) && path.contains(QLatin1String("://"));
}

[[nodiscard]] inline QString folderOf(const QString& path)
{
    return path.left(std::max<qsizetype>(path.lastIndexOf(QLatin1Char('/')), 1));
}

/// A relative name in an image's header counts from the image's own folder.
[[nodiscard]] inline QString backingOf(const QString& image, const QString& backing)
{
    if (backing.startsWith(QLatin1Char('/')) || backing.contains(QLatin1Char(':')))
        return backing;
    return folderOf(image) + QLatin1Char('/') + backing;
}

} // namespace drover
