// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_session.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/confirm_sheet.h"
#include "ui/dialogs/move_to_dialog.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace drover;
using namespace drover::test;

/// The sheet before a move, by real keys and clicks.
class ConfirmSheetTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void saysWhatWillHappen();
    void movesByKeyboard();
    void refusesWithAReason();
    void asksToAccept();
    void acceptedStaysAcceptedWhenOptionsChange();
    void staysUsableWhileHostsAreAsked();
    void severalMovesOneConfirmation();
    void moveToListsBestFirst();

private:
    static std::vector<FakeHost> twoZones();
    static QPushButton* button(const QWidget& sheet, const char* text);
};

std::vector<FakeHost> ConfirmSheetTest::twoZones()
{
    const auto host = [](const char* name, const char* zone, std::vector<FakeInstance> instances) {
        FakeHost h;
        h.name = QLatin1String(name);
        h.zone = QLatin1String(zone);
        h.instances = std::move(instances);
        return h;
    };
    FakeInstance web;
    web.name = QStringLiteral("web-03");
    FakeInstance db = web;
    db.name = QStringLiteral("db-1");
    FakeInstance huge = web;
    huge.name = QStringLiteral("huge");
    huge.memoryGib = 100;
    FakeHost closed = host("h3", "az1", {});
    closed.service = ServiceState::Disabled;
    closed.reason = QStringLiteral("new DIMMs");
    return {host("h1", "az1", {web, db}), host("h2", "az1", {huge}), closed, host("h4", "az2", {})};
}

QPushButton* ConfirmSheetTest::button(const QWidget& sheet, const char* text)
{
    for (QPushButton* found : sheet.findChildren<QPushButton*>()) {
        if (found->text().remove(QLatin1Char('&')) == QLatin1String(text))
            return found;
    }
    return nullptr;
}

void ConfirmSheetTest::saysWhatWillHappen()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    auto* sheet =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("web-03"))}, {QStringLiteral("h2")}, nullptr);
    const QPointer<ConfirmSheet> watched(sheet);
    sheet->show();
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QCOMPARE(sheet->windowTitle(), QStringLiteral("Move web-03 from h1 to h2"));
    QTRY_COMPARE(sheet->hindrance(), QString());
    QStringList words;
    for (const QLabel* label : sheet->findChildren<QLabel*>())
        words.append(label->text());
    const QString all = words.join(QLatin1Char('\n'));
    QVERIFY(all.contains(QStringLiteral("Goes on if this window closes: yes")));
    QVERIFY(all.contains(QStringLiteral("Copies 4.0 GiB of memory")));
    for (const QWidget* control : sheet->findChildren<QWidget*>()) {
        if (control->focusPolicy() != Qt::NoFocus && control->isVisible() &&
            qobject_cast<const QAbstractButton*>(control) == nullptr &&
            qobject_cast<const QLineEdit*>(control) == nullptr)
            QVERIFY2(!control->accessibleName().isEmpty() || qobject_cast<const QLabel*>(control) != nullptr,
                     control->metaObject()->className());
    }
    QTest::keyClick(sheet, Qt::Key_Escape);
    QTRY_VERIFY(!watched);
    QVERIFY(fake.session().jobs().empty());
}

void ConfirmSheetTest::movesByKeyboard()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    auto* sheet =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("web-03"))}, {QStringLiteral("h2")}, nullptr);
    const QSignalSpy started(sheet, &ConfirmSheet::started);
    const QPointer<ConfirmSheet> watched(sheet);
    sheet->show();
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QTRY_VERIFY(button(*sheet, "Move")->isEnabled());
    QVERIFY(button(*sheet, "Move")->isDefault());
    QTest::keyClick(sheet, Qt::Key_Return);
    QCOMPARE(started.count(), 1);
    QTRY_VERIFY(!watched);
    const Job* job = fake.session().jobOf(fakeId(QStringLiteral("web-03")));
    QVERIFY(job != nullptr);
    QCOMPARE(job->destination.value, QStringLiteral("h2"));
}

void ConfirmSheetTest::refusesWithAReason()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    ConfirmSheet* sheet =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("web-03"))}, {QStringLiteral("h3")}, nullptr);
    sheet->show();
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QTRY_COMPARE(sheet->hindrance(), QStringLiteral("one check says no"));
    QVERIFY(!button(*sheet, "Move")->isEnabled());
    QTest::keyClick(sheet, Qt::Key_Return);
    QTest::mouseClick(button(*sheet, "Move"), Qt::LeftButton);
    QVERIFY(fake.session().jobs().empty());
    // Enabled meanwhile: the sheet asks again by itself.
    fake.host("h3").service = ServiceState::Enabled;
    fake.publish("h3");
    QTRY_COMPARE(sheet->hindrance(), QString());
    QVERIFY(button(*sheet, "Move")->isEnabled());
    sheet->close();
}

void ConfirmSheetTest::asksToAccept()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    ConfirmSheet* sheet =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("web-03"))}, {QStringLiteral("h4")}, nullptr);
    sheet->show();
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QTRY_COMPARE(sheet->hindrance(), QStringLiteral("one answer is missing"));
    QCheckBox* box = nullptr;
    for (QCheckBox* candidate : sheet->findChild<CheckList*>()->findChildren<QCheckBox*>()) {
        if (candidate->isVisible())
            box = candidate;
    }
    QVERIFY(box != nullptr);
    QVERIFY(box->accessibleName().startsWith(QStringLiteral("I accept this: ")));
    box->setFocus();
    QTest::keyClick(box, Qt::Key_Space);
    QVERIFY(box->isChecked());
    QTRY_COMPARE(sheet->hindrance(), QString());
    QTest::keyClick(box, Qt::Key_Space);
    QCOMPARE(sheet->hindrance(), QStringLiteral("one answer is missing"));
    QTest::keyClick(box, Qt::Key_Space);
    QTest::mouseClick(button(*sheet, "Move"), Qt::LeftButton);
    const Job* job = fake.session().jobOf(fakeId(QStringLiteral("web-03")));
    QVERIFY(job != nullptr);
    QVERIFY(job->options.accepted.contains(QStringLiteral("placement")));
}

