// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_private.h"

namespace drover {

void Session::Private::armTimeout(const RunningJob& running)
{
    const MigrationOptions& options = running.job.options;
    if (!options.timeout)
        return;
    QTimer::singleShot(*options.timeout, &q,
                       [this, id = running.job.id, after = *options.timeout, action = options.onTimeout] {
                           RunningJob* late = find(id);
                           if (late == nullptr || isEnded(late->job.state) || late->cancelRequested)
                               return;
                           const QString reason =
                               Session::tr("it was given %1, and has not ended").arg(formatDuration(after));
                           decide(*late, QStringLiteral("timeout"), reason);
                           if (action == QLatin1String("pause"))
                               q.pauseToFinish(id);
                           else if (action == QLatin1String("postcopy"))
                               q.startPostCopy(id);
                           else
                               q.cancel(id);
                       });
}

} // namespace drover
