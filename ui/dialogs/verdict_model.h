// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <vector>

namespace drover {

/// Every host judged for some instances, best first. Judged again when answers come or the fleet changes; a
/// row keeps its identity when it moves up or down.
class VerdictModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { HostColumn, VerdictColumn, MemoryColumn, ReasonColumn, ColumnCount };
    VerdictModel(Session& session, std::vector<InstanceId> instances, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] const HostVerdict& verdictAt(int row) const
    {
        return m_verdicts[static_cast<std::size_t>(row)];
    }

private:
    void judge();
    [[nodiscard]] QString word(const HostVerdict& verdict) const;

    Session& m_session;
    std::vector<InstanceId> m_instances;
    std::vector<HostVerdict> m_verdicts;
    QTimer m_again; ///< gathers several reasons to judge again into one
};

} // namespace drover
