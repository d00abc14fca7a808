// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"

#include <QDialog>
#include <QTimer>

#include <optional>
#include <vector>

class QLabel;
class QPushButton;
class QScrollArea;

namespace drover {

class CapacityAfter;
class CheckList;
class OptionsBox;

/// Everything an operator should know before one or several moves to one host, and the button that starts
/// them. Asks both hosts when it opens and again whenever something changed. Blocks nothing: show it with
/// show(); it deletes itself when it closes.
class ConfirmSheet final : public QDialog
{
    Q_OBJECT
public:
    ConfirmSheet(Session& session, const std::vector<InstanceId>& instances, const HostId& destination,
                 QWidget* parent);

    [[nodiscard]] std::vector<InstanceId> instances() const;
    [[nodiscard]] const HostId& destination() const { return m_destination; }
    /// Why Move is greyed; empty when it is not.
    [[nodiscard]] QString hindrance() const;

Q_SIGNALS:
    void started(const std::vector<drover::JobId>& jobs);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Move
    {
        MoveRequest request;
        QString name;
        std::vector<CheckResult> checks;
        bool answered = false; ///< by the hosts, for the options as they stand
    };
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString prediction() const;
    [[nodiscard]] QString kindLine() const;
    void buildLayout();
    void paintPrimary(); ///< Move stands out from Cancel
    void askHosts();
    void showChecks();
    void showFacts();
    void noteAccepted(int move, const QString& check, bool accepted);
    void start();
    void fitHeight();

    Session& m_session;
    HostId m_destination;
    std::vector<Move> m_moves;
    quint64 m_round = 0;    ///< answers to an older question are void
    bool m_wasOpen = false; ///< the destination took instances when it was last looked at
    QTimer m_askAgain;
    QLabel* m_title;
    QLabel* m_prediction;
    CapacityAfter* m_capacity;
    CheckList* m_checks;
    QScrollArea* m_scroll;
    OptionsBox* m_options;
    QLabel* m_goesOn;
    QLabel* m_hindrance;
    QPushButton* m_move;
};

} // namespace drover
