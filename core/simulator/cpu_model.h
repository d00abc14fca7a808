// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace drover {

/// CPU models that simulated hosts and guests have, each with all features of those before it.
[[nodiscard]] QStringList simulatedCpuModels();
[[nodiscard]] bool isSimulatedCpuModel(const QString& model);
/// Every feature of a model that is named apart.
[[nodiscard]] QStringList cpuFeatures(const QString& model);
/// Features that a guest with @p guest needs and a host with @p host does not have.
[[nodiscard]] QStringList missingCpuFeatures(const QString& guest, const QString& host);

} // namespace drover
