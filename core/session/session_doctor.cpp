// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/doctor.h"
#include "core/session/session.h"

namespace drover {

std::unique_ptr<Doctor> Session::makeDoctor(const std::vector<HostId>& hosts, bool probe) const
{
    std::vector<HostId> examined = hosts;
    if (examined.empty()) {
        for (const auto& host : inventory()->hosts())
            examined.push_back(host->id());
    }
    return std::make_unique<Doctor>(m_backend, inventory(), std::move(examined),
                                    probe && !m_options.readOnly);
}

} // namespace drover
