// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/event_loop.h"

#include "core/base/lane.h"
#include "core/base/log.h"
#include "core/libvirt/handles.h"

#include <QtGlobal>

#include <libvirt/virterror.h>

#include <csignal>
#include <mutex>

namespace drover::libvirt {

void startEventLoop()
{
    static std::once_flag once;
    std::call_once(once, [] {
        std::signal(SIGPIPE, SIG_IGN);
        // Errors are returned and shown by us; its log would write warnings about them into the operator's
        // terminal.
        if (!qEnvironmentVariableIsSet("LIBVIRT_DEBUG") && !qEnvironmentVariableIsSet("LIBVIRT_LOG_OUTPUTS"))
            qputenv("LIBVIRT_DEBUG", "4");
        virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
        virInitialize();
        virEventRegisterDefaultImpl();
        // Runs as long as the process: other threads may be inside libvirt until the very end.
        runDetached(QStringLiteral("libvirt-events"), [] {
            while (virEventRunDefaultImpl() == 0) {
            }
            qCCritical(logBackend) << "libvirt's event loop has ended: no host can be watched any more";
        });
    });
}

} // namespace drover::libvirt
