// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/board/board_view.h"

#include "ui/board/board_accessible.h"
#include "ui/board/board_layout.h"
#include "ui/board/board_view_p.h"
#include "ui/board/card_painter.h"
#include "ui/models/fleet_words.h"
#include "ui/theme/metrics.h"
#include "ui/theme/text_paint.h"
#include "ui/views/fleet_menu.h"

#include <QApplication>
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace drover {

BoardView::BoardView(Session& session, DragJudge& judge, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_layout(std::make_unique<BoardLayout>([&session](const InstanceId& id) { return session.jobOf(id); }))
    , d(std::make_unique<Private>(session, judge, *this, *m_layout))
{
    BoardAccessible::install();
    setAccessibleName(tr("Placement board"));
    setAccessibleDescription(
        tr("Hosts as cards, their instances as tiles. Arrows move, letters find, Enter shows "
           "details, Control M moves an instance to another host."));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(NoFrame);
    setAcceptDrops(true);
    viewport()->setAcceptDrops(true);
    viewport()->setAutoFillBackground(true);
    viewport()->setBackgroundRole(QPalette::Window);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_layout->setFont(font());
    startFollowing();
}

BoardView::~BoardView() = default;

void BoardView::startFollowing()
{
    Session& session = d->session;
    InventoryChange all;
    all.hostListChanged = true;
    m_layout->apply(session.inventory(), all, session.clock().now());
    connect(&session, &Session::inventoryChanged, this, [this](const InventoryChange& change) {
        m_layout->apply(d->session.inventory(), change, d->session.clock().now());
        scheduleArrange();
    });
    const auto jobTouched = [this](JobId id) {
        if (const Job* job = d->session.job(id)) {
            m_layout->instanceTouched(job->instance);
            scheduleArrange();
        }
    };
    connect(&session, &Session::jobAdded, this, jobTouched);
    connect(&session, &Session::jobChanged, this, jobTouched);
    connect(&session, &Session::jobEnded, this, jobTouched);
    connect(&d->judge, &DragJudge::began, this, &BoardView::dragBegan);
    connect(&d->judge, &DragJudge::changed, this, [this] { viewport()->update(); });
    connect(&d->judge, &DragJudge::ended, this, &BoardView::dragEnded);
    d->arrange.setSingleShot(true);
    d->arrange.setInterval(15);
    connect(&d->arrange, &QTimer::timeout, this, &BoardView::arrangeNow);
    // Ages grow also when nothing else happens.
    connect(&d->ages, &QTimer::timeout, this, [this] { viewport()->update(); });
    d->ages.start(1000);
}

const Job* BoardView::jobOf(const InstanceId& instance) const
{
    return d->session.jobOf(instance);
}

int BoardView::scrolled() const
{
    return verticalScrollBar()->value();
}

void BoardView::scheduleArrange()
{
    if (!d->arrange.isActive())
        d->arrange.start();
}

void BoardView::arrangeNow()
{
    d->arrange.stop();
    // The first card that is seen stays where it is, whatever grows above it.
    const BoardCard* anchor = nullptr;
    int anchorY = 0;
    if (scrolled() > 0) {
        for (const BoardCard* card : m_layout->shownCards()) {
            if (card->rect.bottom() > scrolled()) {
                anchor = card;
                anchorY = card->rect.top() - scrolled();
                break;
            }
        }
    }
    const HostId anchorHost = anchor != nullptr ? anchor->id : HostId{};
    m_layout->setWidth(viewport()->width());
    m_layout->arrange();
    QScrollBar* bar = verticalScrollBar();
    bar->setSingleStep(m_layout->lineHeight() * 2);
    bar->setPageStep(viewport()->height());
    bar->setRange(0, std::max(0, m_layout->contentHeight() - viewport()->height()));
    if (const BoardCard* still = anchorHost.value.isEmpty() ? nullptr : m_layout->card(anchorHost))
        bar->setValue(still->rect.top() - anchorY);
    d->forgetGone();
    viewport()->update();
}

FleetSelection BoardView::selection() const
{
    FleetSelection found;
    found.instances = d->selected;
    if (d->selected.empty() && !d->focus.isNull() && !d->focus.isInstance())
        found.hosts.push_back(d->focus.host);
    return found;
}

void BoardView::selectInstance(const InstanceId& instance)
{
    arrangeNow();
    const Instance* known =
        m_layout->snapshot()->instanceCount() == 0 ? nullptr : m_layout->snapshot()->instance(instance);
    if (known == nullptr)
        return;
    HostId host = known->host;
    if (host.value.isEmpty() && !known->places.empty())
        host = known->places.front().host;
    BoardItem item{host, instance, false};
    const BoardTile* tile = m_layout->tile(item);
    if (tile != nullptr && !tile->shown())
        unfold(host);
    if (tile != nullptr)
        goTo(item);
}

void BoardView::selectHost(const HostId& host)
{
    arrangeNow();
    if (m_layout->card(host) != nullptr)
        goTo({host, {}, false});
}

void BoardView::setFilter(const FleetFilter& filter)
{
    d->filterText = filter.text();
    m_layout->setFilter(filter);
    arrangeNow();
}

QRect BoardView::hostRect(const HostId& host) const
{
    return rectInViewport({host, {}, false});
}

QRect BoardView::instanceRect(const InstanceId& instance, const HostId& host) const
{
    return rectInViewport({host, instance, false});
}

BoardItem BoardView::itemAt(const QPoint& viewportPosition) const
{
    return m_layout->itemAt(viewportPosition + QPoint(0, scrolled()));
}

QRect BoardView::rectInViewport(const BoardItem& item) const
{
    const QRect rect = m_layout->rectOf(item);
    return rect.isEmpty() ? QRect() : rect.translated(0, -scrolled());
}

const BoardItem& BoardView::focusItem() const
{
    return d->focus;
}

void BoardView::setFocusItem(const BoardItem& item)
{
    d->focus = item;
    viewport()->update();
    if (hasFocus())
        BoardAccessible::focusMoved(*this, item);
}

void BoardView::goTo(const BoardItem& item)
{
    selectOnly(item);
    ensureVisible(item);
}

void BoardView::unfold(const HostId& host)
{
    m_layout->toggleExpanded(host);
    arrangeNow();
    if (d->focus.more && m_layout->rectOf(d->focus).isEmpty())
        setFocusItem({host, {}, false});
}

void BoardView::ensureVisible(const BoardItem& item)
{
    arrangeNow();
    QRect rect = m_layout->rectOf(item);
    if (rect.isEmpty())
        return;
    if (rect.height() > viewport()->height())
        rect.setHeight(viewport()->height());
    QScrollBar* bar = verticalScrollBar();
    if (rect.top() - metrics::wideGap < bar->value())
        bar->setValue(rect.top() - metrics::wideGap);
    else if (rect.bottom() + metrics::wideGap > bar->value() + viewport()->height())
        bar->setValue(rect.bottom() + metrics::wideGap - viewport()->height());
}

void BoardView::selectOnly(const BoardItem& item)
{
    d->selected.clear();
    if (item.isInstance())
        d->selected.push_back(item.instance);
    d->rangeStart = item;
    setFocusItem(item);
    Q_EMIT fleetSelectionChanged();
}

void BoardView::toggle(const InstanceId& instance)
{
    const auto at = std::find(d->selected.begin(), d->selected.end(), instance);
    if (at == d->selected.end())
        d->selected.insert(d->selected.begin(), instance);
    else
        d->selected.erase(at);
    viewport()->update();
    Q_EMIT fleetSelectionChanged();
}

void BoardView::selectUpTo(const BoardItem& item)
{
    const std::vector<BoardItem> all = d->navigation.items();
    auto from = std::find(all.begin(), all.end(), d->rangeStart);
    auto to = std::find(all.begin(), all.end(), item);
    if (from == all.end() || to == all.end()) {
        selectOnly(item);
        return;
    }
    if (to < from)
        std::swap(from, to);
    d->selected.clear();
    for (auto at = from; at <= to; ++at) {
        if (at->isInstance() &&
            std::find(d->selected.begin(), d->selected.end(), at->instance) == d->selected.end())
            d->selected.push_back(at->instance);
    }
    if (item.isInstance()) {
        // The current one first.
        std::erase(d->selected, item.instance);
        d->selected.insert(d->selected.begin(), item.instance);
    }
    setFocusItem(item);
    Q_EMIT fleetSelectionChanged();
}

void BoardView::activate(const BoardItem& item)
{
    if (item.more)
        unfold(item.host);
    else if (item.isInstance())
        Q_EMIT instanceActivated(item.instance);
    else if (!item.isNull())
        Q_EMIT hostActivated(item.host);
}

void BoardView::openMenu(const QPoint& globalPosition)
{
    const FleetSelection chosen = selection();
    if (chosen.empty())
        return;
    popupFleetMenu(
        *this, globalPosition, chosen, d->session,
        [this, chosen] { Q_EMIT moveToRequested(chosen.instances); },
        [&](QMenu* menu) { Q_EMIT menuRequested(menu, chosen); });
}

QString BoardView::describe(const BoardCard& card) const
{
    const Instant now = d->session.clock().now();
    const bool known = card.host->reading != nullptr;
    QStringList parts{words::hostState(*card.host, now), words::instances(card.capacity.instances)};
    const HostVerdict* verdict = d->judge.verdict(card.id);
    if (verdict != nullptr)
        parts.prepend(verdict->isSource
                          ? d->judge.words(card.id)
                          : tr("%1: %2").arg(verdictName(verdict->level), d->judge.words(card.id)));
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Disk}) {
        const BarFigures figures = verdict != nullptr && !verdict->isSource
                                       ? barFigures(*verdict, kind, known)
                                       : barFigures(card.capacity, kind, known);
        parts += tr("%1: %2").arg(resourceLabel(kind), barDescription(figures, kind));
    }
    return parts.join(QStringLiteral("\n"));
}

