// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hypervisor/backend.h"

#include <memory>

/// What every backend must keep, whatever stands behind it. Each function is the body of one test: it uses Qt
/// Test's macros, so call it from a test function and nothing after it. Those that move the instance find out
/// where it is and move it to the other host; they leave it running on one of the two.
namespace drover::contract {

struct Subject
{
    std::shared_ptr<Backend> backend;
    HostConfig source;
    HostConfig destination;
    QString instance;            ///< name of one that runs on one of the two and can move between them
    MigrationOptions slowly;     ///< with which a migration lasts some seconds at least
    Milliseconds longest{60000}; ///< after which a test gives up, in real time
};

/// Two readings: facts there, sorted by id, unchanged definitions are the same objects; fresh ones are equal.
void inventoryIsShared(const Subject& subject);
/// The instance is found by UUID alone and by name alone; something unknown is not.
void findsByUuidAndByName(const Subject& subject);
/// After a migration the instance runs on the destination and is not active (or known) at the source.
void migrationEndsOnTheDestination(const Subject& subject);
/// Elapsed time, processed memory and iteration never fall; the total stays; nothing before and after.
void statsAreMonotonic(const Subject& subject);
/// An abort ends the call with a failure; the instance runs at the source and nothing is left at the
/// destination.
void abortLeavesItAtTheSource(const Subject& subject);
/// The first iteration is told after the incoming guest, and the record once, at the end of a success only.
void eventsComeInOrder(const Subject& subject);
/// A service record is read back as written, by another connection too.
void serviceRecordIsKept(const Subject& subject);
/// Whatever is asked of an instance that is not there answers NotFound and names host and instance.
void unknownInstanceIsNotFound(const Subject& subject);
/// A host that does not exist or refuses is Unreachable (or NotFound) with its name, and the call returns.
void unreachableHostIsNamed(const Subject& subject, const HostConfig& unreachable);

} // namespace drover::contract
