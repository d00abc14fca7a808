// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/board/board_layout.h"
#include "ui/board/board_navigation.h"
#include "ui/board/board_view.h"
#include "ui/board/card_painter.h"
#include "ui/drag/drag_auto_scroll.h"
#include "ui/drag/drag_judge.h"

#include <QPoint>
#include <QTimer>

#include <algorithm>
#include <optional>

namespace drover {

/// What the board view holds beside its layout.
struct BoardView::Private
{
    Private(Session& session_, DragJudge& judge_, BoardView& view_, BoardLayout& layout_)
        : session(session_)
        , judge(judge_)
        , view(view_)
        , layout(layout_)
        , navigation(layout_)
        , autoScroll(view_)
    {
    }

    [[nodiscard]] CardPainter::Look look() const
    {
        CardPainter::Look look{themeColours(view.palette()),
                               view.font(),
                               judge,
                               session.clock().now(),
                               dropHost,
                               view.hasFocus() && byKeyboard ? focus : BoardItem{},
                               {},
                               {},
                               {}};
        if (selected.empty() && !focus.isInstance())
            look.selectedHost = focus.host;
        look.selected = [this](const InstanceId& id) {
            return std::find(selected.begin(), selected.end(), id) != selected.end();
        };
        look.dragged = [this](const InstanceId& id) {
            return std::find(judge.instances().begin(), judge.instances().end(), id) !=
                   judge.instances().end();
        };
        return look;
    }

    /// What is no longer there can be neither selected nor have the focus.
    void forgetGone()
    {
        const Inventory& inventory = *layout.snapshot();
        const std::size_t before = selected.size();
        std::erase_if(selected, [&](const InstanceId& id) {
            return inventory.instanceCount() == 0 || inventory.instance(id) == nullptr;
        });
        if (focus.isInstance() && layout.tile(focus) == nullptr) {
            // It has gone to another host: the focus goes with it, else it stays on the card.
            const Instance* moved =
                inventory.instanceCount() == 0 ? nullptr : inventory.instance(focus.instance);
            if (moved != nullptr && layout.tile({moved->host, focus.instance, false}) != nullptr)
                focus.host = moved->host;
            else
                focus.instance = {};
        }
        if (!focus.isNull() && layout.card(focus.host) == nullptr &&
            layout.mode() == BoardLayout::Mode::Cards)
            focus = {};
        if (before != selected.size())
            Q_EMIT view.fleetSelectionChanged();
    }

    Session& session;
    DragJudge& judge;
    BoardView& view;
    BoardLayout& layout;
    BoardNavigation navigation;
    DragAutoScroll autoScroll;

    QTimer arrange;
    QTimer ages;
    std::vector<InstanceId> selected; ///< the current one first
    BoardItem focus;
    BoardItem rangeStart;
    bool byKeyboard = false; ///< the focus ring is for the keyboard; the pointer shows itself
    QString filterText;

    BoardItem pressed;
    QPoint pressedAt;
    bool selectOnRelease = false;

    HostId dropHost;
    QString typed; ///< while something is dragged over lines
    int scrollBefore = 0;
};

} // namespace drover
