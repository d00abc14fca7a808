// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/job_stats.h"
#include "core/simulator/guest_memory.h"

#include <memory>

namespace drover {

/// The memory migration of one guest as QEMU 7.2 runs it, moved on in small steps of time.
///
/// Pages are sent in address order. Once less is pending than (rate of the last 100 ms × downtime limit) the
/// dirty log is taken again; what had not been sent stays pending. If the union is still below, the guest is
/// stopped and the rest sent without the bandwidth limit, else the next iteration begins.
class PreCopy
{
public:
    struct Settings
    {
        std::optional<Rate> bandwidth;
        Milliseconds maxDowntime{300};
        bool autoConverge = false;
        int throttleInitial = 20;
        int throttleIncrement = 10;
        bool postCopyAllowed = false;
    };
    enum class Phase { Memory, Stopped, PostCopy, Done };

    PreCopy(std::unique_ptr<GuestMemory> memory, Settings settings, bool guestRuns);

    /// @param rate what the links give this migration now, in bytes/s
    /// @return iterations that began in this step (numbers: iteration() counts up to the last of them)
    int advance(Milliseconds time, double rate);
    /// What this migration would take at most; nothing: all it can get.
    [[nodiscard]] std::optional<Rate> demand() const;
    void startPostCopy(); ///< only in Phase::Memory
    void pauseGuest();    ///< stops the guest so that the migration ends
    void setBandwidth(std::optional<Rate> rate) { m_settings.bandwidth = rate; }
    void setMaxDowntime(Milliseconds limit) { m_settings.maxDowntime = limit; }

    [[nodiscard]] const Settings& settings() const { return m_settings; }
    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] int iteration() const { return m_iteration; }
    [[nodiscard]] bool guestPaused() const { return m_paused; }
    /// Pages sent so far of the first pass, then 100.
    [[nodiscard]] double percent() const;
    /// All but elapsed.
    [[nodiscard]] JobStats stats() const;

private:
    void sync();
    void judgeThrottle();
    void closeWindow();
    void send(double& budget, double& zeroBudget, bool keepBelow);
    [[nodiscard]] double pendingBytes() const;
    void stopGuest();

    std::unique_ptr<GuestMemory> m_memory;
    PageSet m_pending;
    Settings m_settings;
    Phase m_phase = Phase::Memory;
    bool m_guestRuns;
    bool m_paused = false;
    int m_iteration = 1;
    int m_cursor = 0;
    int m_walked = 0;    // pages of the first pass that have had their turn
    double m_carry = 0;  // bytes of the page that is half sent
    double m_sent = 0;   // with headers
    double m_normal = 0; // without
    double m_time = 0;   // ms
    double m_window = 0; // ms since the rate was measured last
    double m_windowSent = 0;
    double m_rate = 0; // of the last window, bytes/s
    double m_threshold = 0;
    bool m_rateKnown = false;
    double m_periodBegin = 0; // of the dirty rate
    double m_periodSentFrom = 0;
    qint64 m_periodPages = 0;
    std::optional<double> m_dirtyRate; // bytes/s
    double m_remainingAtSync = 0;
    Milliseconds m_expectedDowntime;
    int m_highCount = 0;
    int m_throttle = 0;
    double m_downtime = 0; // ms
    double m_handOver = 0; // ms left
};

} // namespace drover
