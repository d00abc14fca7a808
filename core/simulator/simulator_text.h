// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>

namespace drover {

/// Translation context of what simulated hosts say.
struct SimulatorText
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

} // namespace drover
