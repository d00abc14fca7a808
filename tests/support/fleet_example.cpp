// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fleet_example.h"

namespace drover::test {

namespace {

FakeInstance running(const char* name, double gib, int vcpus)
{
    FakeInstance instance;
    instance.name = QLatin1String(name);
    instance.memoryGib = gib;
    instance.vcpus = vcpus;
    return instance;
}

FakeInstance off(const char* name, double gib)
{
    FakeInstance instance = running(name, gib, 2);
    instance.state = PowerState::ShutOff;
    return instance;
}

FakeHost host(const char* name, const char* zone)
{
    FakeHost h;
    h.name = QLatin1String(name);
    h.zone = QLatin1String(zone);
    return h;
}

} // namespace

std::vector<FakeHost> exampleHosts()
{
    std::vector<FakeHost> hosts;
    FakeHost h1 = host("h1", "az1");
    FakeInstance leaving = running("web-03", 4, 2);
    leaving.outgoing = true;
    h1.instances = {leaving,
                    running("cache-1", 4, 4),
                    running("web-07", 4, 2),
                    running("web-09", 2, 2),
                    running("db-1", 8, 4),
                    running("ci-4", 16, 8),
                    running("mail", 8, 4),
                    running("git", 6, 2),
                    running("ldap-2", 2, 1),
                    running("a-name-that-is-much-too-long-for-any-tile", 4, 2),
                    running("es-4", 24, 4),
                    off("build-2", 8),
                    off("build-3", 8)};
    FakeHost h2 = host("h2", "az1");
    FakeInstance arriving = running("web-03", 4, 2);
    arriving.incoming = true;
    FakeInstance paused = running("ns-1", 1, 1);
    paused.state = PowerState::Paused;
    h2.instances = {arriving,
                    running("web-01", 4, 2),
                    running("web-02", 4, 2),
                    running("db-3", 16, 8),
                    running("ldap", 2, 1),
                    paused};
    FakeHost h3 = host("h3", "az1");
    h3.service = ServiceState::Maintenance;
    h3.reason = QStringLiteral("new DIMMs");
    FakeHost h4 = host("h4", "az2");
    h4.memoryGib = 64;
    h4.instances = {running("api-1", 16, 4), running("api-2", 16, 4), running("api-3", 12, 4),
                    running("es-1", 8, 4), off("old-1", 64)};
    FakeHost h5 = host("h5", "az2");
    h5.instances = {running("es-2", 16, 4), running("es-3", 16, 4), running("www", 2, 1)};
    FakeHost h6 = host("h6", "az2");
    h6.instances = {running("log-1", 4, 2), running("mon", 2, 2), running("web-11", 4, 2),
                    running("ns-2", 1, 1)};
    hosts = {h1, h2, h3, h4, h5, h6};
    return hosts;
}

} // namespace drover::test
