#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small rules that a compiler does not keep: licence lines, no bare sleeps, no nested event loops, no string-based
connects, one spelling for a header guard."""
import pathlib
import re
import subprocess
import sys

RULES = [
    (re.compile(r"\bprocessEvents\s*\("), "no processEvents: react to a signal", ("core/", "ui/", "app/", "tests/")),
    (re.compile(r"\bQEventLoop\b"), "no nested event loop", ("core/", "ui/", "app/")),
    (re.compile(r"(sleep_for|sleep_until|\busleep|\bQThread::m?sleep|QTest::qSleep|QTest::qWait)\s*\("),
     "no bare sleep: wait for a condition (QTRY_…, qWaitFor, a condition variable)", ("ui/", "app/", "tests/")),
    (re.compile(r"\b(SIGNAL|SLOT)\s*\("), "no string-based connect", ("core/", "ui/", "app/", "tests/")),
    (re.compile(r"\bQSKIP\b"), "no skipped test", ("tests/",)),
    (re.compile(r"\.exec\(\)|->exec\(\)"), "no modal loop: use open() or show()", ("ui/",)),
]
#: The one loop of a program, and Qt's own loop inside a drag.
EXCEPTIONS = {("ui/drag", ".exec()"), ("ui/drag", "->exec()")}


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    names = subprocess.run(["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"],
                           capture_output=True, text=True).stdout.split("\n")
    if len(names) < 10:  # not a checkout (a source archive)
        names = [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and "build" not in p.parts[:2]]
    faults, seen = [], 0
    for name in names:
        path = root / name
        if not path.is_file() or not (name.endswith((".cpp", ".h", ".py", ".sh", ".cmake", "CMakeLists.txt", ".c", ".S"))):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        seen += 1
        head = "\n".join(text.split("\n")[:6])
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in head and name != "packaging/cmake/nothing.cpp":
            faults.append(f"{name}:1: no SPDX licence line")
        if name.endswith(".h") and "#pragma once" not in text:
            faults.append(f"{name}: no #pragma once")
        if not name.endswith((".cpp", ".h")):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            code = line.split("//")[0]
            for pattern, remedy, where in RULES:
                hit = pattern.search(code)
                if hit and name.startswith(where) and not any(name.startswith(f) and e == hit.group(0) for f, e in EXCEPTIONS):
                    faults.append(f"{name}:{number}: {remedy}: {line.strip()}")
    if seen == 0:
        faults.append("no file found: wrong folder?")
    print("\n".join(faults) if faults else f"{seen} files keep the house rules")
    return 1 if faults else 0


sys.exit(main())
