// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job/layer_compare.h"

#include <QCoreApplication>

namespace drover {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StorageProof)
};

using Answer = FolderProof::Answer;

/// What both hosts' facts say against the two being equal; empty: nothing.
QString difference(const LayerQuestion& q, const ImageFacts& here, const ImageFacts& there)
{
    if (here.format != there.format)
        return Text::tr("it is %1 on %2 and %3 on %4")
            .arg(here.format, q.source.host.value, there.format, q.destination.host.value);
    if (here.capacity != there.capacity)
        return Text::tr("it holds %1 on %2 and %3 on %4")
            .arg(formatBytes(here.capacity), q.source.host.value, formatBytes(there.capacity),
                 q.destination.host.value);
    if (here.backingPath != there.backingPath)
        return Text::tr("it lies over %1 on %2 and over %3 on %4")
            .arg(here.backingPath.isEmpty() ? Text::tr("nothing") : here.backingPath, q.source.host.value,
                 there.backingPath.isEmpty() ? Text::tr("nothing") : there.backingPath,
                 q.destination.host.value);
    return {};
}

/// The same device by its serial or UUID, not merely by a path that is the same everywhere.
bool isSameDevice(const ImageFacts& here, const ImageFacts& there)
{
    return !here.key.isEmpty() && here.key == there.key && !here.key.startsWith(QLatin1Char('/')) &&
           here.path.startsWith(QLatin1String("/dev/"));
}

Result<void> compareContent(const LayerQuestion& q, LayerEvidence& layer, const std::stop_token& stop)
{
    const ImageFacts& there = *layer.found;
    if (layer.image.length && there.length && *layer.image.length != *there.length) {
        layer.there = ImageThere::Different;
        layer.reason = Text::tr("its file is %1 long on %2 and %3 on %4")
                           .arg(formatBytes(*layer.image.length), q.source.host.value,
                                formatBytes(*there.length), q.destination.host.value);
        return {};
    }
    for (const DigestOf what : {DigestOf::Samples, DigestOf::Everything}) {
        if (what == DigestOf::Everything && !q.thorough)
            break;
        const Result<QByteArray> here = q.source.access.digest(layer.image.path, what, stop);
        const Result<QByteArray> found = here ? q.destination.access.digest(q.pathThere, what, stop) : here;
        if (!here || !found) {
            const Error& error = here ? found.error() : here.error();
            if (endsGathering(error))
                return fail(error);
            layer.there = ImageThere::EqualSize;
            layer.everyByte = false;
            layer.reason = error.message;
            return {};
        }
        if (*here != *found) {
            layer.there = ImageThere::Different;
            layer.everyByte = false;
            layer.reason = Text::tr("its content on %1 is not that on %2")
                               .arg(q.destination.host.value, q.source.host.value);
            return {};
        }
        layer.there = ImageThere::EqualCopy;
        layer.everyByte = what == DigestOf::Everything;
        layer.reason = layer.everyByte ? Text::tr("every byte was compared")
                                       : Text::tr("samples of its content were compared");
    }
    return {};
}

} // namespace

void standAlone(ImageFacts& image)
{
    if (!image.backingPath.isEmpty() && image.length)
        image.capacity = *image.length;
    image.backingPath.clear();
    image.backingFormat.clear();
}

Result<void> compareLayer(const LayerQuestion& q, LayerEvidence& layer, const std::stop_token& stop)
{
    Result<std::optional<ImageFacts>> found = q.destination.access.image(q.pathThere, stop);
    if (!found) {
        if (endsGathering(found.error()))
            return fail(found.error());
        layer.there = ImageThere::Unknown;
        layer.reason = found.error().message;
        return {};
    }
    if (!*found) {
        const bool expected = q.proof.answer == Answer::Same;
        layer.there = expected ? ImageThere::Unknown : ImageThere::Absent;
        if (expected)
            layer.reason =
                Text::tr("its folder is the same on both hosts, but %1 sees no such file: perhaps a "
                         "symbolic link to somewhere else")
                    .arg(q.destination.host.value);
        return {};
    }
    if (q.raw)
        standAlone(**found);
    layer.found = **found;
    const QString differs = difference(q, layer.image, *layer.found);
    if (q.proof.answer == Answer::Same) {
        layer.there = differs.isEmpty() ? ImageThere::SameFile : ImageThere::Unknown;
        if (!differs.isEmpty())
            layer.reason =
                Text::tr("its folder is the same on both hosts, but %1: perhaps a symbolic link to "
                         "somewhere else")
                    .arg(differs);
        return {};
    }
    if (isSameDevice(layer.image, *layer.found)) {
        layer.there = differs.isEmpty() ? ImageThere::SameFile : ImageThere::Unknown;
        layer.reason =
            differs.isEmpty() ? Text::tr("both hosts know the device as %1").arg(layer.image.key) : differs;
        return {};
    }
    if (!differs.isEmpty()) {
        layer.there = ImageThere::Different;
        layer.reason = differs;
        return {};
    }
    if (q.writable) {
        layer.there = q.proof.answer == Answer::Other ? ImageThere::EqualSize : ImageThere::Unknown;
        if (layer.there == ImageThere::Unknown)
            layer.reason = q.proof.reason;
        return {};
    }
    return compareContent(q, layer, stop);
}

} // namespace drover
