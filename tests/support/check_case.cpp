// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/check_case.h"

#include "core/plan/kind_choice.h"
#include "tests/support/sound_answers.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>

namespace drover::testing {

CheckCase::CheckCase() : instance(std::make_shared<DomainDefinition>(*definition(1)))
{
    source.config = hostConfig(QStringLiteral("h1"));
    destination.config = hostConfig(QStringLiteral("h2"));
    sourceReading = reading(QStringLiteral("h1"), {});
    destinationReading = reading(QStringLiteral("h2"), {});
    for (const auto& one : {sourceReading, destinationReading}) {
        auto facts = factsOf(one);
        facts->machines = QStringList(instance->machine);
        one->facts = facts;
    }
    for (Host* host : {&source, &destination})
        host->connection = ConnectionState::Up;
    vm.id = instance->id;
    vm.host = source.id();
    vm.domain = domain(instance, PowerState::Running);
    evidence.cpu = CpuComparison{CpuComparison::Answer::Compatible, {}, {}};
    evidence.atSource = {presence(1)};
    evidence.atDestination = std::vector<DomainPresence>{};
    evidence.channel = soundChannel(QStringLiteral("h2"));
    evidence.complete = true;
}

DomainPresence CheckCase::presence(int number, PowerState state)
{
    DomainPresence p;
    p.id = instanceId(number);
    p.name = QStringLiteral("vm-%1").arg(number);
    p.state = state;
    p.persistent = true;
    return p;
}

std::shared_ptr<HostFacts> CheckCase::factsOf(const std::shared_ptr<HostReading>& reading)
{
    return std::make_shared<HostFacts>(*reading->facts);
}

void CheckCase::offline()
{
    options.kind = MigrationKind::Offline;
}

std::vector<CheckResult> CheckCase::run()
{
    InventoryBuilder builder;
    std::vector<HostConfig> configs;
    for (const HostUpdate& other : others)
        configs.push_back(hostConfig(other.host.value));
    builder.setHosts(configs);
    builder.fold(others);
    const Snapshot seen = builder.snapshot();
    if (sourceReading)
        source.reading = sourceReading;
    if (destinationReading)
        destination.reading = destinationReading;
    if (options.kind == MigrationKind::Offline && evidence.atSource && !keepState) {
        vm.domain.status.state = PowerState::ShutOff;
        evidence.atSource->front().state = PowerState::ShutOff;
    }
    here = soundDetails(*instance, true);
    there = soundDetails(*instance, false);
    if (details)
        details(*this);
    if (askedDetails) {
        evidence.source = std::make_shared<const HostDetails>(here);
        evidence.destination = std::make_shared<const HostDetails>(there);
    }
    return runChecks({*seen, vm, source, destination, options,
                      chooseKind(vm, options, &source, &destination, evidence).kind, moves, evidence, nullptr,
                      &fleet, &rules, today});
}

const CheckResult* resultOf(const std::vector<CheckResult>& results, const char* id)
{
    const auto it = std::find_if(results.begin(), results.end(),
                                 [id](const CheckResult& r) { return r.id == QLatin1String(id); });
    return it == results.end() ? nullptr : &*it;
}

void checkColumns()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<ArrangeCheck>("arrange");
    QTest::addColumn<Severity>("severity");
    QTest::addColumn<QString>("message");
}

void checkRow(const char* name, const char* id, Severity severity, const QString& message,
              ArrangeCheck arrange)
{
    QTest::addRow("%s: %s", id, name) << QString::fromLatin1(id) << std::move(arrange) << severity << message;
}

void runCheckRow()
{
    QFETCH(QString, id);
    QFETCH(ArrangeCheck, arrange);
    QFETCH(Severity, severity);
    QFETCH(QString, message);
    message.replace(QRegularExpression(QStringLiteral("(?<=\\d) (?=\\d{3} MiB)")), QStringLiteral("\u202f"));
    CheckCase c;
    arrange(c);
    const auto results = c.run();
    for (const CheckResult& result : results)
        QVERIFY2(!result.message.isEmpty(), qPrintable(result.id));
    const CheckResult* result = resultOf(results, id.toLatin1().constData());
    QVERIFY(result != nullptr);
    QCOMPARE(result->message, message);
    QCOMPARE(result->severity, severity);
    QCOMPARE(result->pending, message.startsWith(QStringLiteral("Checking")));
    const bool asks = message.startsWith(QStringLiteral("Another zone")) ||
                      message.startsWith(QStringLiteral("OpenStack Nova")) ||
                      message.contains(QStringLiteral("is not known: no answer from there"));
    QCOMPARE(result->needsAcknowledgement, asks);
    QCOMPARE(mayStart({*result}), severity != Severity::Error && !asks);
    // Whoever reads of an error is told what to do.
    if (severity == Severity::Error && id != QLatin1String("state") && id != QLatin1String("same-host") &&
        id != QLatin1String("capacity") && id != QLatin1String("versions"))
        QVERIFY2(!result->fix.isEmpty(), qPrintable(message));
}

} // namespace drover::testing
