// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drag/instance_drag.h"

#include "core/session/session.h"
#include "ui/drag/drag_judge.h"
#include "ui/models/fleet_words.h"
#include "ui/theme/colours.h"
#include "ui/theme/metrics.h"
#include "ui/theme/signs.h"

#include <QDrag>
#include <QMimeData>
#include <QPainter>
#include <QPixmap>
#include <QWidget>

#include <algorithm>

namespace drover {

QString instanceMimeType()
{
    return QStringLiteral("application/x-drover-instances");
}

std::unique_ptr<QMimeData> instanceMimeData(const std::vector<InstanceId>& instances,
                                            const QStringList& names)
{
    QByteArray payload;
    for (const InstanceId& id : instances)
        payload += toString(id).toLatin1() + '\n';
    auto data = std::make_unique<QMimeData>();
    data->setData(instanceMimeType(), payload);
    data->setText(names.join(QLatin1Char('\n')));
    return data;
}

std::vector<InstanceId> instancesIn(const QMimeData& data)
{
    std::vector<InstanceId> ids;
    const QList<QByteArray> lines = data.data(instanceMimeType()).split('\n');
    for (const QByteArray& line : lines) {
        const QUuid uuid(QString::fromLatin1(line));
        if (!uuid.isNull())
            ids.push_back(InstanceId{uuid});
    }
    return ids;
}

QPixmap dragPixmap(const QWidget& source, const Session& session, const std::vector<InstanceId>& instances)
{
    const Snapshot inventory = session.inventory();
    QString name;
    Bytes memory;
    Sign sign = Sign::Running;
    for (const InstanceId& id : instances) {
        if (const Instance* instance = inventory->instance(id)) {
            name = instance->name();
            sign = signOf(*instance);
            memory += tileMemory(*instance);
        }
    }
    if (instances.size() > 1)
        name = words::instances(static_cast<int>(instances.size()));
    const QString size = formatMib(memory);
    const QFontMetrics metrics(source.font());
    const int textWidth = std::min(metrics.horizontalAdvance(name), 220);
    const int height = metrics.height() + 2 * metrics::step;
    const int width = metrics::gap * 4 + metrics::signSize + textWidth + metrics.horizontalAdvance(size);
    const qreal ratio = source.devicePixelRatioF();
    QPixmap pixmap(QSize(width, height) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);

    const ThemeColours& colours = themeColours(source.palette());
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colours.moving, 1.5));
    painter.setBrush(colours.tile);
    painter.drawRoundedRect(QRectF(0.75, 0.75, width - 1.5, height - 1.5), metrics::radius, metrics::radius);
    painter.setFont(source.font());
    int x = metrics::gap;
    paintSign(painter, QRectF(x, (height - 10) / 2.0, 10, 10), sign, colours.text);
    x += metrics::signSize + metrics::step;
    painter.setPen(colours.text);
    painter.drawText(QRect(x, 0, textWidth, height), Qt::AlignVCenter | Qt::TextSingleLine,
                     metrics.elidedText(name, Qt::ElideRight, textWidth));
    painter.setPen(colours.mutedText);
    painter.drawText(QRect(x + textWidth + metrics::gap, 0, width, height),
                     Qt::AlignVCenter | Qt::TextSingleLine, size);
    return pixmap;
}

void runInstanceDrag(QWidget& source, const Session& session, DragJudge& judge,
                     const std::vector<InstanceId>& instances)
{
    const Snapshot inventory = session.inventory();
    QStringList names;
    std::vector<InstanceId> known;
    for (const InstanceId& id : instances) {
        if (const Instance* instance = inventory->instance(id)) {
            names += instance->name();
            known.push_back(id);
        }
    }
    if (known.empty())
        return;
    // Qt deletes it when the drag is over.
    auto* drag = new QDrag(&source);
    drag->setMimeData(instanceMimeData(known, names).release());
    const QPixmap pixmap = dragPixmap(source, session, known);
    drag->setPixmap(pixmap);
    drag->setHotSpot(QPoint(-metrics::step, -metrics::step));
    judge.begin(known);
    drag->exec(Qt::MoveAction, Qt::MoveAction);
    judge.end();
}

} // namespace drover
