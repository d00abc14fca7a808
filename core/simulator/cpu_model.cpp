// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulator/cpu_model.h"

#include <array>

namespace drover {
namespace {

struct Model
{
    const char* name;
    const char* adds;
};

constexpr std::array<Model, 7> models{{
    {"Nehalem", "sse4.2 popcnt"},
    {"SandyBridge", "avx aes xsave"},
    {"Haswell-noTSX", "avx2 bmi1 bmi2 fma"},
    {"Broadwell-noTSX", "adx rdseed smap"},
    {"Skylake-Server-noTSX-IBRS", "avx512f avx512bw clwb"},
    {"Cascadelake-Server-noTSX", "avx512vnni"},
    {"Icelake-Server-noTSX", "avx512vbmi sha-ni vaes"},
}};

int levelOf(const QString& model)
{
    for (std::size_t i = 0; i < models.size(); ++i) {
        if (model == QLatin1String(models.at(i).name))
            return static_cast<int>(i);
    }
    return -1;
}

QStringList featuresBetween(int above, int upTo)
{
    QStringList features;
    for (int i = above + 1; i <= upTo; ++i)
        features += QString::fromLatin1(models.at(static_cast<std::size_t>(i)).adds).split(QLatin1Char(' '));
    return features;
}

} // namespace

QStringList simulatedCpuModels()
{
    QStringList names;
    for (const Model& model : models)
        names.append(QLatin1String(model.name));
    return names;
}

bool isSimulatedCpuModel(const QString& model)
{
    return levelOf(model) >= 0;
}

QStringList cpuFeatures(const QString& model)
{
    return featuresBetween(-1, levelOf(model));
}

QStringList missingCpuFeatures(const QString& guest, const QString& host)
{
    return featuresBetween(levelOf(host), levelOf(guest));
}

} // namespace drover
