// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"

namespace drover::ctl {
namespace {

/// Opens or closes a host.
class Service final : public Command
{
public:
    Service(Context& context, ServiceState wanted) : Command(context), m_wanted(wanted) {}

    void start() override
    {
        m_host = HostId{context().invocation().arguments.front()};
        m_reason = context().invocation().value("reason");
        if (m_wanted == ServiceState::Disabled && m_reason.trimmed().isEmpty()) {
            context().fail({ErrorCode::InvalidInput,
                            QStringLiteral("droverctl disable needs --reason TEXT: every console shows it"),
                            {},
                            {},
                            {}});
            return;
        }
        if (context().inventory()->host(m_host) == nullptr) {
            context().fail({ErrorCode::NotFound,
                            QStringLiteral("There is no host %1 in the fleet").arg(m_host.value),
                            {},
                            m_host.value,
                            {}});
            return;
        }
        context().when([this] { return context().hasAnswered(m_host); }, context().patience(),
                       [this] { ask(); });
    }

private:
    void ask()
    {
        if (const std::optional<Error> down = context().whyDown(*context().inventory()->host(m_host))) {
            context().fail(*down);
            return;
        }
        const QString question = m_wanted == ServiceState::Enabled
                                     ? QStringLiteral("Open %1 for instances?").arg(m_host.value)
                                     : QStringLiteral("Close %1 for new instances?").arg(m_host.value);
        context().confirm(question, [this] {
            context().session().setService(m_host, m_wanted, m_reason,
                                           [this](const Result<ServiceRecord>& record) { write(record); });
        });
    }

    void write(const Result<ServiceRecord>& record)
    {
        Output& output = context().output();
        if (!record) {
            context().fail(record.error());
            return;
        }
        if (output.json())
            output.document(QJsonObject{{QLatin1String("host"), m_host.value},
                                        {QLatin1String("service"), serviceStateName(record->state)},
                                        {QLatin1String("service_reason"), textOrNull(record->reason)},
                                        {QLatin1String("service_kept_on_host"), record->keptOnHost}});
        else
            output.line(QStringLiteral("%1 is %2").arg(m_host.value, serviceStateName(record->state)));
        if (!record->keptOnHost)
            output.note(QStringLiteral("%1 does not keep this itself: other consoles do not see it")
                            .arg(m_host.value));
        context().finish(Done);
    }

    ServiceState m_wanted;
    HostId m_host;
    QString m_reason;
};

} // namespace

std::unique_ptr<Command> makeEnable(Context& context)
{
    return std::make_unique<Service>(context, ServiceState::Enabled);
}

std::unique_ptr<Command> makeDisable(Context& context)
{
    return std::make_unique<Service>(context, ServiceState::Disabled);
}

} // namespace drover::ctl
