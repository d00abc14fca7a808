// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/judge.h"
#include "core/session/session.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <vector>

namespace drover {

/// Holds, while instances are dragged, what every host says to them. One for all views of a window, so that
/// all show the same. Asks the session at the start, whenever evidence arrives and when the fleet changes;
/// never waits.
class DragJudge final : public QObject
{
    Q_OBJECT
public:
    explicit DragJudge(Session& session, QObject* parent = nullptr);

    /// Judges at once; what must be asked of hosts follows. Instances the fleet does not know are left out;
    /// with none left nothing begins.
    /// @param foreign the drag was not begun by one of our views: it ends for us when it leaves or drops
    void begin(const std::vector<InstanceId>& instances, bool foreign = false);
    void end();
    [[nodiscard]] bool isForeign() const { return m_foreign; }

    [[nodiscard]] bool isActive() const { return !m_instances.empty(); }
    [[nodiscard]] const std::vector<InstanceId>& instances() const { return m_instances; }
    /// Null when nothing is dragged or the host is not known.
    [[nodiscard]] const HostVerdict* verdict(const HostId& host) const;
    /// Whether a drop may be tried there: not refused and not where all of them run already. Pending is no
    /// hindrance.
    [[nodiscard]] bool accepts(const HostId& host) const;
    /// Judges again now, by the newest inventory; used at the drop.
    void rejudge();
    /// "dragging 1 instance, 8 192 MiB, 4 vCPUs"; empty when nothing is dragged.
    [[nodiscard]] QString summary() const;
    /// The words of a host's verdict for one line: "it runs here", "checking…", or the reason.
    [[nodiscard]] QString words(const HostId& host) const;
    [[nodiscard]] const std::vector<HostVerdict>& verdicts() const { return m_verdicts; } ///< in fleet order

Q_SIGNALS:
    void began();
    void changed(); ///< verdicts are other ones now
    void ended();

private:
    Session& m_session;
    std::vector<InstanceId> m_instances;
    std::vector<HostVerdict> m_verdicts;
    QHash<HostId, std::size_t> m_index;
    bool m_foreign = false;
    QTimer m_again; ///< gathers several reasons to judge again into one
};

} // namespace drover
