# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian 12 packages, by what they are needed for. Sourced by run and test.
PACKAGES_BUILD="g++ cmake ninja-build pkg-config ccache mold git
    qt6-base-dev qt6-charts-dev libqt6opengl6-dev qt6-svg-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools
    libvirt-dev libpugixml-dev libjsoncpp-dev libexpected-dev"
PACKAGES_RUN="libqt6sql6-sqlite libqt6svg6 qt6-qpa-plugins fonts-dejavu-core openssh-client"
PACKAGES_HEADLESS="xauth tigervnc-standalone-server tigervnc-tools"
PACKAGES_LAB="libvirt-daemon libvirt-clients qemu-system-x86 qemu-utils iproute2 iptables mount procps
    gcc gcc-multilib binutils python3 openssl"
PACKAGES_TEST="librapidcheck-dev libbenchmark-dev xvfb xauth xdotool x11-utils dbus at-spi2-core gir1.2-atspi-2.0
    python3-gi clang-format-19 clang-tidy-19"
