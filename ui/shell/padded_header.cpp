// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/padded_header.h"

#include "ui/theme/metrics.h"

#include <QHeaderView>
#include <QProxyStyle>
#include <QStyleFactory>

namespace drover {

namespace {

class HeaderStyle final : public QProxyStyle
{
public:
    using QProxyStyle::QProxyStyle;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override
    {
        return metric == PM_HeaderMargin ? metrics::gap - 1
                                         : QProxyStyle::pixelMetric(metric, option, widget);
    }
};

} // namespace

void padHeaders(QWidget& root)
{
    auto* style = new HeaderStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    style->setParent(&root);
    for (QHeaderView* header : root.findChildren<QHeaderView*>()) {
        if (header->orientation() == Qt::Horizontal)
            header->setStyle(style);
    }
}

} // namespace drover
