// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulator/simulated_world.h"

#include <memory>
#include <thread>

namespace drover {

/// The thread that moves a simulated world in real time. It sleeps while nothing moves.
class WorldTicker
{
public:
    explicit WorldTicker(std::shared_ptr<SimulatedWorld> world);
    /// Waits for the thread, unless it is the one that ends this (from inside a sink): then it ends by
    /// itself.
    ~WorldTicker();
    WorldTicker(const WorldTicker&) = delete;
    WorldTicker& operator=(const WorldTicker&) = delete;

private:
    std::shared_ptr<SimulatedWorld> m_world;
    std::jthread m_thread;
};

} // namespace drover
