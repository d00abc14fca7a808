// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"

#include <QByteArray>

/// What a move does to an instance on one host besides migrating it. Rules as in backend.h: calls may block
/// and are made on a thread of their own; one thread at a time; errors name the host and the instance.
namespace drover {

class InstanceControl
{
public:
    virtual ~InstanceControl() = default;
    /// The definition that its next start would use, in a form that another host takes, with its secrets:
    /// kept in memory only, never shown, logged or stored.
    virtual Result<QByteArray> definition(const InstanceId& id) = 0;
    /// Makes the definition, or replaces the one with the same UUID and name. Starts nothing.
    virtual Result<void> define(const QByteArray& definition) = 0;
    /// Removes the definition. Refused while the instance is active; no error where there is none.
    virtual Result<void> undefine(const InstanceId& id) = 0;
    /// Starts it stopped: not one instruction of the guest runs before it is resumed.
    virtual Result<void> startPaused(const InstanceId& id) = 0;
    /// Puts a medium into a CD-ROM or floppy drive, running or not, now and in the definition; an empty path
    /// ejects.
    virtual Result<void> setMedium(const InstanceId& id, const QString& target, const QString& path) = 0;
};

} // namespace drover
