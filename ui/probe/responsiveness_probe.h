// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/probe/latency_histogram.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <vector>

namespace drover {

/// Measures, in the GUI thread, whether the window answers: how long each event is handled, and how late a
/// timer that should fire every 10 ms is handled. A handler's time is its own: neither the events of a loop
/// that runs inside it (a drag does that) nor the waiting of such a loop counts. One per application; costs a
/// clock reading an event.
class ResponsivenessProbe final : public QObject
{
    Q_OBJECT
public:
    explicit ResponsivenessProbe(QObject* parent = nullptr);
    ~ResponsivenessProbe() override;

    /// Null when nothing measures.
    [[nodiscard]] static ResponsivenessProbe* active();

    /// Called around each event's handling.
    void enter();
    void leave(const char* receiverClass, int eventType);

    [[nodiscard]] const LatencyHistogram& handling() const { return m_handling; }
    [[nodiscard]] const LatencyHistogram& lateness() const { return m_lateness; }
    void reset();
    [[nodiscard]] QByteArray toJson() const;
    bool writeTo(const QString& fileName) const; ///< blocks on the disk: at the program's end

private:
    struct Slow
    {
        double milliseconds = 0;
        QByteArray receiver;
        int type = 0;
    };
    struct Frame
    {
        qint64 begun = 0;
        qint64 notOwn = 0; ///< spent in events within it, or waiting
    };
    void tick();
    void endWaiting(qint64 now);

    static ResponsivenessProbe* s_active;
    QElapsedTimer m_clock;
    QTimer m_timer;
    qint64 m_lastTick = 0;
    qint64 m_waitingSince = -1;
    std::vector<Frame> m_frames;
    LatencyHistogram m_handling;
    LatencyHistogram m_lateness;
    std::vector<Slow> m_slowest;
};

} // namespace drover
