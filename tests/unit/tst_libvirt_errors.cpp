// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/error_map.h"
#include "core/libvirt/host_query.h"

#include <QtTest>

#include <libvirt/virterror.h>

using namespace drover;
using namespace drover::libvirt;

/// libvirt's errors, as they were seen, in the operator's words.
class TestLibvirtErrors : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void mapping_data();
    void mapping();
    void peerErrorsNameThePeer();
    void plainWordsLoseNothing_data();
    void plainWordsLoseNothing();
    void comparison_data();
    void comparison();
    void notComparable();
};

void TestLibvirtErrors::mapping_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("domain");
    QTest::addColumn<QString>("message");
    QTest::addColumn<bool>("opening");
    QTest::addColumn<ErrorCode>("expected");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, int code, int domain, const char* message, bool opening,
                        ErrorCode expected, const char* says) {
        QTest::newRow(name) << code << domain << QString::fromUtf8(message) << opening << expected
                            << QString::fromUtf8(says);
    };
    row("refused port", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "unable to connect to server at 'h1:16509': Connection refused", true, ErrorCode::Unreachable,
        "h1 does not answer: nothing listens there");
    row("no name", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Unable to resolve address 'nosuch' service '16509': Temporary failure in name resolution", true,
        ErrorCode::Unreachable, "name cannot be resolved");
    row("no route", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "unable to connect to server at 'x:1': No route to host", true, ErrorCode::Unreachable, "no route");
    row("swallowed", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "unable to connect to server at 'x:1': Connection timed out", true, ErrorCode::Unreachable,
        "firewall");
    row("no socket", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory", true,
        ErrorCode::Unreachable, "/run/libvirt/libvirt-sock");
    row("keepalive", VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC,
        "internal error: connection closed due to keepalive timeout", false, ErrorCode::Unreachable,
        "The connection to h1 was lost: it stopped answering");
    row("closed", VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, "internal error: client socket is closed", false,
        ErrorCode::Unreachable, "The connection to h1 was lost");
    row("end of file", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "End of file while reading data: Input/output error", false, ErrorCode::Unreachable,
        "daemon closed the connection");
    row("used after close", VIR_ERR_INVALID_CONN, VIR_FROM_NONE, "invalid connection pointer in virGetDomain",
        false, ErrorCode::Unreachable, "h1");
    row("ssh key", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Cannot recv data: root@h1: Permission denied (publickey,password).: Connection reset by peer", true,
        ErrorCode::AuthenticationFailed, "h1 refused the login: SSH accepted no key");
    row("ssh host key", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Cannot recv data: Host key verification failed.: Connection reset by peer", true,
        ErrorCode::AuthenticationFailed, "host key is not known");
    row("ssh no daemon", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Cannot recv data: ssh: connect to host h3 port 22: Connection refused: Connection reset by peer",
        true, ErrorCode::Unreachable, "nothing listens there");
    row("sasl", VIR_ERR_AUTH_FAILED, VIR_FROM_RPC, "authentication failed: authentication failed", true,
        ErrorCode::AuthenticationFailed, "h1 refused the login");
    row("sasl unasked", VIR_ERR_AUTH_FAILED, VIR_FROM_RPC,
        "authentication failed: Failed to collect auth credentials", true, ErrorCode::AuthenticationFailed,
        "asks for a login");
    row("certificate", VIR_ERR_AUTH_FAILED, VIR_FROM_RPC,
        "authentication failed: Failed to verify peer's certificate", true, ErrorCode::AuthenticationFailed,
        "TLS certificate");
    row("client certificate", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Unable to read TLS confirmation: Input/output error", true, ErrorCode::AuthenticationFailed,
        "client certificate");
    row("no certificates", VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
        "Cannot read CA certificate '/etc/pki/CA/cacert.pem': No such file or directory", true,
        ErrorCode::AuthenticationFailed, "no TLS certificates");
    row("read-only", VIR_ERR_OPERATION_DENIED, VIR_FROM_DOMAIN,
        "operation forbidden: read only access prevents virDomainMigrateToURI3", false,
        ErrorCode::PermissionDenied, "read-only");
    row("access control", VIR_ERR_ACCESS_DENIED, VIR_FROM_ACCESS, "access denied: 'domain' denied", false,
        ErrorCode::PermissionDenied, "h1 does not allow");
    row("no domain", VIR_ERR_NO_DOMAIN, VIR_FROM_QEMU, "Domain not found: no domain with matching uuid",
        false, ErrorCode::NotFound, "vm1 is not on h1");
    row("locked", VIR_ERR_OPERATION_TIMEOUT, VIR_FROM_NONE,
        "Timed out during operation: cannot acquire state change lock (held by "
        "monitor=remoteDispatchDomainMigratePerform3Params)",
        false, ErrorCode::Busy, "vm1 on h1 is busy");
    row("second migration", VIR_ERR_OPERATION_INVALID, VIR_FROM_QEMU,
        "Requested operation is not valid: another migration job is already running for domain 'vm1'", false,
        ErrorCode::Busy, "already running");
    row("not running", VIR_ERR_OPERATION_INVALID, VIR_FROM_DOMAIN,
        "Requested operation is not valid: domain is not running", false, ErrorCode::OperationFailed,
        "The move of vm1 failed on h1: domain is not running");
    row("aborted", VIR_ERR_OPERATION_ABORTED, VIR_FROM_QEMU,
        "operation aborted: job 'migration out' canceled by client", false, ErrorCode::Cancelled,
        "cancelled");
    row("unsafe", VIR_ERR_MIGRATE_UNSAFE, VIR_FROM_QEMU,
        "Unsafe migration: Migration without shared storage is unsafe", false, ErrorCode::Refused, "disk");
    row("not supported", VIR_ERR_NO_SUPPORT, VIR_FROM_TEST,
        "this function is not supported by the connection driver: virDomainAbortJob", false,
        ErrorCode::Unsupported, "h1 cannot do this");
    row("p2p", VIR_ERR_ARGUMENT_UNSUPPORTED, VIR_FROM_DOMAIN,
        "p2p migration is not supported by the source host", false, ErrorCode::Unsupported, "p2p migration");
    row("no memory there", VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU,
        "internal error: process exited while connecting to monitor: 2026-01-01T00:00:00.000000Z "
        "qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory",
        false, ErrorCode::OperationFailed,
        "failed on h1: cannot set up guest memory 'pc.ram': Cannot allocate memory");
}

