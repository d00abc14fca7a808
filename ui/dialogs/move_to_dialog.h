// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QDialog>

#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTreeView;

namespace drover {

class VerdictModel;

/// The keyboard's way to move instances: every host with its verdict and reason, best first; typing filters,
/// Enter goes on to the confirmation. Blocks nothing; deletes itself when it closes.
class MoveToDialog final : public QDialog
{
    Q_OBJECT
public:
    MoveToDialog(Session& session, const std::vector<InstanceId>& instances, QWidget* parent);

    [[nodiscard]] QTreeView& list() { return *m_list; }
    [[nodiscard]] QLineEdit& filter() { return *m_filter; }

Q_SIGNALS:
    void chosen(const std::vector<drover::InstanceId>& instances, const drover::HostId& destination);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void choose();
    void showChoice();
    void selectFirst();

    std::vector<InstanceId> m_instances;
    VerdictModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QLineEdit* m_filter;
    QTreeView* m_list;
    QLabel* m_hindrance;
    QPushButton* m_next;
};

} // namespace drover
