# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# What run and test share. Expects ROOT to be the top of the tree.
. "$ROOT/packaging/packages.sh"

say() { printf '\n== %s\n' "$*"; }
die() { printf 'drover: %s\n' "$*" >&2; exit 1; }

# install_missing PACKAGE…: installs what is not there yet; does nothing, quickly, when all is there.
install_missing() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    say "Installing ${#missing[@]} packages: ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "not root and no sudo: install these packages first: ${missing[*]}"
        as_root=(sudo)
    fi
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null || die "apt-get could not install: ${missing[*]}"
}

# build PRESET [TARGET…]: configures once, builds what changed.
build() {
    local preset="$1"; shift
    say "Building ($preset)"
    local log="$ROOT/build/$preset-configure.log"
    mkdir -p "$ROOT/build"
    if [ ! -f "$ROOT/build/$preset/build.ninja" ]; then
        (cd "$ROOT" && cmake --preset "$preset") >"$log" 2>&1 || { tail -40 "$log"; die "configuring $preset failed"; }
    fi
    if [ $# -gt 0 ]; then ninja -C "$ROOT/build/$preset" --quiet "$@"; else ninja -C "$ROOT/build/$preset" --quiet; fi \
        || die "the build ($preset) failed"
}
