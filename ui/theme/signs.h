// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/host.h"
#include "core/fleet/instance.h"
#include "core/plan/judge.h"
#include "ui/theme/colours.h"

#include <QIcon>
#include <QRectF>

class QPainter;

namespace drover {

/// Small signs that differ by shape, so that they can be told apart without colour. Drawn, never letters of a
/// font.
enum class Sign {
    HostUp,          ///< ●
    HostConnecting,  ///< ◌
    HostDisabled,    ///< ▮▮
    HostMaintenance, ///< a wrench
    HostNoAnswer,    ///< ✕
    Pass,            ///< ✓
    Info,            ///< i in a ring
    Warning,         ///< ▲
    Error,           ///< ✕
    Pending,         ///< three dots
    Running,         ///< ▸
    Paused,          ///< two bars
    ShutOff,         ///< ▪
    Crashed,         ///< !
    Unknown,         ///< ?
    Moving,          ///< →
    Conflict,        ///< two overlapping squares
};

void paintSign(QPainter& painter, const QRectF& rect, Sign sign, const QColor& colour);
/// The sign as an icon of the usual sizes, in a colour of its own.
[[nodiscard]] QIcon signIcon(Sign sign, const QColor& colour);

[[nodiscard]] Sign signOf(const Host& host);
[[nodiscard]] Tone toneOf(const Host& host);
[[nodiscard]] Sign signOf(const Instance& instance);
[[nodiscard]] Sign signOf(PowerState state);
[[nodiscard]] Sign signOf(Severity severity);
[[nodiscard]] Tone toneOf(Severity severity);
[[nodiscard]] Sign signOf(HostVerdict::Level level);
[[nodiscard]] Tone toneOf(HostVerdict::Level level);

} // namespace drover
