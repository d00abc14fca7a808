// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"
#include "core/fleet/domain.h"
#include "core/fleet/host_details.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

/// What the doctor finds out about hosts, without any instance. A value that is missing was not told.
namespace drover {

/// One host by itself.
struct HostSurvey
{
    std::optional<std::vector<NetworkFacts>> networks; ///< all that are defined
    std::optional<QStringList> bridges;                ///< of the host itself, that are up
    /// A guest with the CPU that "host-model" stands for here: what other hosts are asked about. Null: not
    /// told.
    std::shared_ptr<const DomainDefinition> modelGuest;
    QString cpuModel; ///< of that guest
    /// The host's clock less that of this computer, by the time of a file made for it.
    std::optional<Milliseconds> clockAhead;
    Milliseconds clockDoubt{0}; ///< either way
    QString problem;            ///< why something was not told; empty: nothing to say
};

/// How the move of a throw-away instance went.
struct ProbeMove
{
    bool arrived = false;
    QString error;                     ///< why it did not
    Milliseconds total{0};             ///< of the migrate call
    std::optional<Milliseconds> pause; ///< as the hypervisor measured it
    std::optional<Rate> rate;          ///< of a disk of random content that went with it
    QString rateReason;                ///< why there is no rate
    QStringList left;                  ///< what could not be removed again, in words
};

} // namespace drover
