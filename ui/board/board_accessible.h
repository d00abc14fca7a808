// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/board/board_card.h"

#include <QAccessibleActionInterface>
#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

#include <map>

namespace drover {

class BoardView;
class BoardItemAccessible;

/// The board for screen readers: its children are the cards, theirs the tiles, each found by its name ("host
/// h2", "instance web-03") and with its rectangle.
class BoardAccessible final : public QAccessibleWidget
{
public:
    explicit BoardAccessible(BoardView& view);
    ~BoardAccessible() override;

    /// Makes the factory known; may be called again.
    static void install();
    /// Tells a screen reader where the focus is now.
    static void focusMoved(BoardView& view, const BoardItem& item);

    [[nodiscard]] int childCount() const override;
    [[nodiscard]] QAccessibleInterface* child(int index) const override;
    [[nodiscard]] int indexOfChild(const QAccessibleInterface* child) const override;
    [[nodiscard]] QAccessibleInterface* childAt(int x, int y) const override;
    [[nodiscard]] QAccessibleInterface* focusChild() const override;

    [[nodiscard]] BoardView& view() const;
    [[nodiscard]] QAccessibleInterface* interfaceFor(const BoardItem& item) const;

private:
    struct Key
    {
        BoardItem item;
        bool operator<(const Key& other) const;
    };
    void forgetGone() const;

    QPointer<BoardView> m_view;
    /// Interfaces given out so far; owned by the accessibility cache, which asks for an id.
    mutable std::map<Key, QAccessible::Id> m_given;
};

/// A card, a tile, or the "+31" of a card.
class BoardItemAccessible final : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    BoardItemAccessible(BoardView& view, BoardItem item);

    [[nodiscard]] bool isValid() const override;
    [[nodiscard]] QObject* object() const override { return nullptr; }
    [[nodiscard]] QWindow* window() const override;
    [[nodiscard]] QAccessibleInterface* parent() const override;
    [[nodiscard]] QAccessibleInterface* child(int index) const override;
    [[nodiscard]] QAccessibleInterface* childAt(int x, int y) const override;
    [[nodiscard]] int childCount() const override;
    [[nodiscard]] int indexOfChild(const QAccessibleInterface* child) const override;
    [[nodiscard]] QString text(QAccessible::Text kind) const override;
    void setText(QAccessible::Text kind, const QString& text) override;
    [[nodiscard]] QRect rect() const override;
    [[nodiscard]] QAccessible::Role role() const override;
    [[nodiscard]] QAccessible::State state() const override;
    void* interface_cast(QAccessible::InterfaceType type) override;

    [[nodiscard]] QStringList actionNames() const override;
    void doAction(const QString& name) override;
    [[nodiscard]] QStringList keyBindingsForAction(const QString& name) const override;

    [[nodiscard]] const BoardItem& item() const { return m_item; }

private:
    [[nodiscard]] std::vector<BoardItem> children() const;
    [[nodiscard]] BoardAccessible* board() const;

    QPointer<BoardView> m_view;
    BoardItem m_item;
};

} // namespace drover
