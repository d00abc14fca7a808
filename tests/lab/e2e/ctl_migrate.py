# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""droverctl on real hosts: what it tells, what its moves and controls do, each proven by the daemons themselves."""
import time

from driver import Lab, expect, expect_equal, main, step, wait

STATES = {"queued", "preparing", "disks", "memory", "postcopy", "switchover", "verifying", "completed", "failed", "cancelled", "unknown"}
SAMPLE = {"event", "at_ms", "phase", "iteration", "memory_total_mib", "memory_remaining_mib", "memory_processed_mib", "disk_total_mib",
          "disk_remaining_mib", "transfer_mib_per_s", "dirty_mib_per_s", "throttle_percent", "expected_downtime_ms",
          "downtime_limit_ms", "progress", "eta_s", "verdict"}
RESULT = {"event", "outcome", "instance", "source", "destination", "runs_on", "total_ms", "downtime_ms", "data_mib", "iterations", "error"}
HOST = {"name", "uri", "zone", "connection", "age_ms", "error", "service", "service_reason", "service_by", "service_since", "claimed_by",
        "hostname", "host_uuid", "hypervisor", "hypervisor_version", "libvirt_version", "cpu_model", "instances", "running", "total",
        "effective_total", "used_now", "used_max", "free", "projects", "migrations_in", "migrations_out"}
INSTANCE = {"uuid", "name", "title", "host", "places", "state", "task", "progress", "vcpus", "memory_mib", "disk_gib", "project",
            "managed_by", "autostart", "persistent", "storage", "disks", "interfaces", "dirty_mib_per_s"}


def has(document, names, what):
    expect(names <= document.keys(), f"{what} lacks {sorted(names - document.keys())}")


def told(lab):
    """What is told without changing anything."""
    hosts = {host["name"]: host for host in lab.ctl("hosts").document}
    expect_equal(sorted(hosts), lab.hosts, "hosts")
    for name, host in hosts.items():
        has(host, HOST, f"host {name}")
        expect_equal((host["connection"], host["service"], host["hostname"]), ("up", "enabled", name), f"host {name}")
        nodeinfo = dict(line.split(":", 1) for line in lab.virsh(name, "nodeinfo").splitlines() if ":" in line)
        expect_equal(host["total"]["vcpus"], int(nodeinfo["CPU(s)"]), f"CPUs of {name}")
        expect(abs(host["total"]["memory_mib"] - int(nodeinfo["Memory size"].split()[0]) / 1024) < 1, f"memory of {name}: {host['total']}")
        uuid = lab.virsh(name, "capabilities").split("<uuid>")[1].split("<")[0]
        expect_equal(host["host_uuid"], uuid, f"UUID of {name}")
    expect_equal([hosts[name]["running"] for name in lab.hosts], [2, 0, 0], "running instances by host")

    instances = {each["name"]: each for each in lab.ctl("instances").document}
    expect_equal(sorted(instances), ["vm1", "vm2"], "instances")
    for name, each in instances.items():
        has(each, INSTANCE, f"instance {name}")
        expect_equal((each["host"], each["state"], each["task"], each["memory_mib"], each["persistent"]), ("h1", "running", None, 64, True), name)
        expect_equal(each["uuid"], lab.virsh("h1", "domuuid", name), f"UUID of {name}")
    expect_equal(lab.ctl("instances", "--host", "h2").document, [], "instances of h2")
    shown = lab.ctl("show", "vm1").document
    has(shown, INSTANCE | {"devices", "xml"}, "show vm1")
    expect_equal([(place["host"], place["role"]) for place in shown["places"]], [("h1", "running")], "places of vm1")
    expect("<name>vm1</name>" in shown["xml"], "the XML of vm1 is its own")
    expect_equal(lab.ctl("show", "h1/vm1").document["uuid"], shown["uuid"], "HOST/NAME names the same instance")
    lab.ctl("show", "vm9", code=4)
    step("hosts, instances and one instance are told as the daemons tell them")

    targets = lab.ctl("targets", "vm1").document
    expect_equal(sorted(each["host"] for each in targets), lab.hosts, "targets")
    for each in targets:
        has(each, {"host", "verdict", "reason", "kind", "checks", "after"}, f"target {each['host']}")
    by_host = {each["host"]: each["verdict"] for each in targets}
    expect("cannot" not in (by_host["h2"], by_host["h3"]) and by_host["h1"] == "cannot", f"verdicts {by_host}")
    check = lab.ctl("check", "vm1", "h2").document
    has(check, {"instance", "source", "destination", "kind", "carrier", "may_start", "checks", "prediction"}, "check")
    expect_equal((check["instance"], check["source"], check["destination"], check["kind"], check["carrier"], check["may_start"]),
                 ("vm1", "h1", "h2", "live", "hosts", True), "check vm1 h2")
    refused = lab.ctl("check", "vm1", "h1", code=1).document
    expect(any(each["id"] == "same-host" and each["severity"] == "error" for each in refused["checks"]), f"check vm1 h1: {refused['checks']}")
    expect_equal(lab.running_on("vm1"), ["h1"], "after check vm1 runs on")
    step("targets and checks judged; nothing was started")


