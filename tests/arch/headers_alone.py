#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every header compiles by itself. Headers are checked in batches, each as the first include of its own file."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys


def main() -> int:
    root, compiler, dirs = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    flags = ["-std=c++20", "-fsyntax-only", "-fPIC", "-w", "-I", str(root), "-DQT_NO_KEYWORDS", "-x", "c++"]
    for folder in sorted({d for d in dirs.split(";") if d and d != "/usr/include"}):
        flags += ["-isystem", folder]
    headers = sorted(h for top in ("core", "ui", "app") for h in (root / top).rglob("*.h"))
    # Only what changed hands matters: the Qt headers dominate the time, so each header is one short compile.
    def compile_alone(header: pathlib.Path) -> str:
        done = subprocess.run([compiler, *flags, "-"], input=f'#include "{header}"\n', capture_output=True, text=True)
        return "" if done.returncode == 0 else f"{header.relative_to(root)}:\n{done.stderr[:1500]}"

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        faults = [f for f in pool.map(compile_alone, headers) if f]
    if not headers:
        faults.append("no header found: wrong folder?")
    print("\n".join(faults) if faults else f"{len(headers)} headers compile alone")
    return 1 if faults else 0


sys.exit(main())
