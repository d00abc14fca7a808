// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drag/drag_judge.h"

#include "ui/models/fleet_words.h"

#include <algorithm>
#include <cmath>

namespace drover {

DragJudge::DragJudge(Session& session, QObject* parent) : QObject(parent), m_session(session)
{
    m_again.setSingleShot(true);
    // Long enough that a large fleet's readings do not keep the window judging, short enough not to be seen.
    m_again.setInterval(60);
    connect(&m_again, &QTimer::timeout, this, &DragJudge::rejudge);
    const auto later = [this] {
        if (isActive() && !m_again.isActive())
            m_again.start();
    };
    connect(&m_session, &Session::judgementChanged, this, later);
    connect(&m_session, &Session::inventoryChanged, this, [later](const InventoryChange&) { later(); });
}

void DragJudge::begin(const std::vector<InstanceId>& instances, bool foreign)
{
    if (isActive())
        end();
    const Snapshot inventory = m_session.inventory();
    for (const InstanceId& id : instances) {
        if (inventory->instance(id) != nullptr &&
            std::find(m_instances.begin(), m_instances.end(), id) == m_instances.end())
            m_instances.push_back(id);
    }
    if (m_instances.empty())
        return;
    m_foreign = foreign;
    m_session.gatherEvidence(m_instances);
    rejudge();
    Q_EMIT began();
}

void DragJudge::end()
{
    if (!isActive())
        return;
    m_again.stop();
    m_instances.clear();
    m_verdicts.clear();
    m_index.clear();
    Q_EMIT ended();
}

void DragJudge::rejudge()
{
    if (!isActive())
        return;
    m_verdicts = m_session.judge(m_instances);
    m_index.clear();
    for (std::size_t i = 0; i < m_verdicts.size(); ++i)
        m_index.insert(m_verdicts[i].host, i);
    Q_EMIT changed();
}

const HostVerdict* DragJudge::verdict(const HostId& host) const
{
    const auto at = m_index.constFind(host);
    return at == m_index.constEnd() ? nullptr : &m_verdicts[*at];
}

bool DragJudge::accepts(const HostId& host) const
{
    const HostVerdict* found = verdict(host);
    return found != nullptr && !found->isSource && found->level != HostVerdict::Level::Cannot;
}

QString DragJudge::summary() const
{
    if (!isActive())
        return {};
    const Snapshot inventory = m_session.inventory();
    Resources sum;
    for (const InstanceId& id : m_instances) {
        if (const Instance* instance = inventory->instance(id)) {
            const Resources full = fullSize(instance->domain);
            sum.memory += full.memory;
            sum.vcpus += full.vcpus;
        }
    }
    const int cpus = static_cast<int>(std::lround(sum.vcpus));
    return tr("dragging %1, %2, %3")
        .arg(words::instances(static_cast<int>(m_instances.size())), formatMib(sum.memory),
             cpus == 1 ? tr("1 vCPU") : tr("%1 vCPUs").arg(cpus));
}

QString DragJudge::words(const HostId& host) const
{
    const HostVerdict* found = verdict(host);
    if (found == nullptr)
        return {};
    if (found->isSource)
        return m_instances.size() == 1 ? tr("it runs here") : tr("they run here");
    // What is refused already stays refused, whatever else is found out.
    if (found->pending && found->level != HostVerdict::Level::Cannot)
        return found->level == HostVerdict::Level::Warning ? tr("%1 · checking…").arg(found->reason)
                                                           : tr("checking…");
    return found->reason;
}

} // namespace drover