void ConfirmSheetTest::acceptedStaysAcceptedWhenOptionsChange()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    ConfirmSheet* sheet =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("web-03"))}, {QStringLiteral("h4")}, nullptr);
    sheet->show();
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QTRY_COMPARE(sheet->hindrance(), QStringLiteral("one answer is missing"));
    for (QCheckBox* box : sheet->findChild<CheckList*>()->findChildren<QCheckBox*>()) {
        if (box->isVisible())
            QTest::mouseClick(box, Qt::LeftButton, Qt::NoModifier, QPoint(8, box->height() / 2));
    }
    QTRY_COMPARE(sheet->hindrance(), QString());
    QSpinBox* speed = nullptr;
    for (QSpinBox* box : sheet->findChildren<QSpinBox*>()) {
        if (box->accessibleName() == QLatin1String("Speed at most"))
            speed = box;
    }
    QVERIFY(speed != nullptr);
    for (QToolButton* unfold : sheet->findChildren<QToolButton*>()) {
        if (unfold->accessibleName() == QLatin1String("Options"))
            QTest::mouseClick(unfold, Qt::LeftButton);
    }
    QTRY_VERIFY(speed->isVisible());
    QVERIFY(sheet->height() <= 640);
    speed->setFocus();
    QTest::keyClick(speed, Qt::Key_Up);
    QCOMPARE(speed->value(), 10);
    QCOMPARE(sheet->hindrance(), QStringLiteral("asking both hosts…"));
    QTRY_COMPARE(sheet->hindrance(), QString());
    QTest::mouseClick(button(*sheet, "Move"), Qt::LeftButton);
    const Job* job = fake.session().jobOf(fakeId(QStringLiteral("web-03")));
    QVERIFY(job != nullptr);
    QCOMPARE(job->options.bandwidth, std::optional(Rate::fromMib(10)));
    QVERIFY(job->options.accepted.contains(QStringLiteral("placement")));
}

void ConfirmSheetTest::staysUsableWhileHostsAreAsked()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    fake.backend().holdQuestions(true);
    ConfirmSheet* sheet =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("web-03"))}, {QStringLiteral("h2")}, nullptr);
    const QPointer<ConfirmSheet> watched(sheet);
    sheet->show();
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QVERIFY(!sheet->isModal());
    QCOMPARE(sheet->hindrance(), QStringLiteral("asking both hosts…"));
    QVERIFY(!button(*sheet, "Move")->isEnabled());
    fake.backend().holdQuestions(false);
    QTRY_COMPARE(sheet->hindrance(), QString());
    // Closed while an answer is on its way: the answer finds nobody.
    fake.backend().holdQuestions(true);
    auto* second =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("db-1"))}, {QStringLiteral("h2")}, nullptr);
    const QPointer<ConfirmSheet> gone(second);
    second->show();
    QVERIFY(QTest::qWaitForWindowExposed(second));
    second->close();
    QTRY_VERIFY(!gone);
    fake.backend().holdQuestions(false);
    sheet->close();
    QTRY_VERIFY(!watched);
}

void ConfirmSheetTest::severalMovesOneConfirmation()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    ConfirmSheet* sheet =
        new ConfirmSheet(fake.session(), {fakeId(QStringLiteral("web-03")), fakeId(QStringLiteral("db-1"))},
                         {QStringLiteral("h2")}, nullptr);
    sheet->show();
    QVERIFY(QTest::qWaitForWindowExposed(sheet));
    QCOMPARE(sheet->instances().size(), std::size_t(2));
    QTRY_COMPARE(sheet->hindrance(), QString());
    QTest::mouseClick(button(*sheet, "Move"), Qt::LeftButton);
    QCOMPARE(fake.session().jobs().size(), std::size_t(2));
}

void ConfirmSheetTest::moveToListsBestFirst()
{
    FakeSession fake(twoZones());
    QVERIFY(fake.settle());
    auto* dialog = new MoveToDialog(fake.session(), {fakeId(QStringLiteral("web-03"))}, nullptr);
    const QSignalSpy chosen(dialog, &MoveToDialog::chosen);
    dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(dialog));
    const auto host = [dialog](int row) { return dialog->list().model()->index(row, 0).data().toString(); };
    QCOMPARE(dialog->list().model()->rowCount(), 4);
    QTRY_COMPARE(host(0),
                 QStringLiteral("h2")); // fits; h4 is in another zone, h3 is closed, h1 is where it runs
    QCOMPARE(host(1), QStringLiteral("h4"));
    QCOMPARE(host(2), QStringLiteral("h3"));
    QCOMPARE(host(3), QStringLiteral("h1"));
    // A host that cannot take it cannot be chosen, and says why.
    QTest::keyClicks(&dialog->filter(), QStringLiteral("h3"));
    QCOMPARE(dialog->list().model()->rowCount(), 1);
    QTest::keyClick(&dialog->filter(), Qt::Key_Return);
    QCOMPARE(chosen.count(), 0);
    dialog->filter().clear();
    QTest::keyClick(&dialog->filter(), Qt::Key_Down);
    QCOMPARE(dialog->list().currentIndex().row(), 1);
    QTest::keyClick(&dialog->filter(), Qt::Key_Return);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen.at(0).at(1).value<HostId>().value, QStringLiteral("h4"));
}

QTEST_MAIN(ConfirmSheetTest)
#include "tst_confirm_sheet.moc"
