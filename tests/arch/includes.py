#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may include whom: base <- fleet <- {plan, hypervisor} <- job <- session; backends see hypervisor and below; ui
sees session and below and never a backend; only composition names backends; only core/libvirt includes libvirt."""
import pathlib
import re
import sys

ALLOWED = {
    "core/base": {"core/base"},
    "core/fleet": {"core/base", "core/fleet"},
    "core/plan": {"core/base", "core/fleet", "core/plan"},
    "core/hypervisor": {"core/base", "core/fleet", "core/hypervisor"},
    "core/job": {"core/base", "core/fleet", "core/plan", "core/hypervisor", "core/job"},
    "core/session": {"core/base", "core/fleet", "core/plan", "core/hypervisor", "core/job", "core/session"},
    "core/libvirt": {"core/base", "core/fleet", "core/hypervisor", "core/libvirt"},
    "core/simulator": {"core/base", "core/fleet", "core/hypervisor", "core/simulator"},
}
FRONT = {"core/base", "core/fleet", "core/plan", "core/hypervisor", "core/job", "core/session"}
GUI = re.compile(r"<(QtGui|QtWidgets|QtCharts|QtSvg|QWidget|QApplication|QGuiApplication|QPainter|QChart|QColor|QPixmap|QImage|QIcon)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"][^>"]+[>"])', re.M)


def area(path: str) -> str:
    parts = path.split("/")
    if parts[0] == "core":
        return "/".join(parts[:2])
    return parts[0]


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    faults, seen = [], 0
    files = [f for top in ("core", "ui", "app") for f in sorted((root / top).rglob("*")) if f.suffix in (".h", ".cpp")]
    for file in files:
        name = str(file.relative_to(root))
        here = area(name)
        seen += 1
        for include in INCLUDE.findall(file.read_text(encoding="utf-8")):
            target = include[1:-1]
            if include.startswith("<"):
                if target.startswith("libvirt/") and here != "core/libvirt":
                    faults.append(f"{name}: includes {include}; only core/libvirt may")
                if GUI.match(include) and (here.startswith("core/") or name.startswith("app/ctl/") or name.startswith("app/composition")):
                    faults.append(f"{name}: includes {include}; the core and the command line have no Gui")
                continue
            to = area(target) if "/" in target else here
            if here in ALLOWED:
                good = to in ALLOWED[here]
            elif here == "ui":
                good = to in FRONT | {"ui"}
            elif name.startswith("app/composition"):
                good = to in FRONT | {"app", "core/libvirt", "core/simulator"}
            elif name.startswith("app/ctl/"):
                good = to in FRONT | {"app"}
            else:
                good = to in FRONT | {"app", "ui"}
            if not good:
                faults.append(f"{name}: must not include {target}")
    if seen == 0:
        faults.append("no source file found: wrong folder?")
    print("\n".join(faults) if faults else f"{seen} files keep the order of dependence")
    return 1 if faults else 0


sys.exit(main())