bool BoardView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const BoardItem item = itemAt(help->pos());
        QString text;
        if (const BoardTile* tile = m_layout->tile(item)) {
            text = tr("%1\n%2").arg(tile->name, formatMib(tile->memory));
            if (const Instance* instance = m_layout->snapshot()->instance(tile->id)) {
                text += tr(", %n vCPU(s), %1", nullptr, instance->domain.status.vcpus)
                            .arg(words::powerState(instance->domain.status.state));
                const QString task = words::task(*instance, jobOf(tile->id));
                if (!task.isEmpty())
                    text += QLatin1Char('\n') + task;
            }
        } else if (const BoardCard* card = item.isNull() || item.more ? nullptr : m_layout->card(item.host)) {
            text = tr("%1\n%2").arg(card->id.value, describe(*card));
            if (card->host->connection == ConnectionState::Down && !card->host->error.message.isEmpty())
                text += QLatin1Char('\n') + card->host->error.message;
        }
        QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void BoardView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    arrangeNow();
}

void BoardView::scrollContentsBy(int /*dx*/, int /*dy*/)
{
    viewport()->update();
    // Under a pointer that stands still another card has come to lie.
    if (!d->dropHost.value.isEmpty()) {
        const BoardItem item = itemAt(d->autoScroll.position());
        hover(d->judge.accepts(item.host) ? item.host : HostId{});
    }
}

