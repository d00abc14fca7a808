// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/world_ticker.h"

#include <utility>

namespace drover {

WorldTicker::WorldTicker(std::shared_ptr<SimulatedWorld> world)
    : m_world(std::move(world))
    , m_thread([shared = m_world](const std::stop_token& stop) { shared->run(stop); })
{
}

WorldTicker::~WorldTicker()
{
    m_thread.request_stop();
    m_world->wake();
    if (m_thread.get_id() == std::this_thread::get_id())
        m_thread.detach();
}

} // namespace drover
