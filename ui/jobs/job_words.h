// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job.h"
#include "ui/theme/colours.h"
#include "ui/theme/signs.h"

#include <QString>

namespace drover {

/// What a job has come to, in one or two words with a sign and a tone, for a table.
struct JobVerdict
{
    Sign sign = Sign::Pending;
    Tone tone = Tone::Plain;
    QString text;
    bool operator==(const JobVerdict&) const = default;
};
[[nodiscard]] JobVerdict jobVerdict(const Job& job);

/// The same in a sentence with its figures, for the line under the chart and for tooltips.
[[nodiscard]] QString jobSentence(const Job& job);
/// "memory, pass 5", "disks, 27.9 GiB left", "waits for db-2 (h5)", "arrived in 48 s".
[[nodiscard]] QString jobPhase(const Job& job);
/// "12 s"; a dash where it is not known, nothing once it has ended.
[[nodiscard]] QString jobLeft(const Job& job);
/// "h1 → h2"; a host outside the fleet is a dash.
[[nodiscard]] QString jobRoute(const Job& job);
/// 0…100; nothing before anything is known of it.
[[nodiscard]] std::optional<double> jobProgress(const Job& job);
[[nodiscard]] bool mayBeSteered(const Job& job); ///< speed and pause limit mean something now

} // namespace drover
