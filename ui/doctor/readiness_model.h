// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/doctor.h"

#include <QAbstractTableModel>

#include <vector>

namespace drover {

/// Readiness of moves between hosts: a row for each source, a column for each destination. Each cell has a
/// sign, a word and, as its tool tip, the sentence behind it.
class ReadinessModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    ReadinessModel(std::vector<HostId> hosts, QObject* parent);

    /// Takes over what the doctor has found so far.
    void setReports(const std::vector<PairReport>& reports);
    /// Null on the diagonal.
    [[nodiscard]] const PairReport* report(const QModelIndex& index) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    [[nodiscard]] std::size_t place(int row, int column) const;

    std::vector<HostId> m_hosts;
    std::vector<PairReport> m_cells; ///< by row, then column; the diagonal stays empty
};

} // namespace drover
