// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusVariant>
#include <QObject>

#include <memory>
#include <optional>

namespace drover {

class PortalSettings;

/// The desktop portal's `org.freedesktop.appearance color-scheme`, asked and followed over D-Bus without
/// waiting. Silent where there is no session bus or no portal.
class PortalColourScheme final : public QObject
{
    Q_OBJECT
public:
    explicit PortalColourScheme(QObject* parent = nullptr);
    ~PortalColourScheme() override;

    /// Nothing: no answer yet, no portal, or no preference.
    [[nodiscard]] std::optional<bool> dark() const { return m_dark; }

Q_SIGNALS:
    void changed();

private:
    void take(const QVariant& value);

    std::unique_ptr<PortalSettings> m_settings;
    std::optional<bool> m_dark;
};

} // namespace drover
