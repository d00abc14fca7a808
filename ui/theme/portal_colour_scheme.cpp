// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/portal_colour_scheme.h"

#include "ui/theme/portal_settings.h"

#include <QDBusConnection>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace drover {

namespace {

QString appearance()
{
    return QStringLiteral("org.freedesktop.appearance");
}

QString colourScheme()
{
    return QStringLiteral("color-scheme");
}

} // namespace

PortalColourScheme::PortalColourScheme(QObject* parent) : QObject(parent)
{
    // Without an address Qt would look for a bus by starting one.
    if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS"))
        return;
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    m_settings = std::make_unique<PortalSettings>(bus);
    connect(m_settings.get(), &PortalSettings::SettingChanged, this,
            [this](const QString& space, const QString& key, const QDBusVariant& value) {
                if (space == appearance() && key == colourScheme())
                    take(value.variant());
            });
    auto* watcher = new QDBusPendingCallWatcher(
        m_settings->asyncCall(QStringLiteral("Read"), appearance(), colourScheme()), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* answered) {
        const QDBusPendingReply<QDBusVariant> reply = *answered;
        if (reply.isValid())
            take(reply.value().variant());
        answered->deleteLater();
    });
}

PortalColourScheme::~PortalColourScheme() = default;

void PortalColourScheme::take(const QVariant& value)
{
    // Read() wraps its answer twice.
    const QVariant inner = value.canConvert<QDBusVariant>() ? value.value<QDBusVariant>().variant() : value;
    bool known = false;
    const unsigned scheme = inner.toUInt(&known);
    std::optional<bool> dark;
    if (known && (scheme == 1 || scheme == 2))
        dark = scheme == 1;
    if (dark == m_dark)
        return;
    m_dark = dark;
    Q_EMIT changed();
}

} // namespace drover