void BoardView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        m_layout->setFont(font());
        scheduleArrange();
    }
}

void BoardView::paintEvent(QPaintEvent* event)
{
    if (d->arrange.isActive())
        arrangeNow();
    if (m_layout->hostCount() == 0) {
        paintEmptyState(*viewport(), tr("No hosts yet."), tr("Add one, or look at the demo fleet."));
        return;
    }
    if (m_layout->mode() == BoardLayout::Mode::Cards && m_layout->zones().empty()) {
        paintEmptyState(*viewport(), tr("Nothing matches “%1”.").arg(d->filterText),
                        tr("Clear the search to see all %n host(s).", nullptr, m_layout->hostCount()));
        return;
    }
    QPainter painter(viewport());
    painter.translate(0, -scrolled());
    const QRect visible = event->rect().translated(0, scrolled());
    if (m_layout->mode() == BoardLayout::Mode::Lines) {
        paintLines(painter, visible);
        return;
    }
    const CardPainter::Look look = d->look();
    CardPainter cards(painter, look);
    for (const BoardZone& zone : m_layout->zones()) {
        if (zone.heading.intersects(visible))
            paintHeading(painter, zone);
        for (const BoardCard* card : zone.cards) {
            if (card->rect.adjusted(-4, -6, 4, 8).intersects(visible))
                cards.paintCard(*card);
        }
    }
}

