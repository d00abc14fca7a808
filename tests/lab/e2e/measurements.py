# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/measurements.md is made from the files beside it, so that no figure stands there that nobody measured.

measurements.py write    makes the page anew
measurements.py check    exit 1 if the page is not what the files say"""
import json
import os
import sys

DOCS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "..", "docs")
HEAD = """<!-- SPDX-FileCopyrightText: Drover contributors -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
# Measurements

Made by `tests/lab/e2e/measurements.py write` from the files in `measurements/`; a test compares them. Each file is written by a
test that can be run again, and says on which commit, when and on what machine it was measured.
"""


def measured(name):
    path = os.path.join(DOCS, "measurements", name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def origin(found, name):
    machine = found["machine"]
    return (f"Commit {found['commit'][:12] if found['commit'] else 'not known'}, {found['date']}, {machine['cores']} cores, {machine['memory_gib']} GiB of memory: "
            f"`measurements/{name}`.\n")


def migrate_vs_virsh():
    name = "migrate_vs_virsh.json"
    found = measured(name)
    if found is None:
        return ""
    guest = found["guest"]
    lines = ["\n## A move by droverctl against one by virsh\n\n",
             "`droverctl migrate` against `virsh migrate --live --p2p --persistent --undefinesource`: wall time of the whole processes, "
             f"{len(found['pairs'])} pairs of moves of one guest ({guest['noise_mib']} MiB of noise, {guest['dirty_mib_per_s']} MiB/s rewritten) "
             f"over one link of {found['link_mib_per_s']} MiB/s, in turns.\n\n",
             "| | droverctl | virsh | ratio |\n|---|---:|---:|---:|\n"]
    for number, pair in enumerate(found["pairs"], 1):
        lines.append(f"| pair {number}, {pair['first']} first | {pair['droverctl_ms']} ms | {pair['virsh_ms']} ms | {pair['ratio']:.3f} |\n")
    lines.append(f"| **median** | {found['median_droverctl_ms']} ms | {found['median_virsh_ms']} ms | **{found['median_ratio']:.3f}** |\n\n")
    lines.append(f"At most {found['most_allowed_ratio']} is allowed. " + origin(found, name))
    return "".join(lines)


def window_answers():
    name = "window_answers.json"
    found = measured(name)
    if found is None:
        return ""
    lines = ["\n## How soon the window answers\n\n",
             "Measured by a probe in the GUI thread while an instance is dragged to another host, moves and arrives, under Xvfb, with a "
             "screen reader's questions coming in.\n\n",
             "| | median | 99th percentile | counted |\n|---|---:|---:|---:|\n"]
    for key, what in (("handling", "an event is handled"), ("timer_lateness", "a timer of 10 ms is late by")):
        part = found[key]
        lines.append(f"| {what} | {part['median_ms']:.2f} ms | {part['p99_ms']:.2f} ms | {part['count']} |\n")
    lines.append(f"\nAt most {found['most_allowed_median_ms']} ms in the median and {found['most_allowed_p99_ms']} ms at the 99th percentile are allowed. "
                 + origin(found, name))
    return "".join(lines)


def page():
    return HEAD + migrate_vs_virsh() + window_answers()


def main():
    path = os.path.join(DOCS, "measurements.md")
    if sys.argv[1:] == ["write"]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(page())
        return 0
    if sys.argv[1:] != ["check"]:
        print(__doc__, file=sys.stderr)
        return 2
    with open(path, encoding="utf-8") as file:
        same = file.read() == page()
    if not same:
        print("docs/measurements.md says what no file in docs/measurements says, or the other way round: "
              "run tests/lab/e2e/measurements.py write", file=sys.stderr)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
