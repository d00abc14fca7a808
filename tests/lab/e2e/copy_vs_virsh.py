# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast a file of an instance is copied from host to host through this computer, against `virsh vol-download | virsh
vol-upload`: the same file by the one and by the other, in turns. Whole processes are timed, and both targets are compared with
the source.

DROVER_MEASUREMENTS=FOLDER keeps the figures there; DROVER_LONG=1 takes more pairs."""
import json
import os
import statistics
import subprocess
import sys

from driver import HERE, Lab, expect, expect_equal, keep_measurement, main, program, step

FOLDER = "/var/lib/libvirt/images"
LEAST = 0.8  # of virsh's throughput
FILES = {"full": (256, 256), "sparse": (512, 128)}  # MiB: length, data


def timed(lab, command):
    """Wall time in ms of a program in the console's network."""
    done = subprocess.run(lab.in_console([sys.executable, os.path.join(HERE, "stopwatch.py"), *command]), capture_output=True,
                          text=True, env=lab.environment, check=False, timeout=300)
    answer = json.loads(done.stdout)
    expect_equal(answer["code"], 0, f"exit status of {' '.join(command)} ({answer['err']})")
    return answer["ms"]


def in_host(lab, host, script):
    return lab.tool("exec", host, "--", "sh", "-c", script)


def make(lab, name, length, data):
    """Data in eight pieces with holes between."""
    piece, distance = data // 8, length // 8
    in_host(lab, "h1", f"cd {FOLDER}; truncate -s {length}M {name}; for n in 0 1 2 3 4 5 6 7; do head -c {piece}M /dev/urandom | "
            f"dd of={name} bs=1M seek=$(({distance} * n)) conv=notrunc status=none; done; virsh -q pool-refresh images")


def by_drover(lab, name):
    return timed(lab, [program("COPY_VOLUME"), "qemu+tcp://h1/system", f"{FOLDER}/{name}", "qemu+tcp://h2/system", f"{FOLDER}/{name}"])


def by_virsh(lab, name):
    in_host(lab, "h2", f"virsh -q vol-create-as images {name} 0 --format raw")
    return timed(lab, ["sh", "-c", f"virsh -q -c qemu+tcp://h1/system vol-download --pool images {name} /dev/stdout | "
                       f"virsh -q -c qemu+tcp://h2/system vol-upload --pool images {name} /dev/stdin"])


def pair(lab, name, number):
    ways = [("drover", by_drover), ("virsh", by_virsh)]
    if number % 2:
        ways.reverse()
    wanted = in_host(lab, "h1", f"sha256sum < {FOLDER}/{name}")
    took, used = {}, {}
    for way, copy in ways:
        took[way] = copy(lab, name)
        expect_equal(in_host(lab, "h2", f"sha256sum < {FOLDER}/{name}"), wanted, f"content after a copy by {way}")
        used[way] = int(in_host(lab, "h2", f"du -m {FOLDER}/{name}").split()[0])
        in_host(lab, "h2", f"rm {FOLDER}/{name}; virsh -q pool-refresh images")
    return {"file": name, "first": ways[0][0], "drover_ms": took["drover"], "virsh_ms": took["virsh"],
            "drover_used_mib": used["drover"], "virsh_used_mib": used["virsh"], "throughput": round(took["virsh"] / took["drover"], 3)}


def test():
    count = 9 if os.environ.get("DROVER_LONG") else 5
    pairs, medians = [], {}
    with Lab("cv", hosts=2) as lab:
        for name, (length, data) in FILES.items():
            make(lab, name, length, data)
            pair(lab, name, 1)  # the first of both fills caches
            for number in range(count):
                pairs.append(pair(lab, name, number))
                step("{file}: drover {drover_ms} ms ({drover_used_mib} MiB used), virsh {virsh_ms} ms ({virsh_used_mib} MiB used)".format(**pairs[-1]))
            medians[name] = statistics.median(each["throughput"] for each in pairs if each["file"] == name)
            step(f"{name}: median throughput {medians[name]:.2f} of virsh's")
            expect(all(each["drover_used_mib"] <= data + 2 for each in pairs if each["file"] == name), f"holes are kept: {pairs}")
    keep_measurement("copy_vs_virsh.json", {
        "what": "copy of a file from host to host against `virsh vol-download | virsh vol-upload`",
        "files": {name: {"length_mib": length, "data_mib": data} for name, (length, data) in FILES.items()}, "pairs": pairs,
        "median_throughput": medians, "least_allowed_throughput": LEAST})
    for name, median in medians.items():
        expect(median >= LEAST, f"a copy of the {name} file has {median:.2f} of virsh's throughput; at least {LEAST} is wanted")


if __name__ == "__main__":
    main(test)
