// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/units.h"

#include <QSet>
#include <QString>
#include <QStringList>

#include <optional>

namespace drover {

enum class MigrationKind { Auto, Live, LiveBlock, Cold, Offline };

/// Who carries a move: the hosts (peer-to-peer; goes on without this console) or this console.
enum class Carrier { Hosts, Console };

/// What becomes of a CD-ROM image or config drive that the destination does not have.
enum class MediaWay {
    Copy,  ///< copied there before the move
    Eject, ///< ejected for the move, and put back where the destination has the same file
};

/// Everything an operator can ask of one migration. Defaults are those of `droverctl migrate` without
/// options.
struct MigrationOptions
{
    MigrationKind kind = MigrationKind::Auto;
    Carrier carrier = Carrier::Hosts;
    std::optional<Rate> bandwidth;           ///< nothing: unlimited
    std::optional<Milliseconds> maxDowntime; ///< nothing: QEMU's own 300 ms
    bool autoConverge = false;
    std::optional<int> autoConvergeInitial;   ///< percent, 1–99
    std::optional<int> autoConvergeIncrement; ///< percent, 1–99
    bool postCopy = false;                    ///< allowed, not started by itself
    std::optional<Rate> postCopyBandwidth;    ///< nothing: as bandwidth
    std::optional<int> parallel;              ///< connections, 1–255; nothing: one stream
    QString compression;                      ///< "xbzrle", "mt", "mt:LEVEL"; empty: none
    bool tunnelled = false;                   ///< through the daemons' own connection
    QStringList disks;                        ///< targets to copy, by name; empty: all local ones
    bool tls = false;
    MediaWay media = MediaWay::Copy;
    bool allowCold = false;                      ///< Auto may shut it down where it cannot move while it runs
    std::optional<Milliseconds> shutdownTimeout; ///< of a cold move; nothing: three minutes
    /// What becomes of the images that it ran from; nothing: removed after a cold or offline move that moves
    /// the instance whole, kept after a live one.
    std::optional<bool> removeSourceDisks;
    bool keepSource = false; ///< do not undefine at the source
    bool noPersist = false;  ///< do not make it persistent at the destination
    std::optional<Milliseconds> timeout;
    QString onTimeout;      ///< abort, pause, postcopy; empty without timeout
    QSet<QString> accepted; ///< ids of checks whose warning the operator accepts
    bool operator==(const MigrationOptions&) const = default;
};

[[nodiscard]] QString migrationKindName(MigrationKind kind); ///< JSON name: live-block, …
[[nodiscard]] std::optional<MigrationKind> migrationKindFromName(const QString& name);
[[nodiscard]] QString carrierName(Carrier carrier); ///< JSON name

} // namespace drover
