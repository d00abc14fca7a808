// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

class QWidget;

namespace drover {

/// Tells of a failure in a message of its own that does not block: what happened, and the raw words to be
/// copied.
void showError(QWidget* parent, const QString& what, const Error& error);

} // namespace drover
