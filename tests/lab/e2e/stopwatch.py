# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""stopwatch.py COMMAND…: runs it where it stands and says how long the whole process took, how it ended and what it said."""
import json
import subprocess
import sys
import time

begin = time.monotonic()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
took = time.monotonic() - begin
print(json.dumps({"ms": round(took * 1000), "code": done.returncode, "out": done.stdout, "err": done.stderr}))
