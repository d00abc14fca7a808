// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusAbstractInterface>
#include <QDBusVariant>

namespace drover {

/// The portal's settings interface, with its signal as a signal of Qt.
class PortalSettings final : public QDBusAbstractInterface
{
    Q_OBJECT
public:
    explicit PortalSettings(const QDBusConnection& bus)
        : QDBusAbstractInterface(QStringLiteral("org.freedesktop.portal.Desktop"),
                                 QStringLiteral("/org/freedesktop/portal/desktop"),
                                 "org.freedesktop.portal.Settings", bus, nullptr)
    {
    }

Q_SIGNALS:
    // The name is the one on the bus.
    void SettingChanged(const QString& space, const QString& key, const QDBusVariant& value);
};

} // namespace drover