def moved(lab, where, source, destination):
    """One whole migration, line by line."""
    stream = lab.stream("migrate", "vm1", destination, "--yes", where=where)
    result = stream.finish(0)
    lines = stream.lines
    expect_equal({line["event"] for line in lines} - {"state", "sample", "decision", "result"}, set(), "unknown events")
    states = [line["state"] for line in stream.of("state")]
    expect(set(states) <= STATES and len(set(states)) == len(states), f"states {states}")
    expect([state for state in states if state in ("memory", "verifying", "completed")] == ["memory", "verifying", "completed"],
           f"states in their order: {states}")
    samples = stream.of("sample")
    for sample in samples:
        has(sample, SAMPLE, "a sample")
        expect(sample["verdict"] in (None, "converging", "stalled", "will-not-converge", "finishing"), f"verdict {sample['verdict']}")
    times = [line["at_ms"] for line in lines if line["event"] in ("sample", "state")]
    expect(times == sorted(times), f"times do not go backward: {times}")
    progress = [sample["progress"] for sample in samples if sample["progress"] is not None]
    expect(progress == sorted(progress) and progress[0] >= 0 and progress[-1] <= 100, f"progress {progress}")

    has(result, RESULT, "the result")
    expect_equal((result["event"], result["outcome"], result["instance"], result["source"], result["destination"], result["runs_on"], result["error"]),
                 ("result", "completed", "vm1", source, destination, [destination], None), "the last line")
    passes = {sample["iteration"] for sample in samples}
    wanted = set(range(1, result["iterations"] + 1))
    expect(result["iterations"] >= 2 and wanted <= passes, f"samples of the passes {sorted(passes)}, wanted every one of {sorted(wanted)}")
    told_by_libvirt = lab.job(destination, "vm1", "--completed", "--keep-completed")
    expect_equal(result["downtime_ms"], int(told_by_libvirt["Total downtime"]), "downtime, as libvirt on the destination reports it")
    expect_equal(result["iterations"], int(told_by_libvirt["Iteration"]), "passes, as libvirt reports them")
    expect(abs(result["data_mib"] - told_by_libvirt["Data processed"]) < 0.5, f"data {result['data_mib']}: {told_by_libvirt}")
    expect_equal(lab.running_on("vm1"), [destination], "the daemons say vm1 runs on")
    expect_equal(lab.known_on("vm1"), [destination], "the daemons know vm1 on")
    lab.expect_sound("vm1", destination)
    step(f"vm1 {source} -> {destination} ({where}): {result['total_ms']} ms, {result['iterations']} passes, "
         f"paused {result['downtime_ms']} ms, {len(samples)} samples; the guest is sound")


def steered(lab):
    """A slow move, seen and steered by other processes."""
    lab.tool("shape", "h1", "6")
    move = lab.stream("migrate", "vm2", "h2", "--yes")
    move.wait_for("memory moves", lambda s: any(sample["memory_processed_mib"] for sample in s.of("sample") if sample["phase"] == "memory"))
    seen = lab.ctl("jobs").document
    expect_equal([(job["instance"], job["source"], job["destination"], job["state"], job["kind"], job["carrier"]) for job in seen],
                 [("vm2", "h1", "h2", "memory", "live", "hosts")], "jobs, seen by another process")
    expect(seen[0]["progress"] is not None and seen[0]["memory_total_mib"] > 0, f"its progress: {seen[0]}")
    watch = lab.stream("watch", "vm2")
    watch.wait_for("two samples in watch", lambda s: len(s.of("sample")) >= 2)
    expect(all(line["instance"] == "vm2" for line in watch.lines), "each line of watch names its instance")
    shown = lab.ctl("show", "vm2").document
    expect_equal(shown["task"], "migrating", "task of vm2")
    expect("incoming" in {place["role"] for place in shown["places"]}, f"places of vm2: {shown['places']}")

    before = wait("a rate in libvirt", 10, lambda: lab.job("h1", "vm2").get("Memory bandwidth"))
    answer = lab.ctl("set-bandwidth", "vm2", "2", "--yes").document
    expect_equal((answer["instance"], answer["accepted"], answer["error"]), ("vm2", True, None), "set-bandwidth")
    slow = wait("libvirt's rate near 2 MiB/s", 10,
                lambda: (lab.job("h1", "vm2").get("Memory bandwidth") or 9) < 2.7 and lab.job("h1", "vm2")["Memory bandwidth"])
    move.wait_for("the slow rate in the first process", lambda s: (s.of("sample")[-1]["transfer_mib_per_s"] or 9) < 2.7)
    step(f"set-bandwidth: libvirt's rate went from {before:.1f} to {slow:.1f} MiB/s")
    lab.ctl("set-downtime", "vm2", "777", "--yes")
    expect("777" in lab.virsh("h1", "migrate-getmaxdowntime", "vm2"), "libvirt's maximum downtime should be 777 ms")
    lab.ctl("set-bandwidth", "vm2", "nought", "--yes", code=2)

    refused = lab.ctl("migrate", "vm2", "h3", "--yes", code=1)
    expect("vm2" in refused.err and refused.err.strip(), f"a second move is refused by name: {refused.err!r}")
    answer = lab.ctl("cancel", "vm2", "--yes").document
    expect_equal((answer["action"], answer["accepted"]), ("cancel", True), "cancel")
    result = move.finish(1)
    expect_equal((result["outcome"], result["runs_on"]), ("cancelled", ["h1"]), "the cancelled move ends with")
    seen = watch.finish(1)  # who only watches is told by no host why it ended
    expect(seen["outcome"] in ("cancelled", "failed") and seen["runs_on"] == ["h1"] and seen["instance"] == "vm2", f"watch ends with: {seen}")
    expect_equal((lab.running_on("vm2"), lab.known_on("vm2")), (["h1"], ["h1"]), "after the cancel vm2 runs and is known on")
    lab.expect_sound("vm2", "h1")
    lab.ctl("cancel", "vm2", "--yes", code=1)
    lab.tool("shape", "h1", "off")
    step(f"set-downtime and cancel took effect; vm2 stayed on h1, sound; watch said {seen['outcome']}: {seen['error']}")


