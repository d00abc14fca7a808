// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/units.h"

namespace drover {

/// The three things a host has to give. vCPUs may be fractional where a ratio makes them so.
struct Resources
{
    double vcpus = 0;
    Bytes memory;
    Bytes disk;

    bool operator==(const Resources&) const = default;
    Resources& operator+=(const Resources& o)
    {
        vcpus += o.vcpus;
        memory += o.memory;
        disk += o.disk;
        return *this;
    }
    Resources& operator-=(const Resources& o)
    {
        vcpus -= o.vcpus;
        memory -= o.memory;
        disk -= o.disk;
        return *this;
    }
    friend Resources operator+(Resources a, const Resources& b) { return a += b; }
    friend Resources operator-(Resources a, const Resources& b) { return a -= b; }
};

} // namespace drover
