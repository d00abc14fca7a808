// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board/board_accessible.h"

#include "ui/board/board_layout.h"
#include "ui/board/board_view.h"
#include "ui/delegates/capacity_bar.h"
#include "ui/models/fleet_words.h"

#include <QCoreApplication>
#include <QWindow>

#include <algorithm>
#include <tuple>

namespace drover {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("BoardView", text);
}

QAccessibleInterface* makeInterface(const QString& className, QObject* object)
{
    if (className != QLatin1String("drover::BoardView"))
        return nullptr;
    auto* view = qobject_cast<BoardView*>(object);
    return view == nullptr ? nullptr : new BoardAccessible(*view);
}

} // namespace

BoardAccessible::BoardAccessible(BoardView& view) : QAccessibleWidget(&view, QAccessible::List), m_view(&view)
{
}

BoardAccessible::~BoardAccessible()
{
    for (const auto& given : m_given)
        QAccessible::deleteAccessibleInterface(given.second);
}

void BoardAccessible::install()
{
    // A second installation of the same function is ignored by Qt.
    QAccessible::installFactory(makeInterface);
}

void BoardAccessible::focusMoved(BoardView& view, const BoardItem& item)
{
    if (!QAccessible::isActive() || item.isNull())
        return;
    auto* board = static_cast<BoardAccessible*>(QAccessible::queryAccessibleInterface(&view));
    if (QAccessibleInterface* interface = board == nullptr ? nullptr : board->interfaceFor(item)) {
        QAccessibleEvent event(interface, QAccessible::Focus);
        QAccessible::updateAccessibility(&event);
    }
}

bool BoardAccessible::Key::operator<(const Key& other) const
{
    return std::tie(item.host, item.instance, item.more) <
           std::tie(other.item.host, other.item.instance, other.item.more);
}

void BoardAccessible::forgetGone() const
{
    std::erase_if(m_given, [this](const auto& given) {
        const BoardItem& item = given.first.item;
        const BoardLayout& layout = m_view->layoutOf();
        if (item.isInstance() ? layout.tile(item) != nullptr : layout.card(item.host) != nullptr)
            return false;
        QAccessible::deleteAccessibleInterface(given.second);
        return true;
    });
}

QAccessibleInterface* BoardAccessible::interfaceFor(const BoardItem& item) const
{
    if (!m_view || item.isNull())
        return nullptr;
    const auto at = m_given.find({item});
    if (at != m_given.end()) {
        if (QAccessibleInterface* interface = QAccessible::accessibleInterface(at->second))
            return interface;
        m_given.erase(at);
    }
    if (m_given.size() > 4096)
        forgetGone();
    auto* interface = new BoardItemAccessible(*m_view, item);
    m_given.emplace(Key{item}, QAccessible::registerAccessibleInterface(interface));
    return interface;
}

BoardView& BoardAccessible::view() const
{
    return *m_view;
}

int BoardAccessible::childCount() const
{
    return m_view ? static_cast<int>(m_view->layoutOf().shownCards().size()) : 0;
}

QAccessibleInterface* BoardAccessible::child(int index) const
{
    if (!m_view)
        return nullptr;
    const auto cards = m_view->layoutOf().shownCards();
    return index >= 0 && static_cast<std::size_t>(index) < cards.size()
               ? interfaceFor({cards[static_cast<std::size_t>(index)]->id, {}, false})
               : nullptr;
}

int BoardAccessible::indexOfChild(const QAccessibleInterface* child) const
{
    for (int i = 0; i < childCount(); ++i) {
        if (this->child(i) == child)
            return i;
    }
    return -1;
}

QAccessibleInterface* BoardAccessible::childAt(int x, int y) const
{
    if (!m_view)
        return nullptr;
    const BoardItem item = m_view->itemAt(m_view->viewport()->mapFromGlobal(QPoint(x, y)));
    return interfaceFor(item);
}

QAccessibleInterface* BoardAccessible::focusChild() const
{
    return m_view && m_view->hasFocus() ? interfaceFor(m_view->focusItem()) : nullptr;
}

BoardItemAccessible::BoardItemAccessible(BoardView& view, BoardItem item)
    : m_view(&view), m_item(std::move(item))
{
}

BoardAccessible* BoardItemAccessible::board() const
{
    return m_view ? static_cast<BoardAccessible*>(QAccessible::queryAccessibleInterface(m_view.data()))
                  : nullptr;
}

bool BoardItemAccessible::isValid() const
{
    if (!m_view)
        return false;
    const BoardLayout& layout = m_view->layoutOf();
    return m_item.isInstance() ? layout.tile(m_item) != nullptr : layout.card(m_item.host) != nullptr;
}

QWindow* BoardItemAccessible::window() const
{
    return m_view ? m_view->window()->windowHandle() : nullptr;
}

