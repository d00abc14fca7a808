// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/mailbox.h"

#include <QTest>
#include <QThread>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace drover;

namespace {

struct Message
{
    int producer = 0;
    int number = 0;
};

} // namespace

class TestMailbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void manyProducersKeepTheirOrder();
    void gathersABatch();
    void receiverRunsOnItsOwner();
    void closedHandleIsSilent();
    void handleMayOutliveTheMailbox();
    void receiverMayPushAgain();
};

void TestMailbox::manyProducersKeepTheirOrder()
{
    constexpr int producers = 5;
    constexpr int each = 4000;
    std::vector<std::vector<int>> got(producers);
    std::size_t total = 0;
    Mailbox<Message> mailbox([&](const std::vector<Message>& batch) {
        for (const Message& message : batch)
            got[static_cast<std::size_t>(message.producer)].push_back(message.number);
        total += batch.size();
    });
    const MailboxHandle<Message> handle(mailbox);
    {
        std::vector<std::jthread> threads;
        for (int p = 0; p < producers; ++p) {
            threads.emplace_back([handle, p] {
                for (int i = 0; i < each; ++i)
                    handle.push({p, i});
            });
        }
        QTRY_COMPARE_WITH_TIMEOUT(total, std::size_t(producers * each), 20000);
    }
    for (const auto& list : got) {
        QCOMPARE(list.size(), std::size_t(each));
        QVERIFY(std::is_sorted(list.begin(), list.end()));
    }
}

void TestMailbox::gathersABatch()
{
    int calls = 0;
    std::size_t values = 0;
    Mailbox<int> mailbox([&](const std::vector<int>& batch) {
        ++calls;
        values += batch.size();
    });
    for (int i = 0; i < 100; ++i)
        mailbox.push(i);
    QCOMPARE(calls, 0); // never from inside push
    QTRY_COMPARE(values, std::size_t(100));
    QCOMPARE(calls, 1);
}

void TestMailbox::receiverRunsOnItsOwner()
{
    QThread* ranOn = nullptr;
    Mailbox<int> mailbox([&](const std::vector<int>&) { ranOn = QThread::currentThread(); });
    std::jthread([&mailbox] { mailbox.push(1); }).join();
    QTRY_VERIFY(ranOn != nullptr);
    QCOMPARE(ranOn, QThread::currentThread());
}

void TestMailbox::closedHandleIsSilent()
{
    std::vector<int> got;
    Mailbox<int> mailbox(
        [&](const std::vector<int>& batch) { got.insert(got.end(), batch.begin(), batch.end()); });
    const MailboxHandle<int> open(mailbox);
    const MailboxHandle<int> closed(mailbox);
    const MailboxHandle<int> copyOfClosed = closed;
    closed.close();
    closed.push(1);
    copyOfClosed.push(2);
    MailboxHandle<int>().push(3); // of no mailbox
    open.push(4);
    QTRY_VERIFY(!got.empty());
    QCOMPARE(got, std::vector<int>{4});
}

void TestMailbox::handleMayOutliveTheMailbox()
{
    std::atomic<bool> end = false;
    std::atomic<int> pushed = 0;
    MailboxHandle<int> handle;
    std::jthread producer;
    {
        Mailbox<int> mailbox([](const std::vector<int>&) {});
        handle = MailboxHandle<int>(mailbox);
        producer = std::jthread([&end, &pushed, handle] {
            while (!end) {
                handle.push(1);
                ++pushed;
                std::this_thread::yield();
            }
        });
        QTRY_VERIFY(pushed > 100);
        handle.close();
    }
    const int before = pushed;
    QTRY_VERIFY(pushed > before + 100); // goes on pushing into nothing
    end = true;
}

void TestMailbox::receiverMayPushAgain()
{
    std::vector<int> got;
    Mailbox<int>* self = nullptr;
    Mailbox<int> mailbox([&](const std::vector<int>& batch) {
        for (const int value : batch) {
            got.push_back(value);
            if (value < 5)
                self->push(value + 1);
        }
    });
    self = &mailbox;
    mailbox.push(1);
    QTRY_COMPARE(got, (std::vector<int>{1, 2, 3, 4, 5}));
}

QTEST_GUILESS_MAIN(TestMailbox)
#include "tst_mailbox.moc"
