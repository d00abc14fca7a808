// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probe/responsiveness_probe.h"

#include <QAbstractEventDispatcher>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace drover {

namespace {

constexpr qint64 tickMs = 10;
constexpr std::size_t slowestKept = 10;

} // namespace

ResponsivenessProbe* ResponsivenessProbe::s_active = nullptr;

ResponsivenessProbe::ResponsivenessProbe(QObject* parent) : QObject(parent)
{
    s_active = this;
    m_clock.start();
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(tickMs);
    connect(&m_timer, &QTimer::timeout, this, &ResponsivenessProbe::tick);
    m_timer.start();
    if (auto* dispatcher = QAbstractEventDispatcher::instance()) {
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this,
                [this] { m_waitingSince = m_clock.nsecsElapsed(); });
        connect(dispatcher, &QAbstractEventDispatcher::awake, this,
                [this] { endWaiting(m_clock.nsecsElapsed()); });
    }
}

ResponsivenessProbe::~ResponsivenessProbe()
{
    s_active = nullptr;
}

ResponsivenessProbe* ResponsivenessProbe::active()
{
    return s_active;
}

void ResponsivenessProbe::endWaiting(qint64 now)
{
    if (m_waitingSince >= 0 && !m_frames.empty())
        m_frames.back().notOwn += now - m_waitingSince;
    m_waitingSince = -1;
}

void ResponsivenessProbe::enter()
{
    const qint64 now = m_clock.nsecsElapsed();
    endWaiting(now);
    m_frames.push_back({now, 0});
}

void ResponsivenessProbe::leave(const char* receiverClass, int eventType)
{
    if (m_frames.empty())
        return; // begun in the middle of an event
    const qint64 now = m_clock.nsecsElapsed();
    endWaiting(now);
    const Frame frame = m_frames.back();
    m_frames.pop_back();
    const qint64 whole = now - frame.begun;
    if (!m_frames.empty())
        m_frames.back().notOwn += whole;
    const double own = static_cast<double>(whole - frame.notOwn) / 1e6;
    m_handling.add(own);
    if (m_slowest.size() < slowestKept || own > m_slowest.back().milliseconds) {
        if (m_slowest.size() == slowestKept)
            m_slowest.pop_back();
        const Slow slow{own, receiverClass, eventType};
        m_slowest.insert(std::ranges::upper_bound(m_slowest, own, std::greater<>(), &Slow::milliseconds),
                         slow);
    }
}

void ResponsivenessProbe::tick()
{
    const qint64 now = m_clock.nsecsElapsed();
    if (m_lastTick > 0)
        m_lateness.add(
            std::max(0.0, static_cast<double>(now - m_lastTick) / 1e6 - static_cast<double>(tickMs)));
    m_lastTick = now;
}

void ResponsivenessProbe::reset()
{
    m_handling = {};
    m_lateness = {};
    m_slowest.clear();
    m_lastTick = 0;
}

QByteArray ResponsivenessProbe::toJson() const
{
    QJsonArray slowest;
    for (const Slow& slow : m_slowest) {
        slowest.append(QJsonObject{{QStringLiteral("ms"), slow.milliseconds},
                                   {QStringLiteral("receiver"), QString::fromLatin1(slow.receiver)},
                                   {QStringLiteral("event_type"), slow.type}});
    }
    const QJsonObject whole{{QStringLiteral("handling"), m_handling.toJson()},
                            {QStringLiteral("timer_lateness"), m_lateness.toJson()},
                            {QStringLiteral("slowest"), slowest}};
    return QJsonDocument(whole).toJson();
}

bool ResponsivenessProbe::writeTo(const QString& fileName) const
{
    QFile file(fileName);
    return file.open(QIODevice::WriteOnly) && file.write(toJson()) > 0;
}

} // namespace drover
