// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/guest_memory.h"

#include <algorithm>
#include <cmath>

namespace drover {
namespace {

constexpr qint64 mostPages = 65536;
constexpr qint64 leastPage = 4096;

qint64 pageSizeFor(Bytes size)
{
    qint64 page = leastPage;
    while (size.value / page > mostPages)
        page *= 2;
    return page;
}

} // namespace

GuestMemory::GuestMemory(Bytes size, const Workload& workload, quint64 seed)
    : m_pages(static_cast<int>(std::max<qint64>(1, size.value / pageSizeFor(size))))
    , m_pageSize(pageSizeFor(size))
    , m_random(seed)
    , m_log(m_pages)
{
    const auto pagesOf = [this](double bytes) {
        return static_cast<int>(std::lround(bytes / static_cast<double>(m_pageSize)));
    };
    m_used = std::clamp(static_cast<int>(std::lround(m_pages * workload.usedShare)), 1, m_pages);
    const double hotBytes = workload.hotSet.value > 0 ? static_cast<double>(workload.hotSet.value)
                                                      : workload.hotShare * static_cast<double>(size.value);
    m_hot = std::clamp(pagesOf(hotBytes), 0, m_used);
    m_hotFirst = (m_used - m_hot) / 3;
    m_hotPerMs = workload.hotRate.bytesPerSecond / static_cast<double>(m_pageSize) / 1000.0;
    m_coldPerMs = workload.coldRate.bytesPerSecond / static_cast<double>(m_pageSize) / 1000.0;
}

void GuestMemory::run(Milliseconds time, double throttle)
{
    const double ran = static_cast<double>(time.count()) * (1.0 - throttle);
    m_hotOwed += m_hotPerMs * ran;
    m_coldOwed += m_coldPerMs * ran;
    write(m_hotOwed, m_hotFirst, m_hot);
    write(m_coldOwed, 0, m_used);
}

void GuestMemory::write(double& owed, int first, int count)
{
    if (count == 0) {
        owed = 0;
        return;
    }
    const auto writes = static_cast<qint64>(owed);
    owed -= static_cast<double>(writes);
    for (qint64 i = 0; i < writes; ++i) {
        // The library's distributions differ between compilers; a run must not.
        const quint64 draw = m_random() >> 32U;
        m_log.insert(first + static_cast<int>(draw * static_cast<quint64>(count) >> 32U));
    }
}

} // namespace drover
