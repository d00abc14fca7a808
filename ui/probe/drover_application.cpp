// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probe/drover_application.h"

#include "ui/probe/responsiveness_probe.h"

#include <QEvent>
#include <QThread>

namespace drover {

bool DroverApplication::notify(QObject* receiver, QEvent* event)
{
    ResponsivenessProbe* probe = ResponsivenessProbe::active();
    // Other threads' event loops come here too.
    if (probe == nullptr || QThread::currentThread() != thread())
        return QApplication::notify(receiver, event);
    // Afterwards neither of them may exist any more.
    const char* name = receiver->metaObject()->className();
    const int type = event->type();
    probe->enter();
    const bool handled = QApplication::notify(receiver, event);
    if (ResponsivenessProbe::active() == probe)
        probe->leave(name, type);
    return handled;
}

} // namespace drover