void BoardView::paintHeading(QPainter& painter, const BoardZone& zone) const
{
    const ThemeColours& colours = themeColours(palette());
    int instances = 0;
    bool isSource = false;
    double effective = 0;
    double used = 0;
    for (const BoardCard* card : zone.cards) {
        instances += card->capacity.instances;
        effective += static_cast<double>(card->capacity.effective.memory.value);
        used += static_cast<double>(card->capacity.usedNow.memory.value);
        const HostVerdict* verdict = d->judge.verdict(card->id);
        isSource = isSource || (verdict != nullptr && verdict->isSource);
    }
    const int hosts = static_cast<int>(zone.cards.size());
    QString rest;
    if (d->judge.isActive()) {
        const bool named = m_layout->zones().size() > 1;
        rest = isSource || !named ? d->judge.summary() : tr("another zone");
    } else {
        rest = tr("%1, %2").arg(hosts == 1 ? tr("1 host") : tr("%1 hosts").arg(hosts),
                                words::instances(instances));
        if (effective > 0)
            rest += tr(", %1 % of memory free")
                        .arg(std::floor(std::max(0.0, effective - used) / effective * 100));
    }
    const QString name =
        zone.name.isEmpty() && m_layout->zones().size() == 1 ? tr("Hosts") : words::zoneName(zone.name);
    painter.setFont(metrics::boldFont(font()));
    painter.setPen(colours.text);
    const int width = painter.fontMetrics().horizontalAdvance(name);
    painter.drawText(zone.heading, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, name);
    painter.setFont(font());
    painter.setPen(colours.mutedText);
    drawElided(painter, zone.heading.adjusted(width, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
               tr("  ·  %1").arg(rest));
}

void BoardView::paintLines(QPainter& painter, const QRect& visible) const
{
    const ThemeColours& colours = themeColours(palette());
    painter.setFont(font());
    painter.setPen(colours.mutedText);
    QString heading = tr("%1  ·  best first").arg(d->judge.summary());
    heading += d->typed.isEmpty() ? tr("  ·  type to filter") : tr("  ·  “%1”").arg(d->typed);
    drawElided(painter,
               QRect(metrics::wideGap, metrics::gap, viewport()->width() - 2 * metrics::wideGap,
                     m_layout->lineHeight() + metrics::gap),
               Qt::AlignLeft | Qt::AlignVCenter, heading);
    const CardPainter::Look look = d->look();
    CardPainter cards(painter, look);
    for (const BoardCard* card : m_layout->lines()) {
        if (card->rect.adjusted(0, -2, 0, 2).intersects(visible))
            cards.paintLine(*card);
    }
    if (m_layout->foldedHosts() > 0) {
        painter.setFont(font());
        painter.setPen(colours.mutedText);
        drawElided(painter, m_layout->foldedLine(), Qt::AlignLeft | Qt::AlignVCenter,
                   m_layout->foldedHosts() == 1 ? tr("1 host cannot take it")
                                                : tr("%1 hosts cannot take it").arg(m_layout->foldedHosts()));
    }
}

QSize BoardView::sizeHint() const
{
    return {900, 480};
}

QSize BoardView::minimumSizeHint() const
{
    return {280, 160};
}

} // namespace drover
