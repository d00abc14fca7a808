#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every header compiles by itself, as the only include of a file.

Reading Qt's headers takes nearly all of the time, so they are precompiled in a few sets, and a header is given only a set
that it includes anyway, itself or through headers of this tree: nothing that it forgot to include comes in that way."""
import collections
import concurrent.futures
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
FEWEST = 4  # headers that make a precompiled set worth its while


class Tree:
    def __init__(self, root):
        self.root = root
        self.headers = sorted(h for top in ("core", "ui", "app") for h in (root / top).rglob("*.h"))

    @functools.lru_cache(maxsize=None)
    def system_includes(self, header):
        """What the header brings in from outside the tree, in whatever depth."""
        found = set()
        for own, foreign in INCLUDE.findall(header.read_text(encoding="utf-8")):
            if foreign:
                found.add(foreign)
            elif (self.root / own).is_file():
                found |= self.system_includes(self.root / own)
        return frozenset(found)


def chosen_sets(tree):
    """Sets of Qt headers that several headers of the tree share, largest first."""
    heavy = {h: frozenset(i for i in tree.system_includes(h) if re.fullmatch(r"Q\w+", i)) for h in tree.headers}
    asked = collections.Counter(i for each in heavy.values() for i in each)
    common = {i for i, count in asked.items() if count >= FEWEST}
    sets = collections.Counter(each & common for each in heavy.values())
    worth = [each for each, count in sets.items() if count >= FEWEST and each]
    worth += [frozenset({i}) for i in ("QString", "QObject", "QWidget") if i in common]
    return heavy, sorted(set(worth), key=len, reverse=True)


def main() -> int:
    root, compiler, dirs = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    flags = ["-std=c++20", "-fPIC", "-w", "-I", str(root), "-DQT_NO_KEYWORDS"]
    for folder in sorted({d for d in dirs.split(";") if d and d != "/usr/include"}):
        flags += ["-isystem", folder]
    tree = Tree(root)
    heavy, sets = chosen_sets(tree)

    def run(arguments, text=None):
        return subprocess.run([compiler, *flags, *arguments], input=text, capture_output=True, text=True, check=False)

    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        def precompile(number):
            path = pathlib.Path(folder, f"set{number}.h")
            path.write_text("".join(f"#include <{i}>\n" for i in sorted(sets[number])), encoding="utf-8")
            done = run(["-x", "c++-header", str(path), "-o", f"{path}.gch"])
            if done.returncode:
                raise RuntimeError(done.stderr)
            return path

        def compile_alone(header):
            known = next((path for each, path in zip(sets, paths) if each <= heavy[header]), None)
            extra = ["-include", str(known)] if known else []
            done = run([*extra, "-fsyntax-only", "-x", "c++", "-"], f'#include "{header}"\n')
            return "" if done.returncode == 0 else f"{header.relative_to(root)}:\n{done.stderr[:1500]}"

        paths = list(pool.map(precompile, range(len(sets))))
        faults = [f for f in pool.map(compile_alone, tree.headers) if f]
    if not tree.headers:
        faults.append("no header found: wrong folder?")
    print("\n".join(faults) if faults else f"{len(tree.headers)} headers compile alone, {len(sets)} sets precompiled")
    return 1 if faults else 0


sys.exit(main())
