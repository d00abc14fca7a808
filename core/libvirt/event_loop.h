// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace drover::libvirt {

/// Prepares libvirt for this process, once: silences its printing, ignores SIGPIPE (libvirt does not block it
/// and a write to a lost daemon would end the program), registers its event loop and starts the one thread
/// that runs it. Before the first connection, or keepalive does not work. Thread-safe.
void startEventLoop();

} // namespace drover::libvirt
