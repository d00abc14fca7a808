// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Holds nothing: the target it belongs to makes the precompiled header of the tests with widgets.