def closed(lab):
    """The service state belongs to the host: every process sees it and keeps to it."""
    lab.ctl("disable", "h2", "--yes", code=2)  # without a reason
    answer = lab.ctl("disable", "h2", "--reason", "new memory", "--yes").document
    expect_equal((answer["host"], answer["service"], answer["service_reason"]), ("h2", "disabled", "new memory"), "disable")
    host = {each["name"]: each for each in lab.ctl("hosts").document}["h2"]
    expect_equal((host["service"], host["service_reason"]), ("disabled", "new memory"), "h2 as another process sees it")
    expect(host["service_by"] and host["service_since"], f"who closed h2 and since when: {host}")
    over_tcp = {each["name"]: each for each in lab.ctl("hosts", where="con").document}["h2"]
    expect_equal(over_tcp["service"], "disabled", "h2 as seen from the console's network")
    check = lab.ctl("check", "vm2", "h2", code=1).document
    placement = [each for each in check["checks"] if each["id"] == "placement"]
    expect(placement and placement[0]["severity"] == "error" and "new memory" in placement[0]["message"], f"placement says why: {placement}")
    expect_equal({each["host"]: each["verdict"] for each in lab.ctl("targets", "vm2").document}["h2"], "cannot", "verdict on h2")
    lab.ctl("migrate", "vm2", "h2", "--yes", code=1)
    expect_equal(lab.running_on("vm2"), ["h1"], "vm2 runs on")
    lab.ctl("enable", "h2", "--yes")
    lab.ctl("check", "vm2", "h2")
    step("a closed host is closed for every process, with its reason, and open again afterwards")


def refused(lab):
    """Exit statuses of what cannot be done."""
    lab.ctl("migrate", "vm2", "h2", code=2)  # nobody to ask
    lab.ctl("migrate", "vm2", code=2)
    lab.ctl("migrate", "vm9", "h2", "--yes", code=4)
    lab.ctl("migrate", "vm2", "h9", "--yes", code=4)
    lab.ctl("migrate", "vm2", "h2", "--yes", "--read-only", code=2)
    lab.ctl("migrate", "vm2", "h2", "--yes", "--force", code=2)
    expect_equal(lab.running_on("vm2"), ["h1"], "after all these vm2 runs on")
    lab.tool("power", "h3", "off")
    began = time.monotonic()
    answer = lab.ctl("migrate", "vm2", "h3", "--yes", "--wait", "3", code=3, where="con")
    expect("h3" in answer.err, f"the host that could not be reached is named: {answer.err}")
    expect(time.monotonic() - began < 8, "it should give up after about 3 s")
    hosts = {each["name"]: each for each in lab.ctl("hosts", "--wait", "3", where="con").document}
    expect_equal([hosts[name]["connection"] for name in lab.hosts], ["up", "up", "down"], "connections")
    expect(hosts["h3"]["error"] and hosts["h3"]["total"]["memory_mib"] is None, f"what is not known is null: {hosts['h3']}")
    step("wrong names, missing consent, a host that is off: the right exit status, and nothing was touched")


def test():
    with Lab("ctl", keepalive="1,3") as lab:
        lab.add_guest("vm1", rate="2MiB/s")
        lab.add_guest("vm2", used=56)
        step("three hosts, two guests on h1")
        told(lab)
        lab.tool("shape", "h1", "15")
        moved(lab, "unix", "h1", "h2")
        moved(lab, "con", "h2", "h1")
        steered(lab)
        closed(lab)
        refused(lab)


if __name__ == "__main__":
    main(test)
