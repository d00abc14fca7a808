// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/option_rules.h"
#include "tests/support/fleet_maker.h"

#include <QTest>

#include <functional>

using namespace drover;
using namespace drover::testing;
using namespace std::chrono_literals;

namespace {

using Options = MigrationOptions;
using Set = std::function<void(Options&)>;

} // namespace

Q_DECLARE_METATYPE(Set)

class TestOptionRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void combinations_data();
    void combinations();
    void everyOptionIsAnswered();
    void greyBeforeItIsSet();
    void hostsThatAreTooOld();
};

void TestOptionRules::combinations_data()
{
    QTest::addColumn<Set>("set");
    QTest::addColumn<MigrationKind>("kind");
    QTest::addColumn<QString>("why"); // empty: they go together
    const auto row = [](const char* name, const char* why, Set set,
                        MigrationKind kind = MigrationKind::Live) {
        QTest::newRow(name) << std::move(set) << kind << QString::fromUtf8(why);
    };
    row("nothing", "", [](Options&) {});
    row("nothing, offline", "", [](Options&) {}, MigrationKind::Offline);
    row("all that go together", "", [](Options& o) {
        o.bandwidth = Rate::fromMib(10);
        o.maxDowntime = 200ms;
        o.autoConverge = true;
        o.autoConvergeInitial = 20;
        o.autoConvergeIncrement = 10;
        o.postCopy = true;
        o.postCopyBandwidth = Rate::fromMib(5);
        o.compression = QStringLiteral("xbzrle");
        o.tls = true;
        o.timeout = 60s;
        o.onTimeout = QStringLiteral("postcopy");
    });
    row("parallel and TLS", "", [](Options& o) {
        o.parallel = 4;
        o.tls = true;
        o.autoConverge = true;
    });
    row("post-copy and parallel", "loses the guest at the switch", [](Options& o) {
        o.postCopy = true;
        o.parallel = 2;
    });
    row("post-copy and tunnelled", "does not work through the daemons",
        [](Options& o) { o.postCopy = o.tunnelled = true; });
    row("tunnelled and TLS", "one of the two", [](Options& o) { o.tunnelled = o.tls = true; });
    row(
        "tunnelled and disks", "disks cannot be copied",
        [](Options& o) {
            o.tunnelled = true;
            o.disks = QStringList{QStringLiteral("vda")};
        },
        MigrationKind::LiveBlock);
    row(
        "tunnelled, live-block", "disks cannot be copied", [](Options& o) { o.tunnelled = true; },
        MigrationKind::LiveBlock);
    row("tunnelled and direct", "no connection between the daemons", [](Options& o) {
        o.tunnelled = true;
        o.carrier = Carrier::Console;
    });
    row("throttle without auto-converge", "tunes auto-converge",
        [](Options& o) { o.autoConvergeInitial = 20; });
    row("throttle of 100 %", "1 to 99", [](Options& o) {
        o.autoConverge = true;
        o.autoConvergeIncrement = 100;
    });
    row("post-copy bandwidth alone", "limits post-copy",
        [](Options& o) { o.postCopyBandwidth = Rate::fromMib(1); });
    row("no connection", "1 to 255", [](Options& o) { o.parallel = 0; });
    row("mt with a level", "", [](Options& o) { o.compression = QStringLiteral("mt:9"); });
    row("mt level 10", "0 to 9", [](Options& o) { o.compression = QStringLiteral("mt:10"); });
    row("xbzrle level", "has no level", [](Options& o) { o.compression = QStringLiteral("xbzrle:1"); });
    row("lzma", "no compression \"lzma\"", [](Options& o) { o.compression = QStringLiteral("lzma"); });
    row("zstd alone", "parallel connections only",
        [](Options& o) { o.compression = QStringLiteral("zstd"); });
    row("mt and parallel", "does not work with", [](Options& o) {
        o.compression = QStringLiteral("mt");
        o.parallel = 2;
    });
    row("on-timeout alone", "needs a timeout", [](Options& o) { o.onTimeout = QStringLiteral("abort"); });
    row("on-timeout postcopy", "not allowed", [](Options& o) {
        o.timeout = 10s;
        o.onTimeout = QStringLiteral("postcopy");
    });
    row("on-timeout sing", "abort, pause or postcopy", [](Options& o) {
        o.timeout = 10s;
        o.onTimeout = QStringLiteral("sing");
    });
    row("half a second", "at least a second", [](Options& o) { o.timeout = 500ms; });
    row(
        "post-copy, offline", "sends no memory", [](Options& o) { o.postCopy = true; },
        MigrationKind::Offline);
    row(
        "auto-converge, cold", "no running guest", [](Options& o) { o.autoConverge = true; },
        MigrationKind::Cold);
    row(
        "no-persist, offline", "nothing but its definition", [](Options& o) { o.noPersist = true; },
        MigrationKind::Offline);
    row("disks, live", "take live-block", [](Options& o) { o.disks = QStringList{QStringLiteral("vda")}; });
    row(
        "disks, not chosen yet", "", [](Options& o) { o.disks = QStringList{QStringLiteral("vda")}; },
        MigrationKind::Auto);
}

void TestOptionRules::combinations()
{
    QFETCH(Set, set);
    QFETCH(MigrationKind, kind);
    QFETCH(QString, why);
    Options options;
    set(options);
    OptionContext context;
    context.kind = kind;
    const std::optional<QString> found = contradiction(options, context);
    QCOMPARE(found.has_value(), !why.isEmpty());
    if (found)
        QVERIFY2(found->contains(why), qPrintable(*found));
}

void TestOptionRules::everyOptionIsAnswered()
{
    const auto answers = judgeOptions({}, {});
    for (std::size_t i = 0; i < answers.size(); ++i) {
        QCOMPARE(static_cast<std::size_t>(answers[i].id), i);
        QVERIFY(!answers[i].set);
        QCOMPARE(answers[i].available, answers[i].reason.isEmpty());
    }
    QCOMPARE(answers.size(), static_cast<std::size_t>(OptionId::OnTimeout) + 1);
}

void TestOptionRules::greyBeforeItIsSet()
{
    Options options;
    options.postCopy = true;
    const auto answers = judgeOptions(options, {});
    const OptionAnswer& parallel = answers[static_cast<std::size_t>(OptionId::Parallel)];
    QVERIFY(!parallel.set && !parallel.available);
    QVERIFY(!contradiction(options));
    OptionContext paused;
    paused.state = PowerState::Paused;
    QVERIFY(contradiction(options, paused));
}

void TestOptionRules::hostsThatAreTooOld()
{
    Host source;
    source.config = hostConfig(QStringLiteral("h1"));
    auto told = reading(QStringLiteral("h1"), {});
    auto facts = hostFacts(QStringLiteral("h1"));
    facts->libvirtVersion = 4005000;
    told->facts = facts;
    source.reading = told;
    Options options;
    options.parallel = 2;
    OptionContext context;
    context.source = &source;
    const auto why = contradiction(options, context);
    QVERIFY(why);
    QVERIFY2(why->contains(QStringLiteral("libvirt 4.5.0 on h1")), qPrintable(*why));
}

QTEST_GUILESS_MAIN(TestOptionRules)
#include "tst_option_rules.moc"