void TestLibvirtErrors::mapping()
{
    QFETCH(int, code);
    QFETCH(int, domain);
    QFETCH(QString, message);
    QFETCH(bool, opening);
    QFETCH(ErrorCode, expected);
    QFETCH(QString, says);
    Place place{QStringLiteral("h1"), QStringLiteral("vm1"), QStringLiteral("The move of vm1")};
    place.opening = opening;
    const Error error = toError({code, domain, message}, place);
    QCOMPARE(errorCodeName(error.code), errorCodeName(expected));
    QVERIFY2(error.message.contains(says), qPrintable(error.message));
    QVERIFY2(error.message.contains(QStringLiteral("h1")), qPrintable(error.message));
    QCOMPARE(error.detail, message);
    QCOMPARE(error.host, QStringLiteral("h1"));
    QCOMPARE(error.instance, QStringLiteral("vm1"));
}

void TestLibvirtErrors::peerErrorsNameThePeer()
{
    Place place{QStringLiteral("h1"), QStringLiteral("vm1"), QStringLiteral("The move of vm1 to h2")};
    place.peer = QStringLiteral("h2");
    const Error lost = toError(
        {VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, QStringLiteral("internal error: client socket is closed")},
        place);
    QCOMPARE(lost.host, QStringLiteral("h2"));
    QVERIFY2(lost.message.startsWith(QStringLiteral("h1 could not reach h2")), qPrintable(lost.message));
    const Error login =
        toError({VIR_ERR_AUTH_FAILED, VIR_FROM_RPC,
                 QStringLiteral("authentication failed: No authentication callback available")},
                place);
    QCOMPARE(login.code, ErrorCode::AuthenticationFailed);
    QVERIFY2(login.message.startsWith(QStringLiteral("h2 refused h1's login")), qPrintable(login.message));
    // Not about the way between them: stays with the source.
    const Error other =
        toError({VIR_ERR_OPERATION_FAILED, VIR_FROM_QEMU, QStringLiteral("operation failed: no")}, place);
    QCOMPARE(other.host, QStringLiteral("h1"));
}