std::vector<BoardItem> BoardItemAccessible::children() const
{
    std::vector<BoardItem> items;
    if (!m_view || m_item.isInstance() || m_item.more)
        return items;
    const BoardLayout& layout = m_view->layoutOf();
    const BoardCard* card = layout.card(m_item.host);
    if (card == nullptr || layout.mode() == BoardLayout::Mode::Lines)
        return items;
    for (const BoardTile& tile : card->tiles) {
        if (tile.shown())
            items.push_back({card->id, tile.id, false});
    }
    if (!card->more.isEmpty())
        items.push_back({card->id, {}, true});
    return items;
}

QAccessibleInterface* BoardItemAccessible::parent() const
{
    BoardAccessible* above = board();
    if (above == nullptr || (!m_item.isInstance() && !m_item.more))
        return above;
    return above->interfaceFor({m_item.host, {}, false});
}

QAccessibleInterface* BoardItemAccessible::child(int index) const
{
    const auto items = children();
    BoardAccessible* above = board();
    return above != nullptr && index >= 0 && static_cast<std::size_t>(index) < items.size()
               ? above->interfaceFor(items[static_cast<std::size_t>(index)])
               : nullptr;
}

QAccessibleInterface* BoardItemAccessible::childAt(int x, int y) const
{
    for (int i = 0; i < childCount(); ++i) {
        QAccessibleInterface* below = child(i);
        if (below != nullptr && below->rect().contains(x, y))
            return below;
    }
    return nullptr;
}

int BoardItemAccessible::childCount() const
{
    return static_cast<int>(children().size());
}

int BoardItemAccessible::indexOfChild(const QAccessibleInterface* child) const
{
    for (int i = 0; i < childCount(); ++i) {
        if (this->child(i) == child)
            return i;
    }
    return -1;
}

QString BoardItemAccessible::text(QAccessible::Text kind) const
{
    if (!isValid())
        return {};
    const BoardLayout& layout = m_view->layoutOf();
    const BoardCard* card = layout.card(m_item.host);
    if (m_item.more)
        return kind != QAccessible::Name ? QString()
               : card->hidden > 0 ? say("%1 more instances of host %2").arg(card->hidden).arg(card->id.value)
                                  : say("show fewer instances of host %1").arg(card->id.value);
    if (m_item.isInstance()) {
        const Instance* instance = layout.snapshot()->instance(m_item.instance);
        if (instance == nullptr)
            return {};
        if (kind == QAccessible::Name)
            return say("instance %1").arg(instance->name());
        if (kind == QAccessible::Description) {
            const QString task = words::task(*instance, m_view->jobOf(m_item.instance));
            const QString state = words::powerState(instance->domain.status.state);
            const QString text =
                say("%1, %2, on %3").arg(state, formatMib(tileMemory(*instance)), m_item.host.value);
            return task.isEmpty() ? text : say("%1, %2").arg(text, task);
        }
        return {};
    }
    if (kind == QAccessible::Name)
        return say("host %1").arg(m_item.host.value);
    if (kind == QAccessible::Description)
        return m_view->describe(*card);
    return {};
}

void BoardItemAccessible::setText(QAccessible::Text /*kind*/, const QString& /*text*/) {}

QRect BoardItemAccessible::rect() const
{
    if (!isValid())
        return {};
    const QRect inView = m_view->rectInViewport(m_item);
    return inView.isEmpty() ? QRect()
                            : QRect(m_view->viewport()->mapToGlobal(inView.topLeft()), inView.size());
}

QAccessible::Role BoardItemAccessible::role() const
{
    if (m_item.more)
        return QAccessible::Button;
    return m_item.isInstance() ? QAccessible::ListItem : QAccessible::Grouping;
}

QAccessible::State BoardItemAccessible::state() const
{
    QAccessible::State state;
    if (!isValid()) {
        state.invalid = true;
        return state;
    }
    state.focusable = true;
    state.selectable = !m_item.more;
    state.focused = m_view->hasFocus() && m_view->focusItem() == m_item;
    const FleetSelection selection = m_view->selection();
    state.selected =
        m_item.isInstance()
            ? std::find(selection.instances.begin(), selection.instances.end(), m_item.instance) !=
                  selection.instances.end()
            : std::find(selection.hosts.begin(), selection.hosts.end(), m_item.host) != selection.hosts.end();
    const QRect inView = m_view->rectInViewport(m_item);
    state.invisible = inView.isEmpty();
    state.offscreen = !inView.intersects(m_view->viewport()->rect());
    state.movable = m_item.isInstance();
    return state;
}

void* BoardItemAccessible::interface_cast(QAccessible::InterfaceType type)
{
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
}

QStringList BoardItemAccessible::actionNames() const
{
    return {pressAction(), setFocusAction()};
}

void BoardItemAccessible::doAction(const QString& name)
{
    if (!isValid())
        return;
    m_view->setFocus(Qt::OtherFocusReason);
    m_view->goTo(m_item);
    if (name == pressAction() && m_item.more)
        m_view->unfold(m_item.host);
}

QStringList BoardItemAccessible::keyBindingsForAction(const QString& /*name*/) const
{
    return {};
}

} // namespace drover
