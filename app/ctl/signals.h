// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace drover::ctl {

/// Ctrl-C, termination and the hang-up of the terminal, as a signal of the main loop. One object in the
/// process.
class Signals final : public QObject
{
    Q_OBJECT
public:
    Signals();
    ~Signals() override;

Q_SIGNALS:
    void interrupted();

private:
    int m_fd = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace drover::ctl
