// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "tests/support/fake_backend.h"

#include <memory>
#include <vector>

namespace drover::test {

/// A session over fake hosts that has heard from all of them.
class FakeSession
{
public:
    explicit FakeSession(std::vector<FakeHost> hosts);

    [[nodiscard]] Session& session() { return *m_session; }
    [[nodiscard]] FakeBackend& backend() { return *m_backend; }
    /// Waits until the session has heard from all hosts; false when that takes too long.
    [[nodiscard]] bool settle();
    [[nodiscard]] FakeHost& host(const char* name);
    /// Tells the session what host() has been changed to.
    void publish(const char* name);
    [[nodiscard]] const Instance* instance(const char* name) const;

private:
    std::vector<FakeHost> m_hosts;
    std::shared_ptr<FakeBackend> m_backend;
    std::unique_ptr<Session> m_session;
};

} // namespace drover::test
