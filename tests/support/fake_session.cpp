// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_session.h"

#include <QTest>

namespace drover::test {

FakeSession::FakeSession(std::vector<FakeHost> hosts)
    : m_hosts(std::move(hosts)), m_backend(std::make_shared<FakeBackend>())
{
    for (const FakeHost& host : m_hosts)
        m_backend->setHost(host);
    m_session = std::make_unique<Session>(m_backend, SessionOptions{});
    m_session->setFleet(fakeFleet(m_hosts));
}

bool FakeSession::settle()
{
    return QTest::qWaitFor([this] { return m_session->settled(); }, 10000);
}

FakeHost& FakeSession::host(const char* name)
{
    for (FakeHost& host : m_hosts) {
        if (host.name == QLatin1String(name))
            return host;
    }
    qFatal("no host named %s in this test", name);
}

void FakeSession::publish(const char* name)
{
    m_backend->setHost(host(name));
}

const Instance* FakeSession::instance(const char* name) const
{
    return m_session->inventory()->instance(fakeId(QLatin1String(name)));
}

} // namespace drover::test
