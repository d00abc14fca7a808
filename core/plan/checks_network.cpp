// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/check_text.h"
#include "core/plan/checks.h"

#include <algorithm>

namespace drover::checks {
namespace {

template <class T>
const T* named(const std::vector<T>& list, const QString& name)
{
    const auto it = std::find_if(list.begin(), list.end(), [&](const T& one) { return one.name == name; });
    return it == list.end() ? nullptr : &*it;
}

/// What both hosts say about the interfaces of one instance.
class Look
{
public:
    Look(const CheckContext& context, Findings& findings)
        : m_findings(findings)
        , m_here(context.source.id().value)
        , m_there(context.destination.id().value)
        , m_source(context.evidence.source.get())
        , m_destination(*context.evidence.destination)
        // A definition moves without its networks; what is missing shows when it is started.
        , m_worst(context.kind == MigrationKind::Offline ? Severity::Warning : Severity::Error)
    {
    }

    void at(const Interface& nic)
    {
        if (nic.type == QLatin1String("network"))
            network(nic);
        else if (nic.type == QLatin1String("bridge") || nic.type == QLatin1String("direct"))
            link(nic);
        if (nic.filter.isEmpty())
            return;
        const auto filter = m_destination.filters.find(nic.filter);
        if (filter == m_destination.filters.end())
            m_findings.add(Severity::Warning,
                           Text::tr("%1 did not say whether it has the filter %2").arg(m_there, nic.filter));
        else if (!filter->second)
            m_findings.add(m_worst, Text::tr("%1 has no filter %2").arg(m_there, nic.filter),
                           Text::tr("Define the filter %1 on %2").arg(nic.filter, m_there));
    }

private:
    void network(const Interface& nic)
    {
        const NetworkFacts* there = named(m_destination.networks, nic.source);
        if (there == nullptr) {
            m_findings.add(Severity::Warning,
                           Text::tr("%1 did not say whether it has the network %2").arg(m_there, nic.source));
            return;
        }
        if (!there->exists) {
            m_findings.add(m_worst, Text::tr("%1 has no network %2").arg(m_there, nic.source),
                           Text::tr("Define the network %1 on %2").arg(nic.source, m_there));
            return;
        }
        if (!there->active)
            m_findings.add(m_worst, Text::tr("The network %1 of %2 is not active").arg(nic.source, m_there),
                           Text::tr("Start the network %1 on %2").arg(nic.source, m_there));
        if (!nic.portgroup.isEmpty() && !there->portgroups.contains(nic.portgroup))
            m_findings.add(
                Severity::Warning,
                Text::tr("The network %1 of %2 has no portgroup %3: its settings would silently not apply")
                    .arg(nic.source, m_there, nic.portgroup),
                Text::tr("Add the portgroup to the network"));
        const NetworkFacts* here = m_source != nullptr ? named(m_source->networks, nic.source) : nullptr;
        if (here == nullptr || !here->exists)
            return;
        if (here->bridge != there->bridge)
            m_findings.add(Severity::Warning,
                           Text::tr("The network %1 leads to the bridge %2 on %3, to %4 on %5")
                               .arg(nic.source, here->bridge, m_here, there->bridge, m_there));
        differentMtu(Text::tr("network"), nic.source, here->mtu, there->mtu);
    }

    void link(const Interface& nic)
    {
        const LinkFacts* there = named(m_destination.links, nic.source);
        const LinkFacts* here = m_source != nullptr ? named(m_source->links, nic.source) : nullptr;
        // A host that does not list the bridge the guest runs on does not know its bridges: its "no" is none.
        const bool knows = there != nullptr && (there->exists || (here != nullptr && here->exists));
        if (!knows) {
            m_findings.add(
                Severity::Warning,
                Text::tr("Whether %1 has the bridge or card %2 is not known").arg(m_there, nic.source));
            return;
        }
        if (!there->exists) {
            m_findings.add(m_worst, Text::tr("%1 has no bridge or card %2").arg(m_there, nic.source),
                           Text::tr("Set up %1 on %2").arg(nic.source, m_there));
            return;
        }
        if (here != nullptr)
            differentMtu(Text::tr("bridge"), nic.source, here->mtu, there->mtu);
    }

    void differentMtu(const QString& what, const QString& name, std::optional<int> here,
                      std::optional<int> there)
    {
        if (here && there && *here != *there)
            m_findings.add(Severity::Warning, Text::tr("The MTU of the %1 %2 is %3 on %4, %5 on %6")
                                                  .arg(what, name)
                                                  .arg(*here)
                                                  .arg(m_here)
                                                  .arg(*there)
                                                  .arg(m_there));
    }

    Findings& m_findings;
    QString m_here;
    QString m_there;
    const HostDetails* m_source;
    const HostDetails& m_destination;
    Severity m_worst;
};

bool needsHost(const Interface& nic)
{
    return nic.type == QLatin1String("network") || nic.type == QLatin1String("bridge") ||
           nic.type == QLatin1String("direct") || !nic.filter.isEmpty();
}

} // namespace

CheckResult network(const CheckContext& context)
{
    const QString there = context.destination.id().value;
    const std::vector<Interface>& nics = context.instance.domain.definition->interfaces;
    if (std::none_of(nics.begin(), nics.end(), needsHost))
        return result("network", Severity::Pass, Text::tr("No interface needs a network of the host"));
    if (context.evidence.destination == nullptr) {
        CheckResult r =
            context.evidence.complete
                ? result("network", Severity::Warning,
                         Text::tr("%1 did not say which networks and bridges it has").arg(there))
                : result("network", Severity::Pass, Text::tr("Checking the networks of %1…").arg(there));
        r.pending = !context.evidence.complete;
        return r;
    }
    Findings findings;
    QStringList names;
    Look look(context, findings);
    for (const Interface& nic : nics) {
        if (!needsHost(nic))
            continue;
        look.at(nic);
        if (!names.contains(nic.source))
            names.append(nic.source);
    }
    return findings.answer("network", Text::tr("%1 has %2").arg(there, names.join(QStringLiteral(", "))));
}

} // namespace drover::checks
