// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace drover {

/// Gives the headers of all tables below @p root the same margin as their cells have.
void padHeaders(QWidget& root);

} // namespace drover
