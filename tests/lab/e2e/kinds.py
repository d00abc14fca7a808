# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of move on real hosts: the guest goes on writing, and afterwards its log is whole, its image is clean, both hosts
agree on where it is, and nothing half-made is left."""
import json
import os
import sys

from driver import Lab, expect, expect_equal, main, step, wait

IMAGES = "lib/libvirt/images"


def files(lab, host):
    """Names in a host's private folder, left to right as made."""
    folder = os.path.join(lab.folder, host, IMAGES)
    return sorted(name for name in os.listdir(folder))


def disks_sound(lab, name, host=None):
    """The disks' log and the rest of them, as the lab reads them."""
    more = ["--host", host] if host else []
    return json.loads(lab.tool("guest", "disk-check", name, "--json", *more))


def writes(lab, name):
    """The guest has something to lose."""
    def acknowledged():
        found = json.loads(lab.tool("guest", "check", name, "--json", "--seconds", "10"))
        return (found.get("report") or found).get("ack", 0) > 5 or disks_sound(lab, name)["disks"][0].get("newest", 0) > 5
    wait(f"{name} writes its log", 20, acknowledged)


def move(lab, name, destination, *options, code=0, where="con"):
    stream = lab.stream("migrate", name, destination, "--yes", *options, where=where)
    return stream, stream.finish(code, seconds=150)


def expect_moved(lab, stream, result, name, source, destination, kind, base=()):
    expect_equal((result["outcome"], result["runs_on"], result["error"]), ("completed", [destination], None), f"{kind}: the last line")
    expect_equal(lab.known_on(name), [destination], f"{kind}: hosts that know {name}")
    found = disks_sound(lab, name)
    expect(found["ok"], f"{kind}: the disks of {name}: {found}")
    unmeant = [each for each in result["left"] if not each["intended"]]
    expect_equal(unmeant, [], f"{kind}: left behind")
    expect_equal(lab.virsh(source, "pool-list", "--name").split(), lab.virsh(destination, "pool-list", "--name").split(),
                 f"{kind}: pools (no transient one stays)")
    step(f"{name} {source} -> {destination}, {kind}: {result['total_ms']} ms, copy {result['copy_ms']} ms, verify {result['verify_ms']} ms, "
         f"paused {result['downtime_ms']} ms; log whole; left: {[each['path'] for each in result['left']]}")


def live_block(lab):
    lab.add_guest("lb", more=["--disk", "local,qcow2,size=32,fill=8", "--log-rate", "50"])
    writes(lab, "lb")
    check = lab.ctl("check", "lb", "h2", where="con").document
    expect_equal((check["kind"], check["carrier"], check["may_start"]), ("live-block", "hosts", True), f"check: {check}")
    stream, result = move(lab, "lb", "h2")
    states = [line["state"] for line in stream.of("state")]
    expect("memory" in states, f"states {states}")
    expect_moved(lab, stream, result, "lb", "h1", "h2", "live-block")
    expect(any(sample["disk_total_mib"] for sample in stream.of("sample")), "samples tell of disks")
    expect_equal([each["path"] for each in result["left"]], ["/var/lib/libvirt/images/lb.qcow2"], "the source image is named")
    lab.expect_sound("lb", "h2")
    # The image that stayed is in the way of the way back, and is not overwritten without a word.
    refused = lab.ctl("check", "lb", "h1", code=1, where="con").document
    storage = [each for each in refused["checks"] if each["id"] == "storage"][0]
    expect(storage["needs_acknowledgement"] and "lb.qcow2" in storage["message"], f"the left-over image: {storage}")
    stream, result = move(lab, "lb", "h1", "--accept", "storage", "--source-disks", "remove")
    expect_moved(lab, stream, result, "lb", "h2", "h1", "live-block back, over the left-over")
    expect_equal([name for name in files(lab, "h2") if name.startswith("lb")], [], "files of lb on h2")


def increment(lab):
    lab.add_guest("inc", more=["--disk", "local,backing,size=16", "--log-rate", "50"])
    writes(lab, "inc")
    stream, result = move(lab, "inc", "h2")
    expect_moved(lab, stream, result, "inc", "h1", "h2", "live-block, missing base copied first")
    chain = lab.virsh("h2", "vol-dumpxml", "--pool", "images", "inc.qcow2")
    expect("inc-base.raw" in chain, f"the chain is kept: {chain}")
    expect(result["copy_ms"] is not None and result["verify_ms"] is not None, f"copy and verification are timed: {result}")
    stream, result = move(lab, "inc", "h1", "--accept", "storage", "--source-disks", "remove")
    expect_moved(lab, stream, result, "inc", "h2", "h1", "live-block over an equal base")


def cold(lab, name, more, label):
    lab.add_guest(name, more=["--disk", "local,qcow2,size=32,fill=8", "--log-rate", "50"])
    lab.virsh("h1", "autostart", name)
    writes(lab, name)
    stream, result = move(lab, name, "h2", "--kind", "cold", *more)
    expect_moved(lab, stream, result, name, "h1", "h2", label)
    expect_equal([each for each in files(lab, "h1") if each.startswith(name)], [], f"files of {name} on h1")
    expect("enable" in lab.virsh("h2", "dominfo", name).split("Autostart:")[1].split("\n")[0], "autostart is as before")
    lab.expect_sound(name, "h2")


def offline(lab, name, more, label):
    lab.add_guest(name, more=["--disk", "local,qcow2,size=16", "--stopped"])
    stream, result = move(lab, name, "h2", *more)
    expect_moved(lab, stream, result, name, "h1", "h2", label)
    expect_equal(lab.running_on(name), [], f"{name} was not started")
    lab.virsh("h2", "start", name)
    lab.expect_sound(name, "h2")