void TestLibvirtErrors::plainWordsLoseNothing_data()
{
    QTest::addColumn<QString>("raw");
    QTest::addColumn<QString>("plain");
    QTest::newRow("plain") << QStringLiteral("domain is not running")
                           << QStringLiteral("domain is not running");
    QTest::newRow("two phrases") << QStringLiteral("internal error: operation failed: no luck")
                                 << QStringLiteral("no luck");
    QTest::newRow("only a phrase") << QStringLiteral("internal error: ") << QStringLiteral("internal error:");
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("inside stays") << QStringLiteral("disk: internal error: x")
                                  << QStringLiteral("disk: internal error: x");
    QTest::newRow("emulator") << QStringLiteral("internal error: qemu unexpectedly closed the monitor: t "
                                                "qemu-system-x86_64: -vnc 1: Failed to bind socket")
                              << QStringLiteral("-vnc 1: Failed to bind socket");
}

void TestLibvirtErrors::plainWordsLoseNothing()
{
    QFETCH(QString, raw);
    QFETCH(QString, plain);
    QCOMPARE(plainWords(raw), plain);
}

void TestLibvirtErrors::comparison_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    QTest::addColumn<CpuComparison::Answer>("answer");
    QTest::addColumn<QStringList>("missing");
    using Answer = CpuComparison::Answer;
    QTest::newRow("features") << int(VIR_ERR_CPU_INCOMPATIBLE)
                              << QStringLiteral(
                                     "the CPU is incompatible with host CPU: Host CPU does not provide "
                                     "required features: sse4.2, avx2")
                              << Answer::Incompatible
                              << QStringList{QStringLiteral("sse4.2"), QStringLiteral("avx2")};
    QTest::newRow("no list") << int(VIR_ERR_CPU_INCOMPATIBLE)
                             << QStringLiteral("the CPU is incompatible: vendor") << Answer::Incompatible
                             << QStringList{};
    QTest::newRow("machine") << int(VIR_ERR_INVALID_ARG)
                             << QStringLiteral(
                                    "invalid argument: the machine 'pc-i440fx-9.9' is not supported")
                             << Answer::Incompatible << QStringList{};
    QTest::newRow("read-only") << int(VIR_ERR_OPERATION_DENIED) << QStringLiteral("operation forbidden")
                               << Answer::Unknown << QStringList{};
    QTest::newRow("test driver") << int(VIR_ERR_NO_SUPPORT) << QStringLiteral("not supported")
                                 << Answer::Unknown << QStringList{};
}

void TestLibvirtErrors::comparison()
{
    QFETCH(int, code);
    QFETCH(QString, message);
    QFETCH(CpuComparison::Answer, answer);
    QFETCH(QStringList, missing);
    const auto comparison = comparisonOf({code, VIR_FROM_CPU, message});
    QVERIFY(comparison.has_value());
    QCOMPARE(comparison->answer, answer);
    QCOMPARE(comparison->missing, missing);
    QVERIFY(!comparison->reason.isEmpty());
    QVERIFY(!comparisonOf({VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, message}).has_value());
}

void TestLibvirtErrors::notComparable()
{
    QVERIFY(!whyNotComparable({}).isEmpty());
    QVERIFY(!whyNotComparable(QStringLiteral("<cpu mode='maximum' check='none'/>")).isEmpty());
    QVERIFY(!whyNotComparable(QStringLiteral("<cpu mode='host-passthrough'/>")).isEmpty());
    QVERIFY(!whyNotComparable(QStringLiteral("<cpu mode='host-model'/>")).isEmpty());
    QVERIFY(!whyNotComparable(QStringLiteral("<cpu")).isEmpty());
    QVERIFY(whyNotComparable(QStringLiteral("<cpu mode='custom' match='exact'><model>qemu64</model></cpu>"))
                .isEmpty());
}

QTEST_GUILESS_MAIN(TestLibvirtErrors)
#include "tst_libvirt_errors.moc"
