// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/confirm_sheet.h"

#include "ui/dialogs/capacity_after.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/error_message.h"
#include "ui/dialogs/options_box.h"
#include "ui/theme/colours.h"
#include "ui/theme/metrics.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace drover {

namespace {

constexpr std::chrono::milliseconds askPause{300};
constexpr int sheetWidth = 640;
constexpr int sheetHeightMost = 600;

QFrame* line(QWidget* parent)
{
    auto* frame = new QFrame(parent);
    frame->setFrameShape(QFrame::HLine);
    frame->setForegroundRole(QPalette::Mid);
    frame->setFixedHeight(1);
    return frame;
}

bool hinders(const CheckResult& check, const MoveRequest& request)
{
    return check.severity == Severity::Error ||
           (check.needsAcknowledgement && !request.options.accepted.contains(check.id));
}

} // namespace

ConfirmSheet::ConfirmSheet(Session& session, const std::vector<InstanceId>& instances,
                           const HostId& destination, QWidget* parent)
    : QDialog(parent)
    , m_session(session)
    , m_destination(destination)
    , m_title(new QLabel(this))
    , m_prediction(new QLabel(this))
    , m_capacity(new CapacityAfter(this))
    , m_checks(new CheckList)
    , m_scroll(new QScrollArea(this))
    , m_options(new OptionsBox(this))
    , m_goesOn(new QLabel(this))
    , m_hindrance(new QLabel(this))
    , m_move(new QPushButton(tr("&Move"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    const Snapshot inventory = session.inventory();
    for (const InstanceId& id : instances) {
        const Instance* instance = inventory->instance(id);
        // Those that are there already need no move.
        if (instance == nullptr || (instance->host == destination && instances.size() > 1))
            continue;
        Move move;
        move.request = {id, instance->host, destination, {}};
        move.name = instance->name();
        m_moves.push_back(std::move(move));
    }
    buildLayout();

    m_askAgain.setSingleShot(true);
    m_askAgain.setInterval(askPause);
    connect(&m_askAgain, &QTimer::timeout, this, &ConfirmSheet::askHosts);
    connect(m_checks, &CheckList::acceptedChanged, this, &ConfirmSheet::noteAccepted);
    connect(m_options, &OptionsBox::changed, this, [this] {
        for (Move& move : m_moves) {
            move.request.options = m_options->options(move.request.options);
            move.answered = false;
        }
        showChecks();
        m_askAgain.start();
    });
    connect(m_options, &OptionsBox::folded, this, &ConfirmSheet::fitHeight);
    const auto again = [this] { m_askAgain.start(); };
    connect(&session, &Session::jobAdded, this, again);
    connect(&session, &Session::jobEnded, this, again);
    connect(&session, &Session::judgementChanged, this, &ConfirmSheet::showFacts);
    connect(&session, &Session::inventoryChanged, this, [this, again](const InventoryChange& change) {
        const bool mine = std::ranges::find(change.hostsChanged, m_destination) != change.hostsChanged.end();
        if (mine)
            showFacts();
        // A host that went or came back, or was closed, changes the answer; a reading of its load does not.
        const Host* host = m_session.inventory()->host(m_destination);
        const bool up = host != nullptr && host->isUp() && host->service().state == ServiceState::Enabled;
        if (mine && up != m_wasOpen) {
            m_wasOpen = up;
            again();
        }
    });
    connect(m_move, &QPushButton::clicked, this, &ConfirmSheet::start);
    const Host* host = inventory->host(destination);
    m_wasOpen = host != nullptr && host->isUp() && host->service().state == ServiceState::Enabled;

    for (Move& move : m_moves)
        move.checks = session.checkNow(move.request);
    showFacts();
    showChecks();
}

void ConfirmSheet::buildLayout()
{
    setWindowTitle(title());
    m_title->setText(title());
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_title->setFont(metrics::headingFont(font()));
    m_prediction->setWordWrap(true);
    m_prediction->setTextFormat(Qt::PlainText);
    m_goesOn->setText(tr("Goes on if this window closes: %1").arg(tr("yes")));
    m_goesOn->setToolTip(tr("The hosts carry the move between them (peer-to-peer)"));
    m_hindrance->setTextFormat(Qt::PlainText);
    m_hindrance->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* cancel = new QPushButton(tr("Cancel"), this);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_move->setDefault(true);
    m_move->setAccessibleName(m_moves.size() == 1
                                  ? tr("Move")
                                  : tr("Move %n instances", nullptr, static_cast<int>(m_moves.size())));

    paintPrimary();

    auto* inner = new QWidget(m_scroll);
    auto* innerLayout = new QVBoxLayout(inner);
    innerLayout->setContentsMargins(16, metrics::wideGap, 16, metrics::wideGap);
    innerLayout->addWidget(m_checks);
    m_scroll->setWidget(inner);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAccessibleName(tr("Checks"));
    m_scroll->setFocusPolicy(Qt::NoFocus);

    auto* head = new QVBoxLayout;
    head->setContentsMargins(16, 16, 16, metrics::wideGap);
    head->setSpacing(metrics::gap);
    head->addWidget(m_title);
    head->addWidget(m_prediction);
    head->addWidget(m_capacity);
    auto* options = new QVBoxLayout;
    // The button that unfolds has a margin of its own.
    options->setContentsMargins(metrics::wideGap, metrics::gap, 16, metrics::gap);
    options->addWidget(m_options);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(16, metrics::wideGap, 16, metrics::wideGap);
    foot->setSpacing(metrics::gap);
    foot->addWidget(m_goesOn);
    foot->addStretch();
    foot->addWidget(m_hindrance);
    foot->addWidget(cancel);
    foot->addWidget(m_move);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(line(this));
    layout->addWidget(m_scroll, 1);
    layout->addWidget(line(this));
    layout->addLayout(options);
    layout->addWidget(line(this));
    layout->addLayout(foot);
}

void ConfirmSheet::paintPrimary()
{
    const ThemeColours& colours = themeColours(palette());
    QPalette primary = palette();
    for (const QPalette::ColorGroup group : {QPalette::Active, QPalette::Inactive}) {
        // The style draws it lighter than it is told.
        primary.setColor(group, QPalette::Button, colours.dark ? colours.accent : colours.accent.darker(140));
        primary.setColor(group, QPalette::ButtonText, colours.dark ? colours.card : QColor(Qt::white));
    }
    m_move->setPalette(primary);
}

void ConfirmSheet::changeEvent(QEvent* event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paintPrimary();
}

std::vector<InstanceId> ConfirmSheet::instances() const
{
    std::vector<InstanceId> ids;
    for (const Move& move : m_moves)
        ids.push_back(move.request.instance);
    return ids;
}

QString ConfirmSheet::title() const
{
    if (m_moves.size() == 1)
        return tr("Move %1 from %2 to %3")
            .arg(m_moves.front().name, m_moves.front().request.source.value, m_destination.value);
    return tr("Move %n instances to %1", nullptr, static_cast<int>(m_moves.size())).arg(m_destination.value);
}

QString ConfirmSheet::prediction() const
{
    const Snapshot inventory = m_session.inventory();
    Bytes memory;
    std::optional<double> link; // slowest of those that are known, bytes a second
    bool offline = true;
    const auto limit = [&link](const std::optional<Rate>& rate) {
        if (rate)
            link = std::min(link.value_or(rate->bytesPerSecond), rate->bytesPerSecond);
    };
    const Host* destination = inventory->host(m_destination);
    if (destination != nullptr)
        limit(destination->config.link);
    QStringList names;
    for (const Move& move : m_moves) {
        names.append(QStringLiteral("%1 (%2)").arg(move.name, move.request.source.value));
        const Instance* instance = inventory->instance(move.request.instance);
        const Host* source = inventory->host(move.request.source);
        if (source != nullptr)
            limit(source->config.link);
        if (instance == nullptr || !instance->domain.isActive())
            continue;
        offline = false;
        memory += instance->domain.status.memory;
        limit(move.request.options.bandwidth);
    }
    QString text = m_moves.size() > 1 ? names.join(QStringLiteral(", ")) + QStringLiteral(".\n") : QString();
    if (m_moves.empty())
        return tr("Nothing is left to move.");
    if (offline)
        return text + tr("Shut off: only the definition moves, in a moment.");
    if (link && *link > 0) {
        const auto time =
            Milliseconds(static_cast<qint64>(static_cast<double>(memory.value) / *link * 1000.0));
        return text + tr("Copies %1 of memory over the network while it runs: at least %2 at %3.")
                          .arg(formatBytes(memory), formatDuration(time), formatRate(Rate{*link}));
    }
    return text + tr("Copies %1 of memory over the network while it runs; how long is not known yet.")
                      .arg(formatBytes(memory));
}

QString ConfirmSheet::kindLine() const
{
    const Snapshot inventory = m_session.inventory();
    const Instance* instance =
        m_moves.empty() ? nullptr : inventory->instance(m_moves.front().request.instance);
    if (instance == nullptr || m_moves.size() > 1)
        return {};
    switch (m_session.kindFor(m_moves.front().request).kind) {
    case MigrationKind::Offline:
        return tr("kind: offline, because it is shut off");
    case MigrationKind::LiveBlock:
        return tr("kind: live with disks");
    case MigrationKind::Cold:
        return tr("kind: cold");
    default:
        return tr("kind: live, memory only");
    }
}

QString ConfirmSheet::hindrance() const
{
    if (m_session.readOnly())
        return tr("this console only reads");
    if (m_moves.empty())
        return tr("nothing to move");
    int errors = 0;
    int answers = 0;
    bool asking = false;
    for (const Move& move : m_moves) {
        asking = asking || !move.answered;
        for (const CheckResult& check : move.checks) {
            if (!hinders(check, move.request))
                continue;
            if (check.severity == Severity::Error)
                ++errors;
            else
                ++answers;
        }
    }
    if (errors > 0)
        return errors == 1 ? tr("one check says no") : tr("%n checks say no", nullptr, errors);
    if (answers > 0)
        return answers == 1 ? tr("one answer is missing") : tr("%n answers are missing", nullptr, answers);
    if (asking)
        return tr("asking both hosts…");
    return {};
}

void ConfirmSheet::showEvent(QShowEvent* event)
{
    QDialog::showEvent(event);
    if (event->spontaneous())
        return;
    fitHeight();
    m_move->setFocus();
    m_session.gatherEvidence(instances());
    askHosts();
}

void ConfirmSheet::askHosts()
{
    ++m_round;
    for (std::size_t i = 0; i < m_moves.size(); ++i) {
        m_session.check(m_moves[i].request, [sheet = QPointer<ConfirmSheet>(this), i, round = m_round](
                                                const Result<std::vector<CheckResult>>& answer) {
            if (!sheet || sheet->m_round != round)
                return;
            Move& move = sheet->m_moves[i];
            move.answered = true;
            if (answer) {
                move.checks = *answer;
            } else {
                CheckResult failed;
                failed.id = QStringLiteral("state");
                failed.severity = Severity::Error;
                failed.message = answer.error().message;
                move.checks = {failed};
            }
            sheet->showChecks();
            sheet->showFacts();
        });
    }
}

void ConfirmSheet::noteAccepted(int move, const QString& check, bool accepted)
{
    QSet<QString>& chosen = m_moves[static_cast<std::size_t>(move)].request.options.accepted;
    if (accepted)
        chosen.insert(check);
    else
        chosen.remove(check);
    showChecks();
}

void ConfirmSheet::showChecks()
{
    std::vector<CheckList::Entry> entries;
    for (std::size_t i = 0; i < m_moves.size(); ++i) {
        for (const CheckResult& check : m_moves[i].checks)
            entries.push_back({static_cast<int>(i), m_moves.size() > 1 ? m_moves[i].name : QString(), check,
                               m_moves[i].request.options.accepted.contains(check.id)});
    }
    m_checks->setEntries(std::move(entries));
    const QString why = hindrance();
    m_hindrance->setText(why);
    m_move->setEnabled(why.isEmpty());
    m_move->setToolTip(why);
    if (isVisible())
        fitHeight();
}

void ConfirmSheet::showFacts()
{
    m_prediction->setText(prediction());
    for (const HostVerdict& verdict : m_session.judge(instances())) {
        if (verdict.host != m_destination)
            continue;
        const Host* host = m_session.inventory()->host(m_destination);
        m_capacity->setVerdict(verdict, host != nullptr && host->reading != nullptr, kindLine());
    }
}

void ConfirmSheet::start()
{
    std::vector<JobId> jobs;
    for (Move& move : m_moves) {
        const Result<JobId> job = m_session.startMove(move.request);
        if (job)
            jobs.push_back(*job);
        else
            showError(parentWidget(), tr("%1 was not moved").arg(move.name), job.error());
    }
    if (!jobs.empty())
        Q_EMIT started(jobs);
    QDialog::accept();
}

void ConfirmSheet::fitHeight()
{
    // As high as its checks ask for, but never so high that the buttons leave a small screen.
    const int most = std::min(sheetHeightMost, screen()->availableGeometry().height() - 40);
    const int checks = m_scroll->widget()->heightForWidth(sheetWidth - 2);
    const int others = layout()->totalHeightForWidth(sheetWidth) - m_scroll->sizeHint().height();
    resize(sheetWidth, std::clamp(checks + others, 280, most));
}

} // namespace drover