def medium(lab):
    lab.add_guest("cd", more=["--disk", "shared", "--cdrom", "local", "--log-rate", "50"])
    writes(lab, "cd")
    stream, result = move(lab, "cd", "h2")
    expect_moved(lab, stream, result, "cd", "h1", "h2", "live, disk proven shared, medium copied first")
    expect("cd-cd.iso" in files(lab, "h2"), f"the medium is on h2: {files(lab, 'h2')}")
    lab.expect_sound("cd", "h2")


def taken_back(lab):
    """What fails leaves nothing on the destination, and the guest where it was."""
    lab.add_guest("tb", more=["--disk", "local,qcow2,size=32,fill=24", "--log-rate", "50"])
    writes(lab, "tb")
    lab.tool("shape", "h1", "4")
    stream = lab.stream("migrate", "tb", "h3", "--yes", where="con")
    stream.wait_for("disks move", lambda s: any(each["phase"] == "disks" and each["disk_total_mib"] for each in s.of("sample")), 30)
    lab.ctl("cancel", "tb", "--yes", where="con")
    result = stream.finish(1, seconds=60)
    expect_equal((result["outcome"], result["runs_on"], result["left"]), ("cancelled", ["h1"], []), "cancelled in the disk phase")
    expect_equal([name for name in files(lab, "h3") if name.startswith("tb")], [], "files of tb on h3")
    lab.tool("shape", "h1", "off")
    step("cancelled in the disk phase: nothing is left on h3")

    lab.tool("storage", "limit", "h3", "local", "12")
    stream, result = move(lab, "tb", "h3", code=1)
    expect_equal(result["outcome"], "failed", f"no room: {result}")
    lab.tool("storage", "limit", "h3", "local", "off")
    expect_equal([name for name in files(lab, "h3") if name.startswith("tb")], [], "files of tb on h3")
    expect_equal(lab.running_on("tb"), ["h1"], "tb runs on")
    lab.expect_sound("tb", "h1")
    step(f"destination full: {result['error']['message']}")

    # The destination's daemon dies under the copy: what it had made goes once it answers again.
    lab.tool("shape", "h1", "4")
    stream = lab.stream("migrate", "tb", "h3", "--yes", where="con")
    stream.wait_for("disks move", lambda s: any(each["phase"] == "disks" and each["disk_total_mib"] for each in s.of("sample")), 30)
    lab.tool("daemon", "h3", "restart")
    result = stream.finish(1, seconds=90)
    expect_equal((result["outcome"], result["runs_on"], result["left"]), ("failed", ["h1"], []), "the destination's daemon was restarted")
    expect_equal([name for name in files(lab, "h3") if name.startswith("tb")], [], "files of tb on h3")
    expect_equal(lab.known_on("tb"), ["h1"], "hosts that know tb")
    lab.tool("shape", "h1", "off")
    lab.expect_sound("tb", "h1")
    step(f"destination's daemon restarted: {result['error']['message']}")

    # Room for the check, and then not enough for the copy.
    lab.tool("storage", "limit", "h3", "local", "40")
    lab.tool("shape", "h1", "4")
    stream = lab.stream("migrate", "tb", "h3", "--yes", where="con")
    stream.wait_for("disks move", lambda s: any(each["phase"] == "disks" and each["disk_total_mib"] for each in s.of("sample")), 30)
    lab.tool("exec", "h3", "--", "dd", "if=/dev/zero", "of=/var/lib/libvirt/images/filler", "bs=1M", "count=30", "status=none", code=None)
    lab.tool("shape", "h1", "off")
    result = stream.finish(1, seconds=90)
    expect_equal((result["outcome"], result["runs_on"], result["left"]), ("failed", ["h1"], []), "the destination ran full")
    lab.tool("storage", "remove", "h3", "local", "filler", code=None)
    lab.tool("storage", "limit", "h3", "local", "off")
    expect_equal(lab.known_on("tb"), ["h1"], "hosts that know tb")
    lab.expect_sound("tb", "h1")
    step(f"ran full under the copy: {result['error']['message']}")

    lab.add_guest("deaf", more=["--disk", "local,qcow2,size=16", "--ignore-power-button"])
    stream, result = move(lab, "deaf", "h3", "--kind", "cold", "--shutdown-timeout", "4", code=1)
    expect_equal((result["outcome"], result["runs_on"], result["left"]), ("failed", ["h1"], []), "it did not shut down")
    expect_equal([name for name in files(lab, "h3") if name.startswith("deaf")], [], "files of deaf on h3")
    lab.expect_sound("deaf", "h1")
    step(f"does not shut down: {result['error']['message']}")


def test():
    only = sys.argv[1:]
    with Lab("kinds", keepalive="1,3") as lab:
        step("three hosts")
        parts = {"live_block": lambda: live_block(lab), "increment": lambda: increment(lab),
                 "cold": lambda: cold(lab, "ch", [], "cold, by the hosts"),
                 "cold_streams": lambda: cold(lab, "cs", ["--direct"], "cold, by streams"),
                 "offline": lambda: offline(lab, "oh", [], "offline, by the hosts"),
                 "offline_streams": lambda: offline(lab, "os", ["--direct"], "offline, by streams"),
                 "medium": lambda: medium(lab), "taken_back": lambda: taken_back(lab)}
        for name, part in parts.items():
            if not only or name in only:
                part()


if __name__ == "__main__":
    main(test)
