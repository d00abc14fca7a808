#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line must run where no Gui library is installed: its ELF header names none."""
import re
import subprocess
import sys

text = subprocess.run(["readelf", "-d", sys.argv[1]], check=True, capture_output=True, text=True).stdout
needed = re.findall(r"\(NEEDED\).*\[(.+?)\]", text)
bad = [lib for lib in needed if re.search(r"Qt6(Gui|Widgets|Charts|Svg|OpenGL)|libX|libGL|libxcb", lib)]
if not any("Qt6Core" in lib for lib in needed):
    sys.exit(f"{sys.argv[1]} does not link Qt6Core: is this the right file? It needs {needed}")
if bad:
    sys.exit(f"{sys.argv[1]} links {', '.join(bad)}")
print("needs only:", ", ".join(needed))
