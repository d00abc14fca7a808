// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/capacity.h"
#include "core/fleet/inventory.h"
#include "core/job/job.h"
#include "core/plan/judge.h"
#include "core/plan/kind_choice.h"

#include <QJsonArray>
#include <QJsonObject>

/// Every document the program writes, field by field. Names are stable; a fact that is not known is null,
/// never 0.
namespace drover::ctl {

/// null for an empty text: a fact that is not there.
[[nodiscard]] QJsonValue textOrNull(const QString& text);
[[nodiscard]] QJsonObject errorJson(const Error& error);
[[nodiscard]] QJsonObject resourcesJson(const Resources& resources);

/// @param now on the session's clock, for the age of the reading
/// @param silent why a host that has not answered yet counts as down; null while it still may answer
[[nodiscard]] QJsonObject hostJson(const Inventory& inventory, const Host& host, const MovesUnderWay& moves,
                                   Instant now, const Error* silent);
[[nodiscard]] QJsonObject instanceJson(const Instance& instance, const Job* job);
[[nodiscard]] QJsonObject instanceDetailsJson(const Instance& instance,
                                              const Job* job); ///< with devices and xml
[[nodiscard]] QJsonArray checksJson(const std::vector<CheckResult>& checks);
[[nodiscard]] QJsonObject checkJson(const QString& instance, const MoveRequest& request,
                                    const KindChoice& choice, const std::vector<CheckResult>& checks);
[[nodiscard]] QJsonObject verdictJson(const HostVerdict& verdict, bool known);

[[nodiscard]] QJsonObject sampleFields(const JobSample& sample, bool known); ///< not known: every field null
[[nodiscard]] QJsonObject jobJson(const Job& job);
[[nodiscard]] QJsonObject stateLine(JobState state, Milliseconds at);
[[nodiscard]] QJsonObject sampleLine(const JobSample& sample);
[[nodiscard]] QJsonObject decisionLine(const JobDecision& decision);
[[nodiscard]] QJsonObject resultLine(const Job& job);

} // namespace drover::ctl
