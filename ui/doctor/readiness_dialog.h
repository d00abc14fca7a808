// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QDialog>

#include <memory>
#include <vector>

class QLabel;
class QPushButton;
class QTableView;

namespace drover {

class CheckList;
class Doctor;
class ReadinessModel;

/// The doctor in the window: every pair of hosts at a glance, and below it the answers for the chosen pair.
/// Blocks nothing; deletes itself when it closes, and what is still being asked is then let go.
class ReadinessDialog final : public QDialog
{
    Q_OBJECT
public:
    /// @param hosts two or more; more than mostHosts() are cut off, and the dialog says so
    ReadinessDialog(Session& session, std::vector<HostId> hosts, QWidget* parent);
    ~ReadinessDialog() override;

    /// A pair is a trial of its own, so that hosts beyond this number would take too long to be of use.
    [[nodiscard]] static constexpr std::size_t mostHosts() { return 16; }
    [[nodiscard]] QTableView& table() { return *m_table; }

private:
    void examine(bool probe);
    void askToProbe();
    void showPair();
    void showProgress();

    Session& m_session;
    std::vector<HostId> m_hosts;
    std::size_t m_leftOut = 0;
    std::unique_ptr<Doctor> m_doctor;
    ReadinessModel* m_model;
    QTableView* m_table;
    QLabel* m_pair;
    CheckList* m_checks;
    QLabel* m_progress;
    QPushButton* m_again;
    QPushButton* m_probe;
};

} // namespace drover
