// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"
#include "core/simulator/page_set.h"

#include <random>

namespace drover {

/// How a guest writes to its memory: a hot set that is rewritten at random, and the rest, touched rarely.
struct Workload
{
    QString name;
    Bytes hotSet;
    double hotShare = 0;    ///< of the guest's memory; used where hotSet is 0
    Rate hotRate;           ///< written pages, those written again counted each time
    Rate coldRate;          ///< likewise, over the rest of what is used
    double usedShare = 0.7; ///< of the memory; the rest has never been written and reads as zeros
    double cpuPercent = 5;  ///< of one vCPU
};

/// The memory of one running guest, page by page. It is tracked only while a migration needs it.
///
/// The simulated page is as large as it has to be for at most 65536 of them, and at least 4 KiB. The same
/// seed gives the same writes.
class GuestMemory
{
public:
    GuestMemory(Bytes size, const Workload& workload, quint64 seed);

    [[nodiscard]] int pages() const { return m_pages; }
    [[nodiscard]] Bytes pageSize() const { return {m_pageSize}; }
    /// Pages from this one on have never been written.
    [[nodiscard]] int firstZeroPage() const { return m_used; }
    /// The guest runs for a while. @param throttle share of its CPU time that is taken away, 0…1
    void run(Milliseconds time, double throttle);
    /// What was written since the log was last taken.
    [[nodiscard]] PageSet& log() { return m_log; }

private:
    void write(double& owed, int first, int count);
    int m_pages = 0;
    qint64 m_pageSize = 4096;
    int m_used = 0;
    int m_hotFirst = 0;
    int m_hot = 0;
    double m_hotPerMs = 0;
    double m_coldPerMs = 0;
    double m_hotOwed = 0;
    double m_coldOwed = 0;
    std::mt19937_64 m_random;
    PageSet m_log;
};

} // namespace drover
