// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/libvirt/volume_xml.h"

#include <QtTest>

using namespace drover;
using namespace drover::libvirt;

/// What libvirt says of volumes, and what is said to it.
class TestLibvirtVolumes : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void overlay();
    void sparse();
    void unreadable();
    void newVolume();
    void lookPools();
    void paths();
};

void TestLibvirtVolumes::overlay()
{
    const auto facts = parseVolumeXml(
        "<volume type='file'><name>a &amp; b.qcow2</name><key>/p/a &amp; b.qcow2</key>"
        "<capacity unit='bytes'>1073741824</capacity><allocation unit='bytes'>200704</allocation>"
        "<physical unit='bytes'>196688</physical>"
        "<target><path>/p/a &amp; b.qcow2</path><format type='qcow2'/>"
        "<timestamps><atime>1700000001</atime><mtime>1700000000.000000042</mtime>"
        "<ctime>1700000000.500000000</ctime></timestamps></target>"
        "<backingStore><path>/b/base.img</path><format type='raw'/></backingStore></volume>",
        QStringLiteral("h1"), QStringLiteral("/p/a"));
    QVERIFY(facts);
    QCOMPARE(facts->path, QStringLiteral("/p/a & b.qcow2"));
    QCOMPARE(facts->key, facts->path);
    QCOMPARE(facts->format, QStringLiteral("qcow2"));
    QCOMPARE(facts->capacity.value, qint64(1073741824));
    QCOMPARE(facts->allocation.value, qint64(200704));
    QCOMPARE(facts->length->value, qint64(196688));
    QCOMPARE(facts->backingPath, QStringLiteral("/b/base.img"));
    QCOMPARE(facts->backingFormat, QStringLiteral("raw"));
    QCOMPARE(*facts->modifiedNs, qint64(1700000000000000042));
    QCOMPARE(*facts->changedNs, qint64(1700000000500000000));
}

void TestLibvirtVolumes::sparse()
{
    const auto facts = parseVolumeXml("<volume><capacity>10</capacity><allocation unit='KiB'>2</allocation>"
                                      "<target><path>/p/x</path></target><backingStore/></volume>",
                                      QStringLiteral("h1"), QStringLiteral("/p/x"));
    QVERIFY(facts);
    QCOMPARE(facts->capacity.value, qint64(10));
    QCOMPARE(facts->allocation.value, qint64(2048));
    QVERIFY(!facts->length && !facts->modifiedNs && !facts->changedNs);
    QVERIFY(facts->backingPath.isEmpty() && facts->backingFormat.isEmpty());
}

void TestLibvirtVolumes::unreadable()
{
    for (const QByteArray& xml : {QByteArray(), QByteArray("<volume"), QByteArray("<pool/>")}) {
        const auto facts = parseVolumeXml(xml, QStringLiteral("h1"), QStringLiteral("/p/x"));
        QVERIFY(!facts);
        QCOMPARE(facts.error().host, QStringLiteral("h1"));
        QVERIFY(facts.error().message.contains(QStringLiteral("/p/x")));
    }
}

void TestLibvirtVolumes::newVolume()
{
    NewImage image;
    image.format = QStringLiteral("qcow2");
    image.capacity = Bytes::fromGib(1);
    image.backingPath = QStringLiteral("/b/<base>");
    image.backingFormat = QStringLiteral("raw");
    QCOMPARE(newVolumeXml(QStringLiteral("a&b"), image),
             QByteArray("<volume><name>a&amp;b</name><capacity unit=\"bytes\">1073741824</capacity>"
                        "<allocation>0</allocation><target><format type=\"qcow2\"/></target>"
                        "<backingStore><path>/b/&lt;base&gt;</path><format type=\"raw\"/></backingStore>"
                        "</volume>"));
}

void TestLibvirtVolumes::lookPools()
{
    const QString name = newLookPoolName(1700000000);
    QVERIFY(name != newLookPoolName(1700000000));
    QVERIFY(isLookPool(name));
    QCOMPARE(*lookPoolMade(name), qint64(1700000000));
    QVERIFY(!isLookPool(QStringLiteral("images")));
    QVERIFY(!lookPoolMade(QStringLiteral("drover-look-")));
    QCOMPARE(lookPoolXml(QStringLiteral("n"), QStringLiteral("/a<b")),
             QByteArray("<pool type=\"dir\"><name>n</name><target><path>/a&lt;b</path></target></pool>"));
}

void TestLibvirtVolumes::paths()
{
    QCOMPARE(splitPath(QStringLiteral("/a//b/c.img")).folder, QStringLiteral("/a/b"));
    QCOMPARE(splitPath(QStringLiteral("/a/b/c.img")).name, QStringLiteral("c.img"));
    QCOMPARE(splitPath(QStringLiteral("/c.img")).folder, QStringLiteral("/"));
    for (const char* path : {"", "c.img", "/", "/a/", "a/b"})
        QVERIFY(splitPath(QLatin1String(path)).name.isEmpty());
    QCOMPARE(plainFolder(QStringLiteral("/a//b/")), QStringLiteral("/a/b"));
    QCOMPARE(plainFolder(QStringLiteral("/")), QStringLiteral("/"));
}

QTEST_GUILESS_MAIN(TestLibvirtVolumes)
#include "tst_libvirt_volumes.moc"
