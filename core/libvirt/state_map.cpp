// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/state_map.h"

#include <libvirt/libvirt.h>

namespace drover::libvirt {

PowerState powerStateOf(int state)
{
    switch (state) {
    case VIR_DOMAIN_RUNNING:
    case VIR_DOMAIN_BLOCKED: // idle, under hypervisors that tell it apart
        return PowerState::Running;
    case VIR_DOMAIN_PAUSED:
        return PowerState::Paused;
    case VIR_DOMAIN_SHUTDOWN:
        return PowerState::ShuttingDown;
    case VIR_DOMAIN_SHUTOFF:
        return PowerState::ShutOff;
    case VIR_DOMAIN_CRASHED:
        return PowerState::Crashed;
    case VIR_DOMAIN_PMSUSPENDED:
        return PowerState::Suspended;
    default:
        return PowerState::Unknown;
    }
}

namespace {

StateReason runningReason(int reason)
{
    switch (reason) {
    case VIR_DOMAIN_RUNNING_UNKNOWN:
        return StateReason::Unknown;
    case VIR_DOMAIN_RUNNING_BOOTED:
        return StateReason::Booted;
    case VIR_DOMAIN_RUNNING_MIGRATED:
        return StateReason::Migrated;
    case VIR_DOMAIN_RUNNING_UNPAUSED:
        return StateReason::Unpaused;
    case VIR_DOMAIN_RUNNING_MIGRATION_CANCELED:
        return StateReason::MigrationCanceled;
    case VIR_DOMAIN_RUNNING_POSTCOPY:
        return StateReason::PostCopy;
    case VIR_DOMAIN_RUNNING_POSTCOPY_FAILED:
        return StateReason::PostCopyFailed;
    case VIR_DOMAIN_RUNNING_CRASHED:
        return StateReason::Crashed;
    default:
        return StateReason::Other;
    }
}

StateReason pausedReason(int reason)
{
    switch (reason) {
    case VIR_DOMAIN_PAUSED_UNKNOWN:
        return StateReason::Unknown;
    case VIR_DOMAIN_PAUSED_USER:
        return StateReason::User;
    case VIR_DOMAIN_PAUSED_MIGRATION:
        return StateReason::Migration;
    case VIR_DOMAIN_PAUSED_IOERROR:
        return StateReason::IoError;
    case VIR_DOMAIN_PAUSED_SHUTTING_DOWN:
        return StateReason::Shutdown;
    case VIR_DOMAIN_PAUSED_CRASHED:
        return StateReason::Crashed;
    case VIR_DOMAIN_PAUSED_POSTCOPY:
        return StateReason::PostCopy;
    case VIR_DOMAIN_PAUSED_POSTCOPY_FAILED:
        return StateReason::PostCopyFailed;
    default:
        return StateReason::Other;
    }
}

StateReason shutOffReason(int reason)
{
    switch (reason) {
    case VIR_DOMAIN_SHUTOFF_UNKNOWN:
        return StateReason::Unknown;
    case VIR_DOMAIN_SHUTOFF_SHUTDOWN:
        return StateReason::Shutdown;
    case VIR_DOMAIN_SHUTOFF_DESTROYED:
        return StateReason::Destroyed;
    case VIR_DOMAIN_SHUTOFF_CRASHED:
        return StateReason::Crashed;
    case VIR_DOMAIN_SHUTOFF_MIGRATED:
        return StateReason::Migrated;
    case VIR_DOMAIN_SHUTOFF_SAVED:
        return StateReason::Saved;
    case VIR_DOMAIN_SHUTOFF_FAILED:
        return StateReason::Failed;
    default:
        return StateReason::Other;
    }
}

} // namespace

StateReason stateReasonOf(int state, int reason)
{
    switch (powerStateOf(state)) {
    case PowerState::Running:
        return runningReason(reason);
    case PowerState::Paused:
        return pausedReason(reason);
    case PowerState::ShutOff:
        return shutOffReason(reason);
    case PowerState::ShuttingDown:
        return reason == VIR_DOMAIN_SHUTDOWN_USER ? StateReason::User : StateReason::Unknown;
    case PowerState::Crashed:
        // A panicked guest still has its process and its memory; see Domain::isActive().
        return reason == VIR_DOMAIN_CRASHED_PANICKED ? StateReason::Other : StateReason::Crashed;
    default:
        return reason == 0 ? StateReason::Unknown : StateReason::Other;
    }
}

} // namespace drover::libvirt
