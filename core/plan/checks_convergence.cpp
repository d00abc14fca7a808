// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>

namespace drover::checks {

CheckResult convergence(const CheckContext& context)
{
    if (!isLive(context.kind))
        return result("convergence", Severity::Pass, Text::tr("Shut off: nothing has to converge"));
    if (context.instance.domain.status.state == PowerState::Paused)
        return result("convergence", Severity::Pass, Text::tr("Paused: it rewrites no memory"));
    const std::optional<Rate>& dirty = context.instance.domain.status.dirtyRate;
    std::optional<Rate> link;
    for (const std::optional<Rate>& limit :
         {context.source.config.link, context.destination.config.link, context.options.bandwidth}) {
        if (limit && (!link || *limit < *link))
            link = limit;
    }
    // Nobody has to accept what nobody has measured.
    if (!dirty || !link)
        return result(
            "convergence", Severity::Info,
            !dirty ? Text::tr("How fast it rewrites its memory is not known")
                   : Text::tr("It rewrites %1; the speed of the way is not known").arg(formatRate(*dirty)));
    if (*dirty < *link)
        return result(
            "convergence", Severity::Pass,
            Text::tr("It rewrites %1, and %2 can be sent").arg(formatRate(*dirty), formatRate(*link)));
    const QString found =
        Text::tr("It rewrites %1, and only %2 can be sent").arg(formatRate(*dirty), formatRate(*link));
    if (context.options.postCopy)
        return result("convergence", Severity::Info,
                      Text::tr("%1: it ends by the switch to post-copy, which is allowed").arg(found));
    if (context.options.autoConverge)
        return result("convergence", Severity::Info,
                      Text::tr("%1: it ends by slowing the guest down").arg(found));
    return result(
        "convergence", Severity::Warning, Text::tr("%1: it will not converge").arg(found),
        Text::tr("Allow auto-converge or post-copy, more bandwidth, or move it when it is less busy"));
}

} // namespace drover::checks
