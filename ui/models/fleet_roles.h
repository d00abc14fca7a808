// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/delegates/capacity_bar.h"

#include <QMetaType>

namespace drover {

/// Roles of the fleet models beside Qt's own.
enum FleetRole {
    HostIdRole = Qt::UserRole + 1, ///< HostId; of an instance row in the tree: the host it stands under
    InstanceIdRole,                ///< InstanceId; invalid for hosts
    SortRole,                      ///< what a column is sorted by
    BarRole,                       ///< BarFigures, in columns that hold a bar
    BarKindRole,                   ///< int: ResourceKind
    SignRole,                      ///< int: Sign
    ToneRole,                      ///< int: Tone of the sign and of the words
    ProgressRole,                  ///< double 0…100; invalid when it is not moving or not known
    ZoneRole,                      ///< QString
};

} // namespace drover

Q_DECLARE_METATYPE(drover::BarFigures)
