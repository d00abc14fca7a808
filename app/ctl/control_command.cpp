// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"
#include "app/ctl/context.h"
#include "app/ctl/json.h"

#include <cmath>

namespace drover::ctl {
namespace {

/// A control of a migration in flight: finds it, asks, and tells whether its host accepted.
class Control : public Command
{
public:
    Control(Context& context, QString action) : Command(context), m_action(std::move(action)) {}

    void start() override
    {
        if (const Result<void> readable = readArguments(); !readable) {
            context().fail(readable.error());
            return;
        }
        context().findInstance(
            context().invocation().arguments.front(), std::nullopt, [this](const Instance& instance) {
                m_name = instance.name();
                const Job* job = context().session().jobOf(instance.id);
                if (job == nullptr) {
                    write(::drover::fail({ErrorCode::Refused,
                                          QStringLiteral("%1 is not moving").arg(m_name),
                                          {},
                                          instance.host.value,
                                          m_name}));
                    return;
                }
                m_job = job->id;
                context().confirm(question(*job),
                                  [this] { apply([this](const Result<void>& answer) { write(answer); }); });
            });
    }

protected:
    virtual Result<void> readArguments() { return {}; }
    [[nodiscard]] virtual QString question(const Job& job) const = 0;
    virtual void apply(Session::ControlCallback done) = 0;
    [[nodiscard]] JobId job() const { return m_job; }

private:
    void write(const Result<void>& answer)
    {
        Output& output = context().output();
        if (output.json())
            output.document(QJsonObject{
                {QLatin1String("instance"), m_name},
                {QLatin1String("action"), m_action},
                {QLatin1String("accepted"), answer.has_value()},
                {QLatin1String("error"), answer ? QJsonValue() : QJsonValue(errorJson(answer.error()))}});
        else if (answer)
            output.line(QStringLiteral("%1: %2 accepted").arg(m_name, m_action));
        if (!answer)
            output.error(answer.error());
        context().finish(answer ? Done : NotDone);
    }

    QString m_action;
    QString m_name;
    JobId m_job;
};

class Cancel final : public Control
{
public:
    explicit Cancel(Context& context) : Control(context, QStringLiteral("cancel")) {}

private:
    [[nodiscard]] QString question(const Job& job) const override
    {
        return QStringLiteral("Cancel the migration of %1? It stays on %2.")
            .arg(job.instanceName, job.source.value);
    }
    void apply(Session::ControlCallback done) override { context().session().cancel(job(), std::move(done)); }
};

class SetBandwidth final : public Control
{
public:
    explicit SetBandwidth(Context& context) : Control(context, QStringLiteral("set-bandwidth")) {}

private:
    Result<void> readArguments() override
    {
        const Result<double> number =
            positiveNumber(QStringLiteral("MIB_S"), context().invocation().arguments.at(1));
        if (!number)
            return fail(number.error());
        m_rate = Rate::fromMib(*number);
        return {};
    }
    [[nodiscard]] QString question(const Job& job) const override
    {
        return QStringLiteral("Let the migration of %1 send at most %2?")
            .arg(job.instanceName, formatRate(m_rate));
    }
    void apply(Session::ControlCallback done) override
    {
        context().session().setBandwidth(job(), m_rate, std::move(done));
    }

    Rate m_rate;
};

class PostCopy final : public Control
{
public:
    explicit PostCopy(Context& context) : Control(context, QStringLiteral("postcopy")) {}

private:
    [[nodiscard]] QString question(const Job& job) const override
    {
        return QStringLiteral("Switch %1 to post-copy? It then runs on %2 while the rest of its memory "
                              "follows; if one of "
                              "the hosts fails before the end, it is lost.")
            .arg(job.instanceName, job.destination.value);
    }
    void apply(Session::ControlCallback done) override
    {
        context().session().startPostCopy(job(), std::move(done));
    }
};

class Pause final : public Control
{
public:
    explicit Pause(Context& context) : Control(context, QStringLiteral("pause")) {}

private:
    [[nodiscard]] QString question(const Job& job) const override
    {
        return QStringLiteral("Pause %1 until it has arrived on %2?")
            .arg(job.instanceName, job.destination.value);
    }
    void apply(Session::ControlCallback done) override
    {
        context().session().pauseToFinish(job(), std::move(done));
    }
};

class SetDowntime final : public Control
{
public:
    explicit SetDowntime(Context& context) : Control(context, QStringLiteral("set-downtime")) {}

private:
    Result<void> readArguments() override
    {
        const Result<double> number =
            positiveNumber(QStringLiteral("MS"), context().invocation().arguments.at(1));
        if (!number)
            return fail(number.error());
        m_limit = Milliseconds(std::max(1LL, std::llround(*number)));
        return {};
    }
    [[nodiscard]] QString question(const Job& job) const override
    {
        return QStringLiteral("Let %1 stand still for up to %2 at the end?")
            .arg(job.instanceName, formatDuration(m_limit));
    }
    void apply(Session::ControlCallback done) override
    {
        context().session().setMaxDowntime(job(), m_limit, std::move(done));
    }

    Milliseconds m_limit{0};
};

} // namespace

std::unique_ptr<Command> makePostCopy(Context& context)
{
    return std::make_unique<PostCopy>(context);
}

std::unique_ptr<Command> makePause(Context& context)
{
    return std::make_unique<Pause>(context);
}

std::unique_ptr<Command> makeCancel(Context& context)
{
    return std::make_unique<Cancel>(context);
}

std::unique_ptr<Command> makeSetBandwidth(Context& context)
{
    return std::make_unique<SetBandwidth>(context);
}

std::unique_ptr<Command> makeSetDowntime(Context& context)
{
    return std::make_unique<SetDowntime>(context);
}

} // namespace drover::ctl
