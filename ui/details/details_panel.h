// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/session.h"
#include "ui/views/fleet_selection.h"

#include <QTextBrowser>
#include <QTimer>

namespace drover {

/// What is known of the selected instance or host. Follows the fleet once a second; its place and what is
/// marked in it stay while the text stays the same.
class DetailsPanel final : public QTextBrowser
{
    Q_OBJECT
public:
    explicit DetailsPanel(Session& session, QWidget* parent = nullptr);
    void setSelection(const FleetSelection& selection);

    [[nodiscard]] QSize sizeHint() const override { return {264, 400}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 80}; }

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void write();
    [[nodiscard]] QString text() const;

    Session& m_session;
    FleetSelection m_selection;
    QString m_written;
    QTimer m_tick;
};

} // namespace drover
