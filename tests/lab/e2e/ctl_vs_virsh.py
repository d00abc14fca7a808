# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much longer a move takes through droverctl than through virsh: pairs of moves of one guest over one shaped link, forth by
the one and back by the other, in turns. The whole processes are timed, and nothing else.

DROVER_MEASUREMENTS=FOLDER keeps the figures there; DROVER_LONG=1 takes more pairs."""
import json
import os
import statistics
import subprocess
import sys

from driver import HERE, Lab, expect, expect_equal, keep_measurement, main, program, step

LINK_MIB_S, NOISE_MIB = 12, 44
MOST = 1.05


def timed(lab, command):
    """Wall time in ms of a program in the console's network."""
    done = subprocess.run(lab.in_console([sys.executable, os.path.join(HERE, "stopwatch.py"), *command]), capture_output=True,
                          text=True, env=lab.environment, check=False, timeout=120)
    answer = json.loads(done.stdout)
    expect_equal(answer["code"], 0, f"exit status of {' '.join(command)} ({answer['err']})")
    return answer["ms"]


def by_droverctl(lab, source, destination):
    return timed(lab, [program("DROVERCTL"), "migrate", "vm1", destination, "--json", "--yes", "--fleet", lab.fleet("con")])


def by_virsh(lab, source, destination):
    return timed(lab, ["virsh", "-c", f"qemu+tcp://{source}/system", "migrate", "--live", "--p2p", "--persistent", "--undefinesource",
                       "vm1", f"qemu+tcp://{destination}/system"])


def pair(lab, number):
    tools = [("droverctl", by_droverctl), ("virsh", by_virsh)]
    if number % 2:
        tools.reverse()
    took = {}
    for (name, move), (source, destination) in zip(tools, (("h1", "h2"), ("h2", "h1"))):
        took[name] = move(lab, source, destination)
        expect_equal(lab.running_on("vm1"), [destination], f"after a move by {name} vm1 runs on")
    return {"first": tools[0][0], "droverctl_ms": took["droverctl"], "virsh_ms": took["virsh"],
            "ratio": round(took["droverctl"] / took["virsh"], 4)}


def keep(pairs, median):
    keep_measurement("migrate_vs_virsh.json", {
        "what": "wall time of `droverctl migrate` against `virsh migrate --live --p2p --persistent --undefinesource`",
        "guest": {"memory_mib": 64, "noise_mib": NOISE_MIB, "dirty_mib_per_s": 1}, "link_mib_per_s": LINK_MIB_S, "pairs": pairs,
        "median_droverctl_ms": round(statistics.median(each["droverctl_ms"] for each in pairs)),
        "median_virsh_ms": round(statistics.median(each["virsh_ms"] for each in pairs)),
        "median_ratio": round(median, 4), "most_allowed_ratio": MOST})


def test():
    count = 15 if os.environ.get("DROVER_LONG") else 6
    with Lab("vs", hosts=2) as lab:
        lab.add_guest("vm1", used=NOISE_MIB, hot=2, rate="1MiB/s")
        lab.tool("shape", "h1", str(LINK_MIB_S))
        pair(lab, 1)  # the first of both fills caches
        pairs = []
        for number in range(count):
            pairs.append(pair(lab, number))
            step("droverctl {droverctl_ms} ms, virsh {virsh_ms} ms: {ratio}".format(**pairs[-1]))
        lab.expect_sound("vm1", "h1")
        median = statistics.median(each["ratio"] for each in pairs)
        expect(all(2500 < each["virsh_ms"] < 9000 for each in pairs), f"a move should take 3 to 6 s, or it measures something else: {pairs}")
        keep(pairs, median)
        step(f"median ratio of {count} pairs: {median:.3f}")
        expect(median <= MOST, f"a move by droverctl takes {median:.3f} times as long as one by virsh; at most {MOST} is allowed")


if __name__ == "__main__":
    main(test)
