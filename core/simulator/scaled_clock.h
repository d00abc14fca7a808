// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

namespace drover {

/// The machine's clock, running faster or slower by a factor.
class ScaledClock final : public Clock
{
public:
    explicit ScaledClock(double speed);
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] QDateTime wallTime() const override;
    [[nodiscard]] double speed() const { return m_speed; }

private:
    SystemClock m_system;
    double m_speed;
    Instant m_begin;
    QDateTime m_wallBegin;
};

} // namespace drover
